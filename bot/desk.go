package bot

import (
	"slices"
	"time"

	"palabre/chat"
	"palabre/rules"
	"palabre/store"
)

// note adds an action to what the case's line says was done. Several deletions are one item.
func (s *scope) note(a chat.Action, held bool) {
	switch a := a.(type) {
	case chat.Delete:
		if s.deletes++; s.deletes > 1 {
			return
		}
		s.acts = append(s.acts, nil) // its place; the count is known at the end
		s.deleteAt = len(s.acts) - 1
	case chat.Strike, chat.Timeout, chat.Kick, chat.Ban, chat.GiveRole, chat.TakeRole, chat.ResetName, chat.Slowmode, chat.Lock, chat.Unlock,
		chat.RaidMode, chat.StartThread:
		act := s.act(a)
		if held {
			act = chat.Say("commands.act.held", chat.Args{"act": actPhrase(a, s.ev.At)})
		}
		s.acts = append(s.acts, act)
	case chat.Send, chat.React:
		if !aside(label(a)) {
			s.acts = append(s.acts, s.act(a))
		}
	}
}

// act is what a case's line calls an action: what became of it, where it was not simply done.
func (s *scope) act(a chat.Action) chat.Arg {
	if instead := s.covered; !instead.IsZero() {
		s.covered = chat.Phrase{}
		return instead
	}
	return actPhrase(a, s.ev.At)
}

// done is what was done, as a list for people.
func (s *scope) done() chat.Arg {
	if s.deletes > 0 {
		s.acts[s.deleteAt] = deletions(s.deletes)
	}
	if len(s.acts) == 0 {
		return chat.Say("commands.acts.none", nil)
	}
	return s.acts
}

// explained gives an action the reason that the platform shows in its own log: the rule, its sentence, the case.
func (s *scope) explained(a chat.Action) chat.Action {
	if s.why == "" {
		return a
	}
	switch a := a.(type) {
	case chat.Delete:
		a.Reason = s.why
		return a
	case chat.Timeout:
		a.Reason = s.why
		return a
	case chat.Kick:
		a.Reason = s.why
		return a
	case chat.Ban:
		a.Reason = s.why
		return a
	case chat.GiveRole:
		a.Reason = s.why
		return a
	case chat.TakeRole:
		a.Reason = s.why
		return a
	case chat.ResetName:
		a.Reason = s.why
		return a
	case chat.Slowmode:
		a.Reason = s.why
		return a
	case chat.Lock:
		a.Reason = s.why
		return a
	case chat.Unlock:
		a.Reason = s.why
		return a
	default:
		return a
	}
}

// aside tells whether an order is no act of its case: lines in the moderators' room, answers, marks under commands.
func aside(label string) bool {
	return label == logLabel || label == answerLabel
}

func deletions(n int) chat.Arg {
	name := chat.Say("act.delete", nil)
	if n == 1 {
		return name
	}
	return chat.Say("act.count", chat.Args{"act": name, "times": n})
}

// caseLine tells the moderators what was done in a new case, and why.
func (l *lane) caseLine(s *scope) {
	c := s.opened
	if s.decided.source == askSource || !c.By.IsZero() {
		l.tell(s, caseSays(s)) // a moderator did it, and sees it done
		return
	}
	l.news(s, topic{topicCase, c.Rule}, func() chat.Phrase { return caseSays(s) })
}

// caseSays is the line about a new case.
func caseSays(s *scope) chat.Phrase {
	c := s.opened
	args := chat.Args{
		"case": s.number, "name": chat.Mention{Member: c.Member, Name: c.Name}, "acts": s.done(), "rule": c.Rule, "why": c.Why,
		"by": c.ByName, "room": where(s.ev), "reasons": reasonLines(c.Reasons),
	}
	key := "desk.case"
	switch {
	case s.decided.source == askSource:
		key = "desk.case.agreed"
	case !c.By.IsZero() && s.decided.source == houseSource && !c.Where.IsZero():
		key = "desk.case.here"
	case !c.By.IsZero():
		key = "desk.case.by"
	case s.ev.Late:
		key = "desk.case.late"
	}
	return chat.Say(key, args)
}

// where is the place of an event in a sentence; what belongs to no room is the community's.
func where(ev chat.Event) chat.Arg {
	if ev.Room.IsZero() {
		return chat.Say("desk.community", nil)
	}
	return chat.RoomName{Room: ev.Room, Name: roomName(ev)}
}

func roomName(ev chat.Event) string {
	if ev.Logical != "" {
		return ev.Logical
	}
	return ev.Room.ID
}

func reasonLines(reasons []chat.Reason) chat.Lines {
	lines := chat.Lines{}
	for _, r := range reasons {
		lines = append(lines, chat.Say("desk.reason", chat.Args{"reason": r.Say}))
	}
	return lines
}

// learn keeps what the rules answered, and lets the history know what is being done.
func (l *lane) learn(s *scope, kept []chat.Action) {
	d := *s.decided.rules
	if len(d.Verdicts) == 0 {
		return
	}
	d.Actions = nil
	for _, a := range kept {
		if _, isStrike := a.(chat.Strike); !isStrike { // those are in the history already, with their case
			d.Actions = append(d.Actions, a)
		}
	}
	agreed := 0
	if d.Asked != nil {
		agreed = l.ask(s, d.Asked)
	}
	l.history.Note(d, &s.ev)
	for _, v := range d.Verdicts {
		l.verdict(s, v, agreed)
	}
}

// verdict writes one rule's answer down. agreed is the case of what a moderator had agreed to, 0 for none.
func (l *lane) verdict(s *scope, v rules.Verdict, agreed int) {
	row := store.Verdict{
		Event: s.ev.ID, At: s.ev.At, Rule: v.Rule, Mode: string(v.Mode), Person: s.ev.Actor.Person, Incident: v.Incident,
		Joined: v.Joined, Reasons: append([]chat.Reason(nil), v.Reasons...),
	}
	switch v.Mode {
	case rules.Enforce:
		row.Case = s.number
	case rules.Ask:
		row.Case = agreed
	default: // nothing was done
	}
	if q := s.decided.rules.Asked; q != nil && slices.Contains(q.Rules(), v.Rule) {
		row.Question = q.Incident
	}
	for i := range row.Reasons {
		row.Reasons[i].Text = l.plain(v.Reasons[i].Say, s.number)
	}
	for _, a := range v.Would {
		row.Would = append(row.Would, label(a))
	}
	l.turn.group.Verdicts = append(l.turn.group.Verdicts, row)
	if v.Mode == rules.Shadow && !v.Joined && len(v.Would) > 0 {
		l.news(s, topic{topicShadow, v.Rule}, func() chat.Phrase { return shadowSays(s, v) })
	}
}

// shadowSays is the line about what a rule in shadow would have done.
func shadowSays(s *scope, v rules.Verdict) chat.Phrase {
	would := &scope{ev: s.ev}
	for _, a := range v.Would {
		would.note(a, false)
	}
	return chat.Say("desk.shadow", chat.Args{
		"rule": v.Rule, "acts": would.done(), "name": mention(s.ev.Actor), "room": where(s.ev), "reasons": reasonLines(v.Reasons),
	})
}

// rule is the rule whose case was opened by this very decision; empty for none.
func (s *scope) rule() string {
	if s.opened == nil {
		return ""
	}
	return s.opened.Rule
}

// leftOut tells the moderators of a message that was not judged to the end.
func (l *lane) leftOut(s *scope, patterns []string) {
	if len(patterns) == 0 || l.told.again("left out "+patterns[0], s.ev.At) {
		return
	}
	l.news(s, topic{Kind: "left out"}, func() chat.Phrase {
		return chat.Say("desk.left_out", chat.Args{
			"pattern": chat.Excerpt(patterns[0]), "count": len(patterns),
			"name": mention(s.ev.Actor), "room": chat.RoomName{Room: s.ev.Room, Name: roomName(s.ev)},
		})
	})
}

// told remembers what the moderators heard of late, so that one cause is one line and not a hundred.
type told map[string]time.Time

// toldFor is how long the same failure is not told again.
const toldFor = time.Hour

// mostTold bounds what is remembered: nobody may make it large, or looking through it slow.
const mostTold = 1000

func (t told) again(what string, now time.Time) bool {
	if at, known := t[what]; known && now.Sub(at) <= toldFor {
		return true
	}
	if len(t) >= mostTold {
		clear(t)
	}
	t[what] = now
	return false
}
