package activities

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

// Every mistake of a block is reported at once, with its place.
func TestBadBlocks(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			doc := yamlsrc.Parse("activities.yaml", archive.Files[0].Data)
			Parse(doc.Root, testEnv)
			got := fmt.Sprintln(doc.Err())
			if *update {
				replaceWant(t, file, archive, got)
				return
			}
			if diff := cmp.Diff(string(archive.Files[1].Data), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// The block of the example configuration is read without a mistake.
func TestExampleConfiguration(t *testing.T) {
	src, err := os.ReadFile("../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc := yamlsrc.Parse("config.example.yaml", src)
	fields, _ := doc.Root.Fields()
	i := slices.IndexFunc(fields, func(f yamlsrc.Field) bool { return f.Name == "activities" })
	if i < 0 {
		t.Fatal("it has no activities")
	}
	got := Parse(fields[i].Value, testEnv)
	if err := doc.Err(); err != nil || len(got) != 2 {
		t.Errorf("%d activities, error %v", len(got), err)
	}
}

// What the reference shows can be used as it stands.
func TestReferenceExamples(t *testing.T) {
	for _, k := range kinds {
		doc := yamlsrc.Parse(k.name, []byte(k.example))
		if got := Parse(doc.Root, testEnv); len(got) == 0 || doc.Err() != nil {
			t.Errorf("%s: %v", k.name, doc.Err())
		}
		if !strings.Contains(Reference(), "## "+k.name+"\n") {
			t.Errorf("the reference lacks %s", k.name)
		}
	}
}

func TestWithoutBlock(t *testing.T) {
	var names []string
	for _, a := range Parse(yamlsrc.Value{}, testEnv) {
		names = append(names, a.Name())
	}
	if diff := cmp.Diff([]string{"prompts"}, names); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Messages are by far the most frequent events: nobody asks for memory because of them.
func TestMessagesConcernNobody(t *testing.T) {
	doc := yamlsrc.Parse("a", []byte("welcome: { room: welcome }"))
	for _, a := range Parse(doc.Root, testEnv) {
		for _, body := range []chat.Body{chat.MessageSent{}, chat.MessageEdited{}, chat.ReactionAdded{}, chat.Settled{Ref: "rules/x"}, chat.Tick{Key: "house/prune"}} {
			if keys := a.Keys(chat.Event{Body: body}); keys != nil {
				t.Errorf("%s asks for %v at a %s", a.Name(), keys, body.EventKind())
			}
		}
	}
}

// In every round each question is asked once, and none twice in a row, whatever the seed.
func TestPoolRounds(t *testing.T) {
	for size := 1; size <= 12; size++ {
		var pool []question
		for i := range size {
			pool = append(pool, newQuestion(chat.Words{"en": fmt.Sprint("question ", i)}))
		}
		for start := range 20 {
			var asked []string
			last := ""
			for range 5 {
				round := map[string]bool{}
				for i := range size {
					q := choose(fmt.Sprint(start, i, len(round), last), pool, &asked)
					if round[q.hash] || size > 1 && q.hash == last {
						t.Fatalf("pool of %d: %v comes back too early", size, q.words)
					}
					round[q.hash], last = true, q.hash
				}
			}
		}
	}
}

// A pool of questions is not asked in the file's order.
func TestPoolOrderDependsOnTheSeed(t *testing.T) {
	var pool []question
	for i := range 10 {
		pool = append(pool, newQuestion(chat.Words{"en": fmt.Sprint("question ", i)}))
	}
	first := map[string]bool{}
	for day := range 30 {
		var asked []string
		first[choose(time.Unix(int64(day)*86400, 0).UTC().Format("2006-01-02T15:04"), pool, &asked).hash] = true
	}
	if len(first) < 5 {
		t.Errorf("30 days begin with only %d questions of 10", len(first))
	}
}
