package crashtest

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"palabre/chat"
	"palabre/store"
	"palabre/web"
)

// held are the orders that wait for the operator and are not to be left there.
func (b *backroom) held() []string {
	var out []string
	for _, row := range b.program.memory(b.t).rows("SELECT key FROM orders WHERE state = 'held'", 1) {
		b.waited[row[0]] = true
		if !b.left[row[0]] {
			out = append(out, row[0])
		}
	}
	return out
}

// stays tells whether the operator leaves an order about somebody where it is held.
func (b *backroom) stays(user string) bool {
	for _, row := range b.program.memory(b.t).rows("SELECT key FROM orders WHERE state = 'held' AND action LIKE '%\""+user+"\"%'", 1) {
		if b.left[row[0]] && row[0] != keptHeld { // that one is a line about somebody, put there by us
			return true
		}
	}
	return false
}

// release lets the operator release what is held, through the socket of the running program, except for what stays.
func (b *backroom) release() {
	if !b.program.lives[len(b.program.lives)-1].living() {
		return
	}
	for _, key := range b.held() {
		switch {
		case b.regretted(b.ask(key, "$.body.member.id")): // releasing what was undone meanwhile would impose it
		case b.random.IntN(10) == 0 && !b.ending, b.isOver(key):
			b.left[key] = true
		case b.operate("retry", key):
			b.approved[key] = true
		}
	}
}

// isOver tells whether a held silence would end as soon as it is released, or has ended.
func (b *backroom) isOver(key string) bool {
	until, err := time.Parse(time.RFC3339, b.ask(key, "$.body.until"))
	return err == nil && until.Before(b.program.now().Add(time.Second))
}

// ask reads a part of an order's action; empty when it has none.
func (b *backroom) ask(key, part string) string {
	rows := b.program.memory(b.t).rows("SELECT coalesce(json_extract(action, '"+part+"'), '') FROM orders WHERE key = '"+key+"'", 1)
	if len(rows) == 0 {
		return ""
	}
	return rows[0][0]
}

// operate tells whether the program took an operator's word, as `palabre outbox` gives it.
func (b *backroom) operate(verb, key string) bool {
	client := http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", web.SocketPath(b.program.store()))
		},
	}}
	response, err := client.Post("http://palabre/orders/"+key+"/"+verb, "", nil)
	if err != nil {
		return false // it is dead, or not yet there
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// holdsAreRight: what was released is held no more, what was left waits still, and no more sanctions passed by
// themselves than the ceilings allow.
func (b *backroom) holdsAreRight(l *ledger) {
	for key := range b.approved {
		if o := l.orders[key]; o.State == store.Held || o.State == store.Pending {
			l.is(&l.figures.missed, "released, and %s still", describe(o))
		}
	}
	for key := range b.left {
		o, there := l.orders[key]
		if key == keptHeld {
			continue // pruned looks for it
		}
		if !there || o.State != store.Held && o.State != store.Cancelled {
			l.is(&l.figures.wrong, "it was to wait: %s", describe(o))
		}
	}
	l.figures.held = len(b.approved) + len(b.left)
	b.ceilingsWereKept(l)
}

// The usual ceilings of sanctions.
const (
	inAMinute = 10
	inAnHour  = 30
)

// ceilingsWereKept: in no minute and no hour more sanctions passed by themselves than the limits allow, whatever restarts lay
// between them. After a restart the program counts them from when they were ordered: the difference may hide one.
func (b *backroom) ceilingsWereKept(l *ledger) {
	first := map[int]time.Time{} // by case: what is imposed once more on somebody who comes to another room is not counted
	for _, o := range l.orders {
		kind, at := o.Action.ActionKind(), l.at[o.Event]
		if known, is := first[o.Case]; (kind == chat.ActTimeout || kind == chat.ActBan) && (!is || at.Before(known)) {
			first[o.Case] = at
		}
	}
	for key, o := range l.orders {
		if b.waited[key] || o.State == store.Cancelled {
			delete(first, o.Case)
		}
	}
	passed := slices.Collect(maps.Values(first))
	slices.SortFunc(passed, time.Time.Compare)
	for _, limit := range []struct {
		length time.Duration
		most   int
	}{{time.Minute, inAMinute + 1}, {time.Hour, inAnHour + 1}} {
		for i := range passed {
			if j := i + limit.most; j < len(passed) && passed[j].Sub(passed[i]) < limit.length {
				l.is(&l.figures.wrong, "more than %d sanctions within %s, from %s to %s", limit.most, limit.length, passed[i], passed[j])
				break
			}
		}
	}
}

// backup is a copy that the operator began while the program lived.
type backup struct {
	path  string
	cmd   *exec.Cmd
	said  *bytes.Buffer // what it complained of
	dying bool          // it was to be killed on the way
}

// backUp begins a backup, which may be killed when it has copied all, or at any time.
func (b *backroom) backUp() {
	path := filepath.Join(filepath.Dir(b.program.config), fmt.Sprintf("backup%d.db", len(b.backups)/2))
	one := backup{path: path, cmd: exec.Command(binary, "backup", "-config", b.program.config, path), said: &bytes.Buffer{}, dying: b.random.IntN(2) == 0}
	one.cmd.Stderr = one.said
	one.cmd.Env = append(append(os.Environ(), b.program.secrets...), "PALABRE_CLOCK="+b.program.clock())
	if one.dying {
		one.cmd.Env = append(one.cmd.Env, "PALABRE_CRASH=copied:1")
	}
	if err := one.cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.backups = append(b.backups, one)
}

// backUpEnds waits for a backup that was begun, and wants it whole if it says so, and nowhere if it was killed.
func (b *backroom) backUpEnds() {
	if len(b.backups) == 0 || b.backups[len(b.backups)-1].cmd.ProcessState != nil {
		return
	}
	one := b.backups[len(b.backups)-1]
	failed := one.cmd.Wait()
	_, missing := os.Stat(one.path)
	switch {
	case one.dying && missing == nil:
		b.t.Errorf("a backup that was killed on the way has its name: %s", one.path)
	case !one.dying && (failed != nil || missing != nil):
		b.t.Errorf("no backup at %s: %v: %s", one.path, failed, one.said)
	case !one.dying:
		b.copyIsWhole(one.path)
	}
	_ = os.Remove(one.path) // there are many
}

// copyIsWhole opens a copy as the program would.
func (b *backroom) copyIsWhole(path string) {
	s, err := store.Open(b.t.Context(), path)
	if err != nil {
		b.t.Errorf("the backup %s cannot be opened: %v", path, err)
		return
	}
	defer s.Close()
	for _, suffix := range []string{"-wal", "-shm", ".instance", ".lock"} {
		defer os.Remove(path + suffix)
	}
	if _, err := s.Orders(b.t.Context(), store.Pending, store.Done); err != nil {
		b.t.Errorf("the backup %s cannot be read: %v", path, err)
	}
}

// Old rows: what nothing needs any more, and what has to stay however old it is.
var (
	litter = []string{
		`INSERT OR IGNORE INTO journal (event, at, kind, fact) VALUES ('old:%[1]d', %[2]d, 'sent', '{}')`,
		`INSERT INTO verdicts (event, at, rule, mode, person, incident, joined, case_no, reasons, would)
			VALUES ('old:%[1]d', %[2]d, 'flood', 'shadow', 'p', 'old', 0, 0, '[]', '[]')`,
		`INSERT OR IGNORE INTO orders (seq, key, event, case_no, label, platform, subject, priority, action, state, next_at, deadline, created_at, settled_at)
			SELECT -%[1]d, 'old-%[1]d', 'old', 0, 'log', platform, subject, priority, action, 'done', 0, 0, %[2]d, %[2]d FROM orders WHERE label = 'log' LIMIT 1`,
	}
	keepsakes = []string{
		`INSERT OR IGNORE INTO orders (seq, key, event, case_no, label, platform, subject, priority, action, state, next_at, deadline, created_at, settled_at)
			SELECT -1000000, 'keep-settled', 'old', 1, 'log', platform, subject, priority, action, 'done', 0, 0, %[2]d, %[2]d FROM orders WHERE label = 'log' LIMIT 1`,
		`INSERT OR IGNORE INTO orders (seq, key, event, case_no, label, platform, subject, priority, action, state, next_at, deadline, created_at, settled_at)
			SELECT -1000001, 'keep-held', 'old', 0, 'log', platform, subject, priority, action, 'held', 0, 0, %[2]d, 0 FROM orders WHERE label = 'log' LIMIT 1`,
	}
)

// keptHeld is an old order that still waits for the operator.
const keptHeld = "keep-held"

// grow puts old rows into the store of a program that does not run.
func (b *backroom) grow() {
	db, err := sql.Open("sqlite3", "file:"+b.program.store()+"?_busy_timeout=5000")
	if err != nil {
		b.t.Fatal(err)
	}
	defer db.Close()
	b.litter++
	b.left[keptHeld] = true
	for _, text := range append(litter, keepsakes...) {
		if _, err := db.Exec(fmt.Sprintf(text+" -- %[1]d", b.litter, b.program.now().Add(-30*24*time.Hour).UnixMilli())); err != nil {
			b.t.Fatal(err)
		}
	}
}

// rubbish is what of it is still there.
func (b *backroom) rubbish() [][]string {
	return b.program.memory(b.t).rows(`SELECT event FROM journal WHERE event LIKE 'old:%' UNION ALL SELECT event FROM verdicts WHERE event LIKE 'old:%'
		UNION ALL SELECT key FROM orders WHERE key LIKE 'old-%'`, 1)
}

// pruned: all that nothing needs is gone, all else is there.
func (b *backroom) pruned(l *ledger) {
	if rows := b.rubbish(); len(rows) > 0 {
		l.is(&l.figures.wrong, "not forgotten: %q", rows)
	}
	if n := len(b.program.memory(b.t).rows("SELECT key FROM orders WHERE key IN ('keep-settled', 'keep-held')", 1)); b.litter > 0 && n != 2 {
		l.is(&l.figures.missed, "%d of 2 old orders are there that must stay", n)
	}
}
