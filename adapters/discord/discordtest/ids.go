package discordtest

import (
	"strconv"
	"time"
)

// epoch is the first instant that an id can tell.
var epoch = time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)

// ids makes snowflakes: 42 bits of milliseconds since the epoch, and 22 that keep them apart.
type ids struct{ last uint64 }

// at gives an id of a moment, greater than all ids of later moments given so far only when the moment is.
func (n *ids) at(t time.Time) string {
	id := uint64(t.Sub(epoch).Milliseconds()) << 22
	if id <= n.last {
		id = n.last + 1
	}
	n.last = id
	return strconv.FormatUint(id, 10)
}

// number reads an id; 0 when it is none.
func number(id string) uint64 {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// madeAt is the moment that an id tells.
func madeAt(id string) time.Time {
	return epoch.Add(time.Duration(number(id)>>22) * time.Millisecond)
}

// idOf gives an id of the past for an account; ids of accounts need not grow.
func (n *ids) idOf(made time.Time, salt int) string {
	return strconv.FormatUint(uint64(made.Sub(epoch).Milliseconds())<<22|uint64(salt), 10)
}

// stamp is a moment as Discord writes it.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000+00:00") }
