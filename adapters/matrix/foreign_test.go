package matrix_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"palabre/adapters"
	"palabre/adapters/matrix/matrixtest"
	"palabre/chat"
)

// foreign are bodies that the specification gives to no call that writes, whatever their status says.
var foreign = []string{" ", "null", "[]", "<html>welcome</html>", `{"status":"ok"}`, `{"event_id":null}`, `{"event_id":`, `"done"`}

// TestAForeignAnswerIsNone: a success whose body is not the documented one (a portal, a host that moved) settles nothing:
// the order is tried again, and then it is done.
func TestAForeignAnswerIsNone(t *testing.T) {
	for _, c := range []struct {
		kind string
		act  func(w *town, said chat.MessageRef) chat.Action
		done func(w *town, said chat.MessageRef) bool
	}{
		{"redact", func(_ *town, said chat.MessageRef) chat.Action { return chat.Delete{Message: said} },
			func(w *town, _ chat.MessageRef) bool { return len(w.Shown(w.general)) == 0 }},
		{"ban", func(w *town, _ chat.MessageRef) chat.Action { return chat.Ban{Member: w.member(w.ana)} },
			func(w *town, _ chat.MessageRef) bool { return w.Membership(w.general, w.ana) == "ban" }},
		{"kick", func(w *town, _ chat.MessageRef) chat.Action {
			return chat.Kick{Member: w.member(w.ana), Decided: time.Now().Add(time.Minute)}
		}, func(w *town, _ chat.MessageRef) bool { return w.Membership(w.general, w.ana) == "leave" }},
		{"putstate", func(w *town, _ chat.MessageRef) chat.Action { return chat.Timeout{Member: w.member(w.ana)} },
			func(w *town, _ chat.MessageRef) bool { return w.Levels(w.general)[w.ana] == -1 }},
		{"send", func(_ *town, said chat.MessageRef) chat.Action { return chat.React{Message: said, Emoji: "👀"} },
			func(w *town, _ chat.MessageRef) bool { return count(w, "m.reaction") == 1 }},
	} {
		for _, body := range foreign {
			t.Run(c.kind+" "+body, func(t *testing.T) {
				w := newTown(t)
				said := chat.MessageRef{Room: w.ref(w.general), ID: w.Say(w.general, w.ana, "hello")}
				a := w.open(t)
				w.Fail(matrixtest.Fault{Kind: c.kind, Room: w.general, Times: 1, Status: 200, Body: body})
				_, err := a.Do(t.Context(), "k1", c.act(w, said))
				var retry *chat.RetryError
				if !errors.As(err, &retry) || retry.Limited {
					t.Fatalf("settled by %q: %v", body, err)
				}
				if _, err := a.Redo(t.Context(), "k1", c.act(w, said), time.Now()); err != nil {
					t.Errorf("tried again: %v", err)
				}
				if !c.done(w, said) {
					t.Error("not done in the end")
				}
			})
		}
	}
}

func count(w *town, kind string) (n int) {
	for _, ev := range w.Events(w.general) {
		if ev.Type == kind && !ev.Redacted {
			n++
		}
	}
	return n
}

// TestEmptinessIsNotWrittenBack: power levels that somebody else answered with are not taken for the room's.
func TestEmptinessIsNotWrittenBack(t *testing.T) {
	for _, body := range []string{"{}", `{"status":"ok"}`} {
		w := newTown(t)
		a := w.open(t)
		act := chat.Timeout{Member: w.member(w.ana)}
		_, err := a.Do(t.Context(), "k1", chat.LiftTimeout{Member: w.member(w.ana)}) // the rooms are known
		if !errors.Is(err, chat.ErrGone) {
			t.Fatal(err)
		}
		w.Fail(matrixtest.Fault{Kind: "state", Times: -1, Status: 200, Body: body})
		var retry *chat.RetryError
		if _, err := a.Do(t.Context(), "k2", act); !errors.As(err, &retry) {
			t.Errorf("%s: got %v, want another try", body, err)
		}
		if levels := w.Levels(w.general); levels[w.mod] != 50 || levels[w.ana] != 0 {
			t.Errorf("%s: levels are %v", body, levels)
		}
	}
}

// TestNothingIsTakenFromAForeignAnswer: what a portal answers ends no hole, names no account and hides no room.
func TestNothingIsTakenFromAForeignAnswer(t *testing.T) {
	for _, kind := range []string{"whoami", "joined_rooms", "directory", "state", "members", "messages", "sync"} {
		for _, body := range []string{"{}", "null", `{"status":"ok"}`} {
			t.Run(kind+" "+body, func(t *testing.T) {
				t.Parallel()
				w := newTown(t)
				first := listen(t, w.open(t), adapters.Cursors{})
				first.begun(t)
				first.stop(t)
				var said []string
				for i := range 120 {
					said = append(said, w.Say(w.help, w.ana, fmt.Sprint(i)))
				}
				w.Fail(matrixtest.Fault{Kind: kind, Times: 1, Status: 200, Body: body})
				second := listen(t, w.open(t), first.cursors)
				for _, message := range said {
					second.until(t, "what was said", saidIn(message))
				}
			})
		}
	}
}
