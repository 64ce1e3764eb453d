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

// Everything that the pages about the first week show is typed, and is answered, in the scripts of the same names.
func TestFirstWeekIsPlayed(t *testing.T) {
	for _, name := range []string{"first-week", "premiere-semaine"} {
		t.Run(name, func(t *testing.T) { isPlayed(t, name) })
	}
}

func isPlayed(t *testing.T, name string) {
	page, err := os.ReadFile("../../docs/" + name + ".md")
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("../../testdata/script/" + name + ".txtar")
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
				t.Errorf("testdata/script/%s.txtar lacks %q", name, strings.TrimSpace(line))
			}
		}
	}
}

// breaking is a space before which, in French, no line may break; code is left alone.
var (
	breaking = regexp.MustCompile(`« | [:;!?»%]`)
	codeOf   = regexp.MustCompile("(?s)```.*?```|`[^`]*`|\\]\\([^)]*\\)|\n    [^\n]*|\n\\|[-|]+")
)

// French is set as French is: no line begins with a colon.
func TestFrenchSpaces(t *testing.T) {
	for _, page := range []string{"README.fr.md", "docs/premiere-semaine.md", "docs/rules.fr.md", "docs/commands.fr.md"} {
		text, err := os.ReadFile("../../" + page)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(codeOf.ReplaceAllString(string(text), "\n")) {
			if breaking.MatchString(line) {
				t.Errorf("%s: a breaking space in %q", page, strings.TrimSpace(line))
			}
		}
	}
}
