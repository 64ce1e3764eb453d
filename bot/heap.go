package bot

import (
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
