package main

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"palabre/chat"
	"palabre/config"
	"palabre/scenario"
	"palabre/store"

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
			return errors.Join(
				os.WriteFile(filepath.Join(env.WorkDir, "config.example.yaml"), example, 0o644),
				remembered(env.WorkDir),
			)
		},
	})
}

// remembered makes two backups: a-week.db of a memory with a case and an order that waits, nothing.db of an empty one.
func remembered(dir string) error {
	at := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
	room := chat.RoomRef{Platform: chat.Matrix, ID: "!general:example.org"}
	week := &store.Group{
		Events: []store.Event{{ID: "e1", At: at, Kind: chat.KindMessage, Fact: []byte("{}")}},
		Cases:  []store.Case{{No: 1, Name: "mallory", Rule: "insults", Event: "e1", OpenedAt: at}},
		Orders: []store.Order{{
			Seq: 1, Key: "order1", Event: "e1", Case: 1, Label: "delete", Platform: chat.Matrix, Subject: "room", CreatedAt: at, State: store.Pending,
			Action: chat.Delete{Message: chat.MessageRef{Room: room, ID: "$1"}},
		}},
	}
	for name, group := range map[string]*store.Group{"a-week.db": week, "nothing.db": {}} {
		if err := backupOf(filepath.Join(dir, "made", name), group, filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return os.RemoveAll(filepath.Join(dir, "made"))
}

func backupOf(path string, group *store.Group, to string) error {
	s, err := store.Open(context.Background(), path)
	if err != nil {
		return err
	}
	err = s.Commit(context.Background(), group)
	if err == nil {
		_, err = store.Backup(context.Background(), path, to)
	}
	return errors.Join(err, s.Close())
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
