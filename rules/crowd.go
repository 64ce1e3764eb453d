package rules

import (
	"math/bits"
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

// shingle is how many bytes of a text are compared at a time.
const shingle = 4

// sketch is a fingerprint of 64 bits in which texts that share most of their pieces share most bits. Zero for a text
// without words. The pieces are hashed with the history's key.
func (h *History) sketch(skeleton string) uint64 {
	if len(skeleton) < shingle {
		return h.hash(skeleton)
	}
	var votes [64]int
	for i := 0; i+shingle <= len(skeleton); i++ {
		sum := siphash.Hash(h.k0, h.k1, []byte(skeleton[i:i+shingle]))
		for b := range votes {
			votes[b] += int(sum>>b&1)<<1 - 1
		}
	}
	var out uint64
	for b, v := range votes {
		if v > 0 {
			out |= 1 << b
		}
	}
	return max(out, 1)
}

// alike tells whether two sketches differ in no more than so many bits; a text without words is like none.
func alike(a, b uint64, bitsApart int) bool {
	return a != 0 && b != 0 && bits.OnesCount64(a^b) <= bitsApart
}

// sameRoom tells whether two facts happened in one room, or in rooms that a bridge joins.
func sameRoom(a, b *Fact) bool {
	return a.Logical != "" && a.Logical == b.Logical || a.Room.Parent() == b.Room.Parent() && a.Room != chat.RoomRef{}
}
