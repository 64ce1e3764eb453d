//go:build faults

package cli

import (
	"os"
	"strings"
	"time"

	"palabre/bot"
)

// systemClock is the wall clock, ahead by the duration that stands in the file PALABRE_CLOCK: tests of the
// whole binary move it from outside.
func systemClock() bot.Clock { return shiftedClock{os.Getenv("PALABRE_CLOCK")} }

type shiftedClock struct{ file string }

func (c shiftedClock) Now() time.Time { return time.Now().Add(c.ahead()) }

func (c shiftedClock) ahead() time.Duration {
	text, err := os.ReadFile(c.file)
	if err != nil {
		return 0
	}
	d, err := time.ParseDuration(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return d
}

// Alarm looks four times a second.
func (c shiftedClock) Alarm(at time.Time) (<-chan struct{}, func()) {
	ring := make(chan struct{}, 1)
	var timer *time.Timer
	look := func() {
		if c.Now().Before(at) {
			timer.Reset(time.Second / 4)
			return
		}
		ring <- struct{}{}
	}
	timer = time.AfterFunc(time.Hour, look)
	timer.Reset(min(max(at.Sub(c.Now()), 0), time.Second/4))
	return ring, func() { timer.Stop() }
}
