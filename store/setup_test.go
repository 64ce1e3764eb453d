package store

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"palabre/chat"
)

// A commit is on the disk when it returns, and what is erased is overwritten: the engine is asked for each.
func TestTheEngineIsSetUp(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "palabre.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "secure_delete": "1", "foreign_keys": "1"} {
		var got string
		if err := s.write.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s, want %s (%v)", pragma, got, want, err)
		}
	}
}

// A transaction takes its lock when it begins. One that took it with its first write could find that somebody else was faster,
// and fail half-way.
func TestATransactionLocksAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "palabre.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tx, err := s.write.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	other, err := sql.Open("sqlite3", "file:"+path+"?_busy_timeout=0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.ExecContext(t.Context(), "DELETE FROM wakes"); err == nil {
		t.Error("somebody else could write in the middle of a transaction")
	}
}

// A power cut on a disk that lied can leave an index that misses what its table holds: an order that waits would be in no list
// of those that wait. A start builds such an index anew.
func TestAnIndexThatMissesRowsIsMended(t *testing.T) {
	path := filepath.Join(t.TempDir(), "palabre.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	waits := Order{Key: "k", State: Pending, Action: chat.Delete{}}
	if err := errors.Join(s.Commit(t.Context(), &Group{Orders: []Order{waits}}), s.Close()); err != nil {
		t.Fatal(err)
	}
	emptyIndex(t, path, "orders_open", "state IN ('pending', 'sending', 'held')")
	if s, err = Open(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	past, err := s.Load(t.Context(), time.Time{}, time.Time{})
	if err != nil || len(past.Orders) != 1 {
		t.Errorf("%d orders wait, %v", len(past.Orders), err)
	}
}

// emptyIndex takes every row out of a partial index, as if its page had not been written.
func emptyIndex(t *testing.T, path, index, condition string) {
	t.Helper()
	pretend := func(from, to string) string {
		return "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, \"" + from + "\", \"" + to + "\") WHERE name = '" + index + "'"
	}
	for _, text := range []string{pretend(condition, "state = 'none'"), "REINDEX " + index, pretend("state = 'none'", condition)} {
		db, err := sql.Open("sqlite3", "file:"+path)
		if err != nil {
			t.Fatal(err)
		}
		db.SetMaxOpenConns(1)
		if _, err := db.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
