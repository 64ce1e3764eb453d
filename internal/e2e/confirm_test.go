package e2e

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters/discord/discordtest"
)

// reads is what the caller of a command sees then.
func (w *town) reads(i discordtest.Interaction) []string {
	w.t.Helper()
	now, known := w.Interaction(i.ID)
	if !known {
		w.t.Fatal("no such interaction")
	}
	shown := []string{}
	if now.Thinking {
		shown = append(shown, "…")
	}
	for _, text := range now.Said {
		if !now.Thinking {
			shown = append(shown, text)
		}
	}
	return shown
}

// last is what the answer says now.
func (w *town) last(i discordtest.Interaction) string {
	all := w.reads(i)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}

func (w *town) marked(message string) bool {
	return slices.ContainsFunc(w.Effects(w.Server.Bot()), func(e discordtest.Effect) bool { return e.Kind == "react" && e.Message == message })
}

func (w *town) invokes(command string, options map[string]any) discordtest.Interaction {
	w.t.Helper()
	i, err := w.mona.Invoke(w.general, command, options)
	w.must(err)
	pass(500 * time.Millisecond)
	return i
}

// "Done" is said after the deed, "under way" when that takes long, and a refusal with its reason.
func TestDoneIsSaidAfterTheDeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, discordtest.Options{}, "rules: []")
		ana, bob, cid := w.Member("ana"), w.Member("bob"), w.Member("cid")
		w.start()
		ban := func(p discordtest.Person) map[string]any { return map[string]any{"member": p.ID, "reason": "spam"} }
		if i := w.invokes("ban", ban(ana)); w.last(i) != "Done." || !w.banned(ana) {
			t.Errorf("done: %q", w.reads(i))
		}
		w.Fail(discordtest.Fault{Kind: "ban", Status: 403, Code: 50013})
		if i := w.invokes("ban", ban(bob)); !strings.HasPrefix(w.last(i), "Not done:\nban: they stand as high as I do") {
			t.Errorf("refused: %q", w.reads(i))
		}
		if !w.tells("ban failed: they stand as high as I do") {
			t.Errorf("the other moderators read:\n%q", w.told())
		}
		w.Fail(discordtest.Fault{Kind: "ban", Status: 502, Then: func() { time.Sleep(5 * time.Second) }})
		i := w.invokes("ban", ban(cid))
		if got := w.last(i); got != "…" {
			t.Errorf("at once: %q", got)
		}
		pass(2 * time.Second)
		if got := w.last(i); !strings.HasPrefix(got, "Under way") || w.banned(cid) {
			t.Errorf("after two seconds: %q, banned %v", got, w.banned(cid))
		}
		pass(time.Minute)
		if got := w.reads(i); got[len(got)-1] != "Done." || !w.banned(cid) || w.Calls("follow-up") > 0 {
			t.Errorf("in the end: %q, by %d messages more", got, w.Calls("follow-up"))
		}
	})
}

// The mark under a typed command comes with the deed, also when the process ended in between; never without it.
func TestTheMarkComesWithTheDeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, discordtest.Options{}, "rules: []")
		ana, bob := w.Member("ana"), w.Member("bob")
		w.start()
		w.Fail(discordtest.Fault{Kind: "ban", Path: ana.ID, Status: 502, Times: -1}, discordtest.Fault{Kind: "ban", Path: bob.ID, Status: 403, Code: 50013})
		first := w.says(w.mona, w.desk, "!ban ana spam")
		second := w.says(w.mona, w.desk, "!ban bob spam")
		pass(10 * time.Second)
		if w.marked(first) || w.marked(second) || !w.tells("Not done:\nban: they stand as high as I do") || w.tells("ban failed") {
			t.Errorf("marks %v %v; told:\n%q", w.marked(first), w.marked(second), w.told())
		}
		w.stop()
		w.Heal()
		w.start()
		pass(5 * time.Minute)
		if !w.marked(first) || w.marked(second) || !w.banned(ana) {
			t.Errorf("after a restart: marks %v %v, ana banned: %v", w.marked(first), w.marked(second), w.banned(ana))
		}
		w.Fail(discordtest.Fault{Kind: "ban", Status: 502, Times: -1})
		third := w.says(w.mona, w.desk, "!ban bob again")
		w.says(w.mona, w.desk, "!undo 3")
		pass(10 * time.Minute)
		if w.marked(third) || !w.tells("ban: taken back before it was done") {
			t.Errorf("taken back: mark %v; told:\n%q", w.marked(third), w.told())
		}
	})
}

// What an operator tries again stands: it is neither lifted as the echo of something that had failed, nor in the way of nothing.
func TestARetriedBanStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, discordtest.Options{}, "rules: []")
		ana, bob := w.Member("ana"), w.Member("bob")
		w.start()
		w.Fail(discordtest.Fault{Kind: "ban", Status: 403, Code: 50013, Times: 2})
		w.says(w.mona, w.desk, "!ban ana spam")
		w.says(w.mona, w.desk, "!ban bob spam")
		orders, err := w.bot.Orders(t.Context())
		w.must(err)
		if len(orders) != 2 {
			t.Fatalf("orders: %+v", orders)
		}
		_, err = w.bot.Operate(t.Context(), "retry", orders[0].Key)
		w.must(err)
		_, err = w.bot.Operate(t.Context(), "drop", orders[1].Key)
		w.must(err)
		pass(time.Hour)
		if !w.banned(ana) || w.banned(bob) || w.asked("unban") > 0 {
			t.Errorf("ana banned: %v, bob banned: %v, %d calls that lift", w.banned(ana), w.banned(bob), w.asked("unban"))
		}
		w.says(w.mona, w.desk, "!ban bob spam")
		w.says(w.mona, w.desk, "!undo 1")
		if w.banned(ana) || !w.banned(bob) {
			t.Errorf("then ana banned: %v, bob banned: %v", w.banned(ana), w.banned(bob))
		}
	})
}
