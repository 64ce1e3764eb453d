package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// Backup copies a database into a new file while others read and write it, checks the copy, and only
// then gives it its name. It needs no lock; an existing file is refused.
func Backup(ctx context.Context, path, to string) error {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if _, err := os.Stat(to); err == nil {
		return fmt.Errorf("backup: %s exists already", to)
	}
	part := to + ".part"
	defer os.Remove(part)
	_ = os.Remove(part) // what an interrupted backup left
	db, err := sql.Open("sqlite3", dsn(path, "mode=ro"))
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", part); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := checkFile(ctx, part); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return errors.Join(os.Chmod(part, 0o600), os.Rename(part, to))
}

// Restore puts a backup in the place of the database at path. The files that were there are kept
// beside it under a name with the moment; their name is returned. It refuses while a process works with
// the database, and a backup that is damaged or none of ours.
func Restore(ctx context.Context, from, path string, now time.Time) (kept string, err error) {
	lock, err := acquire(path)
	if err != nil {
		return "", fmt.Errorf("restore: %w", err)
	}
	defer lock.Unlock() //nolint:errcheck // released with the process at the latest
	if err := checkFile(ctx, from); err != nil {
		return "", fmt.Errorf("restore: %s: %w", from, err)
	}
	part := path + ".part"
	if err := copyFile(from, part); err != nil {
		return "", fmt.Errorf("restore: %w", err)
	}
	kept = path + ".before-" + now.UTC().Format("20060102-150405")
	if err := setAside(path, kept); err != nil {
		return "", fmt.Errorf("restore: %w", err)
	}
	return kept, os.Rename(part, path)
}

// setAside renames the database with its log and marker: a stale log beside a restored file would
// be replayed into it.
func setAside(path, kept string) error {
	for _, suffix := range []string{"", "-wal", "-shm", ".instance"} {
		err := os.Rename(path+suffix, kept+suffix)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
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

// checkFile tells whether a file is a whole database of ours.
func checkFile(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	db, err := sql.Open("sqlite3", dsn(path, "mode=ro"))
	if err != nil {
		return err
	}
	defer db.Close()
	if err := quickCheck(ctx, db); err != nil {
		return err
	}
	var id string
	if err := db.QueryRowContext(ctx, "SELECT id FROM instance").Scan(&id); err != nil {
		return fmt.Errorf("%w: it has no instance: %w", ErrForeign, err)
	}
	return nil
}

// Prune forgets what nothing needs any more: of the time before horizon the journal, the quarantine, decided questions, and the
// verdicts and settled orders that belong to no case.
func (s *Store) Prune(ctx context.Context, horizon time.Time) error {
	for _, text := range []string{
		"DELETE FROM journal WHERE at < ?",
		"DELETE FROM verdicts WHERE at < ? AND case_no = 0",
		"DELETE FROM quarantine WHERE at < ?",
		"DELETE FROM questions WHERE decided_at > 0 AND decided_at < ?",
		"DELETE FROM orders WHERE settled_at > 0 AND case_no = 0 AND settled_at < ?",
	} {
		if _, err := s.write.ExecContext(ctx, text, millis(horizon)); err != nil {
			return fmt.Errorf("prune: %w", err)
		}
	}
	return nil
}
