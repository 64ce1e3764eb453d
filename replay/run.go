package replay

import (
	"context"

	"palabre/bot"
	"palabre/chat"
	"palabre/rules"
)

// Trial is one configuration that is tried on the past.
type Trial struct {
	Config string // its file
	Plan   *bot.Plan
}

// Setting is what a run needs beside the past and the configurations.
type Setting struct {
	Say     func(chat.Phrase) string // renders reasons
	Samples int                      // shown of each rule and difference; below zero: all
	Begin   func(*bot.Rehearsal)     // tells a rehearsal what was before the past begins; nil: nothing
	Records Records                  // what was done then; nil: nothing is known
}

// Records tell what was really done when an event happened.
type Records interface {
	// Then is what rules and moderators did about an event; nil when nothing was done.
	Then(event string) []Then
	// Cases are how many cases a rule had, and how many of them a moderator took back.
	Cases(rule string) (cases, undone int)
}

// Then is a case that an event belongs to, as it ended.
type Then struct {
	Case   int      `json:"case"`
	Rule   string   `json:"rule"`
	Acts   []string `json:"acts"`
	Undone string   `json:"undone_by,omitempty"` // who took it back
	Why    string   `json:"undone_because,omitempty"`
}

// run is one pass over a past.
type run struct {
	Setting
	report *Report
	sides  []*side
	people map[chat.Person]struct{}
	diff   *differences // nil with one trial
}

// side is one configuration's rehearsal with what is counted of it.
type side struct {
	*Side
	rehearsal *bot.Rehearsal
	rules     map[string]*Rule
	members   map[string]map[chat.Person]struct{}
}

// Run takes the past through one configuration, or through two, which are then compared.
func Run(ctx context.Context, past Source, trials []Trial, s Setting) (*Report, error) {
	r := &run{Setting: s, report: &Report{Survey: past.Survey()}, people: map[chat.Person]struct{}{}}
	for _, t := range trials {
		r.sides = append(r.sides, r.side(t))
	}
	if len(r.sides) == 2 {
		r.diff = newDifferences(r.sides)
	}
	err := past.Each(ctx, func(ev *chat.Event) error { r.take(ev); return nil })
	r.finish()
	return r.report, err
}

func (r *run) side(t Trial) *side {
	s := &side{
		Side: &Side{Config: t.Config, Acts: map[string]int{}, Ladder: map[string]int{}}, rehearsal: bot.NewRehearsal(t.Plan, [16]byte{}),
		rules: map[string]*Rule{}, members: map[string]map[chat.Person]struct{}{},
	}
	if r.Begin != nil {
		r.Begin(s.rehearsal)
	}
	for _, summary := range t.Plan.Rules.Rules() {
		rule := &Rule{Name: summary.Name, Mode: string(summary.Mode), Acts: map[string]int{}, Ladder: map[string]int{}, Hours: map[int64]int{}}
		s.rules[rule.Name] = rule
		s.members[rule.Name] = map[chat.Person]struct{}{}
		s.Rules = append(s.Rules, rule)
	}
	return s
}

func (r *run) take(ev *chat.Event) {
	r.meet(ev)
	for _, s := range r.sides {
		out, err := s.rehearsal.Take(ev)
		switch {
		case err != nil:
			s.Failed++
		case out.Prevented:
			s.Prevented++
		}
		s.count(r, ev, out)
		r.diff.note(s, out)
	}
	r.diff.compare(r, ev)
}

func (r *run) meet(ev *chat.Event) {
	rep := r.report
	rep.Events++
	if rep.From.IsZero() {
		rep.From = ev.At
	}
	rep.To = ev.At
	if _, ok := ev.Body.(chat.MessageSent); ok {
		rep.Messages++
		if ev.Actor.Kind == chat.Human {
			r.people[ev.Actor.Person] = struct{}{}
		}
	}
}

// count adds what one event would have led to.
func (s *side) count(r *run, ev *chat.Event, out bot.Rehearsed) {
	if out.Opened {
		s.Cases++
	}
	lead := s.lead(out.Verdicts)
	for _, a := range out.Acts {
		s.act(s.Acts, s.Ladder, a, out.Ladder)
		if a.Held {
			s.Held++
		}
		if lead != nil {
			s.act(lead.Acts, lead.Ladder, a, out.Ladder)
		}
	}
	for _, v := range out.Verdicts {
		if rule := s.rules[v.Rule]; rule != nil {
			s.hit(r, rule, ev, v, out)
		}
	}
}

// lead is the first rule of several that act: what they do together is counted once, as its own.
func (s *side) lead(verdicts []rules.Verdict) *Rule {
	for _, v := range verdicts {
		if v.Mode == rules.Enforce {
			return s.rules[v.Rule]
		}
	}
	return nil
}

func (*side) act(acts, ladder map[string]int, a bot.RehearsedAct, byLadder bool) {
	acts[a.Label]++
	switch a.Act.(type) {
	case chat.Timeout, chat.Kick, chat.Ban:
		if byLadder {
			ladder[a.Label]++
		}
	}
}

func (s *side) hit(r *run, rule *Rule, ev *chat.Event, v rules.Verdict, out bot.Rehearsed) {
	rule.Hits++
	rule.Hours[ev.At.Unix()/3600]++
	s.members[rule.Name][ev.Actor.Person] = struct{}{}
	acts := labels(out.Acts)
	if v.Mode != rules.Enforce {
		acts = bot.Labels(v.Would)
		for _, label := range acts {
			rule.Acts[label]++
		}
	}
	for _, reason := range v.Reasons {
		r.report.Survey.Invites = r.report.Survey.Invites || reason.Code == "invite"
	}
	then := r.then(ev)
	rule.Then.Hits += min(1, len(then))
	if !v.Joined {
		rule.Incidents++
		rule.Samples.add(r.Samples, ev.ID, func() Sample { return r.sample(ev, v.Reasons, acts, then) })
	}
}

func (r *run) then(ev *chat.Event) []Then {
	if r.Records == nil {
		return nil
	}
	return r.Records.Then(ev.ID)
}

func labels(acts []bot.RehearsedAct) []string {
	out := make([]string, len(acts))
	for i, a := range acts {
		out[i] = a.Label
	}
	return out
}

func (r *run) finish() {
	r.report.Members = len(r.people)
	for _, s := range r.sides {
		for name, rule := range s.rules {
			rule.Members = len(s.members[name])
			if r.Records != nil {
				rule.Then.Cases, rule.Then.Undone = r.Records.Cases(name)
			}
			rule.Samples.sort()
		}
		r.report.Sides = append(r.report.Sides, s.Side)
	}
	r.report.Differences = r.diff.result()
}
