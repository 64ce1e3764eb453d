package bot_test

import (
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"palabre/chat"
)

// byHand is an admin's silence of somebody, in their own client.
func byHand(id, who string, lasts time.Duration) chat.Event {
	admin := chat.Actor{MemberRef: memberRef("admin"), Name: "admin", Standing: chat.StandingAdmin}
	return chat.Event{
		ID: "console:" + id, At: time.Now(), Actor: chat.Actor{MemberRef: memberRef(who), Name: who},
		Body: chat.MemberSilenced{By: admin, Until: time.Now().Add(lasts)},
	}
}

// silencedOnce is a house in which mallory's silence of an hour is over, and its lift is under way.
func silencedOnce(t *testing.T, lift func() error) *house {
	h := newHouse(t)
	h.start()
	h.emit(says("1", "mallory", "spam"))
	time.Sleep(2 * time.Minute)
	h.emit(says("2", "mallory", "spam again"))
	h.network.did()
	h.network.answers(func(_ string, a chat.Action) error {
		if _, isLift := a.(chat.LiftTimeout); isLift {
			return lift()
		}
		return nil
	})
	time.Sleep(61 * time.Minute)
	synctest.Wait()
	h.expect("lift timeout", "log: **#2** mallory: the time is over")
	return h
}

// A human silences the same member while the lift of an older silence is in flight: it ends with that try, whatever it brought.
func TestALiftInFlightIsItsLast(t *testing.T) {
	for _, answer := range []error{chat.ErrForbidden, errors.New("502"), &chat.RetryError{After: time.Hour, Limited: true, Err: errors.New("429")}} {
		synctest.Test(t, func(t *testing.T) {
			answered := make(chan struct{})
			h := silencedOnce(t, func() error { <-answered; return answer })
			defer func() { h.stop() }()
			h.emit(byHand("3", "mallory", 7*24*time.Hour))
			h.expect("log: **#3** mallory: timeout 7 days, by admin")
			close(answered)
			time.Sleep(24 * time.Hour)
			synctest.Wait()
			h.expect()
			if left, err := h.bot.Orders(t.Context()); err != nil || len(left) > 0 {
				t.Errorf("left after %v: %+v, %v", answer, left, err)
			}
		})
	}
}

// A crash while that lift is in flight changes nothing: the next process does not go on with it.
func TestALiftInFlightDiesWithItsProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answered := make(chan struct{})
		h := silencedOnce(t, func() error { <-answered; return chat.ErrForbidden })
		h.emit(byHand("3", "mallory", 7*24*time.Hour))
		h.copyStore("crashed.db")
		close(answered)
		h.stop()
		h.network.did()

		h.path = filepath.Join(filepath.Dir(h.path), "crashed.db")
		h.start()
		defer func() { h.stop() }()
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		h.expect()
	})
}

// What takes back a role, a slowmode or a lock that was refused would take somebody else's: it is not done.
func TestARefusedMeasureHasNoEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		until := time.Now().Add(time.Hour)
		h := obeying(t, func(ev chat.Event) []chat.Action {
			if text(ev) == "" {
				return nil
			}
			return []chat.Action{
				chat.GiveRole{Member: memberRef("ana"), Role: "helper", Until: until}, chat.Slowmode{Room: general, Every: time.Minute, Until: until},
				chat.Lock{Room: general, Until: until},
			}
		})
		defer func() { h.stop() }()
		h.network.answers(func(_ string, a chat.Action) error {
			if _, isSend := a.(chat.Send); isSend {
				return nil
			}
			return chat.ErrForbidden
		})
		h.emit(says("1", "ana", "all of it"))
		h.expect("give role", "slowmode", "lock", "log: role given", "log: slowmode", "log: room locked")
		h.network.answers(nil)
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		h.expect()
	})
}
