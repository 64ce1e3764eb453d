package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"time"
)

// RuleCount is what one rule has led to since a moment.
type RuleCount struct {
	Rule      string
	Matched   int // events that it matched
	Would     int // those on which it would have acted in shadow …
	WouldOf   int // … and the members whose they are
	Acted     int // those on which it acted, by itself or because a moderator agreed
	Cases     int // of these
	Undone    int // cases, taken back since
	Dismissed int // questions that moderators called a false alarm
}

// RuleCounts reads what rules have led to since a moment, by their names. Rules that never matched are left out.
func (s *Store) RuleCounts(ctx context.Context, since time.Time) (map[string]RuleCount, error) {
	counted, err := query(ctx, s.read, func(r *sql.Rows) (RuleCount, error) {
		var c RuleCount
		return c, r.Scan(&c.Rule, &c.Matched, &c.Would, &c.WouldOf, &c.Acted, &c.Cases, &c.Undone)
	}, `SELECT rule, count(DISTINCT event), count(DISTINCT CASE WHEN held THEN event END), count(DISTINCT CASE WHEN held THEN person END),
		count(DISTINCT CASE WHEN case_no > 0 THEN event END), count(DISTINCT nullif(case_no, 0)), count(DISTINCT CASE WHEN undone THEN case_no END)
		FROM (SELECT v.rule, v.event, v.person, v.case_no, v.mode = 'shadow' AND v.would NOT IN ('null', '[]') AS held, c.undone_at > 0 AS undone
			FROM verdicts v LEFT JOIN cases c ON c.no = v.case_no AND v.case_no > 0 WHERE v.at >= ?) GROUP BY rule`, millis(since))
	if err != nil {
		return nil, err
	}
	out := map[string]RuleCount{}
	for _, c := range counted {
		out[c.Rule] = c
	}
	return out, s.dismissals(ctx, since, out)
}

// dismissals adds the questions that moderators called a false alarm.
func (s *Store) dismissals(ctx context.Context, since time.Time, into map[string]RuleCount) error {
	_, err := query(ctx, s.read, func(r *sql.Rows) (struct{}, error) {
		var rule string
		var n int
		err := r.Scan(&rule, &n)
		c := into[rule]
		c.Rule, c.Dismissed = rule, n
		into[rule] = c
		return struct{}{}, err
	}, `SELECT v.rule, count(DISTINCT q.id) FROM questions q JOIN verdicts v ON v.question = q.id
		WHERE q.state = ? AND q.decided_at >= ? GROUP BY v.rule`, Dismissed, millis(since))
	return err
}

// ReadMemory reads what is kept under a key in the database at path, whether or not a process works with it; nil when
// there is no database, or nothing under the key.
func ReadMemory(ctx context.Context, path, key string) ([]byte, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	db, err := sql.Open("sqlite3", dsn(path, "mode=ro"))
	if err != nil {
		return nil, err
	}
	defer db.Close()
	found, err := (&Store{read: db}).Memory(ctx, key)
	return found[key], err
}
