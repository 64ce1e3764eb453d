package bot

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"palabre/chat"
	"palabre/store"
)

func TestWakesComeInOrderAndOnce(t *testing.T) {
	w := newWakes([]store.Wake{{Key: "b", At: noon.Add(2 * time.Hour)}, {Key: "a", At: noon.Add(time.Hour)}})
	w.set(store.Wake{Key: "b", At: noon.Add(30 * time.Minute)}) // moved forward
	w.set(store.Wake{Key: "c", At: noon.Add(time.Minute)})
	w.set(store.Wake{Key: "c"}) // removed
	if _, due := w.due(noon, false); due {
		t.Error("something is due too early")
	}
	var keys []string
	for {
		k, due := w.due(noon.Add(time.Hour), false)
		if !due {
			break
		}
		keys = append(keys, k.Key)
	}
	if len(keys) != 2 || keys[0] != "b" || keys[1] != "a" || !w.next().IsZero() {
		t.Errorf("due: %v, next %v", keys, w.next())
	}
}

// Ids are forgotten after one to two windows, and what is older than the memory is looked up elsewhere.
func TestSeenForgetsInGenerations(t *testing.T) {
	s := newSeen([]string{"old"}, noon.Add(-48*time.Hour), noon)
	if !s.add("old", noon) || s.add("new", noon) || !s.add("new", noon) {
		t.Error("repeats are not recognised")
	}
	s.add("x", noon.Add(25*time.Hour))
	if !s.add("new", noon.Add(25*time.Hour)) || !s.floor.Equal(noon) {
		t.Errorf("forgotten after one window; floor %v", s.floor)
	}
	s.add("y", noon.Add(50*time.Hour))
	if s.add("new", noon.Add(50*time.Hour)) {
		t.Error("remembered after two windows")
	}
}

// The news of a try may come after the order was taken back: then it changes nothing, and the order is not tried again
// after a restart either.
func TestAnOrderThatWasTakenBackStaysSo(t *testing.T) {
	outbox := newOutbox(SystemClock{}, nil, newIdle(), slog.New(slog.DiscardHandler))
	l := &lane{outbox: outbox, clock: SystemClock{}, turn: newTurn()}
	waiting, gone := &store.Order{Key: "a", Subject: "mallory"}, &store.Order{Key: "b", Subject: "bob"}
	outbox.add(waiting, gone)
	if !outbox.remove("b") {
		t.Fatal("an order that waits cannot be taken back")
	}
	for _, o := range []*store.Order{waiting, gone} {
		l.settle(&settlement{order: o, update: store.Update{Key: o.Key, State: store.Pending, Attempts: 1}})
	}
	if got := l.turn.group.Updates; len(got) != 1 || got[0].Key != "a" {
		t.Errorf("written: %+v", got)
	}
}

func TestManualClockStopsAtEachAlarm(t *testing.T) {
	c := NewManualClock(noon)
	var rung []time.Time
	ring, stop := c.Alarm(noon.Add(time.Hour))
	_, never := c.Alarm(noon.Add(3 * time.Hour))
	never()
	settle := func(context.Context) error {
		select {
		case <-ring:
			rung = append(rung, c.Now())
			stop()
			ring = nil
			if len(rung) == 1 {
				ring, stop = c.Alarm(noon.Add(90 * time.Minute))
			}
		default:
		}
		return nil
	}
	if err := c.Move(t.Context(), noon.Add(2*time.Hour), settle); err != nil {
		t.Fatal(err)
	}
	if len(rung) != 2 || !rung[0].Equal(noon.Add(time.Hour)) || !rung[1].Equal(noon.Add(90*time.Minute)) || !c.Now().Equal(noon.Add(2*time.Hour)) {
		t.Errorf("rang at %v, stands at %v", rung, c.Now())
	}
}

func TestRoomsOfABridge(t *testing.T) {
	one, two := chat.RoomRef{Platform: chat.Console, ID: "a"}, chat.RoomRef{Platform: chat.Matrix, ID: "!a"}
	r := NewRooms([]LogicalRoom{{Name: "both", Places: []chat.RoomRef{one, two}}})
	if got := r.Places("both"); len(got) != 2 || r.Places("none") != nil {
		t.Errorf("places %v", got)
	}
	bridged := NewRooms([]LogicalRoom{{Name: "both", Places: []chat.RoomRef{one, two}, Bridged: true}})
	if got, ok := bridged.On("both", chat.Matrix); len(bridged.Places("both")) != 1 || !ok || got != two {
		t.Errorf("on one network: %v", got)
	}
	if got, ok := bridged.On("both", chat.Discord); ok {
		t.Errorf("on a network where the room is not: %v", got)
	}
}

func TestOrderKeysAreStableAndApart(t *testing.T) {
	seen := map[string]bool{}
	for _, event := range []string{"matrix:$a", "matrix:$b"} {
		for _, source := range []string{"rules", "welcome"} {
			for n := range 3 {
				key := orderKey(event, source, n)
				if seen[key] || len(key) != 24 || key != orderKey(event, source, n) {
					t.Errorf("key %q", key)
				}
				seen[key] = true
			}
		}
	}
}

func TestDeadlines(t *testing.T) {
	for name, tc := range map[string]struct {
		act  chat.Action
		want time.Time
	}{
		"a reversal is never given up":             {chat.LiftTimeout{}, time.Time{}},
		"nor is an unban":                          {chat.Unban{}, time.Time{}},
		"a silence is pointless once it is over":   {chat.Timeout{Until: noon.Add(time.Hour)}, noon.Add(time.Hour)},
		"a ban is tried for a week":                {chat.Ban{}, noon.Add(7 * 24 * time.Hour)},
		"a short ban no longer than it lasts":      {chat.Ban{Until: noon.Add(time.Hour)}, noon.Add(time.Hour)},
		"a question of the week is not asked late": {chat.StartThread{Priority: chat.Animation}, noon.Add(time.Hour)},
	} {
		if got := deadline(tc.act, noon); !got.Equal(tc.want) {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
