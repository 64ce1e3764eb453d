package discord

import (
	"bytes"
	"compress/zlib"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// FuzzFrames: whatever comes, nothing panics, and what is told has an id and a time that is not in the future.
func FuzzFrames(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, kind := range []string{"MESSAGE_CREATE", "GUILD_MEMBER_UPDATE", "INTERACTION_CREATE"} {
			f.Add(kind, []byte(`{"op":0,"s":1,"t":"`+kind+`","d":{"guild_id":"200000000000000000"}}`))
		}
		f.Add("GUILD_AUDIT_LOG_ENTRY_CREATE", data)
	}
	f.Add("", []byte("null"))
	f.Add("", []byte("[]"))
	f.Add("", []byte("7"))
	b := village(f)
	now := time.Date(2024, 5, 1, 10, 2, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, kind string, data []byte) {
		got, err := parseFrame(data)
		if err != nil {
			return
		}
		if _, known := tellers[kind]; known {
			got.Type = kind
		}
		events, _ := b.tell(dispatch{frame: got, session: session{ID: "s"}, arrived: now})
		for _, ev := range events {
			if !strings.HasPrefix(ev.ID, "discord:") || ev.At.After(now) || ev.Body == nil {
				t.Errorf("told %+v", ev)
			}
		}
	})
}

// FuzzInflate: what was compressed comes back, message by message; garbage is an error and never large.
func FuzzInflate(f *testing.F) {
	f.Add([]byte(`{"op":10}`), []byte(`{"op":0,"t":"READY"}`))
	f.Add([]byte{}, bytes.Repeat([]byte("x"), 100_000))
	f.Fuzz(func(t *testing.T, one, two []byte) {
		var wire bytes.Buffer
		w := zlib.NewWriter(&wire)
		var z inflater
		for _, text := range [][]byte{one, two, one} {
			if _, err := w.Write(text); err != nil {
				t.Fatal(err)
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			got, err := z.inflate(bytes.Clone(wire.Bytes()))
			if err != nil || !bytes.Equal(got, text) {
				t.Fatalf("%d bytes became %d: %v", len(text), len(got), err)
			}
			wire.Reset()
		}
		var garbage inflater
		if got, err := garbage.inflate(one); err == nil && len(got) > maxFrame {
			t.Error("too large")
		}
	})
}
