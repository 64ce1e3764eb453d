package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"palabre/chat"
	"palabre/store"
)

func said(id, logical, text string, at time.Time) store.Archived {
	room := chat.RoomRef{Platform: chat.Console, ID: logical}
	ev := chat.Event{ID: "console:" + id, At: at, Room: room, Logical: logical, Body: chat.MessageSent{
		Message: chat.MessageRef{Room: room, ID: id}, Content: chat.Content{Text: text},
	}}
	data, err := chat.EncodeEvent(&ev)
	if err != nil {
		panic(err)
	}
	return store.Archived{Event: ev.ID, At: at, Kind: chat.KindMessage, Logical: logical, Message: chat.MessageRef{Room: room, ID: id}, Data: data}
}

func texts(t *testing.T, s *store.Store) (out []string) {
	t.Helper()
	must(t, s.Archive(t.Context(), time.Time{}, func(data []byte) error {
		ev, err := chat.DecodeEvent(data)
		if sent, ok := ev.Body.(chat.MessageSent); ok {
			out = append(out, sent.Content.Text)
		}
		return err
	}))
	return out
}

// What the terms no longer allow goes: what is too old, and all of a room that no longer opts in.
func TestTheArchiveKeepsItsTerms(t *testing.T) {
	s := open(t, newPath(t))
	must(t, s.Commit(t.Context(), &store.Group{
		Archive: []store.Archived{
			said("1", "general", "old", noon.Add(-10*24*time.Hour)), said("2", "general", "new", noon),
			said("3", "help", "elsewhere", noon), said("4", "general", "taken away", noon),
		},
		Taken: []store.Taken{{Message: chat.MessageRef{Room: chat.RoomRef{Platform: chat.Console, ID: "general"}, ID: "4"}, At: noon}},
	}))
	terms := store.ArchiveTerms{Rooms: []string{"general"}, Keep: 7 * 24 * time.Hour, Evidence: 24 * time.Hour}
	for _, step := range []struct {
		now  time.Time
		want []string
	}{
		{noon.Add(time.Hour), []string{"new", "taken away"}},
		{noon.Add(25 * time.Hour), []string{"new", ""}},
		{noon.Add(8 * 24 * time.Hour), nil},
	} {
		must(t, s.PruneArchive(t.Context(), terms, step.now))
		if got := texts(t, s); !slices.Equal(got, step.want) {
			t.Errorf("%s: %q, want %q", step.now, got, step.want)
		}
	}
}

// Somebody else may read while a process works, and sees what is committed; nothing is there before the first start.
func TestReadingBesideAProcess(t *testing.T) {
	path := newPath(t)
	if _, err := store.OpenReader(t.Context(), path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before the first start: %v", err)
	}
	s := open(t, path)
	must(t, s.Commit(t.Context(), &store.Group{Archive: []store.Archived{said("1", "general", "hello", noon)}}))
	reader, err := store.OpenReader(context.Background(), path)
	must(t, err)
	defer reader.Close()
	if got := texts(t, reader); !slices.Equal(got, []string{"hello"}) || reader.Key() != s.Key() {
		t.Errorf("read %q", got)
	}
	exec(t, path, "PRAGMA user_version = 1")
	if _, err := store.OpenReader(t.Context(), path); !errors.Is(err, store.ErrOlder) {
		t.Errorf("an older schema: %v", err)
	}
}

// A text that its author deletes or changes is gone at once, from the file and from the log beside it.
func TestADeletedTextIsGoneFromTheLog(t *testing.T) {
	for _, kind := range []chat.EventKind{chat.KindDeleted, chat.KindEdit} {
		path := newPath(t)
		s := open(t, path)
		must(t, s.Commit(t.Context(), &store.Group{Archive: []store.Archived{said("1", "general", "CANARYONE sings", noon)}}))
		taken := said("2", "general", "", noon)
		taken.Kind, taken.Message.ID, taken.Data = kind, "1", nil
		must(t, s.Commit(t.Context(), &store.Group{Archive: []store.Archived{taken}}))
		for _, file := range []string{path, path + "-wal"} {
			data, err := os.ReadFile(file)
			must(t, err)
			if bytes.Contains(data, []byte("CANARYONE")) {
				t.Errorf("%s: still in %s", kind, filepath.Base(file))
			}
		}
	}
}

// Old rows go in steps, all of them, and what is younger stays.
func TestPruneRemovesAllThatIsOld(t *testing.T) {
	s := open(t, newPath(t))
	var g store.Group
	for n := range 1300 {
		at := noon.Add(-time.Hour)
		if n >= 1200 {
			at = noon
		}
		g.Events = append(g.Events, store.Event{ID: fmt.Sprint(n), At: at, Kind: chat.KindMessage, Fact: []byte("{}")})
	}
	must(t, s.Commit(t.Context(), &g))
	must(t, s.Prune(t.Context(), noon.Add(-time.Minute)))
	past, err := s.Load(t.Context(), time.Time{}, time.Time{})
	must(t, err)
	if len(past.Seen) != 100 {
		t.Errorf("%d rows are left", len(past.Seen))
	}
}
