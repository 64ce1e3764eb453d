package rules

import (
	"slices"
	"time"

	"palabre/chat"
)

// Ladder is what strikes lead to, and how they are forgiven. The zero Ladder leads nowhere and forgives nothing.
type Ladder struct {
	points int           // forgiven …
	per    time.Duration // … in each of these
	steps  []step        // lowest first
}

type step struct {
	at       int
	sanction sanction
}

// Sanction is what a step of the ladder asks for.
type Sanction struct {
	Kind chat.ActionKind // timeout, kick or ban
	For  time.Duration   // zero: for ever
}

// Step is the strongest sanction among the steps that a total of strikes crosses on its way from before to
// after (before < step <= after); ok is false when it crosses none.
func (l Ladder) Step(before, after int) (s Sanction, ok bool) {
	var best sanction
	for _, st := range l.steps {
		if before < st.at && st.at <= after && st.sanction.stronger(best) {
			best = st.sanction
		}
	}
	return Sanction{Kind: best.kind, For: best.length}, best.kind != ""
}

// Action is the sanction against a member, counted from a moment.
func (s Sanction) Action(m chat.MemberRef, name, reason string, at time.Time) chat.Action {
	return sanction{kind: s.Kind, length: s.For}.action(m, name, reason, at)
}

// Ladder is the ruleset's ladder.
func (rs *Ruleset) Ladder() Ladder { return rs.ladder }

// strike is a mark on a person's record; its points were frozen when it was given.
type strike struct {
	at     time.Time
	points int
	number int // of the case; 0 while it is not known
}

// AddStrike puts marks on a person's record (a command's, or kept ones after a restart), or names the case of
// those that Note registered at that moment; Note then adds nothing that was already there.
func (h *History) AddStrike(id chat.Person, points int, at time.Time, caseNo int) {
	p := h.person(id)
	for i := range p.strikes {
		s := &p.strikes[i]
		if s.at.Equal(at) && s.points == points && (s.number == 0 || caseNo == 0 || s.number == caseNo) {
			s.number = max(s.number, caseNo)
			return
		}
	}
	i := len(p.strikes)
	for i > 0 && p.strikes[i-1].at.After(at) {
		i--
	}
	p.strikes = slices.Insert(p.strikes, i, strike{at: at, points: points, number: caseNo})
}

// DropStrikes takes the marks of an undone case off a person's record, and gives the sum of their points.
func (h *History) DropStrikes(id chat.Person, caseNo int) (points int) {
	p := h.people[id]
	if p == nil {
		return 0
	}
	p.strikes = slices.DeleteFunc(p.strikes, func(s strike) bool {
		if s.number == caseNo {
			points += s.points
		}
		return s.number == caseNo
	})
	return points
}

// Strikes is the sum of a person's marks at a moment, less what the ladder has forgiven by then.
// Forgiving begins when the record is no longer clean, and goes on step by step until it is.
func (h *History) Strikes(id chat.Person, at time.Time, l Ladder) int {
	p := h.people[id]
	if p == nil {
		return 0
	}
	total, since := 0, time.Time{}
	for _, s := range p.strikes {
		if s.at.After(at) {
			break
		}
		if total, since = l.forgive(total, since, s.at); total == 0 {
			since = s.at
		}
		total += s.points
	}
	total, _ = l.forgive(total, since, at)
	return total
}

func (l Ladder) forgive(total int, since, now time.Time) (int, time.Time) {
	if total == 0 || l.per <= 0 {
		return total, since
	}
	periods := now.Sub(since) / l.per
	if int64(periods)*int64(l.points) >= int64(total) {
		return 0, now
	}
	return total - int(periods)*l.points, since.Add(periods * l.per)
}
