package crashtest

import (
	"fmt"
	"strings"
	"testing"

	"palabre/adapters/matrix/matrixtest"
	"palabre/chat"
	"palabre/store"
)

// auditor compares what the homeserver shows with what the program wrote down and with what the town expects.
type auditor struct {
	*town
	ledger
	shown  map[string][]matrixtest.Event // what Palabre did, by the key of its order
	offers map[string][]string           // the choices that it put under a card, by the key of its order
	levels []matrixtest.Event            // every change of power levels by Palabre, of all rooms
}

func audit(t *testing.T, w *town, p *program) figures {
	t.Helper()
	w.back.decide()
	a := &auditor{town: w, ledger: open(t, p), shown: map[string][]matrixtest.Event{}, offers: map[string][]string{}}
	a.look()
	a.everythingWasRead()
	a.effectsFollowOrders()
	a.cleaned()
	a.casesAreRight(a.offences, a.back)
	a.peopleWereGreeted()
	a.commandsWereAnswered()
	a.silenceEnded()
	a.bansAreRight()
	a.locksEnded()
	a.nothingSetAside()
	a.back.questionsWereAsked(&a.ledger)
	a.back.holdsAreRight(&a.ledger)
	a.back.pruned(&a.ledger)
	a.promptsAreRight(a.town.program)
	return a.figures
}

// look gathers what Palabre did.
func (a *auditor) look() {
	for _, room := range a.rooms {
		for _, ev := range a.hs.Events(room) {
			if ev.Sender != a.self || ev.StateKey != nil {
				if ev.Type == "m.room.power_levels" {
					a.levels = append(a.levels, ev)
				}
				continue
			}
			key, _ := ev.Unsigned["transaction_id"].(string)
			if key, choice, offered := strings.Cut(key, "-"); offered {
				a.offers[key] = append(a.offers[key], choice)
				continue
			}
			a.shown[key] = append(a.shown[key], ev)
		}
	}
}

// everythingWasRead is I1: one row in the journal for each thing that happened.
func (a *auditor) everythingWasRead() {
	for event, what := range a.told {
		a.count(a.journal[event], 1, "%s %s", what, event)
	}
	for user, joins := range a.newcomers {
		a.toldOnce(user+" came", joins)
	}
	for user, leaves := range a.leavers {
		a.toldOnce(user+" left", leaves)
	}
}

// toldOnce wants one of several events in the journal. Who comes to several rooms, or goes, while Palabre catches up
// with one of them may be told once for each: a room is read in its order, but not across others.
func (a *auditor) toldOnce(what string, events []string) {
	a.ledger.t.Helper()
	rows := 0
	for _, event := range events {
		rows += a.journal[event]
	}
	if rows > 1 && rows <= len(events) {
		rows = 1
	}
	a.count(rows, 1, "%s, told by one of %v", what, events)
}

// effectsFollowOrders is I2 and I3: what was ordered is shown once, what was not ordered is not shown.
func (a *auditor) effectsFollowOrders() {
	for key, events := range a.shown {
		if _, ok := a.orders[key]; !ok {
			a.is(&a.figures.wrong, "without an order: %s %s %v", key, events[0].Type, events[0].Content)
		}
	}
	for key, o := range a.orders {
		switch o.Action.(type) {
		case chat.Send, chat.Delete, chat.React, chat.Edit, chat.StartThread:
		default:
			continue
		}
		got := len(a.shown[key])
		switch {
		case o.State == store.Done && o.Receipt.Gone && got <= 1:
		case o.State == store.Done:
			a.count(got, 1, "%s", describe(o))
		case slept(o):
			a.count(got, min(1, got), "%s", describe(o))
		default:
			a.is(&a.figures.wrong, "not carried out: %s", describe(o))
		}
	}
}

// cleaned: what is bad was taken away once, what is not was not touched.
func (a *auditor) cleaned() {
	taken := map[string]int{}
	for _, events := range a.shown {
		for _, ev := range events {
			if ev.Type == "m.room.redaction" {
				taken[ev.Redacts]++
			}
		}
	}
	for message, rule := range a.bad {
		a.count(taken[message], 1, "deletion of %s (%s)", message, rule)
		delete(taken, message)
	}
	for edit, message := range a.revised {
		a.count(taken[message]+taken[edit], 1, "deletion of %s, an edit of %s", edit, message)
		delete(taken, message)
		delete(taken, edit)
	}
	for message, times := range taken {
		if a.maybe[message] {
			a.count(times, 1, "deletion of %s", message)
			continue
		}
		a.is(&a.figures.wrong, "deleted, and nothing was wrong with it: %s", message)
	}
}

// peopleWereGreeted: every newcomer once. Who left or was banned at once may have been greeted or not.
func (a *auditor) peopleWereGreeted() {
	greeted := map[string]int{}
	for _, ev := range a.hs.Events(a.welcome) {
		mentions, _ := ev.Content["m.mentions"].(map[string]any)
		users, _ := mentions["user_ids"].([]any)
		for _, user := range users {
			name, _ := user.(string)
			greeted[name]++
		}
	}
	perhaps := 0
	for user := range a.newcomers {
		_, banned := a.banned[user]
		perhaps += btoi(banned || a.leavers[user] != nil)
	}
	var texts []string
	for _, ev := range a.hs.Events(a.welcome) {
		text, _ := ev.Content["body"].(string)
		texts = append(texts, text)
	}
	a.greetings(len(a.newcomers), perhaps, greeted, texts)
}

// commandsWereAnswered: a mark under each command that was obeyed, an answer to each that was refused or could not be done.
func (a *auditor) commandsWereAnswered() {
	marks, answers, elsewhere := map[string]int{}, map[string]int{}, 0
	for _, events := range a.shown {
		for _, ev := range events {
			relates, _ := ev.Content["m.relates_to"].(map[string]any)
			switch target, _ := relates["event_id"].(string); ev.Type {
			case "m.reaction":
				marks[target]++
			case "m.room.message":
				reply, _ := relates["m.in_reply_to"].(map[string]any)
				target, _ = reply["event_id"].(string)
				answers[target]++
				if body, _ := ev.Content["body"].(string); target == "" && strings.Contains(body, ": Not done:") {
					elsewhere++
				}
			}
		}
	}
	unmarked := 0
	for id, name := range a.commands {
		if marks[id]+answers[id] == 0 {
			unmarked++
			continue
		}
		a.count(marks[id]+answers[id], 1, "mark under !%s %s, or answer that it was not done", name, id)
		if left := a.notDone("matrix:" + id + ":cmd"); marks[id] > 0 && left != "" {
			a.is(&a.figures.wrong, "a mark under !%s %s, of which was not done: %s", name, id, left)
		}
	}
	a.count(elsewhere, unmarked, "marks or answers, of which the moderators' room tells what was not done elsewhere")
	for id := range a.refused {
		a.count(answers[id], 1, "answer to %s", id)
		a.count(marks[id], 0, "mark under %s, which was refused", id)
	}
}

// silenceEnded is I4: every timeout was imposed at most once in each room and lifted as often, and its record says so.
func (a *auditor) silenceEnded() {
	down, up := map[[2]string]int{}, map[[2]string]int{}
	room, before := "", map[string]any{}
	for _, ev := range a.levels {
		users, _ := ev.Content["users"].(map[string]any)
		if ev.Room != room { // its first levels
			room, before = ev.Room, users
		}
		for user := range users {
			if before[user] == nil {
				down[[2]string{user, room}]++
			}
		}
		for user := range before {
			if users[user] == nil {
				up[[2]string{user, room}]++
			}
		}
		before = users
	}
	imposed := map[string]bool{}
	for _, o := range a.orders {
		// One for a room that somebody comes into says nothing of the others: the whole one may have been taken back before.
		if t, is := o.Action.(chat.Timeout); is && t.Room.IsZero() && o.State == store.Done {
			imposed[about(o.Action)] = true
		}
	}
	for user := range a.silenced {
		a.count(a.lifted[user], 1, "end of the timeout of %s", user)
		for _, room := range []string{a.general, a.hall, a.welcome, a.desk} {
			at := [2]string{user, room}
			a.count(down[at], btoi(imposed[user] || down[at] > 0), "silence of %s in %s; %s", user, room, a.about(user))
			a.count(up[at], down[at], "end of the silence of %s in %s", user, room)
		}
	}
	for at := range down {
		if !a.silenced[at[0]] {
			a.is(&a.figures.wrong, "%s was silenced, and nothing was wrong", at[0])
		}
	}
}

// locksEnded: the hall was closed and opened in turn, and is open.
func (a *auditor) locksEnded() {
	closed, times := false, 0
	for _, ev := range a.levels {
		if ev.Room != a.hall {
			continue
		}
		if is := ev.Content[lockedKey] != nil; is != closed {
			closed, times = is, times+btoi(is)
		}
	}
	if closed {
		a.is(&a.figures.missed, "the hall is still closed, after %d times", times)
	}
}

// about lists what was ordered about a user.
func (a *auditor) about(user string) string {
	var out []string
	for _, o := range a.records.orders {
		if about(o.Action) == user {
			out = append(out, fmt.Sprintf("%s %v tried %d", describe(o), o.Receipt, o.Attempts))
		}
	}
	return strings.Join(out, "; ")
}

// bansAreRight: every ban was imposed at most once in each room, and taken back at most once. One that was undone
// before it was carried out is nowhere.
func (a *auditor) bansAreRight() {
	for _, room := range a.rooms {
		imposed, lifted := map[string]int{}, map[string]int{}
		for _, ev := range a.hs.Events(room) {
			if ev.Type != "m.room.member" || ev.Sender != a.self {
				continue
			}
			if ev.Content["membership"] == "ban" {
				imposed[*ev.StateKey]++
			} else {
				lifted[*ev.StateKey]++
			}
		}
		for user, out := range a.banned {
			out = out && !a.waits(user)
			a.count(imposed[user], max(btoi(out), min(1, imposed[user])), "ban of %s in %s", user, room)
			a.count(lifted[user], imposed[user]-btoi(out), "end of the ban of %s in %s", user, room)
			delete(imposed, user)
		}
		for user := range imposed {
			if user != a.self {
				a.is(&a.figures.wrong, "%s was banned from %s, and nothing was wrong", user, room)
			}
		}
	}
}
