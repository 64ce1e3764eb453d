//go:build faults

package cli

import (
	"os"
	"strings"
	"time"

	"palabre/bot"
)

// systemClock is the clock that the file PALABRE_CLOCK sets: with a duration in it, the wall clock, ahead by that;
// with a moment, one that stands there. Tests of the whole binary move it from outside.
func systemClock() bot.Clock { return shiftedClock{os.Getenv("PALABRE_CLOCK")} }

type shiftedClock struct{ file string }

func (c shiftedClock) Now() time.Time {
	text, err := os.ReadFile(c.file)
	if err != nil {
		return time.Now()
	}
	set := strings.TrimSpace(string(text))
	if moment, err := time.Parse(time.RFC3339Nano, set); err == nil {
		return moment
	}
	ahead, err := time.ParseDuration(set)
	if err != nil {
		return time.Now()
	}
	return time.Now().Add(ahead)
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
