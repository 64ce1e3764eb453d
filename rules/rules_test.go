package rules_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"palabre/chat"
	"palabre/internal/yamlsrc"
	"palabre/rules"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)

func parse(tb testing.TB, src string) *rules.Ruleset {
	tb.Helper()
	rs, err := rules.ParseFile("rules.yaml", []byte(src), env)
	if err != nil {
		tb.Fatal(err)
	}
	return rs
}

// message is something that bob says at a moment.
func message(id, text string, at time.Time) *chat.Event {
	room := chat.RoomRef{Platform: chat.Console, ID: "general"}
	return &chat.Event{
		ID: "console:" + id, At: at, Room: room, Logical: "general",
		Actor: chat.Actor{MemberRef: chat.MemberRef{Platform: chat.Console, ID: "bob"}, Name: "bob"},
		Body:  chat.MessageSent{Message: chat.MessageRef{Room: room, ID: id}, Content: chat.Content{Text: text}},
	}
}

// decide reads, folds and decides, as the shell does.
func decide(rs *rules.Ruleset, past *rules.History, ev *chat.Event) rules.Decision {
	r := rs.Read(ev, past)
	defer r.Release()
	past.Fold(r.Fact)
	d := rs.Decide(r, past)
	past.Note(d, ev)
	return d
}

func TestLongestNeedsAndHorizon(t *testing.T) {
	rs := parse(t, `rules: [ { name: a, when: { repeat: { count: 3, within: 2h } }, do: [delete] } ]`)
	if rs.Horizon() != 2*time.Hour {
		t.Errorf("horizon %v, want 2h", rs.Horizon())
	}
	if none := parse(t, `ladder: { steps: { 3: ban } }`); none.Horizon() != time.Minute || none.Len() != 0 {
		t.Errorf("no rules: horizon %v, %d rules", none.Horizon(), none.Len())
	}
}

func TestHashIsOfWhatTheFileSays(t *testing.T) {
	plain := parse(t, "rules:\n  - { name: a, when: { words: [dog] }, do: [delete] }\n")
	spaced := parse(t, "# a comment\nrules:\n  - name: a\n    when: { words: [ dog ] } # another\n    do: [ delete ]\n")
	other := parse(t, "rules:\n  - { name: a, when: { words: [cat] }, do: [delete] }\n")
	if plain.Hash() != spaced.Hash() || plain.Hash() == other.Hash() || plain.Hash() == "" {
		t.Errorf("hashes %s %s %s", plain.Hash(), spaced.Hash(), other.Hash())
	}
}

func TestNobodyButPeopleIsJudged(t *testing.T) {
	rs := parse(t, `rules: [ { name: a, spare: nobody, when: { words: [dog] }, do: [delete] } ]`)
	for kind, want := range map[chat.ActorKind]int{chat.Human: 1, chat.Bot: 0, chat.Puppet: 0, chat.Self: 0, chat.System: 0} {
		ev := message("1", "dog", noon)
		ev.Actor.Kind = kind
		if got := len(decide(rs, rules.NewHistory([16]byte{}), ev).Verdicts); got != want {
			t.Errorf("kind %d: %d verdicts, want %d", kind, got, want)
		}
	}
}

func TestActionsInOrder(t *testing.T) {
	rs := parse(t, `
rules:
  - { name: a, why: No dogs., when: { words: [dog] }, do: [timeout: 1h, strike: 2, warn, delete] }
ladder: { steps: { 2: { ban: 1d } } }`)
	d := decide(rs, rules.NewHistory([16]byte{}), message("1", "dog", noon))
	var kinds []chat.ActionKind
	for _, a := range d.Actions {
		kinds = append(kinds, a.ActionKind())
	}
	if diff := cmp.Diff([]chat.ActionKind{chat.ActOpenCase, chat.ActDelete, chat.ActSend, chat.ActStrike, chat.ActBan}, kinds); diff != "" {
		t.Fatal(diff)
	}
	opened := d.Actions[0].(chat.OpenCase)
	if opened.Incident == "" || opened.Incident != d.Incident || opened.Rule != "a" || opened.Event != "console:1" || opened.Why.Words["en"] != "No dogs." {
		t.Errorf("case %+v", opened)
	}
	send := d.Actions[2].(chat.Send)
	if m := send.Say.Args["member"].(chat.Mention); !m.Ping || m.Name != "bob" || send.Room.ID != "general" || send.ReplyTo != "" {
		t.Errorf("warning %+v", send)
	}
	if ban := d.Actions[4].(chat.Ban); !ban.Until.Equal(noon.Add(24*time.Hour)) || ban.Reason != "a" {
		t.Errorf("ban %+v", ban)
	}
}

func TestFactHoldsNoText(t *testing.T) {
	rs := parse(t, `
rules:
  - { name: a, when: { any: [ repeat: { count: 2, within: 1m }, repeat: { count: 2, within: 1m, has: link }, rate: "> 9 lines in 1m" ] }, do: [delete] }`)
	ev := message("1", "canary one two three https://canary.example/path", noon)
	one := rs.Read(ev, rules.NewHistory([16]byte{1})).Fact
	other := rs.Read(ev, rules.NewHistory([16]byte{2})).Fact
	data, err := json.Marshal(one)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "canary") || one.TextHash == 0 || len(one.LinkHashes) != 1 || one.Lines != 1 || one.Links != 1 {
		t.Errorf("fact %s", data)
	}
	if one.TextHash == other.TextHash || one.LinkHashes[0] == other.LinkHashes[0] {
		t.Error("the hashes do not depend on the key")
	}
	var back rules.Fact
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(one, back); diff != "" {
		t.Errorf("through JSON: %s", diff)
	}
}

func TestHistoryIsBounded(t *testing.T) {
	rs := parse(t, `rules: [ { name: a, when: { rate: ">= 256 messages in 1h" }, do: [delete] } ]`)
	past := rules.NewHistory([16]byte{})
	matched := 0
	for i := range 2000 {
		at := noon.Add(time.Duration(i) * time.Second)
		if d := decide(rs, past, message(string(rune('a'+i%26))+at.Format("150405"), "hello", at)); len(d.Verdicts) > 0 {
			matched++
		}
	}
	if matched != 2000-255 {
		t.Errorf("%d messages matched, want %d", matched, 2000-255)
	}
	bob := chat.PersonOf(message("1", "", noon).Actor.MemberRef)
	if past.LastSeen(bob).IsZero() {
		t.Error("bob was seen")
	}
	past.Prune(noon.Add(24 * time.Hour))
	if !past.LastSeen(bob).IsZero() {
		t.Error("pruned, but bob is still seen")
	}
}

func TestFoldTwiceChangesNothing(t *testing.T) {
	rs := parse(t, `rules: [ { name: a, when: { rate: "> 1 messages in 1h" }, do: [delete] } ]`)
	past := rules.NewHistory([16]byte{})
	ev := message("1", "hello", noon)
	decide(rs, past, ev)
	if d := decide(rs, past, ev); len(d.Verdicts) > 0 {
		t.Errorf("the same message counted twice: %v", d.Verdicts)
	}
}

func TestMembership(t *testing.T) {
	past := rules.NewHistory([16]byte{})
	bob := chat.Person("console:bob")
	said := func(id string) rules.Fact {
		return rules.Fact{ID: id, Kind: chat.KindMessage, Person: bob, At: noon.Add(time.Minute), Message: chat.MessageRef{ID: id}}
	}
	if c := past.Fold(said("0")); c != (rules.Change{}) {
		t.Errorf("somebody who was there before: %+v", c)
	}
	joined := rules.Fact{ID: "j", Kind: chat.KindJoin, Person: bob, At: noon}
	want := rules.Change{NewMember: true, Member: rules.Member{Person: bob, Joined: noon}}
	if c := past.Fold(joined); c != want {
		t.Errorf("joined: %+v", c)
	}
	if c := past.Fold(joined); c != (rules.Change{}) {
		t.Errorf("joined again at the same time: %+v", c)
	}
	want = rules.Change{FirstMessage: true, Member: rules.Member{Person: bob, Joined: noon, First: "1"}}
	if c := past.Fold(said("1")); c != want {
		t.Errorf("first words: %+v", c)
	}
	if c := past.Fold(said("2")); c != (rules.Change{}) {
		t.Errorf("second words: %+v", c)
	}
}

func TestStrikes(t *testing.T) {
	l := parse(t, `ladder: { decay: 1 per 30d, steps: { 3: { timeout: 1h }, 5: ban } }`).Ladder()
	day := func(n int) time.Time { return noon.AddDate(0, 0, n) }
	past := rules.NewHistory([16]byte{})
	past.AddStrike("p", 2, day(0), 1)
	past.AddStrike("p", 2, day(40), 2)
	past.AddStrike("p", 2, day(40), 2) // kept and read back
	for n, want := range map[int]int{0: 2, 29: 2, 30: 1, 39: 1, 40: 3, 59: 3, 60: 2, 90: 1, 120: 0, 400: 0} {
		if got := past.Strikes("p", day(n), l); got != want {
			t.Errorf("day %d: %d strikes, want %d", n, got, want)
		}
	}
	if got := past.Strikes("p", day(400), rules.Ladder{}); got != 4 {
		t.Errorf("without decay: %d strikes, want 4", got)
	}
	if got := past.DropStrikes("p", 1); got != 2 || past.Strikes("p", day(40), l) != 2 {
		t.Errorf("dropped %d, left %d", got, past.Strikes("p", day(40), l))
	}
	for _, c := range []struct {
		before, after int
		want          rules.Sanction
		ok            bool
	}{
		{0, 2, rules.Sanction{}, false},
		{2, 3, rules.Sanction{Kind: chat.ActTimeout, For: time.Hour}, true},
		{3, 4, rules.Sanction{}, false},
		{2, 5, rules.Sanction{Kind: chat.ActBan}, true},
		{4, 50, rules.Sanction{Kind: chat.ActBan}, true},
		{5, 6, rules.Sanction{}, false},
	} {
		if got, ok := l.Step(c.before, c.after); got != c.want || ok != c.ok {
			t.Errorf("step %d to %d: %v %v", c.before, c.after, got, ok)
		}
	}
}

func TestSelfTestsFail(t *testing.T) {
	src := `rules:
  - name: shout
    when: { caps: "> 70%", not: { words: [dog] } }
    do: [ delete, warn ]
    mode: off
    tests:
      - { say: "HELLO THERE", expect: [warn, delete] }
      - { say: "HELLO there", expect: [delete] }
      - { say: "hello there", as: { standing: admin }, expect: nothing }`
	doc := yamlsrc.Parse("rules.yaml", []byte(src))
	fields, _ := doc.Root.Fields()
	rs := rules.Parse(doc, map[string]yamlsrc.Value{"rules": fields[0].Value}, env)
	for _, res := range rs.Test() {
		res.Report()
	}
	want := `rules.yaml:8:9: rule "shout": test 2: expected delete, got nothing
    8 |       - { say: "HELLO there", expect: [delete] }
      |         ^
   hint: caps: 50% capitals; words: no listed word`
	if err := doc.Err(); err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestExplain(t *testing.T) {
	rs := parse(t, `
rules:
  - { name: a, when: { caps: "> 70%", any: [ words: [dog], length: "> 99" ] }, unless: { standing: trusted }, do: [delete] }
  - { name: b, in: [help], when: { words: [dog] }, do: [delete] }
  - { name: c, on: [join], when: { account_age: "< 1d" }, do: [alert] }
  - { name: d, mode: off, when: { words: [dog] }, do: [delete] }`)
	past := rules.NewHistory([16]byte{})
	r := rs.Read(message("1", "A DOG A DOG", noon), past)
	defer r.Release()
	past.Fold(r.Fact)
	want := []rules.Trace{
		{Rule: "a", Mode: rules.Enforce, Verdict: "matches", Matched: true, Lines: []rules.TraceLine{
			{Condition: "all", Holds: true},
			{Depth: 1, Condition: "caps", Holds: true, Value: "100% capitals"},
			{Depth: 1, Condition: "any", Holds: true},
			{Depth: 2, Condition: "words", Holds: true, Value: `"DOG" is the listed word "dog"`, Excerpt: "DOG"},
			{Depth: 2, Condition: "length", Value: "length 11"},
			{Condition: "unless"},
			{Depth: 1, Condition: "standing", Value: "member"},
		}},
		{Rule: "b", Mode: rules.Enforce, Verdict: "not in this room"},
		{Rule: "c", Mode: rules.Enforce, Verdict: "not on message"},
		{Rule: "d", Mode: rules.Off, Verdict: "off"},
	}
	if diff := cmp.Diff(want, rs.Explain(r, past)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestPlatforms(t *testing.T) {
	can := map[chat.ActionKind]chat.Support{
		chat.ActDelete: {Can: true}, chat.ActSend: {Can: true}, chat.ActTimeout: {Can: true, Instead: "the bot lowers the power level"},
	}
	on := rules.Env{Platforms: map[chat.Platform]chat.Capabilities{chat.Matrix: {Actions: can}}}
	src := []byte("rules:\n  - { name: a, when: { account_age: \"< 1d\" }, do: [delete, timeout: 1h] }\n")
	rs, err := rules.ParseFile("rules.yaml", src, on)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"rule a: matrix does not tell when an account was made; the time since they joined is taken instead",
		"rule a: matrix has no timeout; the bot lowers the power level",
	}
	if diff := cmp.Diff(want, rs.Remarks()); diff != "" {
		t.Error(diff)
	}
	_, err = rules.ParseFile("rules.yaml", []byte("rules:\n  - { name: a, when: { words: [dog] }, do: [kick] }\n"), on)
	if err == nil || !strings.Contains(err.Error(), "rules.yaml:2:45: rule \"a\": matrix cannot kick") {
		t.Errorf("kick where nobody can: %v", err)
	}
}

// TestDecideIsPure asks twice, with the past folded only once, whatever is said by whom in which order.
func TestDecideIsPure(t *testing.T) {
	rs := example(t)
	texts := []string{"hello", "HELLO EVERYBODY HERE", "discord.gg/abc123", "https://x.example/", "imbecile", "", "what a fine day it is"}
	rapid.Check(t, func(t *rapid.T) {
		past := rules.NewHistory([16]byte{3})
		at := noon
		for i := range rapid.IntRange(1, 40).Draw(t, "events") {
			at = at.Add(time.Duration(rapid.IntRange(-2000, 5000).Draw(t, "ms")) * time.Millisecond)
			ev := message(string(rune('A'+i)), rapid.SampledFrom(texts).Draw(t, "text"), at)
			ev.Actor.ID = rapid.SampledFrom([]string{"a", "b"}).Draw(t, "who")
			ev.Actor.Created = at.Add(-time.Duration(rapid.IntRange(0, 100).Draw(t, "hours")) * time.Hour)
			r := rs.Read(ev, past)
			past.Fold(r.Fact)
			first := rs.Decide(r, past)
			rs.Explain(r, past)
			if diff := cmp.Diff(first, rs.Decide(r, past)); diff != "" {
				t.Fatalf("decided twice: %s", diff)
			}
			checkUnion(t, first)
			past.Note(first, ev)
			r.Release()
		}
	})
}

// checkUnion: actions begin with their case, a message is deleted once, and there is one sanction at most.
func checkUnion(t *rapid.T, d rules.Decision) {
	deleted, sanctions := map[string]bool{}, 0
	for i, a := range d.Actions {
		switch a := a.(type) {
		case chat.OpenCase:
			if i != 0 || a.Incident != d.Incident || d.Incident == "" {
				t.Fatalf("case at %d: %+v", i, a)
			}
		case chat.Delete:
			if deleted[a.Message.ID] {
				t.Fatalf("%s is deleted twice", a.Message.ID)
			}
			deleted[a.Message.ID] = true
		case chat.Timeout, chat.Kick, chat.Ban:
			sanctions++
		}
	}
	if sanctions > 1 {
		t.Fatalf("%d sanctions", sanctions)
	}
}

func FuzzParse(f *testing.F) {
	src, err := os.ReadFile("../config.example.yaml")
	if err != nil {
		f.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(src), "\nnetiquette:")
	body, _, _ := strings.Cut(rest, "\nactivities:")
	f.Add([]byte("netiquette:" + body))
	f.Add([]byte(`rules: [ { name: a, when: { rate: "> 5 links in 1h", not: { any: [ oddity: zalgo, first_message: true ] } }, do: [ ban: 3d ] } ]`))
	f.Add([]byte("packs: { spam: { mode: ask, flood: \"> 3 messages in 10s\", without: [spam-wall] } }\n" + someSignals))
	f.Add([]byte(`rules: [ { name: a, on: [join], when: { rate: "> 5 joins in 1m" }, do: [ raid_mode: 1h, review: [ ban: { delete: 1d } ] ] } ]`))
	f.Fuzz(func(t *testing.T, src []byte) {
		rs, err := rules.ParseFile("f.yaml", src, env)
		if err != nil {
			return
		}
		past := rules.NewHistory([16]byte{})
		decide(rs, past, message("1", "HELLO dog https://x.example/ @everyone", noon))
		rs.Test()
	})
}

// When one rule joins its old incident and another opens a new one, the case tells the new one's why, and no reason twice.
func TestACaseTellsTheRuleThatOpensIt(t *testing.T) {
	rs := parse(t, `
rules:
  - { name: links, why: No links., when: { link: any }, do: [delete, warn] }
  - { name: many, why: Not so many., when: { rate: "> 1 messages in 10s" }, do: [delete, warn] }
  - { name: more, when: { rate: "> 1 messages in 10s" }, do: [delete] }
`)
	past := rules.NewHistory([16]byte{})
	first, second := message("1", "https://a.example/", noon), message("2", "https://b.example/", noon.Add(time.Second))
	decide(rs, past, first)
	opened := decide(rs, past, second).Actions[0].(chat.OpenCase)
	if opened.Why.Words["en"] != "Not so many." {
		t.Errorf("why: %v", opened.Why)
	}
	rates := 0
	for _, r := range opened.Reasons {
		if r.Code == "rate" {
			rates++
		}
	}
	if rates != 1 {
		t.Errorf("%d reasons about the rate, want 1: %+v", rates, opened.Reasons)
	}
}

// A deletion that does not name the author is understood, also after the past was pruned; what is gone is not deleted again.
func TestADeletionWithoutAnAuthor(t *testing.T) {
	rs := parse(t, `rules: [ { name: a, when: { rate: "> 2 messages in 1h" }, do: [ delete: burst ] } ]`)
	past := rules.NewHistory([16]byte{})
	for i, id := range []string{"1", "2"} {
		decide(rs, past, message(id, "hello", noon.Add(time.Duration(i)*time.Second)))
	}
	past.Prune(noon.Add(-time.Hour))
	past.Fold(rules.Fact{ID: "d", Kind: chat.KindDeleted, Message: chat.MessageRef{ID: "1"}})
	var deleted []string
	for _, a := range decide(rs, past, message("3", "hello", noon.Add(2*time.Second))).Actions {
		if d, ok := a.(chat.Delete); ok {
			deleted = append(deleted, d.Message.ID)
		}
	}
	if !slices.Equal(deleted, []string{"2", "3"}) {
		t.Errorf("deleted %v, want 2 and 3", deleted)
	}
}
