package bot_test

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"palabre/activities"
	"palabre/adapters"
	"palabre/chat"
)

// rename renames a table under whoever works with it: its reads and writes fail from now on.
func (h *house) rename(from, to string) {
	h.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+h.path+"?_busy_timeout=5000")
	if err != nil {
		h.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(h.t.Context(), "ALTER TABLE "+from+" RENAME TO "+to); err != nil {
		h.t.Fatal(err)
	}
}

// reader is an activity that asks for its memory about each message.
type reader struct{}

func (reader) Name() string { return "reader" }

func (reader) Keys(ev chat.Event) []string {
	if _, ok := ev.Body.(chat.MessageSent); ok {
		return []string{"reader"}
	}
	return nil
}

func (reader) Act(chat.Event, activities.Memory) []chat.Action { return nil }

// deliver hands batches over without waiting, each with the cursor that covers it.
func (h *house) deliver(batches ...adapters.Batch) {
	for _, b := range batches {
		h.network.emit <- b
	}
	synctest.Wait()
}

func spams(first, count int) []adapters.Batch {
	var out []adapters.Batch
	for n := range count {
		id := strconv.Itoa(first + n)
		out = append(out, adapters.Batch{
			Events: []chat.Event{says(id, "member"+id, "spam")}, Cursors: adapters.Cursors{"sync": "after " + id},
		})
	}
	return out
}

// A stop while the store fails in the middle of deciding loses nothing: what could not be decided is not marked as seen, its
// cursor stays where it was, and it is decided when it comes again.
func TestAStopWhileTheStoreFailsLosesNothing(t *testing.T) {
	for _, table := range []string{"memory", "journal", "orders"} {
		t.Run(table, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t)
				h.extra = []activities.Activity{reader{}}
				h.start()
				h.deliver(spams(0, 1)...)
				h.expect("delete 0", "warn:", "log: **#1**")
				h.rename(table, "gone")
				batches := spams(1, 5)
				h.deliver(batches...)
				h.stop()
				h.rename("gone", table)
				h.start()
				defer func() { h.stop() }()
				starts := h.network.starts()
				if got := starts[len(starts)-1]["sync"]; got != "after 0" {
					t.Errorf("goes on %s", got)
				}
				h.network.did()
				h.deliver(batches...)
				h.expect("delete 1", "warn:", "log: **#2**", "delete 2", "warn:", "log: **#3**", "delete 3", "warn:", "log: **#4**",
					"delete 4", "warn:", "delete 5", "warn:") // the fourth and fifth line are gathered
			})
		})
	}
}

// slow is an activity that takes its time about each message.
type slow struct{ takes time.Duration }

func (slow) Name() string { return "slow" }

func (s slow) Keys(ev chat.Event) []string {
	if _, ok := ev.Body.(chat.MessageSent); ok {
		time.Sleep(s.takes)
	}
	return nil
}

func (slow) Act(chat.Event, activities.Memory) []chat.Action { return nil }

// A stop with more in the queue than there is time for ends in time, in the middle of a batch too; what it did not decide
// comes again from the cursor, and nothing of it is done twice.
func TestAStopDoesNotWorkTheQueueOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.extra = []activities.Activity{slow{20 * time.Millisecond}}
		h.start()
		var batches []adapters.Batch
		for n := range 200 {
			var events []chat.Event
			for i := range 70 {
				id := strconv.Itoa(70*n + i)
				events = append(events, says(id, "member"+id, "hello"))
			}
			batches = append(batches, adapters.Batch{Events: events, Cursors: adapters.Cursors{"sync": strconv.Itoa(n)}})
		}
		batches[199].Events[69] = says("last", "mallory", "spam")
		for _, b := range batches {
			h.network.emit <- b
		}
		began := time.Now()
		h.stop()
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("the stop took %s", took)
		}
		h.expect()

		h.extra = nil
		h.start()
		defer func() { h.stop() }()
		from, err := strconv.Atoi(h.network.starts()[1]["sync"])
		if err != nil || from > 10 {
			t.Fatalf("goes on after batch %d, %v", from, err)
		}
		h.deliver(batches[from+1:]...)
		h.expect("delete last", "warn:", "log: **#1**")
	})
}

// Whatever an operator or the configuration's watcher asks for while Palabre stops, or after, is refused or done; nothing breaks.
func TestAskedForWhileStopping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		var asking sync.WaitGroup
		ctx, enough := context.WithCancel(t.Context())
		for range 4 {
			asking.Go(func() {
				for ctx.Err() == nil {
					h.bot.Reload(h.plan)
					h.bot.ReloadFailed(errors.New("line 3: what"))
					time.Sleep(time.Millisecond)
				}
			})
		}
		time.Sleep(10 * time.Millisecond)
		h.stop()
		time.Sleep(time.Second)
		if _, err := h.bot.Operate(t.Context(), "drop", "abc"); err == nil {
			t.Error("an order was dropped after the end")
		}
		enough()
		asking.Wait()
	})
}
