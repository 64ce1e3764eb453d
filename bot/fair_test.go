package bot

import (
	"container/heap"
	"testing"

	"palabre/chat"
	"palabre/store"
)

// A raid's deletions and warnings do not keep the moderators from what they are told: of sixteen orders, one is of a priority
// whose turn it is. All others are handed out by urgency.
func TestADesksLineIsNotStarved(t *testing.T) {
	ready := &orderHeap{less: byUrgency}
	for p, n := range map[chat.Priority]int{chat.Safety: 1000, chat.Interaction: 1000, chat.Log: 2, chat.Animation: 1} {
		for i := range n {
			heap.Push(ready, &store.Order{Seq: int64(i), Priority: p})
		}
	}
	var fair fairness
	var handed [4]int
	for range 160 {
		o := fair.take(ready)
		fair.handedOut(o, ready.Len() > 0)
		handed[o.Priority]++
	}
	if handed[chat.Log] != 2 || handed[chat.Animation] != 1 || handed[chat.Safety] < 150 || handed[chat.Interaction] == 0 {
		t.Errorf("of 160, handed out by priority: %v", handed)
	}
}
