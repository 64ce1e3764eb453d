package crashtest

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"palabre/chat"
	"palabre/store"
)

// memory reads the program's database from outside, also while it runs.
type memory struct {
	t    *testing.T
	path string
}

// rows runs a query and gives each row's columns.
func (m *memory) rows(text string, columns int) [][]string {
	m.t.Helper()
	if _, err := os.Stat(m.path); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	db, err := sql.Open("sqlite3", "file:"+m.path+"?mode=ro&_busy_timeout=5000")
	if err != nil {
		m.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(text)
	if err != nil {
		if strings.Contains(err.Error(), "no such table") {
			return nil // it is being made
		}
		m.t.Fatalf("%s: %v", text, err)
	}
	defer rows.Close()
	var out [][]string
	for rows.Next() {
		row, into := make([]string, columns), make([]any, columns)
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			m.t.Fatal(err)
		}
		out = append(out, row)
	}
	if err := rows.Err(); err != nil {
		m.t.Fatal(err)
	}
	return out
}

// caughtUp tells whether everything up to a sync token was read and committed.
func (m *memory) caughtUp(token string) bool {
	rows := m.cursors()
	return len(rows) == 1 && rows[0][1] == token
}

// cursors are where the program stopped reading: the sync token, and the holes that are not filled.
func (m *memory) cursors() [][]string {
	return m.rows("SELECT name, token FROM cursors WHERE name = 'since' OR name LIKE 'gap:%'", 2)
}

// debts are what the program still has to do.
func (m *memory) debts() []string {
	var out []string
	for _, row := range m.rows(`
		SELECT 'order', key || ' ' || label || ' ' || state || ' tried ' || attempts || ' ' || reason FROM orders WHERE state IN ('pending', 'sending')
		UNION ALL SELECT 'sanction', member FROM sanctions WHERE ended_at = 0 AND until > 0
		UNION ALL SELECT 'newcomers', value FROM memory WHERE key LIKE 'welcome/batch:%' AND (value LIKE '%"people":%' OR value LIKE '%"more":%' OR value LIKE '%"sent":%')
		UNION ALL SELECT 'measure', key FROM wakes WHERE key LIKE 'measure/%'
		UNION ALL SELECT 'cursor', name || ' ' || token FROM cursors WHERE name LIKE 'gap:%'`, 2) {
		out = append(out, row[0]+" "+row[1])
	}
	return out
}

// pending are the orders that are not carried out yet.
func (m *memory) pending() [][]string {
	return m.rows("SELECT key FROM orders WHERE state IN ('pending', 'sending')", 1)
}

func (m *memory) owesNothing() bool { return len(m.debts()) == 0 }

// records is everything that the program wrote down, read after its end.
type records struct {
	journal  map[string]int // event -> rows
	verdicts map[string][]store.Verdict
	orders   map[string]store.Order // by key
	cases    []store.Case
	lifted   map[string]int          // user -> sanctions that ended
	ended    map[sanctioned]sanction // those that are over; the last one of each member
	aside    []string                // events that could not be decided
	gathered map[string]int          // rule -> cases that were not told in a line of their own
	at       map[string]time.Time    // event -> the time that it was judged by
	decided  map[string]string       // message that was asked about -> what became of it
}

// sanctioned is a user under a timeout or a ban.
type sanctioned struct {
	user string
	kind chat.ActionKind
}

// sanction is what the program wrote down of one.
type sanction struct{ until, ended time.Time }

// notDone is what an event ordered and was not done, of what is more than an answer or a line for the moderators; empty for none.
func (r records) notDone(event string) string {
	for _, o := range r.orders {
		if o.Event == event && o.State != store.Done && o.Label != "log" && o.Label != "answer" {
			return fmt.Sprintf("%s (%s)", o.Label, o.State)
		}
	}
	return ""
}

// tookLonger tells whether something that an event ordered ended after a moment, or has not.
func (r records) tookLonger(event string, than time.Time) bool {
	for _, o := range r.orders {
		if o.Event == event && (o.SettledAt.IsZero() || o.SettledAt.After(than)) {
			return true
		}
	}
	return false
}

func (m *memory) read() records {
	m.t.Helper()
	r := records{journal: map[string]int{}, verdicts: map[string][]store.Verdict{}, orders: map[string]store.Order{}, lifted: map[string]int{}, ended: map[sanctioned]sanction{}, decided: map[string]string{}, at: map[string]time.Time{}}
	s, err := store.Open(m.t.Context(), m.path)
	if err != nil {
		m.t.Fatal(err)
	}
	defer s.Close()
	for _, row := range m.rows("SELECT event, at FROM journal", 2) {
		r.journal[row[0]]++
		r.at[row[0]] = moment(m.t, row[1])
	}
	for _, row := range m.rows("SELECT member FROM sanctions WHERE ended_at > 0", 1) {
		r.lifted[row[0]]++
	}
	for _, row := range m.rows("SELECT json_extract(body, '$.message'), state FROM questions", 2) {
		r.decided[row[0]] = row[1]
	}
	for _, row := range m.rows("SELECT event || ': ' || why FROM quarantine", 1) {
		r.aside = append(r.aside, row[0])
	}
	for _, row := range m.rows("SELECT member, kind, until, ended_at FROM sanctions WHERE ended_at > 0 ORDER BY ended_at", 4) {
		r.ended[sanctioned{row[0], chat.ActionKind(row[1])}] = sanction{moment(m.t, row[2]), moment(m.t, row[3])}
	}
	r.fill(m.t, s)
	r.gathered = m.gathered(r.deskLines())
	return r
}

// moment reads a time as the store writes it.
func moment(t *testing.T, ms string) time.Time {
	t.Helper()
	n, err := strconv.ParseInt(ms, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.UnixMilli(n)
}

func (r *records) fill(t *testing.T, s *store.Store) {
	t.Helper()
	orders, err := s.Orders(t.Context(), store.Pending, store.Sending, store.Held, store.Done, store.Blocked, store.Dead, store.Uncertain, store.Cancelled)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range orders {
		if !strings.HasPrefix(o.Key, "keep-") {
			r.orders[o.Key] = o
		}
	}
	if r.cases, err = s.CasesOf(t.Context(), "", 1_000_000); err != nil {
		t.Fatal(err)
	}
	for _, c := range r.cases {
		verdicts, err := s.Verdicts(t.Context(), c.No)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range verdicts {
			r.verdicts[v.Event] = append(r.verdicts[v.Event], v)
		}
	}
}

// about is the user whom an order concerns.
func about(a chat.Action) string {
	switch a := a.(type) {
	case chat.Timeout:
		return a.Member.ID
	case chat.LiftTimeout:
		return a.Member.ID
	case chat.Ban:
		return a.Member.ID
	case chat.Unban:
		return a.Member.ID
	}
	return ""
}

func describe(o store.Order) string {
	return fmt.Sprintf("order %s (%s, %s, case %d, for %s, %s)", o.Key, o.Label, o.State, o.Case, o.Event, o.Reason)
}
