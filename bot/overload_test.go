package bot_test

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"palabre/activities"
	"palabre/adapters"
	"palabre/chat"
)

// bell is an activity that rings some time after somebody says so.
type bell struct{}

func (bell) Name() string { return "bell" }

func (bell) Keys(ev chat.Event) []string {
	switch body := ev.Body.(type) {
	case chat.MessageSent:
		if body.Content.Text == "ring" {
			return []string{}
		}
	case chat.Tick:
		if body.Key == "bell" {
			return []string{}
		}
	}
	return nil
}

func (bell) Act(ev chat.Event, _ activities.Memory) []chat.Action {
	if _, rings := ev.Body.(chat.Tick); rings {
		return []chat.Action{chat.Send{Room: general, Say: chat.Say("desk.nothing_to_lift", nil), As: "greet", Priority: chat.Animation}}
	}
	return []chat.Action{chat.Wake{Key: "bell", At: ev.At.Add(time.Second)}}
}

// hellos are messages of many, in batches of twenty.
func hellos(first, count int) (out []adapters.Batch) {
	for n := 0; n < count; n += 20 {
		var b adapters.Batch
		for i := range 20 {
			id := strconv.Itoa(first + n + i)
			b.Events = append(b.Events, says(id, "member"+id, "hello"))
		}
		out = append(out, b)
	}
	return out
}

func (h *house) metric(name string) string {
	h.t.Helper()
	var out bytes.Buffer
	h.bot.WriteMetrics(&out)
	for line := range strings.Lines(out.String()) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	h.t.Errorf("no metric %s", name)
	return ""
}

// Whoever is too far behind says so: to the operator while it lasts, to the moderators once, and once when it is over. What an
// activity wanted to say meanwhile waits until everything is judged.
func TestOverloadIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.extra = []activities.Activity{slow{50 * time.Millisecond}, bell{}}
		h.start()
		defer func() { h.stop() }()
		h.emit(says("0", "alice", "ring"))
		for _, b := range hellos(1, 600) {
			h.network.emit <- b
		}
		time.Sleep(10 * time.Second)
		if got := h.bot.Ready(); len(got) != 1 || !strings.HasPrefix(got[0], "overloaded: ") || !strings.Contains(got[0], "events wait to be decided, the first for 10s") {
			t.Errorf("ready after 10 s: %q", got)
		}
		if lag, err := strconv.ParseFloat(h.metric("palabre_lag_seconds"), 64); err != nil || lag < 9 || h.metric("palabre_backlog_events") == "0" {
			t.Errorf("lag %v, backlog %s", lag, h.metric("palabre_backlog_events"))
		}
		h.expect("log: I am behind: ")
		time.Sleep(25 * time.Second)
		synctest.Wait()
		if got := h.bot.Ready(); len(got) != 0 || h.metric("palabre_backlog_events") != "0" || h.metric("palabre_lag_seconds") != "0" {
			t.Errorf("ready after 35 s: %q", got)
		}
		h.expect("greet:")
		time.Sleep(2 * time.Minute)
		h.expect("log: I have caught up. I was behind for")
	})
}

// Overload outlives a restart: its end is told all the same.
func TestOverloadEndsAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.extra = []activities.Activity{slow{50 * time.Millisecond}}
		h.start()
		for _, b := range hellos(1, 400) {
			h.network.emit <- b
		}
		time.Sleep(15 * time.Second)
		h.stop()
		h.expect("log: I am behind: ")
		h.extra = nil
		h.start()
		defer func() { h.stop() }()
		time.Sleep(2 * time.Minute)
		if calls := h.network.did(); !slices.ContainsFunc(calls, func(c string) bool { return strings.HasPrefix(c, "log: I have caught up.") }) {
			t.Errorf("calls %q", calls)
		}
	})
}

// A database that is deleted or moved under the running process is said: to the operator at once, to the moderators once.
func TestADeletedDatabaseIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		defer func() { h.stop() }()
		if err := os.Rename(h.path, h.path+".moved"); err != nil {
			t.Fatal(err)
		}
		if got := h.bot.Ready(); len(got) != 1 || !strings.Contains(got[0], "deleted or moved") || h.metric("palabre_store_gone") != "1" {
			t.Errorf("ready: %q", got)
		}
		time.Sleep(time.Minute)
		h.emit(says("1", "alice", "hello"))
		h.expect("log: My memory was deleted or moved")
		time.Sleep(time.Minute)
		h.emit(says("2", "mallory", "spam"))
		h.expect("delete 2", "warn:", "log: **#1**")
	})
}
