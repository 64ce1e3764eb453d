package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"palabre/internal/faults"
)

// Holdings are what a memory holds, so that somebody sees whether it is the right one.
type Holdings struct {
	Events, Cases int
	Waiting       int       // orders that were not carried out yet
	Last          time.Time // of the last event; zero when there is none
}

// IsZero tells whether nothing ever happened in it.
func (h Holdings) IsZero() bool { return h == Holdings{} }

func holdings(ctx context.Context, db *sql.DB) (h Holdings, err error) {
	var last int64
	err = db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM journal), (SELECT count(*) FROM cases),
		(SELECT count(*) FROM orders WHERE state IN (?, ?, ?)), (SELECT coalesce(max(at), 0) FROM journal)`,
		Pending, Sending, Held).Scan(&h.Events, &h.Cases, &h.Waiting, &last)
	if last > 0 {
		h.Last = time.UnixMilli(last)
	}
	return h, err
}

// Backup copies a database into a new file while others read and write it, checks the copy, and only
// then gives it its name. It needs no lock; an existing file is refused. It tells what the copy holds.
func Backup(ctx context.Context, path, to string) (Holdings, error) {
	h, err := backup(ctx, path, to)
	if err != nil {
		err = fmt.Errorf("backup: %w", err)
	}
	return h, err
}

func backup(ctx context.Context, path, to string) (Holdings, error) {
	if _, err := os.Stat(path); err != nil {
		return Holdings{}, err
	}
	if _, err := os.Stat(to); err == nil {
		return Holdings{}, fmt.Errorf("%s exists already", to)
	}
	part := to + ".part"
	defer os.Remove(part)
	_ = os.Remove(part)                 // what an interrupted backup left
	if err := touch(part); err != nil { // nobody else may read it while it grows
		return Holdings{}, err
	}
	if err := vacuum(ctx, path, part); err != nil {
		return Holdings{}, err
	}
	faults.Point("copied")
	h, err := checkFile(ctx, part)
	if err != nil {
		return Holdings{}, err
	}
	return h, os.Rename(part, to)
}

func vacuum(ctx context.Context, path, to string) error {
	db, err := sql.Open("sqlite3", dsn(path, "mode=ro"))
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", to)
	return err
}

// Restored is what became of a backup.
type Restored struct {
	Holdings
	Kept string // where the files that were there are now; empty when there were none
}

// Restore puts a backup in the place of the database at path, whose folder it makes. The files that were there are kept
// beside it under a name with the moment. The new ones belong to whom the old ones belonged to, or else to the folder's
// owner, so that root can restore for a service. It refuses while a process works with the database, and a backup that
// is damaged or none of ours.
func Restore(ctx context.Context, from, path string, now time.Time) (r Restored, err error) {
	if r, err = restore(ctx, from, path, now); err != nil {
		err = fmt.Errorf("restore: %w", err)
	}
	return r, err
}

func restore(ctx context.Context, from, path string, now time.Time) (r Restored, err error) {
	if r.Holdings, err = checkFile(ctx, from); err != nil {
		return r, fmt.Errorf("%s: %w", from, err)
	}
	owner, err := ownerOf(path)
	if err != nil {
		return r, err
	}
	if err := makeFolder(filepath.Dir(path), owner); err != nil {
		return r, err
	}
	lock, err := acquire(path)
	if err != nil {
		return r, err
	}
	defer lock.Unlock() //nolint:errcheck // released with the process at the latest
	part := path + ".part"
	if err := errors.Join(copyFile(from, part), owner.takes(part), owner.takes(path+lockSuffix)); err != nil {
		return r, err
	}
	if r.Kept, err = setAside(path, path+".before-"+now.UTC().Format("20060102-150405")); err != nil {
		return r, err
	}
	return r, os.Rename(part, path)
}

// setAside renames the database with its log and marker: a stale log beside a restored file would
// be replayed into it. It tells the new name; empty when nothing was there.
func setAside(path, to string) (kept string, err error) {
	for _, suffix := range []string{"", "-wal", "-shm", markerSuffix} {
		switch err := os.Rename(path+suffix, to+suffix); {
		case err == nil:
			kept = to
		case !errors.Is(err, fs.ErrNotExist):
			return kept, err
		}
	}
	return kept, nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// checkFile tells whether a file is a whole database of ours, and what it holds.
func checkFile(ctx context.Context, path string) (Holdings, error) {
	if _, err := os.Stat(path); err != nil {
		return Holdings{}, err
	}
	db, err := sql.Open("sqlite3", dsn(path, "mode=ro"))
	if err != nil {
		return Holdings{}, err
	}
	defer db.Close()
	if err := quickCheck(ctx, db); err != nil {
		return Holdings{}, err
	}
	var id string
	if err := db.QueryRowContext(ctx, "SELECT id FROM instance").Scan(&id); err != nil {
		return Holdings{}, fmt.Errorf("%w: it has no instance: %w", ErrForeign, err)
	}
	return holdings(ctx, db)
}

// Prune forgets, in small steps and beside Commit, what nothing needs any more: of the time before horizon the journal, the quarantine, decided questions, and the
// verdicts and settled orders that belong to no case.
func (s *Store) Prune(ctx context.Context, horizon time.Time) error {
	for _, old := range []struct{ table, key, which string }{
		{"journal", "seq", "at < ?"},
		{"verdicts", "seq", "at < ? AND case_no = 0"},
		{"quarantine", "event", "at < ?"},
		{"questions", "id", "decided_at > 0 AND decided_at < ?"},
		{"orders", "seq", "settled_at > 0 AND case_no = 0 AND settled_at < ?"},
	} {
		text := fmt.Sprintf("DELETE FROM %s WHERE %s IN (SELECT %s FROM %s WHERE %s LIMIT %d)", old.table, old.key, old.key, old.table, old.which, pruneStep)
		for rows := int64(pruneStep); rows == pruneStep; {
			done, err := s.write.ExecContext(ctx, text, millis(horizon))
			if err == nil {
				rows, err = done.RowsAffected()
			}
			if err != nil {
				return fmt.Errorf("prune: %w", err)
			}
			faults.Point("pruning")
		}
	}
	return nil
}

// pruneStep is how many rows are removed at once: between two steps a commit has its turn, so that deciding never waits for long.
const pruneStep = 500

// makeFolder makes a folder and those above it that are missing, each the owner's alone.
func makeFolder(path string, o owner) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := makeFolder(filepath.Dir(path), o); err != nil {
		return err
	}
	return errors.Join(os.Mkdir(path, 0o700), o.takes(path))
}
