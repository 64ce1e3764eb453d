package discord

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"

	"palabre/adapters"
	"palabre/chat"
)

const (
	maxMessage = 2000 // characters of one message, counted as Discord's clients do
	maxParts   = 5    // messages that one text may become
	maxPings   = 100  // ids in allowed_mentions
	maxValue   = 2000 // characters of one value
	maxQuote   = 900  // characters of one that is shown as code: it fits into one message whatever it holds
)

// render turns a text into one or more messages' contents, and whom they may ping. Values are escaped: nothing in
// them formats, links or pings.
func render(text chat.Text, prefix string) (contents, pings []string) {
	var pieces []string
	for _, span := range text {
		if span.Kind == chat.Markdown {
			pieces = append(pieces, strings.SplitAfter(words(span.Text), "\n")...)
			continue
		}
		pieces = append(pieces, value(span))
		if span.Kind == chat.Ping && isSnowflake(span.Member.ID) && len(pings) < maxPings {
			pings = append(pings, span.Member.ID)
		}
	}
	contents = pack(pieces)
	for i, c := range contents {
		if _, _, command := adapters.ParseCommand(c, prefix); command {
			contents[i] = "\u200b" + c // what we say is never a command to another program
		}
	}
	return contents, pings
}

// pack joins pieces into messages that are not too long. A piece that fits stays whole.
func pack(pieces []string) []string {
	var out []string
	var b strings.Builder
	room := maxMessage - 1 // for the character that hides a command
	flush := func() {
		if s := strings.TrimSpace(b.String()); s != "" {
			out = append(out, s)
		}
		b.Reset()
		room = maxMessage - 1
	}
	for _, p := range pieces {
		for {
			head, rest := fit(p, room)
			if rest != "" && b.Len() > 0 {
				flush()
				continue
			}
			b.WriteString(head)
			room -= units(head)
			if p = rest; p == "" {
				break
			}
			p = "\u200b" + p // what begins a line in the middle of a text means nothing there
		}
	}
	flush()
	if len(out) > maxParts {
		out = append(out[:maxParts-1], out[maxParts-1]+"…")
	}
	return out
}

// fit cuts a text where it still fits.
func fit(s string, room int) (head, rest string) {
	for i, r := range s {
		if room -= utf16.RuneLen(r); room < 0 {
			escaping := i - len(strings.TrimRight(s[:i], `\`))
			i -= escaping % 2 // it stays with what it escapes
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// units is how long a text is as clients count: in UTF-16.
func units(s string) (n int) {
	for _, r := range s {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

// words are our own or the community's: their Markdown is meant. What would ping is allowed_mentions' business.
func words(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// value is a span that is not Markdown.
func value(s chat.Span) string {
	text := harmless(s.Text)
	switch s.Kind {
	case chat.Quote:
		return quoted(text)
	case chat.Ping:
		if isSnowflake(s.Member.ID) {
			return "<@" + s.Member.ID + ">"
		}
	case chat.RoomLink:
		if id := channelOf(s.Room); isSnowflake(id) && s.Room.Platform == chat.Discord {
			return "<#" + id + ">"
		}
		return "#" + escape(text)
	case chat.Timestamp:
		if !s.At.IsZero() {
			return fmt.Sprintf("<t:%d:f>", s.At.Unix())
		}
	case chat.Markdown, chat.Data, chat.NameOnly:
	}
	return escape(text)
}

// quoted shows a text as code, in which nothing acts. The code's fence is two backticks, so the text may hold single
// ones; longer runs are broken up.
func quoted(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if text == "" {
		return "“”"
	}
	if runes := []rune(text); len(runes) > maxQuote {
		text = string(runes[:maxQuote]) + "…"
	}
	if !strings.Contains(text, "`") {
		return "`" + text + "`"
	}
	return "``\u200b" + strings.ReplaceAll(text, "`", "`\u200b") + "``"
}

// escape makes a text literal: what Discord reads as markup gets a backslash, what it makes into links and mentions a
// character without width.
func escape(s string) string {
	var b strings.Builder
	start := true // of a line
	for _, r := range s {
		switch {
		case strings.ContainsRune("\\*_~`|[]()<>", r):
			b.WriteByte('\\')
		case start && strings.ContainsRune("#>-+", r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		if r == '@' || r == ':' {
			b.WriteRune('\u200b') // neither @everyone, nor https://, nor :emoji:
		}
		start = r == '\n' || start && r == ' '
	}
	return b.String()
}

// harmless makes somebody's text safe to show anywhere: no control or bidirectional-control characters, and not
// endless.
func harmless(s string) string {
	var b strings.Builder
	runes := 0
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		if bidi(r) || (unicode.IsControl(r) && r != '\n') {
			continue
		}
		if runes++; runes > maxValue {
			b.WriteRune('…')
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}

func bidi(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\u200e' || r == '\u200f' || r == '\u061c'
}
