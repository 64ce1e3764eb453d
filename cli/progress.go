package cli

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// progress tells how far a long task is: a bar in a terminal, else a line for every tenth.
type progress struct {
	out     io.Writer
	now     func() time.Time
	live    bool
	began   time.Time
	shownAt time.Time
	tenth   int64
}

func newProgress(out io.Writer, now func() time.Time) *progress {
	return &progress{out: out, now: now, live: isTerminal(out), began: now()}
}

// barEvery is how often the bar is drawn.
const barEvery = 100 * time.Millisecond

const barWidth = 30

// show tells that so many bytes were read, with so many messages in them.
func (p *progress) show(done, total int64, messages int) {
	now := p.now()
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

// figures are "12.4 MB of 80.1 MB, 61000 messages, 52000 a second, 3s to go".
func (p *progress) figures(now time.Time, done, total int64, messages int) string {
	passed := now.Sub(p.began)
	text := fmt.Sprintf("%s of %s, %d messages", size(done), size(total), messages)
	if passed < time.Second || done == 0 {
		return text
	}
	left := time.Duration(float64(passed) * float64(total-done) / float64(done))
	return fmt.Sprintf("%s, %.0f a second, %s to go", text, float64(messages)/passed.Seconds(), left.Round(time.Second))
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
