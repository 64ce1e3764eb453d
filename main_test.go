package main

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"palabre/config"
	"palabre/scenario"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what happens as what is expected")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"palabre": main})
}

// The command line as somebody types it, in an empty folder with only the example.
func TestCommandLine(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			return os.WriteFile(filepath.Join(env.WorkDir, "config.example.yaml"), example, 0o644)
		},
	})
}

// What Palabre does in the example community, told in stories.
func TestStories(t *testing.T) {
	stories, err := filepath.Glob("testdata/stories/*.txtar")
	if err != nil || len(stories) == 0 {
		t.Fatal("no stories", err)
	}
	for _, file := range stories {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			play(t, file)
		})
	}
}

// unsaid is how a key shows that no catalogue has.
var unsaid = regexp.MustCompile(`\[[a-z]+(?:\.[a-z_ ]+)+\]`)

func play(t *testing.T, file string) {
	cfg, err := config.Parse("config.example.yaml", example, nil)
	if err != nil {
		t.Fatal(err)
	}
	story, err := scenario.ReadStory(file)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := story.Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if missing := unsaid.FindString(shown); missing != "" {
		t.Errorf("%s has no sentence", missing)
	}
	if *update {
		if err := story.Update(shown); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.Split(story.Want, "\n"), strings.Split(shown, "\n")); diff != "" {
		t.Errorf("%s\nexpected - happened +\n%s", story.About, diff)
	}
}

// What the README shows is what happens.
func TestReadme(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(page), "```\n")
	at := slices.IndexFunc(blocks, func(b string) bool { return strings.HasPrefix(b, "alice joins\n") })
	if at < 0 || at+2 >= len(blocks) {
		t.Fatal("the README shows no session")
	}
	cfg, err := config.Parse("config.example.yaml", example, nil)
	if err != nil {
		t.Fatal(err)
	}
	story := scenario.Story{File: "README.md", Script: blocks[at]}
	shown, err := story.Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		blocks[at+2] = shown
		if err := os.WriteFile("README.md", []byte(strings.Join(blocks, "```\n")), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.Split(blocks[at+2], "\n"), strings.Split(shown, "\n")); diff != "" {
		t.Errorf("README.md: expected - happened +\n%s", diff)
	}
}
