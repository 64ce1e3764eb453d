package store_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"palabre/store"
)

// What is on the disk is its owner's alone, whatever the process lets others do elsewhere: the memory with its log, and a
// backup, which is made so and not only at its end.
func TestNobodyElseMayRead(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	path := newPath(t)
	s := open(t, path)
	must(t, s.Commit(t.Context(), sampleGroup()))
	to := filepath.Join(t.TempDir(), "copy.db")
	_, err := store.Backup(t.Context(), path, to)
	must(t, err)
	for _, file := range []string{path, path + "-wal", path + "-shm", path + ".lock", path + ".instance", to} {
		info, err := os.Stat(file)
		must(t, err)
		if mode := info.Mode().Perm(); mode&0o077 != 0 {
			t.Errorf("%s: %v", filepath.Base(file), mode)
		}
	}
}

// A restore leaves nothing of the old file beside the new one: SQLite would replay an old log into it.
func TestARestoreTakesTheOldLogAway(t *testing.T) {
	path, backup := newPath(t), filepath.Join(t.TempDir(), "copy.db")
	s := open(t, path)
	_, err := store.Backup(t.Context(), path, backup)
	must(t, err)
	must(t, s.Close())
	for _, suffix := range []string{"-wal", "-shm"} {
		must(t, os.WriteFile(path+suffix, []byte("of the old file"), 0o600))
	}
	_, err = store.Restore(t.Context(), backup, path, noon)
	must(t, err)
	for _, suffix := range []string{"-wal", "-shm", ".instance"} {
		if _, err := os.Stat(path + suffix); err == nil {
			t.Errorf("%s of the old file is still there", suffix)
		}
	}
}

// An order that is told again under its key stays as it ended.
func TestARepeatedOrderStaysAsItEnded(t *testing.T) {
	s := open(t, newPath(t))
	g := sampleGroup()
	must(t, s.Commit(t.Context(), g))
	must(t, s.Commit(t.Context(), &store.Group{Updates: []store.Update{{Key: "abc", State: store.Done, At: noon}}}))
	must(t, s.Commit(t.Context(), &store.Group{Orders: g.Orders}))
	if o, err := s.Order(t.Context(), "abc"); err != nil || o.State != store.Done {
		t.Errorf("the order is %s, %v", o.State, err)
	}
}
