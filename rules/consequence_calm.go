package rules

import (
	"time"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

type (
	slowmode struct{ every, length time.Duration }
	lock     struct{ length time.Duration } // zero: until a moderator unlocks
	raid     struct{ length time.Duration } // zero: raid mode ends
)

// How long a room is slow, and how slow it can be.
const (
	usualSlowmode   = 10 * time.Minute
	longestSlowmode = 6 * time.Hour
	longestCalm     = 7 * 24 * time.Hour
)

func parseSlowmode(_ *parser, v yamlsrc.Value) (consequence, bool) {
	c := slowmode{length: usualSlowmode}
	if v.Kind() != "map" {
		every, ok := v.Duration(time.Second, longestSlowmode)
		c.every = every
		return c, ok
	}
	m, ok := v.Map("every", "for")
	if !ok || !m.Require("every") {
		return nil, false
	}
	c.every, ok = m.Get("every").Duration(time.Second, longestSlowmode)
	if length := m.Get("for"); !length.IsZero() {
		d, good := length.Duration(time.Minute, longestCalm)
		c.length, ok = d, ok && good
	}
	return c, ok
}

func parseLock(_ *parser, v yamlsrc.Value) (consequence, bool) {
	if v.IsZero() {
		return lock{}, true
	}
	d, ok := v.Duration(time.Minute, longestCalm)
	return lock{d}, ok
}

func parseRaid(_ *parser, v yamlsrc.Value) (consequence, bool) {
	if v.Raw() == "off" {
		return raid{}, true
	}
	d, ok := v.Duration(time.Minute, longestCalm)
	return raid{d}, ok
}

func (slowmode) name() string { return "slowmode" }
func (lock) name() string     { return "lock" }
func (raid) name() string     { return "raid_mode" }

func (slowmode) together() bool { return true }
func (lock) together() bool     { return true }

func (c slowmode) add(u *union, r *rule) {
	ev := u.read.Event
	u.also(chat.Slowmode{Room: ev.Room.Parent(), Logical: ev.Logical, Every: c.every, Until: ev.At.Add(c.length), Reason: r.name})
}

func (c lock) add(u *union, r *rule) {
	ev := u.read.Event
	l := chat.Lock{Room: ev.Room.Parent(), Logical: ev.Logical, Reason: r.name}
	if c.length > 0 {
		l.Until = ev.At.Add(c.length)
	}
	u.also(l)
}

// add turns raid mode on, unless it is on already, or off, unless it is off.
func (c raid) add(u *union, r *rule) {
	at := u.read.Event.At
	switch on := u.past.Raid(at); {
	case c.length > 0 && !on:
		u.also(chat.RaidMode{On: true, Until: at.Add(c.length), Why: r.because()})
	case c.length == 0 && on:
		u.also(chat.RaidMode{Why: r.because()})
	}
}
