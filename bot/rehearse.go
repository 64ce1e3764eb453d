package bot

import (
	"fmt"
	"time"

	"palabre/chat"
	"palabre/rules"
	"palabre/store"
)

// Rehearsal takes events of the past through the rules and the guard as the lane does, and remembers what they would
// have led to. It has no store and no platform, and knows no time but the events'. It is used by one goroutine.
type Rehearsal struct {
	plan      *Plan
	history   *rules.History
	guard     guard
	ledger    *ledger
	silent    map[sanctioned]time.Time // until when, zero for ever: sanctions that were not held back
	incidents map[string]openIncident
	cases     int
	until     time.Time // of raid mode
	pruned    time.Time
}

// NewRehearsal begins with an empty past. The key is that of the history's hashes.
func NewRehearsal(p *Plan, key [16]byte) *Rehearsal {
	return &Rehearsal{
		plan: p, history: rules.NewHistory(key), ledger: newLedger(nil, 0), guard: guard{allows: nobody},
		silent: map[sanctioned]time.Time{}, incidents: map[string]openIncident{},
	}
}

func nobody(chat.MemberRef) bool { return false }

// History is what the rules know, for whoever has more to tell than events.
func (r *Rehearsal) History() *rules.History { return r.history }

// Rehearsed is what one event would have led to.
type Rehearsed struct {
	// Prevented: it would not have happened, since its author was silenced or banned by then. Nothing else is set.
	Prevented bool
	Verdicts  []rules.Verdict
	Acts      []RehearsedAct // of the rules that are enforced, as far as the guard lets them pass
	Case      int            // the case that the acts belong to; 0 without acts
	Opened    bool           // that case is a new one
	Ladder    bool           // the sanction is the ladder's
}

// RehearsedAct is one thing that would have been done.
type RehearsedAct struct {
	Label string // as in a case's record: "delete", "warn", "timeout" …
	Act   chat.Action
	Held  bool // kept for the operator, over a ceiling
}

// Take decides about the next event. An error is a defect of a rule on this very event; the next can be taken.
func (r *Rehearsal) Take(ev *chat.Event) (out Rehearsed, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	r.prune(ev.At)
	if out.Prevented = r.prevented(ev); out.Prevented {
		return out, nil
	}
	reading := r.plan.Rules.Read(ev, r.history)
	reading.Stale = r.plan.Limits.stale(ev)
	defer reading.Release()
	r.history.Fold(reading.Fact)
	d := r.plan.Rules.Decide(reading, r.history)
	out.Verdicts = d.Verdicts
	if len(d.Verdicts) > 0 {
		d.Actions = r.perform(ev, d.Actions, &out)
		r.history.Note(d, ev)
	}
	return out, nil
}

// perform passes the actions through the guard, and returns those that the history must know of.
func (r *Rehearsal) perform(ev *chat.Event, actions []chat.Action, out *Rehearsed) (noted []chat.Action) {
	for _, a := range actions {
		ruling := r.guard.judge(r.plan.Limits, ev.At, *ev, a, &ev.Actor)
		if ruling == drop {
			continue
		}
		switch a := a.(type) {
		case chat.OpenCase:
			r.openCase(ev, a, out)
			continue
		case chat.RaidMode:
			r.raid(a)
		case chat.Strike:
			r.history.AddStrike(chat.PersonOf(a.Member), a.Points, ev.At, out.Case)
		case chat.Timeout, chat.Ban:
			if !r.sanction(ev.At, a, ruling == hold) {
				continue
			}
		}
		if _, isStrike := a.(chat.Strike); !isStrike {
			noted = append(noted, a)
		}
		out.Acts = append(out.Acts, RehearsedAct{Label: label(a), Act: a, Held: ruling == hold})
	}
	return noted
}

func (r *Rehearsal) openCase(ev *chat.Event, a chat.OpenCase, out *Rehearsed) {
	known, goesOn := r.incidents[a.Incident]
	if !goesOn {
		r.cases++
		known = openIncident{number: r.cases, at: ev.At}
		if a.Incident != "" {
			r.incidents[a.Incident] = known
		}
	}
	out.Case, out.Opened = known.number, !goesOn
	for _, reason := range a.Reasons {
		out.Ladder = out.Ladder || reason.Code == "ladder"
	}
}

// sanction lets a silence or a ban stand; false when one that lasts as long does already.
func (r *Rehearsal) sanction(now time.Time, a chat.Action, held bool) (needed bool) {
	row := sanctionOf(a)
	row.ImposedAt = now
	key := sanctioned{row.Member, row.Kind}
	for _, old := range append([]store.Sanction(nil), r.ledger.standing[key]...) {
		if !old.Until.IsZero() && !old.Until.After(now) {
			r.ledger.end(old)
		}
	}
	_, needed = r.ledger.impose(row)
	if needed && !held {
		r.silent[key] = row.Until
	}
	return needed
}

// raid turns raid mode on or off; on while it is on only makes it last longer.
func (r *Rehearsal) raid(a chat.RaidMode) {
	switch {
	case !a.On:
		r.until = time.Time{}
	case a.Until.After(r.until):
		r.until = a.Until
	}
	r.history.SetRaid(r.until)
}

// prevented tells whether somebody could not have done this.
func (r *Rehearsal) prevented(ev *chat.Event) bool {
	if len(r.silent) == 0 || ev.Actor.IsZero() {
		return false
	}
	switch ev.Body.(type) {
	case chat.MessageSent, chat.MessageEdited, chat.ReactionAdded, chat.ThreadOpened:
		return r.stands(ev, chat.ActTimeout) || r.stands(ev, chat.ActBan)
	case chat.MemberJoined:
		return r.stands(ev, chat.ActBan)
	}
	return false
}

func (r *Rehearsal) stands(ev *chat.Event, kind chat.ActionKind) bool {
	key := sanctioned{ev.Actor.MemberRef, kind}
	until, silent := r.silent[key]
	if silent && !until.IsZero() && !until.After(ev.At) {
		delete(r.silent, key)
		return false
	}
	return silent
}

// prune forgets what no rule can see any more, as the lane does.
func (r *Rehearsal) prune(now time.Time) {
	if now.Sub(r.pruned) < pruneEvery {
		return
	}
	r.pruned = now
	horizon := r.plan.Rules.Horizon()
	r.history.Prune(now.Add(-horizon))
	for id, in := range r.incidents {
		if now.Sub(in.at) > horizon+time.Hour {
			delete(r.incidents, id)
		}
	}
}

// Labels are what actions are in a case's record, the case itself left out.
func Labels(actions []chat.Action) []string {
	var out []string
	for _, a := range actions {
		if a.ActionKind() != chat.ActOpenCase {
			out = append(out, label(a))
		}
	}
	return out
}

// IsAside tells whether an order with this label is no act of its case: a line in the moderators' room, an answer.
func IsAside(label string) bool { return aside(label) }
