package rules

import (
	"slices"
	"time"

	"palabre/chat"
	"palabre/text"

	"github.com/dchest/siphash"
)

// MostCrowd is how many events of everybody together are kept; rules about rooms and the community cannot count further.
const MostCrowd = 4096

// longestCrowd is how far back a rule about a room or the community may look.
const longestCrowd = time.Hour

// gather adds a fact to those of everybody, at its place in time.
func (h *History) gather(f Fact) {
	at := len(h.crowd)
	for at > 0 && h.crowd[at-1].At.After(f.At) {
		at--
	}
	for i := at - 1; i >= 0 && h.crowd[i].At.Equal(f.At); i-- {
		if h.crowd[i].ID == f.ID {
			return
		}
	}
	if drop := len(h.crowd) - MostCrowd; drop >= MostCrowd {
		h.crowd = slices.Delete(h.crowd, 0, drop)
		at = max(0, at-drop)
	}
	h.crowd = slices.Insert(h.crowd, at, f)
}

// around are everybody's facts in the window that ends at a moment, which belongs to it. What moderators do is among
// them: see Fact.Staff.
func (h *History) around(at time.Time, window time.Duration) []Fact {
	end := len(h.crowd)
	for end > 0 && h.crowd[end-1].At.After(at) {
		end--
	}
	from := at.Add(-window)
	start := end
	for start > 0 && end-start < MostCrowd && h.crowd[start-1].At.After(from) {
		start--
	}
	return h.crowd[start:end]
}

// firstAfter is the place of the first fact that is not before a moment.
func firstAfter(facts []Fact, at time.Time) int {
	n := 0
	for n < len(facts) && facts[n].At.Before(at) {
		n++
	}
	return n
}

// likeness is the same for names that people take for one another.
func (h *History) likeness(name string) uint64 { return h.hash(text.Likeness(name)) }

// A sketch keeps the keyed hashes of a text's words, the smallest ones of a long text: how many words two texts share
// can be told from them, exactly where both are short. Of a word its first letters count, and a digit is a digit, so
// that another amount or another ending makes less of a difference.
const (
	mostSketch = 32
	stem       = 5 // letters
)

// sketch is the sketch of a text, sorted.
func (h *History) sketch(v *text.View) []uint32 {
	var out []uint32
	v.EachWord(stem, func(word []byte) {
		sum := uint32(siphash.Hash(h.k0, h.k1, word))
		at, known := slices.BinarySearch(out, sum)
		if known || at == mostSketch {
			return
		}
		if len(out) == mostSketch {
			out = out[:mostSketch-1]
		}
		out = slices.Insert(out, at, sum)
	})
	return out
}

// alike is the share of their words that two texts have in common, in percent.
func alike(a, b []uint32) int {
	shared, all, i, j := 0, 0, 0, 0
	for (i < len(a) || j < len(b)) && all < mostSketch {
		switch all++; {
		case j == len(b) || i < len(a) && a[i] < b[j]:
			i++
		case i == len(a) || b[j] < a[i]:
			j++
		default:
			shared, i, j = shared+1, i+1, j+1
		}
	}
	return 200 * shared / max(all+shared, 1)
}

// sameRoom tells whether two facts happened in one room, or in rooms that a bridge joins.
func sameRoom(a, b *Fact) bool {
	return a.Logical != "" && a.Logical == b.Logical || a.Room.Parent() == b.Room.Parent() && a.Room != chat.RoomRef{}
}
