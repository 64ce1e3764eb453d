package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"palabre/chat"
)

// Archived is what somebody wrote, changed or took away, in a room that opted in.
type Archived struct {
	Event   string
	At      time.Time
	Kind    chat.EventKind
	Logical string
	Message chat.MessageRef
	Data    []byte // chat.EncodeEvent
}

// Taken is a message that a rule has taken away, and whose text is kept as evidence for a while.
type Taken struct {
	Message chat.MessageRef
	At      time.Time
}

// ArchiveTerms are what the archive may keep.
type ArchiveTerms struct {
	Rooms    []string      // the logical rooms that opted in; what is of others goes
	Keep     time.Duration // what is older goes
	Evidence time.Duration // texts of messages that rules took away go after this; 0: at once
}

// archived writes what is kept of what was said. Whatever changes or deletes a message takes its earlier texts away,
// in the same transaction, unless a rule took it: those go when their time has come.
func (w *writer) archived(g *Group) {
	for _, a := range g.Archive {
		if a.Kind != chat.KindMessage {
			w.erased += w.do(w.st.blank, a.Message.Room.Platform, a.Message.ID)
		}
		if a.Data != nil {
			w.do(w.st.archive, a.Event, millis(a.At), a.Logical, a.Message.Room.Platform, a.Message.ID, string(a.Data))
		}
	}
	for _, t := range g.Taken {
		w.do(w.st.taken, millis(t.At), t.Message.Room.Platform, t.Message.ID)
	}
}

const (
	insertArchived = `INSERT INTO archive (event, at, logical, platform, message, data) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	blankArchived  = `UPDATE archive SET data = json_remove(data, '$.content') WHERE platform = ? AND message = ? AND taken_at = 0`
	markTaken      = `UPDATE archive SET taken_at = ? WHERE platform = ? AND message = ? AND taken_at = 0`
)

// PruneArchive takes away what the terms do not allow to keep, from the write-ahead log too.
func (s *Store) PruneArchive(ctx context.Context, t ArchiveTerms, now time.Time) error {
	kept, err := s.ArchivedRooms(ctx)
	if err != nil {
		return err
	}
	if len(kept) > 0 {
		err = s.pruneArchive(ctx, kept, t, now)
	}
	if err = errors.Join(err, s.truncateLog(ctx)); err != nil {
		return fmt.Errorf("prune archive: %w", err)
	}
	return nil
}

// truncateLog moves the write-ahead log into the file and empties it: what was erased stands in neither from then on. While
// somebody reads beside us it may have to wait for the next time.
func (s *Store) truncateLog(ctx context.Context) error {
	_, err := s.write.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

func (s *Store) pruneArchive(ctx context.Context, kept []ArchivedRoom, t ArchiveTerms, now time.Time) error {
	for _, room := range kept {
		before := now.Add(-t.Keep)
		if !slices.Contains(t.Rooms, room.Logical) {
			before = now.Add(time.Hour) // all of it
		}
		if _, err := s.write.ExecContext(ctx, "DELETE FROM archive WHERE logical = ? AND at < ?", room.Logical, millis(before)); err != nil {
			return err
		}
	}
	_, err := s.write.ExecContext(ctx, "UPDATE archive SET taken_at = 0, data = json_remove(data, '$.content') WHERE taken_at > 0 AND taken_at < ?",
		millis(now.Add(-t.Evidence)))
	return err
}

// ArchivedRoom is what the archive keeps of a room.
type ArchivedRoom struct {
	Logical      string
	Messages     int // messages and edits with their texts
	Withdrawn    int // those whose texts are gone
	Oldest, Last time.Time
}

// ArchivedRooms tells what the archive keeps, by room.
func (s *Store) ArchivedRooms(ctx context.Context) ([]ArchivedRoom, error) {
	return query(ctx, s.read, func(r *sql.Rows) (ArchivedRoom, error) {
		var room ArchivedRoom
		var oldest, last int64
		err := r.Scan(&room.Logical, &room.Messages, &room.Withdrawn, &oldest, &last)
		room.Oldest, room.Last = at(oldest), at(last)
		return room, err
	}, `SELECT logical, count(*) FILTER (WHERE json_extract(data, '$.content') IS NOT NULL),
		count(*) FILTER (WHERE json_extract(data, '$.kind') <> 'deleted' AND json_extract(data, '$.content') IS NULL), min(at), max(at)
		FROM archive GROUP BY logical ORDER BY logical`)
}

// ArchiveSize is how many bytes Archive will give.
func (s *Store) ArchiveSize(ctx context.Context, since time.Time) (n int64, err error) {
	err = s.read.QueryRowContext(ctx, "SELECT coalesce(sum(length(CAST(data AS BLOB))), 0) FROM archive WHERE at >= ?", millis(since)).Scan(&n)
	return n, err
}

// Archive gives the events of the archive since a moment, oldest first, as chat.EncodeEvent wrote them. It stops at
// the first error that visit returns, and returns it.
func (s *Store) Archive(ctx context.Context, since time.Time, visit func(data []byte) error) error {
	rows, err := s.read.QueryContext(ctx, "SELECT data FROM archive WHERE at >= ? ORDER BY at, seq", millis(since))
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var data []byte
		if err := rows.Scan(&data); err != nil {
			return fmt.Errorf("archive: %w", err)
		}
		if err := visit(data); err != nil {
			return err
		}
	}
	return rows.Err()
}

// ArchivedEvent reads one event by its id, or the last of a message by the message's id; ErrNotFound when it is not kept.
func (s *Store) ArchivedEvent(ctx context.Context, id string) (data []byte, err error) {
	err = s.read.QueryRowContext(ctx, "SELECT data FROM archive WHERE event = ? OR message = ? ORDER BY event = ? DESC, seq DESC LIMIT 1", id, id, id).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("event %q: %w", id, ErrNotFound)
	}
	return data, err
}

// CasesSince reads the cases that were opened since a moment, oldest first.
func (s *Store) CasesSince(ctx context.Context, since time.Time) ([]Case, error) {
	return query(ctx, s.read, func(r *sql.Rows) (Case, error) { return scanCase(r) },
		"SELECT "+caseColumns+" FROM cases WHERE opened_at >= ? ORDER BY no", millis(since))
}

// VerdictsOn reads what the rules answered about one event.
func (s *Store) VerdictsOn(ctx context.Context, event string) ([]Verdict, error) {
	return s.verdicts(ctx, "event = ?", event)
}

// VerdictsSince reads what the rules answered since a moment and what belongs to a case.
func (s *Store) VerdictsSince(ctx context.Context, since time.Time) ([]Verdict, error) {
	return s.verdicts(ctx, "at >= ? AND case_no > 0", millis(since))
}
