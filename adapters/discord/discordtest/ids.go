package discordtest

import (
	"strconv"
	"time"
)

// epoch is the first instant that an id can tell.
var epoch = time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)

// ids makes snowflakes: 42 bits of milliseconds since the epoch, and 22 that keep them apart.
type ids struct{ last, salt uint64 }

// at gives an id of a moment that is greater than all that at has given.
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

// past gives an id of a moment whatever was given before.
func (n *ids) past(t time.Time) string {
	n.salt++
	return strconv.FormatUint(uint64(t.Sub(epoch).Milliseconds())<<22|n.salt&(1<<22-1), 10)
}

// stamp is a moment as Discord writes it.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000+00:00") }
