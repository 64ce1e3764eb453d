package schedule

import (
	"time"
)

// star marks a field written as * in the parser's bits.
const star = 1 << 63

// horizonDays is how far the next fire is looked for. The longest wait is for a 29 February over a year like 2100.
const horizonDays = 366 * 9

// Next gives the first fire after an instant, false when there is none.
func (s Schedule) Next(after time.Time) (Fire, bool) {
	switch {
	case s.bits == nil:
		return Fire{}, false
	case s.hours == everyHour:
		return s.nextInstant(after)
	}
	return s.nextCivil(after)
}

// At tells whether a fire is at this very instant.
func (s Schedule) At(instant time.Time) bool {
	fire, ok := s.Next(instant.Add(-time.Nanosecond))
	return ok && fire.At.Equal(instant)
}

// Fires are the fires of a time: how many, the first, the last, and the one before the last.
type Fires struct {
	Count               int
	First, Before, Last Fire
}

// mostCounted bounds what is counted: ten weeks of a schedule for every minute.
const mostCounted = 100_000

// Between gives the fires from one instant to another, both included. Beyond a hundred thousand it stops counting, and the last
// is looked for in the last eight days only.
func (s Schedule) Between(from, to time.Time) Fires {
	var f Fires
	at := from.Add(-time.Nanosecond)
	for {
		next, ok := s.Next(at)
		if !ok || next.At.After(to) {
			return f
		}
		if f.Count == 0 {
			f.First = next
		}
		f.Before, f.Last = f.Last, next
		if at = next.At; f.Count < mostCounted {
			f.Count++
		} else if recent := to.AddDate(0, 0, -8); at.Before(recent) {
			at = recent
		}
	}
}

// nextCivil walks over the wall clock's times. Several of them may be one instant where the clock jumps: that is one fire,
// with the key of the first.
func (s Schedule) nextCivil(after time.Time) (Fire, bool) {
	day := civil(after.In(s.zone)).Truncate(24 * time.Hour)
	for range horizonDays {
		if s.onDay(day) {
			for h := range 24 {
				for m := range 60 {
					if s.bits.Hour&(1<<h) == 0 || s.bits.Minute&(1<<m) == 0 {
						continue
					}
					c := day.Add(time.Duration(h)*time.Hour + time.Duration(m)*time.Minute)
					if at := instant(c, s.zone); at.After(after) {
						return Fire{At: at, Civil: c.Format("2006-01-02T15:04")}, true
					}
				}
			}
		}
		day = day.AddDate(0, 0, 1)
	}
	return Fire{}, false
}

// nextInstant walks over the minutes that really pass.
func (s Schedule) nextInstant(after time.Time) (Fire, bool) {
	t := after.UTC().Truncate(time.Minute).Add(time.Minute)
	for range horizonDays {
		day := civil(t.In(s.zone)).Truncate(24 * time.Hour)
		tomorrow := instant(day.AddDate(0, 0, 1), s.zone)
		if s.onDay(day) {
			for ; t.Before(tomorrow); t = t.Add(time.Minute) {
				if s.bits.Minute&(1<<t.In(s.zone).Minute()) != 0 {
					return Fire{At: t, Civil: t.Format("2006-01-02T15:04Z")}, true
				}
			}
		}
		t = tomorrow
	}
	return Fire{}, false
}

// onDay tells whether a civil day is one of the schedule's.
func (s Schedule) onDay(day time.Time) bool {
	if s.bits.Month&(1<<day.Month()) == 0 {
		return false
	}
	dom := s.bits.Dom&(1<<day.Day()) != 0
	dow := s.bits.Dow&(1<<day.Weekday()) != 0
	if s.bits.Dom&star != 0 || s.bits.Dow&star != 0 {
		return dom && dow
	}
	return dom || dow
}

// everFires tells whether any day of a leap cycle is one of the schedule's.
func (s Schedule) everFires() bool {
	day := time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC)
	for range 4 * 366 {
		if s.onDay(day) {
			return true
		}
		day = day.AddDate(0, 0, 1)
	}
	return false
}

// civil is what the wall clock shows at t, written as a time in UTC.
func civil(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// reach is more than any zone is away from UTC.
const reach = 26 * time.Hour

// instant is when the wall clock of a zone shows a civil time: the first time of two, and the first instant after
// the gap for a time that the clock jumps over. Go's own bounds of a period are not used: in a leap year they stand still on
// 31 December where the data ends in a rule, and whoever walks over them never arrives.
func instant(c time.Time, zone *time.Location) time.Time {
	offset := offsetAt(c, zone)
	if offset == offsetAt(c.Add(-reach), zone) && offset == offsetAt(c.Add(reach), zone) {
		return c.Add(-offset)
	}
	for t := c.Add(-reach); !t.After(c.Add(reach)); t = t.Add(time.Hour) {
		if at := c.Add(-offsetAt(t, zone)); civil(at.In(zone)).Equal(c) {
			return at
		}
	}
	return afterGap(c, zone)
}

// afterGap is the first instant at which the wall clock shows more than a civil time that it jumps over.
func afterGap(c time.Time, zone *time.Location) time.Time {
	before, after := c.Add(-reach), c.Add(reach)
	for after.Sub(before) > time.Second {
		middle := before.Add(after.Sub(before) / 2).Truncate(time.Second)
		if civil(middle.In(zone)).Before(c) {
			before = middle
		} else {
			after = middle
		}
	}
	return after
}

// offsetAt is how far the wall clock of a zone is ahead at an instant.
func offsetAt(t time.Time, zone *time.Location) time.Duration {
	_, offset := t.In(zone).Zone()
	return time.Duration(offset) * time.Second
}
