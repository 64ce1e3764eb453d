package replay_test

import (
	"context"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"palabre/app"
	"palabre/config"
	"palabre/replay"
	"palabre/scenario"
)

// archiving is the example community with an archive of its first room.
func archiving(t *testing.T, terms string) *config.Config {
	t.Helper()
	src, err := os.ReadFile("../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, string(src)+"\narchive: "+terms+"\n")
}

// played is a session in which a script was played.
func played(t *testing.T, cfg *config.Config, script string) *scenario.Session {
	t.Helper()
	session, err := scenario.New(cfg, io.Discard, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { session.Close() })
	for line := range strings.Lines(script) {
		if err := session.Play(t.Context(), line); err != nil {
			t.Fatal(line, err)
		}
	}
	return session
}

func fromArchive(t *testing.T, session *scenario.Session, cfg *config.Config) *replay.Report {
	t.Helper()
	past, err := replay.NewArchive(t.Context(), session.Memory(), time.Time{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	report, err := replay.Run(context.Background(), past, []replay.Trial{{Config: "palabre.yaml", Plan: app.Plan(cfg)}},
		replay.Setting{Say: english(t), Samples: -1, Begin: past.Begin, Records: past})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func ruleOf(t *testing.T, r *replay.Report, name string) *replay.Rule {
	t.Helper()
	i := slices.IndexFunc(r.Sides[0].Rules, func(rule *replay.Rule) bool { return rule.Name == name })
	if i < 0 {
		t.Fatal("no rule", name)
	}
	return r.Sides[0].Rules[i]
}

const morning = `
bob #general: you imbecile
carol #general: WHY IS EVERYBODY SHOUTING HERE
carol #general: my number is 0612345678
dave #help: you imbecile
mod #moderators: !undo 1 they are friends
carol deletes 6
`

// The archive holds what was said in the rooms that opted in, and the report says beside what a rule would do what was
// done then, and who took it back.
func TestTheArchiveTellsWhatWasDone(t *testing.T) {
	cfg := archiving(t, "{ rooms: [general], keep: 30d, evidence: 7d }")
	report := fromArchive(t, played(t, cfg, morning), cfg)
	insults := ruleOf(t, report, "insults")
	if insults.Hits != 1 || insults.Then != (replay.Done{Cases: 2, Undone: 1, Hits: 1}) {
		t.Errorf("insults: %+v", insults)
	}
	then := insults.Samples.List()[0].Then
	if len(then) != 1 || then[0].Undone != "mod" || then[0].Why != "they are friends" || !slices.Contains(then[0].Acts, "delete") {
		t.Errorf("then: %+v", then)
	}
	if ruleOf(t, report, "shouting").Hits != 1 || report.Messages != 3 {
		t.Errorf("report: %+v", report)
	}
}

// Without evidence, what a rule took away is gone at once, like everything that is deleted.
func TestDeletedTextsAreGone(t *testing.T) {
	cfg := archiving(t, "{ rooms: [general], keep: 30d }")
	report := fromArchive(t, played(t, cfg, morning), cfg)
	if insults := ruleOf(t, report, "insults"); insults.Hits != 0 || insults.Then.Cases != 2 {
		t.Errorf("insults: %+v", insults)
	}
	if report.Survey.Withdrawn != 2 {
		t.Errorf("withdrawn: %d", report.Survey.Withdrawn)
	}
}

// A text that was deleted stands nowhere in the files of the memory an hour later; nor does one whose time is over, nor
// what was said where nobody opted in.
func TestNothingOfADeletedTextIsLeft(t *testing.T) {
	cfg := archiving(t, "{ rooms: [general], keep: 3d, evidence: 1d }")
	session := played(t, cfg, `
alice #general: canaryone sits on the roof
alice #general: canarytwo stays
alice #help: canarythree is elsewhere
alice #general: imbecile canaryfour
alice #general: canaryfive before
alice edits 7: canarysix after
alice deletes 1
+2h
`)
	holds := func(when string, want ...string) {
		t.Helper()
		var found []string
		for _, word := range []string{"canaryone", "canarytwo", "canarythree", "canaryfour", "canaryfive", "canarysix"} {
			for _, suffix := range []string{"", "-wal"} {
				data, err := os.ReadFile(session.Memory().Path() + suffix)
				if err != nil {
					t.Fatal(err)
				}
				if strings.Contains(string(data), word) {
					found = append(found, word)
					break
				}
			}
		}
		if !slices.Equal(found, want) {
			t.Errorf("%s: %v is there, want %v", when, found, want)
		}
	}
	holds("after two hours", "canarytwo", "canaryfour", "canarysix")
	if err := session.Play(t.Context(), "+1d"); err != nil {
		t.Fatal(err)
	}
	holds("after a day", "canarytwo", "canarysix")
	if err := session.Play(t.Context(), "+2d"); err != nil {
		t.Fatal(err)
	}
	holds("after three days")
}
