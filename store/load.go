package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"palabre/chat"
)

// Past is what the loop works with, read once at start.
type Past struct {
	Facts     [][]byte // journal rows since the horizon, oldest first
	Seen      []string // ids of the events in the journal
	Verdicts  []Verdict
	Strikes   []Strike
	Sanctions []Sanction // standing
	Members   []Member
	Wakes     []Wake
	Orders    []Order // open: pending, sending, held
	Deletions []Order // of messages, ordered since the horizon, whatever became of them
	LastCase  int
	LastSanc  int
}

// Load reads what the loop needs to go on where it stopped: the journal, verdicts and strikes since
// the given moments, and everything that is still open.
func (s *Store) Load(ctx context.Context, since, strikesSince time.Time) (*Past, error) {
	p := &Past{}
	for _, step := range []func() error{
		func() error { return s.loadJournal(ctx, p, since) },
		func() (err error) { p.Verdicts, err = s.verdicts(ctx, "at >= ?", millis(since)); return err },
		func() (err error) {
			p.Strikes, err = s.strikes(ctx, "undone = 0 AND at >= ?", millis(strikesSince))
			return err
		},
		func() (err error) { p.Sanctions, err = s.sanctions(ctx, "ended_at = 0"); return err },
		func() (err error) { p.Members, err = s.members(ctx); return err },
		func() (err error) { p.Wakes, err = s.wakes(ctx); return err },
		func() (err error) {
			p.Orders, err = s.orders(ctx, "state IN ('pending', 'sending', 'held') ORDER BY seq")
			return err
		},
		func() (err error) {
			p.Deletions, err = s.orders(ctx, "label = ? AND created_at >= ? ORDER BY seq", chat.ActDelete, millis(since))
			return err
		},
		func() error { return s.counters(ctx, p) },
	} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("load: %w", err)
		}
	}
	return p, nil
}

// query collects rows with a scanning function.
func query[T any](ctx context.Context, db *sql.DB, scan func(*sql.Rows) (T, error), text string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

func (s *Store) loadJournal(ctx context.Context, p *Past, since time.Time) error {
	_, err := query(ctx, s.read, func(r *sql.Rows) (struct{}, error) {
		var id, fact string
		err := r.Scan(&id, &fact)
		p.Seen = append(p.Seen, id)
		p.Facts = append(p.Facts, []byte(fact))
		return struct{}{}, err
	}, "SELECT event, fact FROM journal WHERE at >= ? ORDER BY seq", millis(since))
	return err
}

func (s *Store) counters(ctx context.Context, p *Past) error {
	return s.read.QueryRowContext(ctx, "SELECT (SELECT coalesce(max(no), 0) FROM cases), (SELECT coalesce(max(id), 0) FROM sanctions)").
		Scan(&p.LastCase, &p.LastSanc)
}

// LastMessage reads the fact of somebody's last message that is in the journal; nil when there is none.
func (s *Store) LastMessage(ctx context.Context, person chat.Person) ([]byte, error) {
	var fact string
	err := s.read.QueryRowContext(ctx,
		"SELECT fact FROM journal WHERE kind = ? AND json_extract(fact, '$.person') = ? ORDER BY seq DESC LIMIT 1", chat.KindMessage, person).Scan(&fact)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return []byte(fact), err
}

// Seen tells whether an event is in the journal already.
func (s *Store) Seen(ctx context.Context, event string) (bool, error) {
	var n int
	err := s.read.QueryRowContext(ctx, "SELECT count(*) FROM journal WHERE event = ?", event).Scan(&n)
	return n > 0, err
}

func (s *Store) verdicts(ctx context.Context, where string, args ...any) ([]Verdict, error) {
	return query(ctx, s.read, func(r *sql.Rows) (Verdict, error) {
		var v Verdict
		var when int64
		var reasons, would string
		err := r.Scan(&v.Event, &when, &v.Rule, &v.Mode, &v.Person, &v.Incident, &v.Joined, &v.Case, &reasons, &would, &v.Question)
		v.At = at(when)
		return v, errors.Join(err, decode(reasons, &v.Reasons), decode(would, &v.Would))
	}, "SELECT event, at, rule, mode, person, incident, joined, case_no, reasons, would, question FROM verdicts WHERE "+where+" ORDER BY seq", args...)
}

// StrikesOf reads the marks that a case gave, those of an undone case too.
func (s *Store) StrikesOf(ctx context.Context, caseNo int) ([]Strike, error) {
	return s.strikes(ctx, "case_no = ?", caseNo)
}

func (s *Store) strikes(ctx context.Context, where string, args ...any) ([]Strike, error) {
	return query(ctx, s.read, func(r *sql.Rows) (Strike, error) {
		var st Strike
		var when int64
		err := r.Scan(&st.Person, &st.Points, &st.Rule, &when, &st.Case)
		st.At = at(when)
		return st, err
	}, "SELECT person, points, rule, at, case_no FROM strikes WHERE "+where+" ORDER BY seq", args...)
}

func (s *Store) sanctions(ctx context.Context, where string, args ...any) ([]Sanction, error) {
	return query(ctx, s.read, func(r *sql.Rows) (Sanction, error) {
		var sa Sanction
		var until, imposed, ended int64
		err := r.Scan(&sa.ID, &sa.Member.Platform, &sa.Member.ID, &sa.Name, &sa.Kind, &until, &sa.Case, &imposed, &ended, &sa.Room)
		sa.Until, sa.ImposedAt, sa.EndedAt = at(until), at(imposed), at(ended)
		return sa, err
	}, "SELECT id, platform, member, name, kind, until, case_no, imposed_at, ended_at, room FROM sanctions WHERE "+where+" ORDER BY id", args...)
}

// Ended reads a member's sanctions of one kind that are over, oldest first.
func (s *Store) Ended(ctx context.Context, member chat.MemberRef, kind chat.ActionKind) ([]Sanction, error) {
	return s.sanctions(ctx, "platform = ? AND member = ? AND kind = ? AND ended_at > 0", member.Platform, member.ID, kind)
}

func (s *Store) members(ctx context.Context) ([]Member, error) {
	return query(ctx, s.read, func(r *sql.Rows) (Member, error) {
		var m Member
		var joined int64
		err := r.Scan(&m.Person, &m.Name, &joined, &m.First)
		m.Joined = at(joined)
		return m, err
	}, "SELECT person, name, joined, first_message FROM members")
}

func (s *Store) wakes(ctx context.Context) ([]Wake, error) {
	return query(ctx, s.read, func(r *sql.Rows) (Wake, error) {
		var w Wake
		var when int64
		err := r.Scan(&w.Key, &when)
		w.At = at(when)
		return w, err
	}, "SELECT key, at FROM wakes ORDER BY at, key")
}

// Cursors reads where each adapter stopped reading, as far as that is committed.
func (s *Store) Cursors(ctx context.Context) ([]Cursor, error) {
	return query(ctx, s.read, func(r *sql.Rows) (Cursor, error) {
		var c Cursor
		return c, r.Scan(&c.Platform, &c.Name, &c.Token)
	}, "SELECT platform, name, token FROM cursors")
}

// Memory reads what activities keep under the given keys; keys without a value are left out.
func (s *Store) Memory(ctx context.Context, keys ...string) (map[string][]byte, error) {
	out := make(map[string][]byte, len(keys))
	for _, key := range keys {
		var value string
		err := s.read.QueryRowContext(ctx, "SELECT value FROM memory WHERE key = ?", key).Scan(&value)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("memory %s: %w", key, err)
		}
		out[key] = []byte(value)
	}
	return out, nil
}

func decode(text string, into any) error { return json.Unmarshal([]byte(text), into) }
