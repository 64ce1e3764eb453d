package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"palabre/chat"
	"palabre/rules"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// someRules are rules of every sort, each in a block of its own.
var someRules = []string{
	`{ name: words, when: { words: [dog, "sale con"] }, do: [delete, warn] }`,
	`{ name: links, when: { link: any }, do: [delete, strike: 1] }`,
	`{ name: loud, when: { caps: "> 50%" }, do: [remind], mode: ask }`,
	`{ name: flood, when: { rate: "> 3 messages in 10s" }, do: [delete: burst, timeout: 10m] }`,
	`{ name: heat, when: { rate: "> 5 messages in 10s per room" }, do: [slowmode: 30s, alert] }`,
	`{ name: again, when: { repeat: { count: 2, within: 1m, min_length: 1 } }, do: [delete: burst, kick] }`,
	`{ name: wave, when: { repeat: { members: 2, within: 1m, has: link } }, do: [delete: burst, role: { give: muted, for: 1h }] }`,
	`{ name: alike, when: { repeat: { members: 2, within: 1m, similar: 70% } }, do: [log], mode: shadow }`,
	`{ name: signs, when: { score: ">= 2" }, do: [review: [ban]] }`,
	`{ name: raid, on: [join], when: { rate: "> 2 joins in 1m" }, do: [raid_mode: 10m, alert] }`,
	`{ name: strict, when: { raid_mode: true, first_message: true }, do: [delete] }`,
	`{ name: names, on: [join, message], when: { name: { like: staff } }, do: [reset_name] }`,
}

const someSignals = "signals: { short: { link: shortener }, ask: { question: true }, short-ask: { signal: [short, ask], weight: 2 } }\nladder: { steps: { 2: { timeout: 1h }, 4: ban } }\n"

func ruleset(t *rapid.T, blocks []string) *rules.Ruleset {
	rs, err := rules.ParseFile("rules.yaml", []byte(someSignals+"rules:\n  - "+strings.Join(blocks, "\n  - ")+"\n"), env)
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

// someEvents are things that a few people do within some minutes.
func someEvents(t *rapid.T) []*chat.Event {
	at := noon
	said := []string{"dog", "hello there, dear friends of the dog", "HELLO", "https://bit.ly/x", "see https://x.example/a?", "hello", "ok"}
	var out []*chat.Event
	for i := range rapid.IntRange(1, 30).Draw(t, "events") {
		at = at.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "seconds")) * time.Second)
		ev := named(message(fmt.Sprint(i), rapid.SampledFrom(said).Draw(t, "text"), at), "", "")
		ev.Actor.ID = rapid.SampledFrom([]string{"ann", "bob", "eve", "maud"}).Draw(t, "who")
		if ev.Actor.Name = ev.Actor.ID; ev.Actor.ID == "maud" {
			ev.Actor.Standing = chat.StandingModerator
		}
		room := rapid.SampledFrom([]string{"general", "help"}).Draw(t, "room")
		ev.Logical, ev.Room.ID = room, room
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			ev.Body, ev.Room, ev.Logical = chat.MemberJoined{}, chat.RoomRef{}, ""
		case 1:
			ev.Body = chat.MessageEdited{Message: chat.MessageRef{Room: ev.Room, ID: "0"}, Content: chat.Content{Text: "dog"}}
		}
		out = append(out, ev)
	}
	return out
}

// play gives what is decided about each event, with the past that grows.
func play(rs *rules.Ruleset, evs []*chat.Event) []rules.Decision {
	past := rules.NewHistory([16]byte{3})
	out := make([]rules.Decision, len(evs))
	for i, ev := range evs {
		out[i] = decide(rs, past, ev)
	}
	return out
}

// The same past gives the same decision, however often it is asked and whatever was explained between.
func TestDecidingChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rs, past := ruleset(t, someRules), rules.NewHistory([16]byte{3})
		for _, ev := range someEvents(t) {
			r := rs.Read(ev, past)
			past.Fold(r.Fact)
			once := rs.Decide(r, past)
			rs.Explain(r, past)
			if diff := cmp.Diff(once, rs.Decide(r, past)); diff != "" {
				t.Fatalf("decided twice\n%s", diff)
			}
			past.Fold(r.Fact)
			if diff := cmp.Diff(once, rs.Decide(r, past)); diff != "" {
				t.Fatalf("the event came twice\n%s", diff)
			}
			past.Note(once, ev)
			r.Release()
		}
	})
}

// In what order rules stand changes neither what is done nor to whom.
func TestTheOrderOfRulesChangesNoAction(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		evs := someEvents(t)
		shuffled := rapid.Permutation(someRules).Draw(t, "order")
		one, other := play(ruleset(t, someRules), evs), play(ruleset(t, shuffled), evs)
		for i := range one {
			if diff := cmp.Diff(deeds(one[i].Actions), deeds(other[i].Actions)); diff != "" {
				t.Fatalf("event %d\n%s", i, diff)
			}
			if diff := cmp.Diff(questions(one[i]), questions(other[i])); diff != "" {
				t.Fatalf("event %d, what is asked\n%s", i, diff)
			}
		}
	})
}

// deeds are what a list of actions does, without the words of the rule that happened to speak first.
func deeds(actions []chat.Action) []string {
	var out []string
	for _, a := range actions {
		switch a := a.(type) {
		case chat.OpenCase:
			names := strings.Split(a.Rule, ", ")
			slices.Sort(names)
			out = append(out, "case "+strings.Join(names, ", "))
		case chat.Delete:
			out = append(out, "delete "+a.Message.ID)
		case chat.Send:
			out = append(out, a.As)
		case chat.Timeout:
			out = append(out, fmt.Sprint("timeout ", a.Until))
		case chat.Strike:
			out = append(out, fmt.Sprint("strike ", a.Points))
		default:
			out = append(out, string(a.ActionKind()))
		}
	}
	slices.Sort(out)
	return out
}

func questions(d rules.Decision) []string {
	if d.Asked == nil {
		return nil
	}
	return deeds(d.Asked.Actions)
}

// What somebody else does in another room, and does not resemble, changes nothing for a member.
func TestUnrelatedEventsChangeNothing(t *testing.T) {
	blocks := slices.DeleteFunc(slices.Clone(someRules), func(r string) bool { return strings.Contains(r, "raid") })
	rapid.Check(t, func(t *rapid.T) {
		rs, evs := ruleset(t, blocks), someEvents(t)
		at := rapid.IntRange(0, len(evs)-1).Draw(t, "place")
		other := named(message("unrelated", "seven quiet elephants wander along the river", evs[at].At), "zoe", "zoe")
		other.Logical, other.Room.ID = "welcome", "welcome"
		with := play(rs, slices.Insert(slices.Clone(evs), at, other))
		if diff := cmp.Diff(play(rs, evs), slices.Delete(with, at, at+1)); diff != "" {
			t.Fatal(diff)
		}
	})
}
