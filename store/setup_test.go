package store

import (
	"database/sql"
	"path/filepath"
	"testing"
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
