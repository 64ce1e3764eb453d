package accuracy_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"palabre/internal/accuracy"
	"palabre/rules"

	"github.com/google/go-cmp/cmp"
)

// ownSet is every message that we wrote: testdata/*/*.txt.
func ownSet(t *testing.T) []accuracy.Message {
	t.Helper()
	files, err := filepath.Glob("testdata/*/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no set: %v", err)
	}
	var out []accuracy.Message
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		source := strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(name), "testdata/"), ".txt")
		set, err := accuracy.Read(source, file)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, set...)
	}
	return out
}

// Every line has a label that exists, and nothing is said twice.
func TestTheSetIsSound(t *testing.T) {
	type said struct {
		text          string
		times, people int
		file          string
	}
	known := map[said]accuracy.Message{}
	for _, m := range ownSet(t) {
		if !slices.Contains(accuracy.Labels, m.Label) {
			t.Errorf("%s:%d: unknown label %q", m.Source, m.Line, m.Label)
		}
		key := said{m.Text, m.Times, m.People, m.File}
		if other, twice := known[key]; twice && m.Joins == 0 && m.Account == other.Account {
			t.Errorf("%s:%d: %q stands on %s:%d already", m.Source, m.Line, m.Text, other.Source, other.Line)
		}
		known[key] = m
	}
}

func TestRead(t *testing.T) {
	set := `# a comment

scam [account 3d, file a.exe]: take "this"\nnow: ok
raid [joins 12, every 2s]:
`
	got, err := accuracy.Read("x", strings.NewReader(set))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Text != "take \"this\"\nnow: ok" || got[0].File != "a.exe" || got[0].Account.Hours() != 72 || got[1].Joins != 12 {
		t.Errorf("read %+v", got)
	}
	for _, bad := range []string{"no label here", "spam [times many]: x", "spam [sleepy]: x", `spam: \x`} {
		if _, err := accuracy.Read("x", strings.NewReader(bad)); err == nil || !strings.HasPrefix(err.Error(), "x:1: ") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// What is said often, by several people, by young accounts or with a file reaches the rules as such.
func TestPlay(t *testing.T) {
	rs, err := rules.ParseFile("rules.yaml", []byte(`
rules:
  - { name: often, when: { rate: "> 3 messages in 10s" }, do: [ delete ] }
  - { name: young, when: { account_age: "< 2d" }, do: [ delete ] }
  - { name: first, when: { first_message: true }, do: [ delete ] }
  - { name: files, when: { attachments: ">= 1" }, do: [ delete ] }
  - { name: joins, on: [join], when: { membership_age: "< 1d" }, do: [ alert ] }
`), rules.Env{})
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"clean: hello":                   "",
		"clean [times 4]: hello":         "often",
		"clean [times 4, every 5s]: hey": "",
		"clean [people 5]: hello":        "",
		"clean [account 1d]: hello":      "young",
		"clean [member 1m]: hello":       "first",
		"clean [file a.png]: look":       "files",
		"clean [joins 2, member 1m]:":    "joins",
	} {
		set, err := accuracy.Read("x", strings.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, strings.Join(accuracy.Play(rs, set[0]), " ")); diff != "" {
			t.Errorf("%s: -want +got\n%s", line, diff)
		}
	}
}
