package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"palabre/chat"
	"palabre/internal/human"
	"palabre/internal/yamlsrc"
)

// ruleTest is one line of a rule's `tests`: somebody says something, perhaps several times, and the rule is
// expected to do something. Expected is what the rule alone does over the whole run, whatever its mode: every
// consequence named once, in any order.
type ruleTest struct {
	at     yamlsrc.Value
	actor  chat.Actor // times are negative ages until the run
	age    time.Duration
	member time.Duration // zero: a member for ages
	say    string
	room   string
	kind   chat.EventKind
	times  int
	every  time.Duration
	expect []string
}

// TestResult is how one of a rule's own tests went.
type TestResult struct {
	Rule   string
	Number int // from 1, within the rule
	OK     bool
	Want   []string // names of consequences
	Got    []string
	Why    []string // what each condition measured at the end
	at     yamlsrc.Value
}

// Pos is where the test stands.
func (t TestResult) Pos() yamlsrc.Pos { return t.at.Pos() }

// String says how the test went, in one line.
func (t TestResult) String() string {
	if t.OK {
		return fmt.Sprintf("test %d: ok: %s", t.Number, nothing(t.Want))
	}
	return fmt.Sprintf("test %d: expected %s, got %s", t.Number, nothing(t.Want), nothing(t.Got))
}

// Report notes a failed test as a mistake in the file that it stands in.
func (t TestResult) Report() {
	if !t.OK {
		t.at.Errorf(strings.Join(t.Why, "; "), "%s", t)
	}
}

func nothing(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, ", ")
}

// Test runs the rules' own tests, each rule alone and as if it were enforced.
func (rs *Ruleset) Test() []TestResult {
	var out []TestResult
	for _, r := range rs.rules {
		r.at.Guard(func() { out = append(out, rs.test(r)...) })
	}
	return out
}

// test runs the tests of one rule.
func (rs *Ruleset) test(r *rule) []TestResult {
	var out []TestResult
	alone := *r
	alone.mode = Enforce
	one := &Ruleset{rules: []*rule{&alone}, signals: rs.signals, needs: rs.needs, plan: newPlan([]*rule{&alone}, rs.plan.search)}
	for i, t := range r.tests {
		res := one.run(t)
		res.Rule, res.Number = r.name, i+1
		out = append(out, res)
	}
	return out
}

// testBegin is when the tests happen: a Monday at noon.
var testBegin = time.Date(2026, time.January, 5, 12, 0, 0, 0, time.UTC)

func (rs *Ruleset) run(t ruleTest) TestResult {
	past := NewHistory([16]byte{})
	res := TestResult{Want: t.expect, at: t.at}
	for i := range t.times {
		ev := t.event(i)
		if i == 0 && !ev.Actor.Joined.IsZero() {
			past.RestoreMember(Member{Person: personOf(ev), Joined: ev.Actor.Joined})
		}
		r := rs.Read(ev, past)
		past.Fold(r.Fact)
		d := rs.Decide(r, past)
		past.Note(d, ev)
		for _, name := range done(d) {
			if !slices.Contains(res.Got, name) {
				res.Got = append(res.Got, name)
			}
		}
		if i == t.times-1 {
			res.Why = measured(rs.Explain(r, past))
		}
		r.Release()
	}
	res.OK = sameNames(res.Want, res.Got)
	return res
}

func (t ruleTest) event(i int) *chat.Event {
	at := testBegin.Add(time.Duration(i) * t.every)
	room := chat.RoomRef{Platform: chat.Console, ID: t.room}
	ev := &chat.Event{ID: "console:test" + strconv.Itoa(i), At: at, Room: room, Logical: t.room, Actor: t.actor}
	ev.Actor.Created = testBegin.Add(-t.age)
	if t.member > 0 {
		ev.Actor.Joined = testBegin.Add(-t.member)
	}
	message := chat.MessageRef{Room: room, ID: strconv.Itoa(i + 1)}
	content := chat.Content{Text: t.say}
	switch t.kind {
	case chat.KindEdit:
		ev.Body = chat.MessageEdited{Message: message, Revision: "1", Content: content}
	case chat.KindJoin:
		ev.Body, ev.Room, ev.Logical = chat.MemberJoined{}, chat.RoomRef{}, ""
	case chat.KindRenamed:
		ev.Body, ev.Room, ev.Logical = chat.MemberRenamed{}, chat.RoomRef{}, ""
	case chat.KindReaction:
		ev.Body = chat.ReactionAdded{Message: message, Emoji: "👍"}
	case chat.KindThread:
		ev.Body = chat.ThreadOpened{Thread: room, Title: t.say}
	default:
		ev.Body = chat.MessageSent{Message: message, Content: content}
	}
	return ev
}

// consequenceOf names the consequence that an action comes from; empty for the case that it belongs to.
func consequenceOf(a chat.Action) string {
	switch a := a.(type) {
	case chat.OpenCase:
		return ""
	case chat.Send:
		return a.As
	case chat.GiveRole, chat.TakeRole:
		return "role"
	case chat.StartThread:
		return "open_thread"
	}
	return strings.ReplaceAll(string(a.ActionKind()), " ", "_")
}

// done names the consequences of a decision.
func done(d Decision) []string {
	var out []string
	for _, a := range d.Actions {
		if name := consequenceOf(a); name != "" {
			out = append(out, name)
		}
	}
	if len(out) == 0 && len(d.Actions) > 0 {
		out = append(out, "log")
	}
	if d.Asked != nil {
		out = append(out, "review")
	}
	return out
}

func sameNames(a, b []string) bool {
	x, y := slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(x, y)
}

// tests reads the tests of a rule.
func (p *parser) tests(v yamlsrc.Value, r *rule) []ruleTest {
	entries, _ := v.List()
	if len(entries) > mostTests {
		v.Errorf("keep the telling ones", "more than %d tests", mostTests)
		return nil
	}
	var out []ruleTest
	for _, e := range entries {
		if t, ok := p.test(e, r); ok {
			out = append(out, t)
		}
	}
	return out
}

func (p *parser) test(v yamlsrc.Value, r *rule) (ruleTest, bool) {
	t := ruleTest{at: v, times: 1, kind: r.firstKind(), room: p.someRoom(r), age: 10 * 365 * 24 * time.Hour}
	t.actor = chat.Actor{MemberRef: chat.MemberRef{Platform: chat.Console, ID: "somebody"}, Name: "somebody"}
	m, ok := v.Map("as", "say", "in", "on", "times", "every", "expect")
	if !ok || !m.Require("expect") {
		return t, false
	}
	if on := m.Get("on"); !on.IsZero() {
		kind, _ := on.Enum("event", strings.Split(r.on.String(), ", ")...)
		t.kind = chat.EventKind(kind)
	}
	if kindBit(t.kind)&onText != 0 && m.Require("say") {
		t.say, _ = m.Get("say").TextOrEmpty()
	}
	if in := m.Get("in"); !in.IsZero() {
		if _, names := p.rooms(in); len(names) > 0 {
			t.room = names[0]
		}
	}
	p.repetition(&t, m)
	p.as(&t, m.Get("as"))
	t.expect = p.expectation(m.Get("expect"))
	return t, true
}

func (p *parser) repetition(t *ruleTest, m yamlsrc.Map) {
	if times := m.Get("times"); !times.IsZero() {
		t.every = time.Second
		t.times, _ = times.Int(1, MostFacts)
	}
	if every := m.Get("every"); !every.IsZero() {
		t.every, _ = every.Duration(time.Second, longestWindow)
		if !m.Has("times") {
			every.Errorf("add times: 5", "how often is missing")
		}
	}
}

// as reads who speaks in a test.
func (p *parser) as(t *ruleTest, v yamlsrc.Value) {
	m, ok := v.Map("account_age", "membership_age", "standing", "role", "name")
	if !ok {
		return
	}
	if age := m.Get("account_age"); !age.IsZero() {
		t.age, _ = age.Duration(time.Second, human.Longest)
	}
	if age := m.Get("membership_age"); !age.IsZero() {
		t.member, _ = age.Duration(time.Second, human.Longest)
	}
	if name, ok := m.Get("standing").Enum("standing", standings...); ok {
		t.actor.Standing, _ = chat.ParseStanding(name)
	}
	if role := m.Get("role"); !role.IsZero() {
		t.actor.Roles, _ = texts(role, "role")
	}
	if name, ok := m.Get("name").Text(); ok {
		t.actor.Name = name
	}
}

func (p *parser) expectation(v yamlsrc.Value) []string {
	if v.Raw() == "nothing" {
		return nil
	}
	var out []string
	for _, e := range v.OneOrMany() {
		if name, ok := e.Enum("consequence", p.consequenceNames()...); ok {
			out = append(out, name)
		}
	}
	return out
}

func (r *rule) firstKind() chat.EventKind {
	for _, k := range kindNames {
		if r.on&k.bit != 0 {
			return k.kind
		}
	}
	return chat.KindMessage
}

// someRoom is a room that the rule is about.
func (p *parser) someRoom(r *rule) string {
	if len(r.rooms) > 0 {
		names := make([]string, 0, len(r.rooms))
		for name := range r.rooms {
			names = append(names, name)
		}
		return slices.Min(names)
	}
	if len(p.env.Rooms) > 0 {
		return p.env.Rooms[0]
	}
	return "general"
}
