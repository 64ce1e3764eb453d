package matrix_test

import (
	"errors"
	"fmt"
	"testing"

	"palabre/adapters"
	"palabre/adapters/matrix/matrixtest"
	"palabre/chat"
)

// TestUnlockRestores: a lock gives back the power levels that were there, exactly; what somebody changed since stays. A
// silence that is imposed meanwhile holds when the room is open again.
func TestUnlockRestores(t *testing.T) {
	w := newTown(t)
	room := w.Room(matrixtest.Plan{Owner: w.owner, Levels: map[string]int{w.robot: 100, w.mod: 50}, Members: []string{w.ana, w.mod, w.robot}})
	w.options.Rooms = []adapters.Room{{Logical: "only", ID: room}}
	before := fmt.Sprint(w.State(room, "m.room.power_levels")["users"])
	a := w.open(t)
	do := func(act chat.Action) {
		t.Helper()
		_, err := a.Do(t.Context(), "k1", act)
		must(t, err)
	}
	ana := w.Person("ana")
	do(chat.Lock{Room: w.ref(room)})
	if _, err := ana.Say(room, "I may not"); !errors.Is(err, matrixtest.ErrRefused) {
		t.Errorf("she spoke in a locked room: %v", err)
	}
	do(chat.Timeout{Member: w.member(w.ana)})
	a = w.open(t) // another process
	do(chat.Unlock{Room: w.ref(room)})
	if _, err := ana.Say(room, "still not"); !errors.Is(err, matrixtest.ErrRefused) {
		t.Errorf("she spoke while silenced: %v", err)
	}
	do(chat.LiftTimeout{Member: w.member(w.ana)})
	if _, err := ana.Say(room, "I may again"); err != nil {
		t.Error(err)
	}
	if after := fmt.Sprint(w.State(room, "m.room.power_levels")["users"]); after != before {
		t.Errorf("users before: %s, after: %s", before, after)
	}
	if events, _ := w.State(room, "m.room.power_levels")["events"].(map[string]any); len(events) > 0 {
		t.Errorf("left behind: %v", events)
	}
	if _, err := a.Do(t.Context(), "k2", chat.Unlock{Room: w.ref(room)}); !errors.Is(err, chat.ErrGone) {
		t.Errorf("unlocking again: %v, want ErrGone", err)
	}
	if _, err := a.Do(t.Context(), "k3", chat.Lock{Room: chat.RoomRef{Platform: chat.Matrix, ID: room, Thread: "$x"}}); !errors.Is(err, chat.ErrUnsupported) {
		t.Errorf("a thread: %v, want ErrUnsupported", err)
	}
}
