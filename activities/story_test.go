package activities

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"palabre/catalogue"
	"palabre/chat"
	"palabre/internal/yamlsrc"
)

var update = flag.Bool("update", false, "rewrite the want of every story")

// A story is a configuration, what happens line by line, and what is said. Each line of it begins with a time of the
// wall clock in Paris; wakes that come due on the way are delivered, some milliseconds late as in life, except while Palabre is stopped.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			parts := map[string]string{}
			for _, f := range archive.Files {
				parts[f.Name] = string(f.Data)
			}
			got := tell(t, parts)
			if *update {
				replaceWant(t, file, archive, got)
				return
			}
			if diff := cmp.Diff(parts["want"], got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func replaceWant(t *testing.T, file string, archive *txtar.Archive, got string) {
	t.Helper()
	for i := range archive.Files {
		if archive.Files[i].Name == "want" {
			archive.Files[i].Data = []byte(got)
		}
	}
	if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// world is a shell without a store: memory is kept as JSON, wakes in a map.
type world struct {
	t          *testing.T
	activities []Activity
	catalogue  *catalogue.Catalogue
	voice      catalogue.Voice
	now        time.Time
	stopped    bool
	raid       bool
	ended      []chat.Event // greetings of which the activity has not heard yet how they ended
	refuses    string       // why the room takes no greeting
	memory     map[string][]byte
	wakes      map[string]time.Time
	out        strings.Builder
}

// recollection is the part of the memory that an activity asked for, and whether raid mode is on.
type recollection struct {
	records map[string][]byte
	raid    bool
}

func (r recollection) Get(key string, into any) bool {
	data, ok := r.records[key]
	return ok && json.Unmarshal(data, into) == nil
}

func (r recollection) Raid() bool { return r.raid }

func paris(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func tell(t *testing.T, parts map[string]string) string {
	c, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		t: t, catalogue: c, memory: map[string][]byte{}, wakes: map[string]time.Time{},
		voice: catalogue.Voice{Language: "en", Register: "tu", Zone: paris(t)},
	}
	if parts["voice"] != "" {
		w.voice.Language, w.voice.Register, _ = strings.Cut(strings.TrimSpace(parts["voice"]), " ")
	}
	for line := range strings.Lines(parts["story"]) {
		if line = strings.TrimSpace(line); line != "" {
			w.line(line, parts)
		}
	}
	return w.out.String()
}

var testEnv = Env{Rooms: []string{"welcome", "debates"}, Zone: "Europe/Paris", Languages: []string{"en", "fr"}}

func (w *world) load(src string) {
	doc := yamlsrc.Parse("activities.yaml", []byte(src))
	w.activities = Parse(doc.Root, testEnv)
	if err := doc.Err(); err != nil {
		w.t.Fatal(err)
	}
}

// line plays one line: "2026-11-23 09:00 join @alice".
func (w *world) line(line string, parts map[string]string) {
	w.t.Helper()
	when, err := time.ParseInLocation("2006-01-02 15:04", line[:16], w.voice.Zone)
	if err != nil {
		w.t.Fatal(err)
	}
	if when.After(w.now) { // what happens in the same minute comes in one batch, and wakes after it
		w.until(when)
	}
	verb, rest, _ := strings.Cut(strings.TrimSpace(line[16:]), " ")
	switch verb {
	case "start", "reload":
		w.load(parts[rest])
		w.stopped = false
		w.happen(chat.Event{Body: chat.Started{Reload: verb == "reload"}})
	case "stop":
		w.stopped = true
	case "wait":
	case "crowd":
		w.crowd(rest)
	case "raid":
		w.raid = rest == "begins"
		w.happen(chat.Event{Body: chat.RaidChanged{On: w.raid}})
	case "refuse":
		w.refuses = rest
	case "blocked", "dead", "done":
		ref, why, _ := strings.Cut(rest, " ")
		w.happen(chat.Event{Body: chat.Settled{Ref: ref, Outcome: chat.Outcome(verb), Reason: why}})
	default:
		w.person(verb, rest)
	}
}

// crowd lets many come at even distances: "crowd @p 500 8m" are @p1 to @p500 within eight minutes.
func (w *world) crowd(rest string) {
	var name, span string
	var count int
	if _, err := fmt.Sscan(rest, &name, &count, &span); err != nil {
		w.t.Fatal(err)
	}
	d, err := time.ParseDuration(span)
	if err != nil {
		w.t.Fatal(err)
	}
	began := w.now
	for i := range count {
		w.until(began.Add(d * time.Duration(i) / time.Duration(count)))
		w.person("join", fmt.Sprint(name, i+1))
	}
}

// person plays what somebody does: @alice, or discord:@alice on another network than the console's.
func (w *world) person(verb, rest string) {
	name, more, _ := strings.Cut(rest, " ")
	platform, id, elsewhere := strings.Cut(name, ":@")
	if !elsewhere {
		platform, id = string(chat.Console), strings.TrimPrefix(name, "@")
	}
	ev := chat.Event{Actor: chat.Actor{MemberRef: chat.MemberRef{Platform: chat.Platform(platform), ID: id}, Name: id}}
	switch verb {
	case "join":
		ev.Body = chat.MemberJoined{}
	case "bot-join":
		ev.Actor.Kind, ev.Body = chat.Bot, chat.MemberJoined{}
	case "joined": // learnt late: "joined @bob 2026-11-20 09:00"
		at, err := time.ParseInLocation("2006-01-02 15:04", more, w.voice.Zone)
		if err != nil {
			w.t.Fatal(err)
		}
		ev.At, ev.Late, ev.Body = at, true, chat.MemberJoined{}
	case "leave":
		ev.Body = chat.MemberLeft{}
	case "banned":
		ev.Body = chat.MemberBanned{}
	case "rename":
		ev.Actor.Name, ev.Body = more, chat.MemberRenamed{Old: id}
	case "say":
		ev.Body = chat.MessageSent{Content: chat.Content{Text: more}}
	default:
		w.t.Fatalf("unknown verb %q", verb)
	}
	w.happen(ev)
}

// until lets time pass and delivers the wakes that come due, earliest first.
func (w *world) until(when time.Time) {
	for !w.stopped {
		key := ""
		for k, at := range w.wakes {
			if !at.After(when) && (key == "" || at.Before(w.wakes[key]) || at.Equal(w.wakes[key]) && k < key) {
				key = k
			}
		}
		if key == "" {
			break
		}
		due := w.wakes[key]
		delete(w.wakes, key)
		if due.After(w.now) {
			w.now = due.Add(40 * time.Millisecond)
		}
		w.happen(chat.Event{Actor: chat.Actor{Kind: chat.System}, Body: chat.Tick{Key: key, Due: due}})
	}
	if when.After(w.now) {
		w.now = when
	}
}

func (w *world) happen(ev chat.Event) {
	if ev.At.IsZero() {
		ev.At = w.now.UTC()
	}
	for _, a := range w.activities {
		keys := a.Keys(ev)
		if keys == nil {
			continue
		}
		asked := recollection{map[string][]byte{}, w.raid}
		for _, k := range keys {
			if !strings.HasPrefix(k, a.Name()+"/") {
				w.t.Errorf("%s asks for the key %s", a.Name(), k)
			}
			if v, ok := w.memory[k]; ok {
				asked.records[k] = v
			}
		}
		for _, action := range a.Act(ev, asked) {
			w.carryOut(a, keys, action)
		}
	}
	for len(w.ended) > 0 {
		next := w.ended[0]
		w.ended = w.ended[1:]
		w.happen(next)
	}
}

func (w *world) carryOut(a Activity, keys []string, action chat.Action) {
	switch action := action.(type) {
	case chat.Remember:
		// A batch's people are remembered without being read before.
		if !slices.Contains(keys, action.Key) && !strings.HasPrefix(action.Key, welcomePerson) {
			w.t.Errorf("%s remembers %s, which it did not read", a.Name(), action.Key)
		}
		w.remember(action)
	case chat.Wake:
		w.wakes[action.Key] = action.At
		if action.At.IsZero() {
			delete(w.wakes, action.Key)
		}
	case chat.Send:
		if action.As == "greet" {
			w.ended = append(w.ended, w.greeted(action))
		}
		if action.As == "greet" && w.refuses != "" {
			return
		}
		place := action.Logical
		if action.On != "" && action.On != chat.Console {
			place += " on " + string(action.On)
		}
		w.print("%s %s: %s", action.As, place, w.catalogue.Plain(w.voice, action.Say, catalogue.Resolver{}))
	case chat.StartThread:
		w.print("thread %s: %s | %s (%s)", action.Logical, w.catalogue.Plain(w.voice, action.TitleSay, catalogue.Resolver{}),
			w.catalogue.Plain(w.voice, action.Say, catalogue.Resolver{}), action.Ref)
	default:
		w.t.Errorf("%s wants %T", a.Name(), action)
	}
}

// greeted is how a greeting ended.
func (w *world) greeted(a chat.Send) chat.Event {
	body := chat.Settled{Ref: a.Ref, Act: a, Outcome: chat.Done}
	if w.refuses != "" {
		body.Outcome, body.Reason = chat.Blocked, w.refuses
	}
	return chat.Event{Actor: chat.Actor{Kind: chat.System}, Body: body}
}

func (w *world) remember(r chat.Remember) {
	if r.Value == nil {
		delete(w.memory, r.Key)
		return
	}
	data, err := json.Marshal(r.Value)
	if err != nil {
		w.t.Fatal(err)
	}
	w.memory[r.Key] = data
}

func (w *world) print(format string, args ...any) {
	fmt.Fprintf(&w.out, "%s %s\n", w.now.In(w.voice.Zone).Format("2006-01-02 15:04"), fmt.Sprintf(format, args...))
}
