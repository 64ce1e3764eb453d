package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
)

// ErrOlder: the database was written by an older version, and nobody has brought it up to date yet.
var ErrOlder = errors.New("written by an older version of Palabre: start it once")

// OpenReader opens a database for reading, whether or not a process works with it. Nothing can be committed. The error is
// fs.ErrNotExist before the first start.
func OpenReader(ctx context.Context, path string) (*Store, error) {
	seen, err := Look(ctx, path)
	if err != nil {
		return nil, err
	}
	if !seen.Exists {
		return nil, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
	}
	s := &Store{path: path}
	if s.read, err = sql.Open("sqlite3", dsn(path, "mode=ro&_query_only=on")); err == nil {
		err = s.beginReading(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w", path, err), s.Close())
	}
	return s, nil
}

func (s *Store) beginReading(ctx context.Context) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	var version int
	var key []byte
	if err := s.read.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	switch {
	case version < len(names):
		return ErrOlder
	case version > len(names):
		return ErrNewer
	}
	err = s.read.QueryRowContext(ctx, "SELECT key FROM instance").Scan(&key)
	copy(s.key[:], key)
	return err
}
