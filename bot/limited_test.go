package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters"
	"palabre/chat"
)

// Where a platform takes one order in five seconds, a moderator's ban does not wait behind three hundred old deletions, and
// what it is about is begun where its member spoke last.
func TestABanGoesBeforeOldDeletions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.rules = "rules: [ { name: words, when: { words: [spam] }, do: [delete] } ]"
		h.network.every = 5 * time.Second
		h.network.able = []chat.ActionKind{chat.ActBan}
		h.start()
		defer func() { h.stop() }()
		for i := range 300 {
			h.emit(says(fmt.Sprint(i), "eve", "spam"))
		}
		h.emit(says("hello", "mallory", "hello"))
		h.network.did()
		ban := says("ban", "mod", "!ban")
		ban.Room, ban.Logical, ban.Actor.Standing = desk, "moderators", chat.StandingModerator
		ban.Body = chat.CommandInvoked{Name: "ban", Args: "mallory 1h spam"}
		h.emit(ban)
		time.Sleep(6 * time.Second)
		synctest.Wait()
		did := h.network.did()
		if len(did) == 0 || !strings.HasPrefix(did[len(did)-1], "ban") {
			t.Errorf("within six seconds: %q", did)
		}
	})
}

// Orders that wait for one network's limit do not hold up another network.
func TestALimitIsOfOneNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.rules = "rules: [ { name: words, when: { words: [spam] }, do: [delete] } ]"
		slow := newNetwork()
		slow.is, slow.every = chat.Matrix, time.Minute
		h.others = []adapters.Adapter{slow}
		h.start()
		defer func() { h.stop() }()
		for i := range 5 {
			there := says(fmt.Sprint("there", i), "eve", "spam")
			room := chat.RoomRef{Platform: chat.Matrix, ID: "!lounge"}
			there.Room, there.Actor.MemberRef.Platform = room, chat.Matrix
			there.Body = chat.MessageSent{Message: chat.MessageRef{Room: room, ID: there.ID}, Content: chat.Content{Text: "spam"}}
			slow.emit <- adapters.Batch{Events: []chat.Event{there}}
		}
		synctest.Wait()
		if waits := len(slow.did()); waits != 1 {
			t.Fatalf("%d calls at once where one may go in a minute", waits)
		}
		h.network.did()
		h.emit(says("here", "mallory", "spam"))
		if did := h.network.did(); !containsPrefix(did, "delete here") {
			t.Errorf("did %q", did)
		}
	})
}

// That orders wait because of a limit is said: once in the moderators' room, before all that waits, and as long as it lasts
// to the operator.
func TestWaitingBecauseOfALimitIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.rules = "rules: [ { name: words, when: { words: [spam] }, do: [delete] } ]"
		h.network.every = 5 * time.Second
		h.network.able = []chat.ActionKind{chat.ActBan}
		h.network.answers(limitedOnce())
		h.start()
		defer func() { h.stop() }()
		for i := range 100 {
			h.emit(says(fmt.Sprint(i), "eve", "spam"))
		}
		time.Sleep(4 * time.Minute)
		synctest.Wait()
		said := 0
		for _, s := range h.network.did() {
			if strings.Contains(s, "lets my account write only so often") {
				said++
			}
		}
		if said != 1 {
			t.Errorf("said %d times", said)
		}
		if ready := strings.Join(h.bot.Ready(), "\n"); !strings.Contains(ready, "limits our account") {
			t.Errorf("/readyz: %q", ready)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if ready := h.bot.Ready(); len(ready) > 0 {
			t.Errorf("all is done, and /readyz says %q", ready)
		}
	})
}

// limitedOnce refuses the first order, as a platform does that begins to limit.
func limitedOnce() func(string, chat.Action) error {
	refused := false
	return func(string, chat.Action) error {
		if refused {
			return nil
		}
		refused = true
		return &chat.RetryError{After: 5 * time.Second, Limited: true}
	}
}
