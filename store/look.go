package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/gofrs/flock"
)

// Sight is what Look saw of a database.
type Sight struct {
	Exists    bool
	InUse     bool // a process works with it
	NeedHuman int  // orders that are not tried again without somebody's word
}

// Look checks a database without changing it, whether or not a process works with it. Nothing is there before the first
// start; the error is what Open would refuse.
func Look(ctx context.Context, path string) (Sight, error) {
	if err := refuseEmptied(path); err != nil {
		return Sight{}, fmt.Errorf("look at %s: %w", path, err)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return Sight{}, nil
	}
	seen := Sight{Exists: true, InUse: isLocked(path)}
	if _, err := checkFile(ctx, path); err != nil {
		return seen, fmt.Errorf("look at %s: %w", path, err)
	}
	db, err := sql.Open("sqlite3", dsn(path, "mode=ro"))
	if err != nil {
		return seen, fmt.Errorf("look at %s: %w", path, err)
	}
	defer db.Close()
	err = db.QueryRowContext(ctx, "SELECT count(*) FROM orders WHERE state IN (?, ?, ?, ?)", Held, Blocked, Dead, Uncertain).Scan(&seen.NeedHuman)
	if err != nil {
		return seen, fmt.Errorf("look at %s: %w", path, err)
	}
	return seen, nil
}

// isLocked tells whether a process holds the database's lock.
func isLocked(path string) bool {
	if _, err := os.Stat(path + lockSuffix); err != nil {
		return false
	}
	lock := flock.New(path + lockSuffix)
	got, err := lock.TryRLock()
	if err == nil && got {
		err = lock.Unlock()
	}
	return err != nil || !got
}
