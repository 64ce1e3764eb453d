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

// What the READMEs show is what happens.
func TestReadme(t *testing.T) {
	for _, page := range []string{"README.md", "README.fr.md"} {
		t.Run(page, func(t *testing.T) { playPage(t, page) })
	}
}

// edit is how a page changes the example before it is played: s/this/that/.
var edit = regexp.MustCompile("s/([^/\n]+)/([^/\n]+)/")

// playPage types the session that the page shows, in the example as the page changes it, and compares the answer.
func playPage(t *testing.T, page string) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(text), "```\n")
	at := slices.IndexFunc(blocks, func(b string) bool { return strings.HasPrefix(b, "alice joins\n") })
	if at < 0 || at+2 >= len(blocks) {
		t.Fatal("the page shows no session")
	}
	community := string(example)
	for _, e := range edit.FindAllStringSubmatch(blocks[0], -1) {
		community = strings.Replace(community, e[1], e[2], 1)
	}
	cfg, err := config.Parse("config.example.yaml", []byte(community), nil)
	if err != nil {
		t.Fatal(err)
	}
	story := scenario.Story{File: page, Script: blocks[at]}
	shown, err := story.Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		blocks[at+2] = shown
		if err := os.WriteFile(page, []byte(strings.Join(blocks, "```\n")), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.Split(blocks[at+2], "\n"), strings.Split(shown, "\n")); diff != "" {
		t.Errorf("%s: expected - happened +\n%s", page, diff)
	}
}
