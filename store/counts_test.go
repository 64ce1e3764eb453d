package store_test

import (
	"testing"
	"time"

	"palabre/chat"
	"palabre/store"

	"github.com/google/go-cmp/cmp"
)

// A rule's counts are those of a window; what was undone and what was dismissed counts against it.
func TestRuleCounts(t *testing.T) {
	s := open(t, newPath(t))
	said := func(event, rule, mode, person string, at time.Time, caseNo int, would ...string) store.Verdict {
		v := store.Verdict{Event: event, At: at, Rule: rule, Mode: mode, Person: chat.Person(person), Incident: "i" + event, Case: caseNo, Would: would}
		if mode == "ask" {
			v.Question = "q" + event
		}
		return v
	}
	g := &store.Group{
		Verdicts: []store.Verdict{
			said("0", "flood", "enforce", "eve", noon.Add(-time.Hour), 1),
			said("1", "flood", "enforce", "eve", noon, 2), said("2", "flood", "enforce", "eve", noon, 2), said("3", "flood", "enforce", "bob", noon, 3),
			said("4", "caps", "shadow", "eve", noon, 0, "remind"), said("5", "caps", "shadow", "bob", noon, 0, "remind"), said("6", "caps", "shadow", "bob", noon, 0),
			said("7", "links", "ask", "eve", noon, 0, "delete"), said("8", "links", "ask", "bob", noon, 0, "delete"),
		},
		Cases:     []store.Case{{No: 1, OpenedAt: noon.Add(-time.Hour)}, {No: 2, OpenedAt: noon}, {No: 3, OpenedAt: noon}},
		Undone:    []store.Undone{{Case: 3, At: noon}, {Case: 1, At: noon}},
		Questions: []store.Question{{ID: "q7", State: store.Dismissed, DecidedAt: noon, Body: []byte("{}")}, {ID: "q8", State: store.Unanswered, Body: []byte("{}")}},
	}
	if err := s.Commit(t.Context(), g); err != nil {
		t.Fatal(err)
	}
	got, err := s.RuleCounts(t.Context(), noon)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]store.RuleCount{
		"flood": {Rule: "flood", Matched: 3, Acted: 3, Cases: 2, Undone: 1},
		"caps":  {Rule: "caps", Matched: 3, Would: 2, WouldOf: 2},
		"links": {Rule: "links", Matched: 2, Dismissed: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
