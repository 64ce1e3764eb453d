package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"palabre/chat"
)

const orderColumns = "seq, key, event, case_no, label, platform, subject, priority, action, state, attempts, next_at, deadline, created_at, settled_at, receipt, reason"

func (s *Store) orders(ctx context.Context, where string, args ...any) ([]Order, error) {
	return query(ctx, s.read, scanOrder, "SELECT "+orderColumns+" FROM orders WHERE "+where, args...)
}

func scanOrder(r *sql.Rows) (Order, error) {
	var o Order
	var action, receipt string
	var next, deadline, created, settled int64
	err := r.Scan(&o.Seq, &o.Key, &o.Event, &o.Case, &o.Label, &o.Platform, &o.Subject, &o.Priority, &action, &o.State, &o.Attempts,
		&next, &deadline, &created, &settled, &receipt, &o.Reason)
	if err != nil {
		return o, err
	}
	o.NextAt, o.Deadline, o.CreatedAt, o.SettledAt = at(next), at(deadline), at(created), at(settled)
	var badAction error
	o.Action, badAction = chat.DecodeAction([]byte(action))
	return o, errors.Join(badAction, decode(receipt, &o.Receipt))
}

// Orders reads the orders in the given states (all that did not end well, when none is given), oldest first.
func (s *Store) Orders(ctx context.Context, states ...State) ([]Order, error) {
	if len(states) == 0 {
		states = []State{Pending, Sending, Held, Blocked, Dead, Uncertain}
	}
	var out []Order
	for _, state := range states {
		found, err := s.orders(ctx, "state = ? ORDER BY seq", state)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// Order reads one order by its key or by the beginning of it; ErrNotFound when none or several match.
func (s *Store) Order(ctx context.Context, key string) (Order, error) {
	found, err := s.orders(ctx, "substr(key, 1, length(?)) = ? LIMIT 2", key, key)
	if err != nil {
		return Order{}, err
	}
	if key == "" || len(found) != 1 {
		return Order{}, fmt.Errorf("order %q: %w", key, ErrNotFound)
	}
	return found[0], nil
}

// OrdersOf reads the orders of a case, in the order of their recording.
func (s *Store) OrdersOf(ctx context.Context, caseNo int) ([]Order, error) {
	return s.orders(ctx, "case_no = ? ORDER BY seq", caseNo)
}

// LastEvent is when the newest event of the journal happened; zero when there is none.
func (s *Store) LastEvent(ctx context.Context) (time.Time, error) {
	var last int64
	err := s.read.QueryRowContext(ctx, "SELECT coalesce(max(at), 0) FROM journal").Scan(&last)
	return at(last), err
}

// Sanctioned reads when the silences, removals and bans since a moment were ordered, oldest first: those of moderators too, but
// none that is held.
func (s *Store) Sanctioned(ctx context.Context, since time.Time) ([]time.Time, error) {
	return query(ctx, s.read, func(r *sql.Rows) (time.Time, error) {
		var created int64
		err := r.Scan(&created)
		return at(created), err
	}, "SELECT created_at FROM orders WHERE created_at >= ? AND label IN (?, ?, ?) AND state <> ? ORDER BY created_at",
		millis(since), chat.ActTimeout, chat.ActKick, chat.ActBan, Held)
}
