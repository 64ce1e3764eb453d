package bot_test

import (
	"database/sql"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters"
	"palabre/chat"
	"palabre/store"
)

// asking is a house whose rule asks before it acts.
func asking(t *testing.T) *house {
	h := newHouse(t)
	h.rules = strings.Replace(testRules, "do: [", "mode: ask\n    do: [", 1)
	h.limits.Unanswered = 24 * time.Hour
	return h
}

// questionID is the id of the only question.
func (h *house) questionID() (id string) {
	h.t.Helper()
	db, err := sql.Open("sqlite3", h.path+"?_busy_timeout=5000")
	if err != nil {
		h.t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(h.t.Context(), "SELECT id FROM questions").Scan(&id); err != nil {
		h.t.Fatal(err)
	}
	return id
}

// presses is somebody's answer to a card.
func presses(id, who string, standing chat.Standing, card, choice string) chat.Event {
	ev := says(id, who, "")
	ev.Room, ev.Logical, ev.Actor.Standing = desk, "moderators", standing
	ev.Body = chat.ButtonPressed{Card: card, Choice: choice, Message: chat.MessageRef{Room: desk, ID: "card"}}
	return ev
}

const moderator = chat.StandingModerator

// Of two moderators who press at the same moment, and of all who press later, the first one counts.
func TestOneAnswerCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := asking(t)
		h.start()
		h.emit(says("1", "mallory", "spam"))
		h.expect("log: **May I?** delete, warn and strike 1 for mallory")
		card := "ask/" + h.questionID()
		h.emit(presses("2", "ada", moderator, card, "approve"), presses("3", "bea", moderator, card, "dismiss"), presses("4", "ada", moderator, card, "approve"))
		h.expect("delete 1", "warn:", "log: **#1** mallory: delete, warn and strike 1 (no-spam), decided by ada",
			"answer: ada has answered this already", "answer: ada has answered this already")
		h.stop()
		h.start()
		h.emit(presses("5", "bea", moderator, card, "approve"))
		h.expect("answer: ada has answered this already")
		h.stop()
	})
}

// Who is no moderator, who is late and who is too late is refused with a word.
func TestAnswersThatDoNotCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := asking(t)
		h.start()
		h.emit(says("1", "mallory", "spam"))
		h.expect("log: **May I?**")
		card := "ask/" + h.questionID()
		h.emit(presses("2", "mallory", chat.StandingTrusted, card, "dismiss"))
		h.expect("answer: Only moderators")
		h.emit(presses("3", "ada", moderator, "ask/nothing", "approve"))
		h.expect("answer: I no longer know this question")
		old := presses("4", "ada", moderator, card, "approve")
		old.At = old.At.Add(-11 * time.Minute)
		h.emit(old)
		h.expect("answer: Your answer reached me too late")
		h.stop()
		time.Sleep(25 * time.Hour)
		h.start()
		h.expect("log: Nobody answered the question about mallory")
		h.emit(presses("5", "ada", moderator, card, "approve"))
		h.expect("answer: Too late: nobody had answered")
		h.stop()
	})
}

// Who has become a moderator since the question was asked is safe from its answer.
func TestWhoRoseMeanwhileIsSafe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := asking(t)
		h.start()
		defer func() { h.stop() }()
		h.emit(says("1", "mallory", "spam"))
		h.expect("log: **May I?**")
		h.network.mu.Lock()
		h.network.mallory = moderator
		h.network.mu.Unlock()
		h.emit(presses("2", "ada", moderator, "ask/"+h.questionID(), "approve"))
		h.expect("answer: mallory cannot be sanctioned by you")
	})
}

// What a moderator agreed to counts as the rule's act, and a dismissal against it.
func TestAnswersAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := asking(t)
		h.start()
		h.emit(says("1", "mallory", "spam"), says("2", "mallory", "spam"))
		h.emit(presses("3", "ada", moderator, "ask/"+h.questionID(), "approve"))
		h.emit(says("4", "mallory", "spam")) // the burst goes on, in the same case
		h.expect("log: **May I?**", "delete 1", "delete 2", "warn:", "log: **#1**", "delete 4")
		h.stop()
		memory, err := store.Open(t.Context(), h.path)
		if err != nil {
			t.Fatal(err)
		}
		defer memory.Close()
		counts, err := memory.RuleCounts(t.Context(), time.Now().Add(-time.Hour))
		if got := counts["no-spam"]; err != nil || got.Matched != 3 || got.Acted != 3 || got.Cases != 1 || got.Would != 0 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

// The moderators' room may be on another network than the message.
func TestAQuestionCrossesNetworks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := asking(t)
		discord := newNetwork()
		discord.is = chat.Discord
		h.others = []adapters.Adapter{discord}
		h.start()
		there := says("1", "mallory", "spam")
		there.Room.Platform, there.Actor.Platform = chat.Discord, chat.Discord
		there.Body = chat.MessageSent{Message: chat.MessageRef{Room: there.Room, ID: "1"}, Content: chat.Content{Text: "spam"}}
		discord.emit <- adapters.Batch{Events: []chat.Event{there}}
		synctest.Wait()
		h.expect("log: **May I?**")
		h.emit(presses("2", "ada", moderator, "ask/"+h.questionID(), "approve"))
		h.expect("log: **#1** mallory")
		if got := strings.Join(discord.did(), "; "); !strings.Contains(got, "delete 1") || !strings.Contains(got, "warn: ") {
			t.Errorf("on Discord: %s", got)
		}
		h.stop()
	})
}
