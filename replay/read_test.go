package replay_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"palabre/chat"
	"palabre/replay"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what happens as what is expected")

const readers = `
community: { name: Test }
rooms:
  general: { matrix: "#general:example.org", discord: "1152921504606846977" }
  moderators: {}
desk: moderators
matrix: { enabled: false, user: "@palabre:example.org", standing: { moderator: 50 } }
discord: { enabled: false, ignore: ["Bridge*"], standing: { trusted: [Regulars], moderator: [Moderators] } }
`

// Each archive of testdata is a folder of exports, and all that is read from them.
func TestReaders(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			folder := t.TempDir()
			for _, f := range ar.Files[:len(ar.Files)-1] {
				if err := os.WriteFile(filepath.Join(folder, f.Name), f.Data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got := everything(t, folder)
			want := &ar.Files[len(ar.Files)-1]
			if *update {
				want.Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(strings.Split(string(want.Data), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("expected - read +\n%s", diff)
			}
		})
	}
}

// everything is each event in a line, and the survey.
func everything(t *testing.T, folder string) string {
	t.Helper()
	past, err := replay.NewFiles([]string{folder}, replay.Options{Config: parse(t, readers)})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	err = past.Each(context.Background(), func(ev *chat.Event) error {
		line, err := chat.EncodeEvent(ev)
		if err != nil {
			line = fmt.Appendf(nil, "%s %s %s: %+v", ev.At.Format("15:04:05"), ev.Actor.Name, ev.Body.EventKind(), ev.Body)
		}
		fmt.Fprintf(&b, "%s\n", line)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s := past.Survey()
	for _, p := range s.Parts {
		fmt.Fprintf(&b, "part %s %s: %s is %q by name %t, %d messages\n", filepath.Base(p.File), p.Format, p.Room, p.Logical, p.ByName, p.Messages)
	}
	fmt.Fprintf(&b, "edited %d, withdrawn %d, reactions %d, formatted %d, joins %d, staff %d, standings told %t\n",
		s.Edited, s.Withdrawn, s.Reactions, s.Formatted, s.Joins, s.Staff, s.Standings)
	fmt.Fprintf(&b, "skipped %d\n", s.Skipped)
	for _, m := range s.Mistakes {
		fmt.Fprintln(&b, strings.ReplaceAll(m, folder+string(filepath.Separator), ""))
	}
	return b.String()
}
