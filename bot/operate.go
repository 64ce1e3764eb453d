package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"palabre/chat"
	"palabre/store"
)

// Which orders an operator may try again, and which may be dropped.
var (
	retryable = []store.State{store.Dead, store.Blocked, store.Uncertain, store.Held, store.Pending, store.Cancelled}
	droppable = []store.State{store.Dead, store.Blocked, store.Uncertain, store.Held, store.Pending}
)

// Operation says what to write when an operator does something ("retry", "drop") to an order. A retried
// order gets a day.
func Operation(o store.Order, verb string, now time.Time) (store.Update, error) {
	switch {
	case verb == "retry" && slices.Contains(retryable, o.State):
		u := store.Update{Key: o.Key, State: store.Pending, NextAt: now, Reason: o.Reason}
		if !o.Deadline.IsZero() {
			u.Deadline = now.Add(24 * time.Hour)
		}
		return u, nil
	case verb == "drop" && slices.Contains(droppable, o.State):
		return store.Update{Key: o.Key, State: store.Cancelled, Attempts: o.Attempts, At: now, Deadline: o.Deadline, Reason: o.Reason}, nil
	case verb == "retry" || verb == "drop":
		return store.Update{}, fmt.Errorf("order %s is %s: there is nothing to %s", o.Key, o.State, verb)
	default:
		return store.Update{}, fmt.Errorf("there is no %q; orders can be retried and dropped", verb)
	}
}

// Orders lists the orders that did not end well, or not yet.
func (b *Bot) Orders(ctx context.Context) ([]store.Order, error) { return b.lane.store.Orders(ctx) }

// Operate lets an operator try an order again or drop it. It returns the order as it stands then, once
// that is committed.
func (b *Bot) Operate(ctx context.Context, verb, key string) (store.Order, error) {
	type result struct {
		order store.Order
		err   error
	}
	answer := make(chan result, 1)
	taken := b.control(func(l *lane) {
		order, err := l.operate(ctx, verb, key)
		if err != nil {
			answer <- result{err: err}
			return
		}
		l.turn.events++
		l.turn.after = append(l.turn.after, func() { answer <- result{order: order} })
	})
	if !taken {
		return store.Order{}, errStopping
	}
	select {
	case r := <-answer:
		return r.order, r.err
	case <-b.lane.queue.ended:
		return store.Order{}, errStopping
	case <-ctx.Done():
		return store.Order{}, ctx.Err()
	}
}

// errStopping: the loop has ended, and what was asked of it may not have been done.
var errStopping = errors.New("Palabre is stopping: look again when it has started")

func (l *lane) operate(ctx context.Context, verb, key string) (store.Order, error) {
	l.flush()
	o, err := l.store.Order(ctx, key)
	if err != nil {
		return o, err
	}
	u, err := Operation(o, verb, l.clock.Now())
	if err != nil {
		return o, err
	}
	if o.State == store.Pending && !l.outbox.remove(o.Key) {
		return o, fmt.Errorf("order %s is under way right now", o.Key)
	}
	o.State, o.Attempts, o.NextAt, o.Deadline = u.State, u.Attempts, u.NextAt, u.Deadline
	l.update(u)
	if o.State == store.Pending {
		l.imposeAgain(o)
		l.turn.orders = append(l.turn.orders, &o)
		return o, nil
	}
	l.dropped(o)
	return o, nil
}

// imposeAgain notes that a silence or a ban stands whose order failed and is tried again: it was struck off when it failed.
func (l *lane) imposeAgain(o store.Order) {
	row := sanctionOf(o.Action)
	row.Case, row.ImposedAt = o.Case, l.clock.Now()
	if row.Kind != chat.ActTimeout && row.Kind != chat.ActBan {
		return
	}
	stands := func(s store.Sanction) bool { return s.Kind == row.Kind && s.Member == row.Member }
	if !slices.ContainsFunc(l.ledger.ofCase(o.Case), stands) {
		l.stand(row)
	}
}

// dropped strikes a sanction off that will not be imposed, so that it does not stand in the way of another, and lets whoever
// waits for the order know.
func (l *lane) dropped(o store.Order) {
	s := &scope{ev: chat.Event{ID: l.own("dropped:" + o.Key), At: l.clock.Now()}, decided: decided{source: houseSource}, number: o.Case}
	body := chat.Settled{Act: o.Action, Case: o.Case, Outcome: chat.Cancelled, Doubtful: o.Attempts > 0}
	if isSanction(o.Action) {
		l.takeBack(s, body)
	}
	l.orderEnded(o.Key, failureOf(body, s.ev.At), s.ev.At)
}
