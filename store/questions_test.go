package store_test

import (
	"errors"
	"testing"
	"time"

	"palabre/store"

	"github.com/google/go-cmp/cmp"
)

// A question keeps its answer, and what rules had said about it goes to the case that the answer opened.
func TestAQuestionAndItsAnswer(t *testing.T) {
	s := open(t, newPath(t))
	asked := store.Question{ID: "q1", Rule: "advertising", State: store.Unanswered, OpenedAt: noon, Body: []byte(`{"why":"no"}`)}
	said := store.Verdict{Event: "console:1", At: noon, Rule: "advertising", Mode: "ask", Person: "console:eve", Incident: "q1", Question: "q1"}
	if err := s.Commit(t.Context(), &store.Group{Questions: []store.Question{asked}, Verdicts: []store.Verdict{said}}); err != nil {
		t.Fatal(err)
	}
	answered := asked
	answered.State, answered.DecidedAt, answered.DecidedBy, answered.Case = store.Approved, noon.Add(time.Minute), "Mod", 7
	if err := s.Commit(t.Context(), &store.Group{Questions: []store.Question{answered}}); err != nil {
		t.Fatal(err)
	}
	got, err := s.QuestionOf(t.Context(), 7)
	if diff := cmp.Diff(answered, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	verdicts, err := s.Verdicts(t.Context(), 7)
	if err != nil || len(verdicts) != 1 || verdicts[0].Question != "q1" {
		t.Errorf("verdicts of the case: %+v, %v", verdicts, err)
	}
	if _, err := s.Question(t.Context(), "other"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("another question: %v", err)
	}
}
