package matrix_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters"
	"palabre/adapters/matrix"
	"palabre/adapters/matrix/matrixtest"
	"palabre/chat"
)

// patient does orders as an outbox does: one at a time while the adapter says so, the first that is due. It returns when all
// are done.
func patient(t *testing.T, a *matrix.Adapter, orders ...chat.Action) {
	t.Helper()
	for i := 0; i < len(orders); {
		if at, _ := a.Pace(); at.After(time.Now()) {
			time.Sleep(time.Until(at))
		}
		_, err := a.Do(t.Context(), fmt.Sprint("order", i), orders[i])
		var retry *chat.RetryError
		switch {
		case errors.As(err, &retry) && retry.Limited:
		case err != nil && !errors.Is(err, chat.ErrGone):
			t.Fatal(err)
		default:
			i++
		}
	}
}

// TestTheLimitIsTheAccounts: under Synapse's ordinary limit, orders go as fast as it grants, and hardly any is refused.
func TestTheLimitIsTheAccounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := virtualTown()
		var orders []chat.Action
		for i := range 100 {
			room := w.general
			if i%2 > 0 {
				room = w.help
			}
			orders = append(orders, chat.Delete{Message: chat.MessageRef{Room: w.ref(room), ID: w.Say(room, w.ana, fmt.Sprint(i))}})
		}
		w.Limit(0.2, 10)
		began := time.Now()
		patient(t, w.open(t), orders...)
		if took := time.Since(began); took > 460*time.Second {
			t.Errorf("100 deletions took %s: 90 of them at 0.2 a second take 450 s", took)
		}
		if refused := w.Refused(); refused > 12 {
			t.Errorf("%d calls were refused", refused)
		}
	})
}

// TestALimitThatIsLifted: once an admin lifts the limit, we notice within some minutes, and are as fast as before.
func TestALimitThatIsLifted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := virtualTown()
		say := chat.Send{Room: w.ref(w.general), Text: chat.Text{{Text: "hello"}}}
		many := func(n int) (orders []chat.Action) {
			for range n {
				orders = append(orders, say)
			}
			return orders
		}
		a := w.open(t)
		w.Limit(0.2, 10)
		patient(t, a, many(15)...)
		if _, one := a.Pace(); !one {
			t.Error("no limit was noticed")
		}
		w.Limit(0, 0)
		w.ForgetTransactions()
		patient(t, a, many(600)...)
		if at, one := a.Pace(); one || at.After(time.Now()) {
			t.Errorf("still slow after ten minutes of orders: one at a time %t, next in %s", one, time.Until(at))
		}
	})
}

// TestABanBeginsWhereItHappened: under a limit, the room of the incident comes first, and no room is asked twice.
func TestABanBeginsWhereItHappened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := virtualTown()
		for i := range 4 {
			room := w.Room(matrixtest.Plan{Owner: w.owner, Levels: map[string]int{w.robot: 100}, Members: []string{w.ana, w.robot}})
			w.options.Rooms = append(w.options.Rooms, adapters.Room{Logical: fmt.Sprint("more", i), ID: room})
		}
		last := w.options.Rooms[5].ID
		a := w.open(t)
		w.Limit(0.2, 1)
		_, err := a.Do(t.Context(), "order0", chat.Ban{Member: w.member(w.ana), Where: w.ref(last)})
		var retry *chat.RetryError
		if !errors.As(err, &retry) || w.Membership(last, w.ana) != "ban" || w.Membership(w.general, w.ana) == "ban" {
			t.Fatalf("%v, %s where it happened, %s elsewhere", err, w.Membership(last, w.ana), w.Membership(w.general, w.ana))
		}
		before := w.Calls("state")
		patient(t, a, chat.Ban{Member: w.member(w.ana), Where: w.ref(last)})
		for _, room := range []string{w.general, w.help, last} {
			if w.Membership(room, w.ana) != "ban" {
				t.Errorf("not banned from %s", room)
			}
		}
		if asked := w.Calls("state") - before; asked > 5 {
			t.Errorf("%d look-ups for five rooms", asked)
		}
	})
}

// TestOneRefusalIsNoLimit: a homeserver that is busy for a moment refuses one call after a quiet hour: once the moment is
// over, nothing is slower than before.
func TestOneRefusalIsNoLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := virtualTown()
		a := w.open(t)
		say := func(key string) error {
			_, err := a.Do(t.Context(), key, chat.Send{Room: w.ref(w.general), Text: chat.Text{{Text: "hello"}}})
			return err
		}
		if at, _ := a.Pace(); !at.IsZero() {
			t.Errorf("nothing was refused, and the first order may go at %s", at)
		}
		must(t, say("k1"))
		time.Sleep(3 * time.Minute)
		w.Fail(matrixtest.Fault{Kind: "send", Times: 1, Status: 429, Code: "M_LIMIT_EXCEEDED", RetryBody: 60})
		if err := say("k2"); err == nil {
			t.Fatal("not refused")
		}
		time.Sleep(60 * time.Millisecond)
		for i := range 20 {
			must(t, say(fmt.Sprint("again", i)))
		}
		if _, one := a.Pace(); one {
			t.Error("one at a time, for one refusal")
		}
	})
}
