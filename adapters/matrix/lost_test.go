package matrix_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palabre/adapters/matrix/matrixtest"
	"palabre/chat"
)

// TestForgottenTransaction: the homeserver has forgotten what a process sent that died; its key in the message tells.
func TestForgottenTransaction(t *testing.T) {
	w := newTown(t)
	act := chat.Send{Room: w.ref(w.general), Text: chat.Text{{Text: "please stop"}}}
	w.Fail(matrixtest.Fault{Kind: "send", Times: 1, Commit: true})
	begun := time.Now()
	if _, err := w.open(t).Do(t.Context(), "k1", act); err == nil {
		t.Fatal("the answer was not lost")
	}
	w.Say(w.general, w.ana, "meanwhile")
	w.ForgetTransactions()
	w.options.Clock = func() time.Time { return begun.Add(2 * time.Hour) }
	a := w.open(t)
	for range 2 {
		_, err := a.Redo(t.Context(), "k1", act, begun)
		must(t, err)
	}
	if _, err := a.Redo(t.Context(), "k2", act, begun); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"please stop", "meanwhile", "please stop"}, w.Shown(w.general)); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
}

// TestADeletionIsNotDoneAgain: what was redacted by a try whose answer was lost is not redacted once more when the homeserver
// has forgotten the transaction.
func TestADeletionIsNotDoneAgain(t *testing.T) {
	w := newTown(t)
	act := chat.Delete{Message: chat.MessageRef{Room: w.ref(w.general), ID: w.Say(w.general, w.ana, "buy this")}}
	w.Fail(matrixtest.Fault{Kind: "redact", Times: 1, Commit: true})
	begun := time.Now()
	if _, err := w.open(t).Do(t.Context(), "k1", act); err == nil {
		t.Fatal("the answer was not lost")
	}
	w.ForgetTransactions()
	w.options.Clock = func() time.Time { return begun.Add(2 * time.Hour) }
	if _, err := w.open(t).Redo(t.Context(), "k1", act, begun); err != nil {
		t.Error(err)
	}
	redactions := 0
	for _, ev := range w.Events(w.general) {
		if ev.Type == "m.room.redaction" {
			redactions++
		}
	}
	if redactions != 1 {
		t.Errorf("redacted %d times", redactions)
	}
}
