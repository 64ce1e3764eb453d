package matrix

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"palabre/adapters"
	"palabre/chat"
)

var update = flag.Bool("update", false, "rewrite the expected events in testdata")

// TestTranslate reads testdata/*.txtar: what a homeserver delivers, one event a line, and what it means. The
// community has two rooms, #general (where @mod has 50) and #help, and a bridge whose puppets are ignored.
func TestTranslate(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := told(t, string(archive.Files[0].Data))
			if *update {
				archive.Files[1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(archive.Files[1].Data), got); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

var noon = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

// told runs the delivered events through the adapter, without a homeserver to ask.
func told(t testing.TB, delivered string) string {
	t.Helper()
	r := offline(t)
	var b strings.Builder
	for line := range strings.SplitSeq(strings.TrimSpace(delivered), "\n") {
		if line == "" {
			b.WriteString("\n")
			continue
		}
		ev, ok := parseEvent([]byte(line))
		if !ok {
			fmt.Fprintf(&b, "cannot be read\n")
			continue
		}
		if ev.Room == "" {
			ev.Room = "!general:hs"
		}
		events := r.handle(t.Context(), ev)
		for _, out := range events {
			b.WriteString(describe(t, out))
		}
		if len(events) == 0 {
			fmt.Fprintf(&b, "%s: nothing\n", ev.ID)
		}
	}
	return b.String()
}

// offline is an adapter in a community of two rooms that cannot ask anything.
func offline(t testing.TB) *receiver {
	t.Helper()
	a, err := New(Options{
		Homeserver: "http://127.0.0.1:1", User: "@palabre:hs", Token: "t", Ignore: []string{"@_bridge_*:hs"},
		Rooms: []adapters.Room{{Logical: "general", ID: "!general:hs"}}, Clock: func() time.Time { return noon },
	})
	if err != nil {
		t.Fatal(err)
	}
	for id, logical := range map[string]string{"!general:hs": "general", "!help:hs": "help"} {
		known := &room{id: id, logical: logical, made: creation{version: "11"}}
		users := map[string]any{"@palabre:hs": json.Number("100")}
		if logical == "general" {
			users["@mod:hs"] = json.Number("50")
		}
		known.setPower(object{"users": users})
		a.dir.rooms[id] = known
	}
	return &receiver{Adapter: a}
}

// describe is an event on one line: only what is set, in JSON.
func describe(t testing.TB, ev chat.Event) string {
	t.Helper()
	who := ev.Actor.Name
	if ev.Actor.Kind != chat.Human {
		who += fmt.Sprintf(" (%s)", [...]string{"human", "bot", "puppet", "self", "system"}[ev.Actor.Kind])
	}
	if ev.Actor.Standing > chat.StandingMember {
		who += fmt.Sprintf(" (%s)", ev.Actor.Standing)
	}
	where := ev.Logical
	if ev.Room.Thread != "" {
		where += "/" + ev.Room.Thread
	}
	return fmt.Sprintf("%s %s %s, %s in %s: %s\n",
		ev.ID, ev.At.Format("15:04:05"), ev.Body.EventKind(), strings.TrimSpace(who), where, compact(t, ev.Body))
}

func compact(t testing.TB, body chat.Body) string {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(trim(v)); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}

// trim drops what is empty, and the platform and room that every reference repeats.
func trim(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, inner := range v {
			inner = trim(inner)
			if key == "platform" || key == "room" || key == "Person" || inner == nil {
				continue
			}
			out[key] = inner
		}
		if len(out) == 1 && out["id"] != nil {
			return out["id"]
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case []any:
		for i := range v {
			v[i] = trim(v[i])
		}
		return v
	case string:
		if v == "" || v == "0001-01-01T00:00:00Z" {
			return nil
		}
	case float64:
		if v == 0 {
			return nil
		}
	case bool:
		if !v {
			return nil
		}
	}
	return v
}
