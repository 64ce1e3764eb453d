package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPagesAreUpToDate(t *testing.T) {
	pages, err := pages()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join("../../docs", name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("docs/%s is out of date; `go generate ./...` writes it (code - page +)\n%s", name, diff)
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)

// Every link between pages leads to a file.
func TestLinks(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, page := range append(pages, "../../README.md", "../../README.fr.md", "../../CONTRIBUTING.md", "../../CHANGELOG.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllSubmatch(text, -1) {
			checked++
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), string(m[1]))); err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
	}
	if checked == 0 {
		t.Error("no link was found at all: this test looks for the wrong thing")
	}
}

var block = regexp.MustCompile("(?s)```(?:yaml)?\n(.*?)```")

// Everything that docs/first-week.md shows is typed, and is answered, in the script of the same name.
func TestFirstWeekIsPlayed(t *testing.T) {
	page, err := os.ReadFile("../../docs/first-week.md")
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("../../testdata/script/first-week.txtar")
	if err != nil {
		t.Fatal(err)
	}
	blocks := block.FindAllSubmatch(page, -1)
	if len(blocks) < 10 {
		t.Fatalf("%d blocks: this test looks for the wrong thing", len(blocks))
	}
	for _, b := range blocks {
		for line := range strings.Lines(string(b[1])) {
			if !strings.Contains(string(script), strings.TrimSpace(line)) {
				t.Errorf("testdata/script/first-week.txtar lacks %q", strings.TrimSpace(line))
			}
		}
	}
}
