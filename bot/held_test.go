package bot_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"palabre/activities"
	"palabre/adapters"
	"palabre/bot"
	"palabre/chat"
	"palabre/store"
)

// What was on somebody's record before a restart counts after it.
func TestStrikesOutliveARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		h.emit(says("1", "mallory", "spam"))
		h.expect("delete 1", "warn:", "log: **#1**")
		h.stop()
		time.Sleep(2 * time.Minute)
		h.start()
		defer func() { h.stop() }()
		h.emit(says("2", "mallory", "spam"))
		h.expect("delete 2", "warn:", "timeout", "log: **#2**")
	})
}

// Rules that wait for raid mode go on acting after a restart in the middle of a raid.
func TestRaidModeOutlivesARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.rules = "rules:\n  - { name: strict, when: { raid_mode: true, words: [hello] }, do: [ delete ] }\n"
		h.start()
		on := chosen("1", chat.CommandInvoked{Name: "raid", Args: "on 30m", Message: chat.MessageRef{Room: general, ID: "1"}})
		h.emit(on)
		h.network.did()
		h.stop()
		h.start()
		h.emit(says("2", "mallory", "hello"))
		h.expect("delete 2", "log: **#1**")
		h.stop()
		time.Sleep(time.Hour)
		h.start()
		defer func() { h.stop() }()
		h.network.did() // the moderators hear that it is over
		h.emit(says("3", "mallory", "hello"))
		h.expect()
	})
}

// silent is a network that says of itself that it hears nothing.
type silent struct{ *network }

func (silent) Platform() chat.Platform { return chat.Matrix }
func (silent) Live() string            { return "no answer from the homeserver since 10:00" }

// What an adapter says of itself is what /readyz says.
func TestAnAdapterThatHearsNothingIsNotReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.others = []adapters.Adapter{silent{newNetwork()}}
		h.start()
		defer func() { h.stop() }()
		if problems := h.bot.Ready(); len(problems) != 1 || problems[0] != "matrix: no answer from the homeserver since 10:00" {
			t.Errorf("problems: %v", problems)
		}
	})
}

// A program's word is no command, whatever rank its account has.
func TestProgramsDoNotCommand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		defer func() { h.stop() }()
		for i, kind := range []chat.ActorKind{chat.Bot, chat.Puppet, chat.Nobody, chat.System, chat.Self} {
			call := chosen(fmt.Sprint(i), chat.CommandInvoked{Name: "timeout", Args: "mallory 1h"})
			call.Actor.Kind = kind
			h.emit(call)
			h.expect()
		}
	})
}

// Of an event that made a decider fail nothing is done, also not what another decider wanted before.
func TestHalfADecisionIsNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.rules = "rules:\n  - { name: no-poison, when: { words: [poison] }, do: [ delete ] }\n"
		h.extra = []activities.Activity{clumsy{}}
		h.start()
		defer func() { h.stop() }()
		h.emit(says("1", "mallory", "poison"))
		h.expect("log: I could not decide")
	})
}

// echoing is an activity that answers every message with its own word.
type echoing string

func (e echoing) Name() string { return "echo " + string(e) }

func (echoing) Keys(ev chat.Event) []string {
	if _, said := ev.Body.(chat.MessageSent); said {
		return []string{}
	}
	return nil
}

func (e echoing) Act(chat.Event, activities.Memory) []chat.Action {
	return []chat.Action{chat.Send{Logical: "desk", As: "note", Say: chat.Phrase{Words: chat.Words{"en": string(e)}}}}
}

// After a reload the activities of the new file act, and those of the old one do not.
func TestAReloadExchangesTheActivities(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.extra = []activities.Activity{echoing("old")}
		h.start()
		defer func() { h.stop() }()
		h.emit(says("1", "alice", "hello"))
		h.expect("note: old")
		next := *h.plan
		next.Activities = []activities.Activity{echoing("new")}
		h.bot.Reload(&next)
		synctest.Wait()
		h.emit(says("2", "alice", "hello"))
		h.expect("note: new")
	})
}

// An order that is under way is not begun a second time beside itself.
func TestWhatIsUnderWayIsNotRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		defer func() { h.stop() }()
		goOn := make(chan struct{})
		h.network.answers(func(_ string, a chat.Action) error {
			if _, isDelete := a.(chat.Delete); isDelete {
				<-goOn
			}
			return nil
		})
		h.emit(says("1", "mallory", "spam"))
		waiting, err := h.bot.Orders(t.Context())
		if err != nil || len(waiting) != 1 {
			t.Fatalf("orders %v, %v", waiting, err)
		}
		if _, err := h.bot.Operate(t.Context(), "retry", waiting[0].Key); err == nil || !strings.Contains(err.Error(), "under way") {
			t.Errorf("retry: %v", err)
		}
		close(goOn)
		synctest.Wait()
		if n := count(h.network.did(), "delete 1"); n != 1 {
			t.Errorf("deleted %d times", n)
		}
	})
}

// careful is a network that can look whether something was done already.
type careful struct {
	*network
	looked []string
}

func (n *careful) Platform() chat.Platform { return chat.Matrix }

func (n *careful) Redo(ctx context.Context, key string, a chat.Action, _ time.Time) (chat.Receipt, error) {
	n.looked = append(n.looked, describe(a))
	return n.Do(ctx, key, a)
}

// What waited when Palabre stopped may have been carried out: after a start the network is asked to look first.
func TestAfterARestartTheNetworkLooksFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		matrix := &careful{network: newNetwork()}
		matrix.is = chat.Matrix
		h.others = []adapters.Adapter{matrix}
		h.start()
		matrix.answers(func(string, chat.Action) error { return &chat.RetryError{After: time.Hour, Limited: true} })
		spam := says("1", "mallory", "spam")
		spam.Room.Platform, spam.Actor.Platform = chat.Matrix, chat.Matrix
		spam.Body = chat.MessageSent{Message: chat.MessageRef{Room: spam.Room, ID: "1"}, Content: chat.Content{Text: "spam"}}
		h.emit(spam)
		h.stop()
		if len(matrix.looked) > 0 {
			t.Errorf("looked for what was never tried: %v", matrix.looked)
		}
		matrix.answers(nil)
		h.start()
		defer func() { h.stop() }()
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		if !containsPrefix(matrix.looked, "delete 1") {
			t.Errorf("looked for %v", matrix.looked)
		}
	})
}

// Nobody sleeps longer than a quarter of a minute, so that a wall clock that was put forward is noticed.
func TestTheSystemsClockLooksUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ring, stop := bot.SystemClock{}.Alarm(time.Now().Add(24 * time.Hour))
		defer stop()
		time.Sleep(16 * time.Second)
		select {
		case <-ring:
		default:
			t.Error("slept on")
		}
	})
}

// What a platform tells again after a restart does not count a second time.
func TestRepeatsDoNotCountAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.rules = "rules:\n  - { name: flood, when: { rate: \"> 2 messages in 10s\" }, do: [ delete: burst ] }\n"
		h.start()
		first, second := says("1", "mallory", "hello"), says("2", "mallory", "hi")
		h.emit(first, second)
		h.stop()
		h.start()
		defer func() { h.stop() }()
		h.emit(first, second)
		h.expect()
		h.emit(says("3", "mallory", "ho"))
		h.expect("delete 1", "delete 2", "delete 3", "log: **#1**")
	})
}

// Pruning forgets what is over, and nothing that still waits or that belongs to a case.
func TestPruningKeepsWhatIsNeeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.extra = []activities.Activity{clumsy{}, echoing("note")}
		h.start()
		defer func() { h.stop() }()
		h.emit(says("1", "mallory", "spam"), says("2", "mallory", "poison"))
		h.network.answers(func(_ string, a chat.Action) error {
			if send, ok := a.(chat.Send); ok && send.As == "note" {
				return chat.ErrStopped // the account is stopped: it waits until somebody mends that
			}
			return nil
		})
		h.emit(says("3", "alice", "hello"))
		h.stop()
		h.exec("UPDATE orders SET deadline = 0 WHERE label = 'note'") // it is never given up
		h.start()
		time.Sleep(9 * 24 * time.Hour)
		synctest.Wait()
		if got := h.count("SELECT count(*) FROM quarantine"); got != 0 {
			t.Errorf("%d events are still set aside", got)
		}
		if got := h.count("SELECT count(*) FROM orders WHERE case_no = 1 AND label = 'delete'"); got != 1 {
			t.Errorf("%d deletions of case 1 are kept", got)
		}
		if got := h.count("SELECT count(*) FROM orders WHERE label = 'note' AND state = '" + string(store.Pending) + "'"); got != 1 {
			t.Errorf("%d orders still wait", got)
		}
		if got := h.count("SELECT count(*) FROM orders WHERE label = 'note' AND state = '" + string(store.Done) + "'"); got != 0 {
			t.Errorf("%d orders that ended long ago are kept", got)
		}
	})
}

// count asks the database for a number.
func (h *house) count(text string) (n int) {
	h.t.Helper()
	db, err := sql.Open("sqlite3", h.path+"?_busy_timeout=5000")
	if err != nil {
		h.t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(context.Background(), text).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// Whoever waits for the end of their command hears it after a restart too.
func TestACallerIsAnsweredAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.network.answers(func(_ string, a chat.Action) error {
			if a.ActionKind() == chat.ActTimeout {
				return &chat.RetryError{After: time.Minute}
			}
			return nil
		})
		h.start()
		h.ask("1", "ada", chat.StandingModerator, "timeout", "mallory 1h enough")
		h.expect("timeout", "log: **#1** mallory")
		h.stop()
		h.network.answers(nil)
		h.start()
		defer func() { h.stop() }()
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		h.expect("timeout", "react")
	})
}
