package rules

import (
	"slices"
	"sort"
	"time"

	"palabre/chat"
)

// tallied names what is counted together: what happened in a room, in the community (no room), or about a message. What
// moderators do is counted apart.
type tallied struct {
	room, message string
	staff         bool
}

// tally counts what happened, in the order of time, so that the difference between two moments is what happened between them,
// however long that was. It is cut into pieces, so that what comes late moves few of the others.
type tally []*piece

type piece struct {
	before totals // up to its beginning
	ticks  []tick
}

// mostTicks is how many ticks a piece holds.
const mostTicks = 256

type tick struct {
	at    time.Time
	total totals // from the piece's beginning up to here
}

// totals are numbers of each unit.
type totals [len(rateUnits)]int32

func (t *totals) plus(more *totals) {
	for u := range t {
		t[u] += more[u]
	}
}

// count adds a fact to the tallies that it belongs to.
func (c *crowd) count(f *Fact) {
	staff := f.Staff != 0
	c.tally(tallied{staff: staff}).add(f)
	if f.Room != (chat.RoomRef{}) || f.Logical != "" {
		c.tally(tallied{room: roomKey(f), staff: staff}).add(f)
	}
	if f.Kind == chat.KindReport {
		c.tally(tallied{message: f.Message.ID, staff: staff}).add(f)
	}
}

func (c *crowd) tally(what tallied) *tally {
	t := c.tallies[what]
	if t == nil {
		t = &tally{}
		c.tallies[what] = t
	}
	return t
}

func (t *tally) add(f *Fact) {
	var more totals
	for u := range rateUnits {
		more[u] = int32(rateUnits[u].inCrowd(f))
	}
	n := t.pieceAt(f.At)
	if n < 0 {
		*t = slices.Insert(*t, 0, &piece{})
		n = 0
	}
	(*t)[n].add(tick{f.At, more})
	for _, later := range (*t)[n+1:] {
		later.before.plus(&more)
	}
	if p := (*t)[n]; len(p.ticks) == mostTicks {
		*t = slices.Insert(*t, n+1, p.split())
	}
}

// pieceAt is the place of the last piece that begins no later than a moment; -1 for none.
func (t *tally) pieceAt(at time.Time) int {
	return sort.Search(len(*t), func(i int) bool { return (*t)[i].ticks[0].at.After(at) }) - 1
}

func (p *piece) add(now tick) {
	i := p.after(now.at)
	more := now.total
	if i > 0 {
		now.total.plus(&p.ticks[i-1].total)
	}
	p.ticks = slices.Insert(p.ticks, i, now)
	for k := i + 1; k < len(p.ticks); k++ {
		p.ticks[k].total.plus(&more)
	}
}

// after is the place of the first tick that is later than a moment.
func (p *piece) after(at time.Time) int {
	if n := len(p.ticks); n == 0 || !p.ticks[n-1].at.After(at) {
		return n // most come in order
	}
	return sort.Search(len(p.ticks), func(i int) bool { return p.ticks[i].at.After(at) })
}

// split takes the latest ticks away, for a piece of their own. Whatever comes in order leaves full pieces behind.
func (p *piece) split() *piece {
	const kept = mostTicks * 3 / 4
	base := p.ticks[kept-1].total
	rest := &piece{before: p.before, ticks: slices.Clone(p.ticks[kept:])}
	rest.before.plus(&base)
	for k := range rest.ticks {
		for u := range base {
			rest.ticks[k].total[u] -= base[u]
		}
	}
	p.ticks = slices.Clip(p.ticks[:kept])
	return rest
}

// until counts a unit up to a moment, which belongs to it.
func (t *tally) until(unit int, at time.Time) int {
	n := t.pieceAt(at)
	if n < 0 {
		return 0
	}
	p := (*t)[n]
	total := p.before[unit]
	if i := p.after(at); i > 0 {
		total += p.ticks[i-1].total[unit]
	}
	return int(total)
}

// within counts a unit in the window that ends at a moment, which belongs to it.
func (t *tally) within(unit int, at time.Time, window time.Duration) int {
	return t.until(unit, at) - t.until(unit, at.Add(-window))
}
