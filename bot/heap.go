package bot

import (
	"container/heap"
	"slices"

	"palabre/chat"
	"palabre/store"
)

// orderHeap is a heap of orders by one of two orders of importance.
type orderHeap struct {
	less   func(a, b *store.Order) bool
	orders []*store.Order
}

func byUrgency(a, b *store.Order) bool {
	if a.Priority != b.Priority {
		return a.Priority < b.Priority
	}
	return a.Seq < b.Seq
}

// byNeed is byUrgency where only so much may be done: who floods has to be stopped before their hundred messages are gone.
func byNeed(a, b *store.Order) bool {
	if x, y := cleansUp(a), cleansUp(b); x != y && a.Priority == b.Priority {
		return y
	}
	return byUrgency(a, b)
}

func cleansUp(o *store.Order) bool {
	_, deletes := o.Action.(chat.Delete)
	return deletes
}

func byTime(a, b *store.Order) bool { return a.NextAt.Before(b.NextAt) }

func (h *orderHeap) first() *store.Order { return h.orders[0] }

// Len, Less, Swap, Push and Pop are container/heap's.
func (h *orderHeap) Len() int           { return len(h.orders) }
func (h *orderHeap) Less(i, j int) bool { return h.less(h.orders[i], h.orders[j]) }
func (h *orderHeap) Swap(i, j int)      { h.orders[i], h.orders[j] = h.orders[j], h.orders[i] }
func (h *orderHeap) Push(o any)         { h.orders = append(h.orders, o.(*store.Order)) }
func (h *orderHeap) Pop() any {
	last := len(h.orders) - 1
	o := h.orders[last]
	h.orders = slices.Delete(h.orders, last, last+1)
	return o
}

// fairTurns is of how many orders one is handed out whose priority's turn it is, urgent or not: thousands of deletions and
// warnings in a raid must not keep moderators for hours from what they are told, and from their answers.
const fairTurns = 16

// fairness counts the orders handed out in a row while others of the same platform waited.
type fairness struct {
	turns int
	last  chat.Priority // whose fair turn it was last
}

// take takes the most urgent order, or, when it is a fair turn, the first one of the next priority that has any.
func (f *fairness) take(ready *orderHeap) *store.Order {
	if f.turns < fairTurns-1 {
		return heap.Pop(ready).(*store.Order)
	}
	best := -1
	for i, o := range ready.orders {
		if best < 0 || f.sooner(o, ready.orders[best], ready.less) {
			best = i
		}
	}
	return heap.Remove(ready, best).(*store.Order)
}

// sooner tells whose turn comes first in a fair turn: priorities follow one another, from the one after the last.
func (f *fairness) sooner(a, b *store.Order, less func(a, b *store.Order) bool) bool {
	if x, y := f.wait(a), f.wait(b); x != y {
		return x < y
	}
	return less(a, b)
}

func (f *fairness) wait(o *store.Order) int {
	const priorities = int(chat.Animation) + 1
	return (int(o.Priority-f.last) - 1 + priorities) % priorities
}

// handedOut notes that an order was handed out, and whether others wait behind it.
func (f *fairness) handedOut(o *store.Order, others bool) {
	switch {
	case !others:
		f.turns = 0
	case f.turns >= fairTurns-1:
		f.turns, f.last = 0, o.Priority
	default:
		f.turns++
	}
}
