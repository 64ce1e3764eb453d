package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"palabre/chat"
	"palabre/store"
)

// An echo is the platform telling what we did ourselves. It is no news, unless the ledger says otherwise: a call that was
// under way when a process died may land after what undid it. Then the platform is put right.

// echoSkew is how far a platform's clock may be from ours. An echo from before the end is old news told again.
const echoSkew = 10 * time.Second

// imposedByUs lifts what landed after its end. What the ledger never knew (a backup was put back) is left to humans.
func (l *lane) imposedByUs(s *scope, key sanctioned) {
	if _, stands := l.ledger.force(key); stands {
		return
	}
	var over []store.Sanction
	err := l.insist(func() (err error) {
		over, err = l.store.Ended(context.Background(), key.member, key.kind)
		return err
	})
	if err != nil || len(over) == 0 {
		return
	}
	last := over[len(over)-1]
	if s.ev.At.Before(last.EndedAt.Add(-echoSkew)) {
		return
	}
	s.number = last.Case
	l.order(s, l.takingBack(lift(last), last, chat.Say("audit.late", nil)), key.member.Platform, store.Pending)
}

// liftedByUs imposes anew what stands and was in force before an older lift landed.
func (l *lane) liftedByUs(s *scope, key sanctioned) {
	standing, stands := l.ledger.force(key)
	if !stands || s.ev.At.Before(standing.ImposedAt.Add(-echoSkew)) {
		return
	}
	imposed, ordered := l.imposing(standing)
	if !ordered || imposed.State != store.Done { // one that waits will be done anyway, one that is held must not be
		return
	}
	s.number = standing.Case
	l.order(s, imposed.Action, key.member.Platform, store.Pending)
}

// imposing finds the order of ours that imposed a sanction in the community; false when it has none, since somebody else
// imposed it or another that lasts as long stood already. What this turn orders counts.
func (l *lane) imposing(sanction store.Sanction) (order store.Order, ordered bool) {
	var orders []store.Order
	err := l.insist(func() (err error) {
		orders, err = l.store.OrdersOf(context.Background(), sanction.Case)
		return err
	})
	if err != nil || sanction.Case == 0 {
		return store.Order{}, false
	}
	for _, o := range slices.Concat(orders, l.turn.group.Orders) {
		imposes := o.Case == sanction.Case && o.Action.ActionKind() == sanction.Kind && roomOnly(o.Action) == ""
		if imposes && memberOf(o.Action) == sanction.Member && (!ordered || o.State == store.Done) {
			order, ordered = o, true
		}
	}
	return order, ordered
}

// takingBack completes what ends a sanction: whose it is to be, where an order of ours imposed it, and why.
func (l *lane) takingBack(act chat.Action, sanction store.Sanction, why chat.Phrase) chat.Action {
	reason := fmt.Sprintf("%s (#%d)", strings.TrimRight(l.plain(why, sanction.Case), "."), sanction.Case)
	if sanction.Case == 0 {
		reason = l.plain(why, 0)
	}
	of := chat.Imposed{}
	if o, ordered := l.imposing(sanction); ordered {
		of = imposedBy(o.Action)
	}
	switch act := act.(type) {
	case chat.LiftTimeout:
		act.Reason, act.Of = reason, of
		return act
	case chat.Unban:
		act.Reason, act.Of = reason, of
		return act
	case chat.Timeout:
		act.Reason = reason
		return act
	default:
		return act
	}
}

func imposedBy(a chat.Action) chat.Imposed {
	switch a := a.(type) {
	case chat.Timeout:
		return chat.Imposed{Until: a.Until, Reason: a.Reason}
	case chat.Ban:
		return chat.Imposed{Until: a.Until, Reason: a.Reason}
	default:
		return chat.Imposed{}
	}
}

// reverses tells whether an action takes a sanction of a kind back.
func reverses(a chat.Action, kind chat.ActionKind) bool {
	switch a.(type) {
	case chat.LiftTimeout:
		return kind == chat.ActTimeout
	case chat.Unban:
		return kind == chat.ActBan
	default:
		return false
	}
}

// callOffReversals drops what would still take a sanction of a kind back from a member, since somebody else has imposed one:
// it would take theirs. One that is in flight ends with its try.
func (l *lane) callOffReversals(s *scope, key sanctioned) {
	l.turn.orders = slices.DeleteFunc(l.turn.orders, func(o *store.Order) bool {
		superseded := memberOf(o.Action) == key.member && reverses(o.Action, key.kind)
		if superseded {
			l.cancelled(s, o)
		}
		return superseded
	})
	for _, o := range l.outbox.of(memberSubject(key.member)) {
		if reverses(o.Action, key.kind) && l.outbox.giveUp(o) {
			l.cancelled(s, o)
		}
	}
}

// superseded tells whether an order would take back what somebody else has imposed since: it was in flight then, and the
// process ended.
func (l *lane) superseded(o store.Order) bool {
	return slices.ContainsFunc([]chat.ActionKind{chat.ActTimeout, chat.ActBan}, func(kind chat.ActionKind) bool {
		standing, stands := l.ledger.force(sanctioned{memberOf(o.Action), kind})
		if !stands || !reverses(o.Action, kind) {
			return false
		}
		_, ours := l.imposing(standing)
		return !ours
	})
}

// wasForeign tells the moderators that a reversal found somebody else's sanction in the place of ours, and left it alone.
func (l *lane) wasForeign(s *scope, settled chat.Settled) {
	if settled.Receipt.Foreign {
		s.number = settled.Case
		l.tell(s, chat.Say("desk.foreign", chat.Args{
			"case": settled.Case, "name": memberName(settled.Act), "act": actPhrase(settled.Act, s.ev.At),
		}))
	}
}
