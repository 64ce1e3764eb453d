package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"palabre/chat"
)

// ErrNotFound: there is no such row.
var ErrNotFound = errors.New("not found")

const caseColumns = "no, incident, platform, member, person, name, rule, by_member, by_name, why, reasons, event, logical, opened_at, undone_at, undone_by, undo_reason"

func scanCase(r interface{ Scan(...any) error }) (Case, error) {
	var c Case
	var by, reasons string
	var opened, undone int64
	err := r.Scan(&c.No, &c.Incident, &c.Member.Platform, &c.Member.ID, &c.Person, &c.Name, &c.Rule, &by, &c.ByName, &c.Why, &reasons,
		&c.Event, &c.Logical, &opened, &undone, &c.UndoneBy, &c.UndoReason)
	if err != nil {
		return c, err
	}
	c.By, c.OpenedAt, c.UndoneAt = chat.Person(by).Member(), at(opened), at(undone)
	return c, decode(reasons, &c.Reasons)
}

// Case reads one case; ErrNotFound when there is none with that number.
func (s *Store) Case(ctx context.Context, no int) (Case, error) {
	c, err := scanCase(s.read.QueryRowContext(ctx, "SELECT "+caseColumns+" FROM cases WHERE no = ?", no))
	if errors.Is(err, sql.ErrNoRows) {
		return c, fmt.Errorf("case %d: %w", no, ErrNotFound)
	}
	return c, err
}

// CasesOf reads the newest cases of a person, newest first; of everybody when person is empty.
func (s *Store) CasesOf(ctx context.Context, person chat.Person, limit int) ([]Case, error) {
	return query(ctx, s.read, func(r *sql.Rows) (Case, error) { return scanCase(r) },
		"SELECT "+caseColumns+" FROM cases WHERE ? = '' OR person = ? ORDER BY no DESC LIMIT ?", person, person, limit)
}

// Verdicts reads what the rules answered in a case, in order.
func (s *Store) Verdicts(ctx context.Context, caseNo int) ([]Verdict, error) {
	return s.verdicts(ctx, "case_no = ?", caseNo)
}

// IncidentCase finds the case of an incident, 0 when it has none.
func (s *Store) IncidentCase(ctx context.Context, incident string) (int, error) {
	var no int
	err := s.read.QueryRowContext(ctx, "SELECT coalesce(max(no), 0) FROM cases WHERE incident = ?", incident).Scan(&no)
	return no, err
}
