package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"palabre/chat"
	"palabre/store"
)

func TestLook(t *testing.T) {
	path := filepath.Join(t.TempDir(), "palabre.db")
	look := func() store.Sight {
		t.Helper()
		seen, err := store.Look(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		return seen
	}
	if seen := look(); seen != (store.Sight{}) {
		t.Errorf("before the first start: %+v", seen)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("looking made the database")
	}
	s, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	var orders []store.Order
	for i, state := range []store.State{store.Pending, store.Blocked, store.Held} {
		now := time.Date(2026, 11, 23, 12, 0, i, 0, time.UTC)
		orders = append(orders, store.Order{
			Seq: int64(i + 1), Key: string(state), Event: "console:1", Label: "ban", Platform: chat.Console, Subject: "m", State: state,
			Action: chat.Ban{Member: chat.MemberRef{Platform: chat.Console, ID: "bob"}}, NextAt: now, CreatedAt: now,
		})
	}
	if err := s.Commit(t.Context(), &store.Group{Orders: orders}); err != nil {
		t.Fatal(err)
	}
	if seen := look(); seen != (store.Sight{Exists: true, InUse: true, NeedHuman: 2}) {
		t.Errorf("while it is open: %+v", seen)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if seen := look(); seen != (store.Sight{Exists: true, NeedHuman: 2}) {
		t.Errorf("when it is closed: %+v", seen)
	}
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Look(t.Context(), path); !errors.Is(err, store.ErrForeign) {
		t.Errorf("emptied: %v", err)
	}
	if err := os.WriteFile(path, []byte("not a database, but long enough to be looked at by SQLite, which wants a header of 100 bytes at the least ....."), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Look(t.Context(), path); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("damaged: %v", err)
	}
}
