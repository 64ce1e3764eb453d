package rules

import (
	"reflect"
	"slices"
	"strings"

	"palabre/chat"
)

// Decide says what the rules say about a reading. The event's fact is folded into the past before. It changes
// nothing: Note registers the decision once it is carried out.
func (rs *Ruleset) Decide(r *Reading, past *History) Decision {
	var d Decision
	bit := kindBit(r.Fact.Kind)
	if r.Fact.Person == "" || bit == 0 {
		return d
	}
	clear(r.signals)
	r.unresolved = r.unresolved[:0]
	var enforced, asked *union
	for _, rule := range rs.asked(r, bit) {
		if rule.skips(r, bit) {
			continue
		}
		judged := rule.judge(r, past)
		if judged == doesNotMatch {
			continue
		}
		v := rule.verdict(r, past)
		if judged == matchesPerhaps && rule.mode == Enforce {
			v.Mode = Ask
		}
		if v.Mode == Enforce && rule.doubts(r) {
			v.Mode, v.Reasons = Ask, append(v.Reasons, cutOff(r.Event))
		}
		if v.Mode == Enforce {
			enforced = enforced.with(rule, rule.do, v, r, past)
			asked = asked.with(rule, rule.reviewed(), v, r, past)
		} else {
			v.Would = rule.alone(r, past, v)
		}
		if v.Mode == Ask {
			asked = asked.with(rule, rule.do, v, r, past).with(rule, rule.reviewed(), v, r, past)
		}
		d.Verdicts = append(d.Verdicts, v)
	}
	if enforced != nil {
		d.Actions = enforced.actions(rs.ladder)
		d.Incident = enforced.incident
	}
	d.Asked = asked.question(enforced, rs.ladder)
	d.Unresolved = r.unknown()
	if r.View != nil {
		d.LeftOut = r.View.LeftOut()
	}
	return d
}

// skips tells whether a rule has nothing to say about such an event, before any of its conditions is tried.
func (r *rule) skips(read *Reading, bit kindSet) bool {
	return r.on&bit == 0 || r.mode == Off || r.spares(read) || r.rooms != nil && !r.rooms[read.Event.Logical]
}

func (r *rule) spares(read *Reading) bool {
	return !r.staff && read.Event.Actor.Standing >= chat.StandingModerator
}

func (r *rule) matches(read *Reading, past *History) bool {
	return r.when.match(read, past) && (r.unless == nil || !r.unless.match(read, past))
}

func (r *rule) verdict(read *Reading, past *History) Verdict {
	v := Verdict{Rule: r.name, Mode: r.mode, Reasons: r.when.reasons(read, past)}
	v.Incident, v.Joined = r.incident(read, past)
	return v
}

// alone is what a rule would do if it were enforced and the only one.
func (r *rule) alone(read *Reading, past *History, v Verdict) []chat.Action {
	var u *union
	return u.with(r, r.do, v, read, past).actions(Ladder{})
}

// union gathers what the matching rules do about one event.
type union struct {
	read *Reading
	past *History

	rules    []*rule
	reasons  []chat.Reason
	lead     *rule // the rule whose incident it is
	incident string
	opened   bool // the incident is a new one
	joined   bool // the rule that is being added joins an incident
	cleaned  bool // others take messages away already

	deletes             []chat.Delete
	deleted             map[string]struct{} // the ids of their messages
	warn, remind, alert *rule
	replies, moves      []chat.Phrase
	others              []chat.Action // in the order in which they were added
	logged              bool
	strike              chat.Strike
	sanction            sanction
}

// with is the union with one more rule in it; nil is the empty union.
func (u *union) with(r *rule, do []consequence, v Verdict, read *Reading, past *History) *union {
	if len(do) == 0 {
		return u
	}
	if u == nil {
		u = &union{read: read, past: past}
	}
	u.take(r, do, v)
	return u
}

// take adds a rule's consequences. Whoever joins an incident loses only the message: the rest was done when
// the incident began.
func (u *union) take(r *rule, do []consequence, v Verdict) {
	u.rules = append(u.rules, r)
	for _, reason := range v.Reasons {
		if !slices.ContainsFunc(u.reasons, func(known chat.Reason) bool { return reflect.DeepEqual(known, reason) }) {
			u.reasons = append(u.reasons, reason)
		}
	}
	if u.incident == "" || !u.opened && !v.Joined {
		u.lead, u.incident, u.opened = r, v.Incident, !v.Joined
	}
	u.joined = v.Joined
	for _, c := range do {
		if _, deletes := c.(deletion); (deletes || !v.Joined) && !r.settled(c, u.read, u.past) && !u.silent(c) {
			c.add(u, r)
		}
	}
}

// silent tells whether a consequence would answer what a program may have said: two that answer each other do so for ever.
func (u *union) silent(c consequence) bool {
	_, talks := c.(talking)
	content := u.read.said()
	return talks && content != nil && content.Notice
}

// settled tells whether a consequence for everybody has happened already, because of what others do.
func (r *rule) settled(c consequence, read *Reading, past *History) bool {
	_, forAll := c.(communal)
	return forAll && r.scope != perMember && past.going(r.gathering(&read.Fact), read.Event.At, r.window)
}

// also adds an action, unless it is there.
func (u *union) also(a chat.Action) {
	if !slices.ContainsFunc(u.others, func(known chat.Action) bool { return reflect.DeepEqual(known, a) }) {
		u.others = append(u.others, a)
	}
}

// actions is everything that follows, once each, in the order in which it should happen: first the case, then
// the room is cleaned, then people are told, then the sanction.
func (u *union) actions(l Ladder) []chat.Action {
	rules := u.names()
	actor := &u.read.Event.Actor
	var out []chat.Action
	for _, d := range u.deletes {
		d.Reason = rules
		out = append(out, d)
	}
	for _, a := range u.others {
		if react, ok := a.(chat.React); !ok || !u.deletesMessage(react.Message.ID) {
			out = append(out, a)
		}
	}
	out = append(out, u.sends()...)
	if u.strike.Points > 0 {
		u.strike.Member = actor.MemberRef
		out = append(out, u.strike)
		u.climb(l)
	}
	if u.sanction.kind != "" {
		out = append(out, u.sanction.action(actor.MemberRef, actor.Name, rules, u.read.Event.At))
	}
	if len(out) == 0 && !u.logged {
		u.incident = ""
		return nil
	}
	return append([]chat.Action{u.opens(rules)}, out...)
}

// climb adds what the ladder asks for when the new marks cross a step.
func (u *union) climb(l Ladder) {
	before := u.past.Strikes(u.read.Fact.Person, u.read.Event.At, l)
	after := before + u.strike.Points
	s, ok := l.Step(before, after)
	if !ok {
		return
	}
	step := sanction{kind: s.Kind, length: s.For}
	if step.stronger(u.sanction) {
		u.sanction = step
		u.reasons = append(u.reasons, chat.Reason{Code: "ladder", Say: chat.Say("reason.ladder", chat.Args{"count": after})})
	}
}

func (u *union) opens(rules string) chat.OpenCase {
	ev := u.read.Event
	member, name := u.subject()
	return chat.OpenCase{
		Member: member, Name: name, Rule: rules, Incident: u.incident,
		Why: u.lead.because(), Reasons: u.reasons, Event: ev.ID, Where: ev.Room, Logical: ev.Logical,
	}
}

// subject is the member whom the event is about: its actor, but the author of what they report.
func (u *union) subject() (chat.MemberRef, string) {
	if b, ok := u.read.Event.Body.(chat.Reported); ok {
		return b.Author, b.Author.ID
	}
	return u.read.Event.Actor.MemberRef, u.read.Event.Actor.Name
}

func (u *union) names() string {
	names := make([]string, len(u.rules))
	for i, r := range u.rules {
		names[i] = r.name
	}
	return strings.Join(names, ", ")
}
