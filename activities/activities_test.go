package activities

import (
	"encoding/json"
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
	if diff := cmp.Diff([]string{"welcome", "prompts"}, names); diff != "" {
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
		pool := poolOf(size)
		for start := range 20 {
			var asked []string
			last := -1
			for range 5 {
				round := map[int]bool{}
				for i := range size {
					q := choose(fmt.Sprint(start, i, len(round), last), pool, &asked)
					if round[q] || size > 1 && q == last {
						t.Fatalf("pool of %d: %v comes back too early", size, pool[q].Words)
					}
					round[q], last = true, q
				}
			}
		}
	}
}

// A pool of questions is not asked in the file's order.
func TestPoolOrderDependsOnTheSeed(t *testing.T) {
	pool := poolOf(10)
	first := map[int]bool{}
	for day := range 30 {
		var asked []string
		first[choose(time.Unix(int64(day)*86400, 0).UTC().Format("2006-01-02T15:04"), pool, &asked)] = true
	}
	if len(first) < 5 {
		t.Errorf("30 days begin with only %d questions of 10", len(first))
	}
}

func poolOf(size int) []known {
	var pool []question
	for i := range size {
		pool = append(pool, question{words: chat.Words{"en": fmt.Sprint("question ", i)}})
	}
	return recognise(pool, nil, nil)
}

// What an earlier version wrote is read: newcomers of all networks in one batch, "held" by a raid that is long over, and hashes
// of the questions that were asked.
func TestOlderMemory(t *testing.T) {
	doc := yamlsrc.Parse("a", []byte(`{ welcome: { room: welcome }, prompts: [ { name: d, room: debates, at: "0 9 * * *", title: T, pool: [ "One?", "Two?" ] } ] }`))
	was := recollection{records: map[string][]byte{
		"welcome/batch": []byte(`{"people":[{"person":"discord:1","member":{"platform":"discord","id":"1"},"name":"alice","joined":"2026-11-23T08:00:00Z"},` +
			`{"person":"matrix:@b","member":{"platform":"matrix","id":"@b"},"name":"bob","joined":"2026-11-23T08:01:00Z"}],"held":true}`),
		"prompts/d": []byte(`{"schedule":"0 9 * * * Europe/Paris","config":"x","at":"2026-11-24T08:00:00Z","civil":"2026-11-24T09:00","last":"2026-11-23T09:00",` +
			`"asked":["` + hash(chat.Words{"en": "One?"}) + `"],"failures":0,"failed":"","paused":false}`),
	}}
	now := time.Date(2026, 11, 23, 8, 2, 0, 0, time.UTC)
	var armed []string
	for _, a := range Parse(doc.Root, testEnv) {
		ev := chat.Event{At: now, Body: chat.Started{}}
		for _, key := range a.Keys(ev) {
			if _, ok := was.records[key]; !ok {
				was.records[key] = nil
			}
		}
		for _, action := range a.Act(ev, was) {
			switch action := action.(type) {
			case chat.Wake:
				armed = append(armed, action.Key+" "+action.At.Format(time.TimeOnly))
			case chat.Remember:
				was.records[action.Key], _ = json.Marshal(action.Value)
			}
		}
	}
	want := []string{"welcome/batch 00:00:00", "welcome/batch:console 00:00:00", "welcome/batch:matrix 08:06:00", "welcome/batch:discord 08:05:00", "prompts/d 08:00:00"}
	if diff := cmp.Diff(want, armed); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	var s promptState
	if !was.Get("prompts/d", &s) || len(unasked(s.Known, s.Asked)) != 1 || unasked(s.Known, s.Asked)[0].Words["en"] != "Two?" {
		t.Errorf("the question that was asked is not known any more: %+v", s)
	}
}

// A question stays the same one: by its id, by nearly the same words, by its place; one that is new is new.
func TestQuestionsAreRecognised(t *testing.T) {
	ask := func(id, text string) question { return question{id: id, words: chat.Words{"en": text}} }
	were := recognise([]question{ask("", "What did you learn last week?"), ask("x", "Who helped you?"), ask("", "What failed?")}, nil, nil)
	for name, tc := range map[string]struct {
		pool []question
		want []int // which one of before; -1: a new one
	}{
		"as it was":              {[]question{ask("", "What did you learn last week?"), ask("x", "Who helped you?"), ask("", "What failed?")}, []int{0, 1, 2}},
		"another order":          {[]question{ask("", "What failed?"), ask("", "What did you learn last week?"), ask("x", "Who helped you?")}, []int{2, 0, 1}},
		"a correction elsewhere": {[]question{ask("", "New?"), ask("", "what did you lern, last week ?!")}, []int{-1, 0}},
		"another text, its id":   {[]question{ask("", "New?"), ask("", "Newer?"), ask("", "The newest?"), ask("x", "Whom do you thank?")}, []int{0, -1, 2, 1}},
		"an id is given":         {[]question{ask("y", "What failed?")}, []int{2}},
		"another id":             {[]question{ask("", "1"), ask("y", "Who helped you?")}, []int{0, -1}},
		"another text, in place": {[]question{ask("", "Something else"), ask("x", "Who helped you?")}, []int{0, 1}},
	} {
		for i, k := range recognise(tc.pool, were, nil) {
			if got := slices.IndexFunc(were, func(o known) bool { return o.Key == k.Key }); got != tc.want[i] {
				t.Errorf("%s: question %d is taken for %d, want %d", name, i, got, tc.want[i])
			}
		}
	}
}

// A question that leaves the pool and comes back was asked all the same, and another one with its old words is another one.
func TestQuestionsThatComeBack(t *testing.T) {
	ask := func(texts ...string) (pool []question) {
		for _, text := range texts {
			pool = append(pool, question{words: chat.Words{"en": text}})
		}
		return pool
	}
	first := recognise(ask("One?", "Two?", "Three?"), nil, nil)
	asked := []string{first[2].Key}
	without := recognise(ask("One?", "Two?"), first, asked)
	back := recognise(ask("Three?", "One?", "Two?"), without, asked)
	if len(back) != 3 || back[0].Key != first[2].Key {
		t.Errorf("a question came back as a new one: %+v", back)
	}
	corrected := recognise(ask("Anything?"), recognise(ask("One?"), nil, nil), nil)
	both := recognise(ask("Anything?", "One?"), corrected, nil)
	if both[0].Key == both[1].Key {
		t.Error("two questions have one key")
	}
}
