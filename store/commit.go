package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"palabre/chat"
)

// statements are the writes of a Group, prepared once.
type statements struct {
	event, verdict, newCase, undoCase, undoStrikes, strike, sanction,
	remember, forget, wake, unwake, order, update, member, cursor, uncursor, quarantine, question, ruled,
	archive, blank, taken *sql.Stmt
}

func (st *statements) prepare(ctx context.Context, db *sql.DB) error {
	for _, p := range []struct {
		into **sql.Stmt
		text string
	}{
		{&st.event, `INSERT INTO journal (event, at, kind, fact) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`},
		{&st.verdict, `INSERT INTO verdicts (event, at, rule, mode, person, incident, joined, case_no, reasons, would, question) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`},
		{&st.newCase, `INSERT INTO cases (no, incident, platform, member, person, name, rule, by_member, by_name, why, reasons, event, logical, opened_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`},
		{&st.undoCase, `UPDATE cases SET undone_at = ?, undone_by = ?, undo_reason = ? WHERE no = ? AND undone_at = 0`},
		{&st.undoStrikes, `UPDATE strikes SET undone = 1 WHERE case_no = ?`},
		{&st.strike, `INSERT INTO strikes (person, points, rule, at, case_no) VALUES (?, ?, ?, ?, ?)`},
		{&st.sanction, `INSERT INTO sanctions (id, platform, member, name, kind, until, case_no, imposed_at, ended_at, room) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET ended_at = excluded.ended_at`},
		{&st.remember, `INSERT INTO memory (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`},
		{&st.forget, `DELETE FROM memory WHERE key = ?`},
		{&st.wake, `INSERT INTO wakes (key, at) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET at = excluded.at`},
		{&st.unwake, `DELETE FROM wakes WHERE key = ?`},
		{&st.order, `INSERT INTO orders (key, event, case_no, label, platform, subject, priority, action, state, next_at, deadline, created_at, reason)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`},
		{&st.update, `UPDATE orders SET state = ?, attempts = ?, next_at = ?, deadline = ?, settled_at = ?, receipt = ?, reason = ? WHERE key = ?`},
		{&st.member, `INSERT INTO members (person, name, joined, first_message) VALUES (?, ?, ?, ?)
			ON CONFLICT (person) DO UPDATE SET name = excluded.name, joined = excluded.joined, first_message = excluded.first_message`},
		{&st.cursor, `INSERT INTO cursors (platform, name, token) VALUES (?, ?, ?) ON CONFLICT (platform, name) DO UPDATE SET token = excluded.token`},
		{&st.uncursor, `DELETE FROM cursors WHERE platform = ? AND name = ?`},
		{&st.question, `INSERT INTO questions (id, rule, state, opened_at, decided_at, decided_by, case_no, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET state = excluded.state, decided_at = excluded.decided_at, decided_by = excluded.decided_by,
			case_no = excluded.case_no, body = excluded.body`},
		{&st.ruled, `UPDATE verdicts SET case_no = ? WHERE question = ? AND case_no = 0`},
		{&st.quarantine, `INSERT INTO quarantine (event, at, why, payload) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`},
		{&st.archive, insertArchived},
		{&st.blank, blankArchived},
		{&st.taken, markTaken},
	} {
		stmt, err := db.PrepareContext(ctx, p.text) //nolint:sqlclosecheck // lives as long as db, whose Close ends its connections and their statements
		if err != nil {
			return fmt.Errorf("prepare: %w", err)
		}
		*p.into = stmt
	}
	return nil
}

// Commit writes a group in one transaction. After an error nothing of it is written, and the caller may
// try the same group again. A text that it takes away is gone from the write-ahead log too.
func (s *Store) Commit(ctx context.Context, g *Group) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	w := writer{ctx: ctx, tx: tx, st: &s.stmts}
	w.group(g)
	if w.err != nil {
		return fmt.Errorf("commit: %w", w.err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if w.erased > 0 {
		_ = s.truncateLog(ctx) // the group is written; the log is emptied at the next prune at the latest
	}
	return nil
}

// writer writes the rows of one transaction and keeps the first error.
type writer struct {
	ctx context.Context //nolint:containedctx // lives for one call of Commit
	tx  *sql.Tx
	st  *statements
	err error
	// erased is how many kept texts were taken away.
	erased int64
}

// do runs a statement and tells how many rows it changed.
func (w *writer) do(stmt *sql.Stmt, args ...any) (rows int64) {
	if w.err != nil {
		return 0
	}
	done, err := w.tx.StmtContext(w.ctx, stmt).ExecContext(w.ctx, args...) //nolint:sqlclosecheck // the end of tx closes what StmtContext made
	if err == nil {
		rows, err = done.RowsAffected()
	}
	w.err = err
	return rows
}

func (w *writer) json(v any) string {
	data, err := json.Marshal(v)
	if err != nil && w.err == nil {
		w.err = err
	}
	return string(data)
}

func (w *writer) group(g *Group) {
	w.happened(g)
	w.archived(g)
	w.decided(g)
	w.remembered(g)
	w.ordered(g)
}

func (w *writer) happened(g *Group) {
	for _, e := range g.Events {
		w.do(w.st.event, e.ID, millis(e.At), e.Kind, string(e.Fact))
	}
	for _, m := range g.Members {
		w.do(w.st.member, m.Person, m.Name, millis(m.Joined), m.First)
	}
	for _, q := range g.Quarantine {
		w.do(w.st.quarantine, q.Event, millis(q.At), q.Why, string(q.Payload))
	}
	for _, c := range g.Cursors {
		if c.Token == "" {
			w.do(w.st.uncursor, c.Platform, c.Name)
			continue
		}
		w.do(w.st.cursor, c.Platform, c.Name, c.Token)
	}
}

func (w *writer) decided(g *Group) {
	for _, v := range g.Verdicts {
		w.do(w.st.verdict, v.Event, millis(v.At), v.Rule, v.Mode, v.Person, v.Incident, v.Joined, v.Case, w.json(v.Reasons), w.json(v.Would), v.Question)
	}
	for _, c := range g.Cases {
		w.do(w.st.newCase, c.No, c.Incident, c.Member.Platform, c.Member.ID, c.Person, c.Name, c.Rule, memberText(c.By), c.ByName,
			c.Why, w.json(c.Reasons), c.Event, c.Logical, millis(c.OpenedAt))
	}
	for _, st := range g.Strikes {
		w.do(w.st.strike, st.Person, st.Points, st.Rule, millis(st.At), st.Case)
	}
	w.asked(g.Questions)
	for _, u := range g.Undone {
		w.do(w.st.undoCase, millis(u.At), u.By, u.Reason, u.Case)
		w.do(w.st.undoStrikes, u.Case)
	}
	for _, sa := range g.Sanctions {
		w.do(w.st.sanction, sa.ID, sa.Member.Platform, sa.Member.ID, sa.Name, sa.Kind, millis(sa.Until), sa.Case, millis(sa.ImposedAt), millis(sa.EndedAt), sa.Room)
	}
}

func (w *writer) remembered(g *Group) {
	for _, m := range g.Memory {
		if m.Value == nil {
			w.do(w.st.forget, m.Key)
			continue
		}
		w.do(w.st.remember, m.Key, string(m.Value))
	}
	for _, k := range g.Wakes {
		if k.At.IsZero() {
			w.do(w.st.unwake, k.Key)
			continue
		}
		w.do(w.st.wake, k.Key, millis(k.At))
	}
}

func (w *writer) ordered(g *Group) {
	for _, o := range g.Orders {
		action, err := chat.EncodeAction(o.Action)
		if err != nil && w.err == nil {
			w.err = err
		}
		w.do(w.st.order, o.Key, o.Event, o.Case, o.Label, o.Platform, o.Subject, o.Priority, string(action), o.State,
			millis(o.NextAt), millis(o.Deadline), millis(o.CreatedAt), o.Reason)
	}
	for _, u := range g.Updates {
		w.do(w.st.update, u.State, u.Attempts, millis(u.NextAt), millis(u.Deadline), millis(u.At), w.json(u.Receipt), u.Reason, u.Key)
	}
}

// millis writes a time; the zero time is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// at reads what millis wrote.
func at(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func memberText(m chat.MemberRef) string {
	if m.IsZero() {
		return ""
	}
	return string(chat.PersonOf(m))
}
