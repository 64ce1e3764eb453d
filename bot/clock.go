package bot

import (
	"context"
	"sync"
	"time"
)

// Clock tells the time and wakes at a moment. The system's clock is one; the console's, which people
// move by hand, is the other.
type Clock interface {
	Now() time.Time
	// Alarm returns a channel that receives once, when Now reaches the moment or sooner, and a function to call
	// in any case: when what the alarm was for is taken up, or no longer wanted.
	Alarm(at time.Time) (<-chan struct{}, func())
}

// SystemClock is the wall clock.
type SystemClock struct{}

// Now is the wall clock's time.
func (SystemClock) Now() time.Time { return time.Now() }

// longestSleep bounds a sleep, so that a wall clock that jumped (suspend, a correction) is noticed.
const longestSleep = 15 * time.Second

// Alarm sleeps until the moment, or for 15 s at most: whoever waits looks at Now again.
func (SystemClock) Alarm(at time.Time) (<-chan struct{}, func()) {
	ring := make(chan struct{}, 1)
	timer := time.AfterFunc(min(time.Until(at), longestSleep), func() { ring <- struct{}{} })
	return ring, func() { timer.Stop() }
}

// ManualClock stands still until it is moved.
type ManualClock struct {
	mu     sync.Mutex
	now    time.Time
	alarms map[*alarm]struct{}
	busy   func(int)
}

type alarm struct {
	at   time.Time
	ring chan struct{}
	rung bool
}

// NewManualClock makes a clock that stands at a moment.
func NewManualClock(now time.Time) *ManualClock {
	return &ManualClock{now: now, alarms: map[*alarm]struct{}{}, busy: func(int) {}}
}

// attach makes an alarm count as under way from its ring until it is taken up.
func (c *ManualClock) attach(i *idle) { c.busy = i.add }

// Now is where the clock stands.
func (c *ManualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Alarm rings when the clock is moved to the moment; at once when it stands there already.
func (c *ManualClock) Alarm(at time.Time) (<-chan struct{}, func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := &alarm{at: at, ring: make(chan struct{}, 1)}
	c.alarms[a] = struct{}{}
	c.ringDue()
	return a.ring, func() { c.stop(a) }
}

func (c *ManualClock) stop(a *alarm) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.alarms, a)
	if a.rung {
		c.busy(-1)
	}
}

// ringDue rings every alarm whose moment has come.
func (c *ManualClock) ringDue() {
	for a := range c.alarms {
		if !a.at.After(c.now) {
			c.busy(1)
			a.rung = true
			a.ring <- struct{}{}
			delete(c.alarms, a)
		}
	}
}

// Set puts the clock to a moment, forwards or back, ringing nothing: for before the bot begins.
func (c *ManualClock) Set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

// Move goes to a moment by way of every alarm before it: it stops at each, lets settle wait until all is
// quiet, and goes on. It returns the first error of settle.
func (c *ManualClock) Move(ctx context.Context, to time.Time, settle func(context.Context) error) error {
	for {
		if err := settle(ctx); err != nil {
			return err
		}
		if c.step(to) {
			return settle(ctx)
		}
	}
}

// step goes to the next alarm, or to the end when there is none before it.
func (c *ManualClock) step(to time.Time) (arrived bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := to
	for a := range c.alarms {
		if a.at.Before(next) {
			next = a.at
		}
	}
	if next.After(c.now) {
		c.now = next
	}
	c.ringDue()
	return !c.now.Before(to)
}
