package rules

import (
	"slices"
	"time"

	"palabre/chat"
)

// question is what the moderators are asked about an event; nil when nothing is left to ask.
func (u *union) question(enforced *union, l Ladder) *Asked {
	if u == nil {
		return nil
	}
	if enforced != nil {
		u.less(enforced)
	}
	actions := u.actions(l)
	if len(actions) == 0 {
		return nil
	}
	return &Asked{Rule: u.names(), Incident: u.incident, Joined: !u.opened, At: u.read.Event.At, Actions: actions}
}

// less takes away what is done without asking.
func (u *union) less(done *union) {
	u.cleaned = len(done.deletes) > 0
	u.deletes = slices.DeleteFunc(u.deletes, func(d chat.Delete) bool { return done.deletesMessage(d.Message.ID) })
	if done.warn != nil {
		u.warn, u.remind = nil, nil
	}
	if done.remind != nil {
		u.remind = nil
	}
	if u.strike.Points <= done.strike.Points {
		u.strike = chat.Strike{}
	}
	if !u.sanction.stronger(done.sanction) {
		u.sanction = sanction{}
	}
}

// later is the same action decided some time later.
func later(a chat.Action, by time.Duration) chat.Action {
	move := func(t time.Time) time.Time {
		if t.IsZero() {
			return t
		}
		return t.Add(by)
	}
	switch a := a.(type) {
	case chat.Timeout:
		a.Until = move(a.Until)
		return a
	case chat.Kick:
		a.Decided = move(a.Decided)
		return a
	case chat.Ban:
		a.Until = move(a.Until)
		return a
	case chat.GiveRole:
		a.Until = move(a.Until)
		return a
	case chat.Slowmode:
		a.Until = move(a.Until)
		return a
	case chat.Lock:
		a.Until = move(a.Until)
		return a
	case chat.RaidMode:
		a.Until = move(a.Until)
		return a
	}
	return a
}
