package cli_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"palabre/cli"
	"palabre/config"
	"palabre/scenario"
)

const archiving = `
community: { name: Les Passerelles }
store: %q
rooms: { general: {}, moderators: {} }
desk: moderators
archive: { rooms: [general], keep: 30d, evidence: 7d }
rules:
  - { name: insults, when: { words: [imbecile] }, do: [ delete, warn ] }
  - { name: chatter, when: { rate: "> 2 messages in 10s" }, do: [ alert ] }
`

// A moderator asks about what was said while Palabre works: what is kept, what the rules would do, why, and gets it out.
func TestTheArchiveOnTheCommandLine(t *testing.T) {
	cfg, err := config.Parse("palabre.yaml", fmt.Appendf(nil, archiving, "unused.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	session, err := scenario.New(cfg, io.Discard, false)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	for _, line := range []string{"bob: good morning", "bob: you imbecile", "bob: and again", "mod: !undo 1 they are friends", "bob deletes 1"} {
		if err := session.Play(t.Context(), line); err != nil {
			t.Fatal(err)
		}
	}
	folder := t.TempDir()
	file := filepath.Join(folder, "palabre.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, archiving, session.Memory().Path()), 0o600); err != nil {
		t.Fatal(err)
	}
	says := func(want []string, args ...string) string {
		t.Helper()
		var out, complaints bytes.Buffer
		if code := cli.Main(args, cli.Env{Out: &out, Err: &complaints}); code != 0 {
			t.Fatalf("%v: %d\n%s", args, code, &complaints)
		}
		for _, part := range want {
			if !strings.Contains(out.String(), part) {
				t.Errorf("%v does not say %q:\n%s", args, part, &out)
			}
		}
		return out.String()
	}
	says([]string{"general: texts are kept for 30d; those that a rule took away for 7d", "#general  3 texts, 1 without their text"}, "archive", "-config", file)
	says([]string{
		"then: 1 case, 1 undone by moderators; something was done about 1 of these hits", "then: case #1 (insults): delete, warn; undone by mod: they are friends",
		"chatter (enforce)\n  1 hit, 1 member, 1 incident",
	}, "replay", "-config", file, "-archive", "-since", "9000d")
	says([]string{
		"#general bob: “you imbecile”", "in imbecile (5–12)", "✗ rate: 2 messages in 10s", "then: insults (enforce), case #1",
	}, "explain", "-config", file, "-event", "#1")
	says([]string{"bob: the text is no longer kept"}, "explain", "-config", file, "-event", "1")

	lines := filepath.Join(folder, "lines.jsonl")
	if err := os.WriteFile(lines, []byte(says(nil, "archive", "-config", file, "export")), 0o600); err != nil {
		t.Fatal(err)
	}
	says([]string{"insults (enforce)\n  1 hit, 1 member, 1 incident"}, "replay", lines, "-config", file)
}
