// Package store keeps Palabre's memory in one SQLite file: the journal, the cases, the outbox and the
// cursors. One writer, one transaction a turn of the loop; nothing is done that is not written here first.
package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	_ "github.com/mattn/go-sqlite3" // the engine: registers the driver "sqlite3"
)

// What Open refuses.
var (
	// ErrLocked: another process works with this database.
	ErrLocked = errors.New("another process works with this database")
	// ErrNewer: the database was written by a newer version.
	ErrNewer = errors.New("written by a newer version of Palabre")
	// ErrForeign: the file is not the database that was here before (emptied, or exchanged).
	ErrForeign = errors.New("not the database that was here before")
	// ErrDamaged: SQLite's own check found damaged pages.
	ErrDamaged = errors.New("damaged database")
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is an open database. Commit has one caller at a time (the loop); reads may come from anywhere.
type Store struct {
	path  string
	lock  *flock.Flock
	write *sql.DB
	read  *sql.DB
	stmts statements
	key   [16]byte
	file  os.FileInfo // of the database, as it was opened
}

// Gone tells whether the file was deleted, moved or exchanged since it was opened: what is written since then goes where the next
// start does not find it.
func (s *Store) Gone() bool {
	now, err := os.Stat(s.path)
	return errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(s.file, now)
}

// Open opens the database at path, making it (and its folder) when it is not there. It refuses a file
// that another process holds, that a newer version wrote, that is damaged, or that is not the one whose
// marker stands beside it; the errors wrap those of this package.
func Open(ctx context.Context, path string) (*Store, error) {
	s := &Store{path: path}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", path, err), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return err
	}
	lock, err := acquire(s.path)
	if err != nil {
		return err
	}
	s.lock = lock
	if err := refuseEmptied(s.path); err != nil {
		return err
	}
	if err := s.connect(); err != nil {
		return err
	}
	if s.file, err = os.Stat(s.path); err != nil {
		return err
	}
	if err := quickCheck(ctx, s.write); err != nil {
		return err
	}
	if err := migrate(ctx, s.write); err != nil {
		return err
	}
	if err := mendIndexes(ctx, s.write); err != nil {
		return err
	}
	if err := s.identify(ctx); err != nil {
		return err
	}
	return s.stmts.prepare(ctx, s.write)
}

// acquire takes the lock that keeps a second process out. The file stays: removing it would race.
func acquire(path string) (*flock.Flock, error) {
	lock := flock.New(path + lockSuffix)
	got, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	if !got {
		return nil, ErrLocked
	}
	return lock, nil
}

func (s *Store) connect() error {
	if err := touch(s.path); err != nil {
		return err
	}
	var err error
	// WAL lets readers read while the loop writes; FULL makes a commit survive a power cut; immediate
	// transactions take the write lock at once instead of failing half-way; secure_delete leaves no
	// erased text in free pages.
	if s.write, err = sql.Open("sqlite3", dsn(s.path, "_journal_mode=WAL&_synchronous=FULL&_txlock=immediate&_secure_delete=on")); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if s.read, err = sql.Open("sqlite3", dsn(s.path, "mode=ro&_query_only=on")); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(4)
	return nil
}

func dsn(path, options string) string {
	escaped := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
	return "file:" + escaped + "?_busy_timeout=5000&_foreign_keys=on&" + options
}

// touch makes the file readable by its owner alone before SQLite makes it readable by all.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// vital are the tables by which we act. They are small; the journal, which is not, is only read.
var vital = []string{"orders", "wakes", "sanctions", "memory", "cursors", "questions", "cases", "strikes"}

// mendIndexes looks whether the indexes of the vital tables tell what the tables hold, which the quick check does not, and
// builds them anew where they do not: after a power cut on a disk that lied, an order could wait in its table for ever, and
// be in no list of those that wait.
func mendIndexes(ctx context.Context, db *sql.DB) error {
	for _, table := range vital {
		if agrees(ctx, db, table) == nil {
			continue
		}
		if _, err := db.ExecContext(ctx, "REINDEX "+table); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrDamaged, table, err)
		}
		if err := agrees(ctx, db, table); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrDamaged, table, err)
		}
	}
	return nil
}

// agrees is nil when a table and its indexes hold the same.
func agrees(ctx context.Context, db *sql.DB, table string) error {
	var answer string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check("+table+")").Scan(&answer); err != nil {
		return err
	}
	if answer != "ok" {
		return errors.New(answer)
	}
	return nil
}

func quickCheck(ctx context.Context, db *sql.DB) error {
	var answer string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&answer); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if answer != "ok" {
		return fmt.Errorf("%w: %s", ErrDamaged, answer)
	}
	return nil
}

// migrate brings the schema up to date, each step in a transaction of its own.
func migrate(ctx context.Context, db *sql.DB) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	var version int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version > len(names) {
		return fmt.Errorf("%w: schema %d, this one knows %d", ErrNewer, version, len(names))
	}
	for i := version; i < len(names); i++ {
		if err := migrateStep(ctx, db, names[i], i+1); err != nil {
			return fmt.Errorf("migrate %s: %w", names[i], err)
		}
	}
	return nil
}

func migrateStep(ctx context.Context, db *sql.DB, name string, version int) error {
	script, err := migrations.ReadFile(name)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	if _, err := tx.ExecContext(ctx, string(script)); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version)); err != nil {
		return err
	}
	return tx.Commit()
}

// The files beside the database.
const (
	lockSuffix   = ".lock"
	markerSuffix = ".instance" // names the database that must stand here
)

func markerPath(path string) string { return path + markerSuffix }

// refuseEmptied notices a database that was lost or cut to nothing: SQLite would take it for a new one.
func refuseEmptied(path string) error {
	info, err := os.Stat(path)
	if err == nil && info.Size() > 0 {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := os.Stat(markerPath(path)); err != nil {
		return nil //nolint:nilerr // no marker: nothing was here before
	}
	return fmt.Errorf("%w: it is empty or missing, while %s remains; restore a backup, or remove that file to begin anew", ErrForeign, markerPath(path))
}

// identify reads the instance's row, or writes it into a new database, and compares it with the marker beside the file.
func (s *Store) identify(ctx context.Context) error {
	id, key, err := s.instance(ctx)
	if err != nil {
		return fmt.Errorf("instance: %w", err)
	}
	copy(s.key[:], key)
	marker, err := os.ReadFile(markerPath(s.path))
	if errors.Is(err, fs.ErrNotExist) {
		return os.WriteFile(markerPath(s.path), []byte(id+"\n"), 0o600)
	}
	if err != nil {
		return err
	}
	if strings.TrimSpace(string(marker)) != id {
		return fmt.Errorf("%w: its marker %s names another one", ErrForeign, markerPath(s.path))
	}
	return nil
}

func (s *Store) instance(ctx context.Context) (id string, key []byte, err error) {
	err = s.write.QueryRowContext(ctx, "SELECT id, key FROM instance").Scan(&id, &key)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, key, err
	}
	random := make([]byte, 32)
	if _, err := rand.Read(random); err != nil {
		return "", nil, err
	}
	id, key = hex.EncodeToString(random[:16]), random[16:]
	_, err = s.write.ExecContext(ctx, "INSERT INTO instance (id, key, created_at) VALUES (?, ?, ?)", id, key, time.Now().UnixMilli())
	return id, key, err
}

// Key is the instance's own secret for hashing texts in the journal.
func (s *Store) Key() [16]byte { return s.key }

// Path is where the database lies.
func (s *Store) Path() string { return s.path }

// Close flushes the write-ahead log into the file and lets others open it.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Unlock())
	}
	return errors.Join(errs...)
}
