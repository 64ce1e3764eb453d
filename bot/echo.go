package bot

import (
	"context"
	"slices"
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
	l.order(s, lift(last), key.member.Platform, store.Pending)
}

// liftedByUs imposes anew what stands and was in force before an older lift landed.
func (l *lane) liftedByUs(s *scope, key sanctioned) {
	standing, stands := l.ledger.force(key)
	if !stands || s.ev.At.Before(standing.ImposedAt.Add(-echoSkew)) || !l.carriedOut(standing) {
		return
	}
	s.number = standing.Case
	l.order(s, impose(standing), key.member.Platform, store.Pending)
}

// carriedOut tells whether a sanction's order was done: one that waits will be done anyway, one that is held must not be.
func (l *lane) carriedOut(sanction store.Sanction) bool {
	var orders []store.Order
	err := l.insist(func() (err error) {
		orders, err = l.store.OrdersOf(context.Background(), sanction.Case)
		return err
	})
	return err == nil && slices.ContainsFunc(orders, func(o store.Order) bool {
		return o.State == store.Done && o.Action.ActionKind() == sanction.Kind && memberOf(o.Action) == sanction.Member
	})
}

func impose(s store.Sanction) chat.Action {
	if s.Kind == chat.ActBan {
		return chat.Ban{Member: s.Member, Name: s.Name, Until: s.Until}
	}
	return chat.Timeout{Member: s.Member, Name: s.Name, Until: s.Until}
}
