package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"palabre/chat"
)

// progress tells how far a long task is: a bar in a terminal, else a line for every tenth.
type progress struct {
	out     io.Writer
	say     func(chat.Phrase) string
	live    bool
	began   time.Time
	shownAt time.Time
	tenth   int64
}

func newProgress(out io.Writer, say func(chat.Phrase) string) *progress {
	return &progress{out: out, say: say, live: isTerminal(out), began: time.Now()}
}

// barEvery is how often the bar is drawn.
const barEvery = 100 * time.Millisecond

const barWidth = 30

// show tells that so many bytes were read, with so many messages in them.
func (p *progress) show(done, total int64, messages int) {
	now := time.Now()
	if p.live {
		if now.Sub(p.shownAt) >= barEvery {
			p.shownAt = now
			fmt.Fprintf(p.out, "\r\x1b[K%s %s", bar(done, total), p.figures(now, done, total, messages))
		}
		return
	}
	if tenth := done * 10 / max(total, 1); tenth > p.tenth {
		p.tenth = tenth
		fmt.Fprintf(p.out, "%3d%% %s\n", tenth*10, p.figures(now, done, total, messages))
	}
}

// figures are "12.4 MB of 80.1 MB, 61000 messages, 52000 a second, 3 seconds to go".
func (p *progress) figures(now time.Time, done, total int64, messages int) string {
	args := chat.Args{"done": size(done), "total": size(total), "messages": chat.Say("replay.messages", chat.Args{"count": messages})}
	passed := now.Sub(p.began)
	if passed < time.Second || done == 0 {
		return p.say(chat.Say("replay.progress", args))
	}
	args["speed"] = int(float64(messages) / passed.Seconds())
	args["left"] = time.Duration(float64(passed) * float64(total-done) / float64(done)).Round(time.Second)
	return p.say(chat.Say("replay.progress.speed", args))
}

// end leaves the line to whatever comes next.
func (p *progress) end() {
	if p.live && !p.shownAt.IsZero() {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}

func bar(done, total int64) string {
	full := int(done * barWidth / max(total, 1))
	return "[" + strings.Repeat("█", full) + strings.Repeat("·", barWidth-full) + "]"
}

func size(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.2f GB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.0f kB", float64(n)/(1<<10))
}
