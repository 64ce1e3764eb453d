package rules_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"palabre/chat"
	"palabre/rules"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the wanted output in testdata")

var env = rules.Env{
	Rooms:  []string{"general", "help", "welcome"},
	Groups: map[string][]string{"talk": {"general", "help"}},
}

// TestStories plays testdata/*.txtar: rules, what people do, and what the rules decide.
func TestStories(t *testing.T) {
	golden(t, "testdata/*.txtar", func(t *testing.T, ar *txtar.Archive) string {
		rs, err := rules.ParseFile("rules.yaml", ar.Files[0].Data, env)
		if err != nil {
			t.Fatal(err)
		}
		return newStory(t, rs).play(string(ar.Files[1].Data))
	})
}

// TestCases plays testdata/cases/*.txtar, one for each row of what a moderation bot must not get wrong. A file without
// a scenario is about the rules themselves: what is wrong with them.
func TestCases(t *testing.T) {
	golden(t, "testdata/cases/*.txtar", func(t *testing.T, ar *txtar.Archive) string {
		rs, err := rules.ParseFile("rules.yaml", ar.Files[0].Data, everyPlatform())
		if len(ar.Files) == 2 {
			if err == nil {
				return "no mistake\n"
			}
			return err.Error() + "\n"
		}
		if err != nil {
			t.Fatal(err)
		}
		return newStory(t, rs).play(string(ar.Files[1].Data))
	})
}

// everyPlatform is env on a console and on Discord, where everything can be done.
func everyPlatform() rules.Env {
	can := chat.Capabilities{Actions: map[chat.ActionKind]chat.Support{}, AccountAge: true}
	for _, kind := range chat.Carried() {
		can.Actions[kind] = chat.Support{Can: true}
	}
	e := env
	e.Platforms = map[chat.Platform]chat.Capabilities{chat.Console: can, chat.Discord: can}
	return e
}

// TestMistakes reads testdata/bad/*.txtar: rules, and all the mistakes in them.
func TestMistakes(t *testing.T) {
	golden(t, "testdata/bad/*.txtar", func(t *testing.T, ar *txtar.Archive) string {
		_, err := rules.ParseFile("rules.yaml", ar.Files[0].Data, env)
		if err == nil {
			t.Fatal("accepted")
		}
		return err.Error() + "\n"
	})
}

// golden compares what run makes of each archive with its last file, `want`.
func golden(t *testing.T, pattern string, run func(*testing.T, *txtar.Archive) string) {
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := run(t, ar)
			want := &ar.Files[len(ar.Files)-1]
			if want.Name != "want" {
				t.Fatal("the last file is not named want")
			}
			if *update {
				want.Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want.Data), got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}
