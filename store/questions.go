package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Question is what the moderators are asked about one incident, and what became of it.
type Question struct {
	ID        string // the incident
	Rule      string
	State     QuestionState
	OpenedAt  time.Time
	DecidedAt time.Time // zero while it is open
	DecidedBy string    // name of the moderator; empty while it is open, and when nobody answered
	Case      int       // what was done; 0 for nothing
	Body      []byte    // what was asked, as JSON: the shell's own
}

// QuestionState is where a question stands. It leaves Unanswered once.
type QuestionState string

// The states of a question.
const (
	Unanswered QuestionState = "open"
	Approved   QuestionState = "approved"  // done as it was proposed
	Changed    QuestionState = "changed"   // something else was done
	Dismissed  QuestionState = "dismissed" // a false alarm
	Expired    QuestionState = "expired"   // nobody answered
)

const questionColumns = "id, rule, state, opened_at, decided_at, decided_by, case_no, body"

// Question reads a question; ErrNotFound when there is none of that id.
func (s *Store) Question(ctx context.Context, id string) (Question, error) {
	return s.question(ctx, "id = ?", id)
}

// QuestionOf reads the question whose answer opened a case; ErrNotFound when none did.
func (s *Store) QuestionOf(ctx context.Context, caseNo int) (Question, error) {
	return s.question(ctx, "case_no = ? AND case_no > 0", caseNo)
}

func (s *Store) question(ctx context.Context, where string, arg any) (Question, error) {
	var q Question
	var opened, decided int64
	var body string
	err := s.read.QueryRowContext(ctx, "SELECT "+questionColumns+" FROM questions WHERE "+where, arg).
		Scan(&q.ID, &q.Rule, &q.State, &opened, &decided, &q.DecidedBy, &q.Case, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return q, fmt.Errorf("question: %w", ErrNotFound)
	}
	q.OpenedAt, q.DecidedAt, q.Body = at(opened), at(decided), []byte(body)
	return q, err
}

// asked writes questions, and gives what the rules had said about them the case that was opened.
func (w *writer) asked(questions []Question) {
	for _, q := range questions {
		w.do(w.st.question, q.ID, q.Rule, q.State, millis(q.OpenedAt), millis(q.DecidedAt), q.DecidedBy, q.Case, string(q.Body))
		if q.Case > 0 {
			w.do(w.st.ruled, q.Case, q.ID)
		}
	}
}
