package console

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"palabre/chat"
)

// screen is where the world is seen: plain lines, or coloured ones on a terminal.
type screen struct {
	out    io.Writer
	colour bool
	day    string
}

const (
	dim        = "\x1b[2m"
	bold       = "\x1b[1m"
	green      = "\x1b[32m"
	cyan       = "\x1b[36m"
	red        = "\x1b[31m"
	plainStyle = "\x1b[0m"
)

func (s *screen) paint(style, text string) string {
	if !s.colour {
		return text
	}
	return style + text + plainStyle
}

// words is a text for this screen: our own emphasis goes, data stays as it is.
func (s *screen) words(text chat.Text) string {
	var b strings.Builder
	for _, span := range text {
		if span.Kind != chat.Markdown {
			b.WriteString(chat.Text{span}.Plain())
			continue
		}
		b.WriteString(strings.ReplaceAll(span.Text, "**", ""))
	}
	return b.String()
}

// say shows a message.
func (w *World) say(room chat.RoomRef, id, replyTo, author, text string) {
	answer := ""
	if replyTo != "" {
		answer = " > " + replyTo
	}
	w.line(room, author, fmt.Sprintf("[%s] %s%s: ", id, w.screen.paint(style(author), author), answer), visible(text))
}

// print shows what somebody does.
func (w *World) print(room chat.RoomRef, author, format string, args ...any) {
	w.line(room, author, w.screen.paint(style(author), author)+" ", visible(fmt.Sprintf(format, args...)))
}

func style(author string) string {
	if author == self {
		return bold + green
	}
	return cyan
}

// line prints one thing under its time and room; further lines of a text stand under the first.
func (w *World) line(room chat.RoomRef, _ string, head, text string) {
	now := w.now().In(w.zone)
	if day := now.Format("Monday 2 January 2006"); day != w.screen.day {
		w.screen.day = day
		fmt.Fprintln(w.screen.out, w.screen.paint(dim, "— "+day+" —"))
	}
	where := ""
	if !room.IsZero() {
		where = "#" + room.ID
		if room.Thread != "" {
			where += "/" + room.Thread
		}
	}
	first, rest, _ := strings.Cut(text, "\n")
	fmt.Fprintf(w.screen.out, "%s %s %s%s\n", w.screen.paint(dim, now.Format("15:04:05")), w.screen.paint(dim, fmt.Sprintf("%-12s", where)), head, first)
	if rest != "" {
		for l := range strings.SplitSeq(rest, "\n") {
			fmt.Fprintf(w.screen.out, "%22s%s\n", "", l)
		}
	}
}

// visible keeps a text from steering the terminal: control characters and bidi marks are shown as ?.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r < ' ', r >= 0x7f && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return '?'
		default:
			return r
		}
	}, text)
}

// who lists who is here.
func (w *World) who() {
	for _, id := range slices.Sorted(maps.Keys(w.members)) {
		m := w.members[id]
		state := m.standing.String()
		if until, silent := w.silent(m); silent && !m.mute {
			state += ", silenced until " + w.clock(until)
		} else if silent {
			state += ", silenced"
		}
		if m.banned {
			state += ", banned"
		} else if !m.here {
			state += ", gone"
		}
		fmt.Fprintf(w.screen.out, "%22s%s (%s)\n", "", m.name, state)
	}
}

// Complain shows what cannot be done.
func (w *World) Complain(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fmt.Fprintf(w.screen.out, "%22s%s\n", "", w.screen.paint(red, "! "+visible(err.Error())))
}
