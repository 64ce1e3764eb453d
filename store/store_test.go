package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palabre/chat"
	"palabre/store"
)

var (
	noon    = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	mallory = chat.MemberRef{Platform: chat.Console, ID: "mallory"}
)

func open(t *testing.T, path string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func newPath(t *testing.T) string { return filepath.Join(t.TempDir(), "palabre.db") }

func sampleGroup() *store.Group {
	room := chat.RoomRef{Platform: chat.Console, ID: "general"}
	return &store.Group{
		Events:   []store.Event{{ID: "console:1", At: noon, Kind: chat.KindMessage, Fact: []byte(`{"id":"console:1"}`)}},
		Verdicts: []store.Verdict{{Event: "console:1", At: noon, Rule: "flood", Mode: "enforce", Person: "console:mallory", Incident: "i1", Case: 1, Reasons: []chat.Reason{{Code: "rate", Text: "6 messages in 10 s"}}}},
		Cases:    []store.Case{{No: 1, Incident: "i1", Member: mallory, Person: chat.PersonOf(mallory), Name: "Mallory", Rule: "flood", Why: "no", OpenedAt: noon}},
		Strikes:  []store.Strike{{Person: chat.PersonOf(mallory), Points: 2, Rule: "flood", At: noon, Case: 1}},
		Sanctions: []store.Sanction{
			{ID: 1, Member: mallory, Name: "Mallory", Kind: chat.ActTimeout, Until: noon.Add(time.Hour), Case: 1, ImposedAt: noon},
			{ID: 2, Member: mallory, Name: "Mallory", Kind: chat.ActBan, Case: 1, ImposedAt: noon},
		},
		Memory:  []store.Memory{{Key: "welcome/batch", Value: []byte(`{"n":1}`)}},
		Wakes:   []store.Wake{{Key: "sanction/1", At: noon.Add(time.Hour)}},
		Orders:  []store.Order{{Key: "abc", Event: "console:1", Case: 1, Label: "delete", Platform: chat.Console, Subject: "m1", Action: chat.Delete{Message: chat.MessageRef{Room: room, ID: "1"}}, State: store.Pending, NextAt: noon, CreatedAt: noon}},
		Members: []store.Member{{Person: chat.PersonOf(mallory), Name: "Mallory", Joined: noon}},
		Cursors: []store.Cursor{{Platform: chat.Matrix, Name: "since", Token: "s1"}},
	}
}

// What a group holds is there after the database was closed and opened again.
func TestCommitSurvivesAReopening(t *testing.T) {
	path := newPath(t)
	first := open(t, path)
	g := sampleGroup()
	if err := first.Commit(t.Context(), g); err != nil {
		t.Fatal(err)
	}
	key := first.Key()
	first.Close()

	second := open(t, path)
	if second.Key() != key {
		t.Error("the instance's key changed")
	}
	p, err := second.Load(t.Context(), noon.Add(-time.Hour), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	g.Verdicts[0].Would = nil
	g.Orders[0].Seq = 1
	want := &store.Past{
		Facts: [][]byte{g.Events[0].Fact}, Seen: []string{"console:1"}, Verdicts: g.Verdicts, Strikes: g.Strikes,
		Sanctions: g.Sanctions, Members: g.Members, Wakes: g.Wakes, Orders: g.Orders, Deletions: g.Orders,
		LastCase: 1, LastSanc: 2,
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Error(diff)
	}
	cursors, err := second.Cursors(t.Context())
	if diff := cmp.Diff(g.Cursors, cursors); diff != "" || err != nil {
		t.Error(diff, err)
	}
	memory, err := second.Memory(t.Context(), "welcome/batch", "welcome/other")
	if diff := cmp.Diff(map[string][]byte{"welcome/batch": []byte(`{"n":1}`)}, memory); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// Taking a case back keeps its row, drops its strikes, ends its sanctions.
func TestUndoKeepsTheRecord(t *testing.T) {
	s := open(t, newPath(t))
	g := sampleGroup()
	ended := g.Sanctions[0]
	ended.EndedAt = noon.Add(time.Minute)
	later := &store.Group{
		Undone:    []store.Undone{{Case: 1, At: noon.Add(time.Minute), By: "mod", Reason: "my mistake"}},
		Sanctions: []store.Sanction{ended},
		Memory:    []store.Memory{{Key: "welcome/batch"}},
		Wakes:     []store.Wake{{Key: "sanction/1"}},
		Cursors:   []store.Cursor{{Platform: chat.Matrix, Name: "since"}},
		Updates:   []store.Update{{Key: "abc", State: store.Done, Attempts: 2, At: noon.Add(time.Minute), Receipt: chat.Receipt{Gone: true}}},
	}
	for _, group := range []*store.Group{g, later} {
		if err := s.Commit(t.Context(), group); err != nil {
			t.Fatal(err)
		}
	}
	p, err := s.Load(t.Context(), noon, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Strikes) != 0 || len(p.Sanctions) != 1 || len(p.Wakes) != 0 || len(p.Orders) != 0 {
		t.Errorf("still open: %+v", p)
	}
	if cursors, err := s.Cursors(t.Context()); err != nil || len(cursors) != 0 {
		t.Errorf("cursors %v, %v", cursors, err)
	}
	c, err := s.Case(t.Context(), 1)
	if err != nil || c.UndoneBy != "mod" || c.UndoReason != "my mistake" || !c.UndoneAt.Equal(noon.Add(time.Minute)) {
		t.Errorf("case %+v, %v", c, err)
	}
	over, err := s.Ended(t.Context(), mallory, chat.ActTimeout)
	if err != nil || len(over) != 1 || over[0].ID != 1 {
		t.Errorf("ended: %+v, %v", over, err)
	}
	if over, err = s.Ended(t.Context(), mallory, chat.ActBan); err != nil || len(over) != 0 {
		t.Errorf("a ban that stands is over: %+v, %v", over, err)
	}
	orders, err := s.OrdersOf(t.Context(), 1)
	if err != nil || len(orders) != 1 || orders[0].State != store.Done || !orders[0].Receipt.Gone {
		t.Errorf("orders %+v, %v", orders, err)
	}
}

// Where somebody spoke last is found as far back as the journal goes.
func TestLastMessage(t *testing.T) {
	s := open(t, newPath(t))
	fact := func(id, person string) store.Event {
		return store.Event{ID: id, At: noon, Kind: chat.KindMessage, Fact: fmt.Appendf(nil, `{"id":%q,"person":%q}`, id, person)}
	}
	group := &store.Group{Events: []store.Event{fact("1", "console:mallory"), fact("2", "console:mallory"), fact("3", "console:alice")}}
	if err := s.Commit(t.Context(), group); err != nil {
		t.Fatal(err)
	}
	got, err := s.LastMessage(t.Context(), chat.PersonOf(mallory))
	if err != nil || string(got) != `{"id":"2","person":"console:mallory"}` {
		t.Errorf("%s, %v", got, err)
	}
	if got, err = s.LastMessage(t.Context(), "console:nobody"); err != nil || got != nil {
		t.Errorf("of nobody: %s, %v", got, err)
	}
}

func TestRepeatsAreHarmless(t *testing.T) {
	s := open(t, newPath(t))
	g := &store.Group{Events: sampleGroup().Events, Orders: sampleGroup().Orders}
	for range 2 {
		if err := s.Commit(t.Context(), g); err != nil {
			t.Fatal(err)
		}
	}
	seen, err := s.Seen(t.Context(), "console:1")
	if err != nil || !seen {
		t.Error("not seen", err)
	}
	if orders, err := s.Orders(t.Context()); err != nil || len(orders) != 1 {
		t.Errorf("orders %v %v", orders, err)
	}
}

// A group is written whole or not at all, and the same group can be tried again.
func TestAFailedCommitWritesNothing(t *testing.T) {
	s := open(t, newPath(t))
	g := sampleGroup()
	g.Cases = append(g.Cases, g.Cases[0]) // the same number twice
	if err := s.Commit(t.Context(), g); err == nil {
		t.Fatal("committed")
	}
	if seen, _ := s.Seen(t.Context(), "console:1"); seen {
		t.Error("half of the group was written")
	}
	g.Cases = g.Cases[:1]
	if err := s.Commit(t.Context(), g); err != nil {
		t.Error(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	made := func(t *testing.T) string {
		path := newPath(t)
		s := open(t, path)
		if err := s.Commit(t.Context(), sampleGroup()); err != nil {
			t.Fatal(err)
		}
		s.Close()
		return path
	}
	for name, tc := range map[string]struct {
		spoil func(t *testing.T, path string)
		want  error
	}{
		"a second process": {func(t *testing.T, path string) { open(t, path) }, store.ErrLocked},
		"a newer schema":   {func(t *testing.T, path string) { exec(t, path, "PRAGMA user_version = 99") }, store.ErrNewer},
		"an emptied file":  {func(t *testing.T, path string) { must(t, os.Truncate(path, 0)) }, store.ErrForeign},
		"a missing file":   {func(t *testing.T, path string) { must(t, os.Remove(path)) }, store.ErrForeign},
		"another database": {func(t *testing.T, path string) { exec(t, path, "UPDATE instance SET id = 'other'") }, store.ErrForeign},
		"a damaged page": {func(t *testing.T, path string) {
			f, err := os.OpenFile(path, os.O_RDWR, 0)
			must(t, err)
			_, err = f.WriteAt(make([]byte, 4096), 4096)
			must(t, errors.Join(err, f.Close()))
		}, store.ErrDamaged},
		"garbage": {func(t *testing.T, path string) {
			must(t, os.WriteFile(path, []byte("this is no database at all, really"), 0o600))
		}, store.ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			path := made(t)
			tc.spoil(t, path)
			s, err := store.Open(t.Context(), path)
			if err == nil {
				s.Close()
			}
			if !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
}

func TestBackupAndRestore(t *testing.T) {
	path := newPath(t)
	s := open(t, path)
	must(t, s.Commit(t.Context(), sampleGroup()))
	copyPath := filepath.Join(t.TempDir(), "copy.db")
	held, err := store.Backup(t.Context(), path, copyPath) // while the process runs
	must(t, err)
	if held.Cases != 1 || held.Waiting == 0 || held.Events == 0 || held.Last.IsZero() {
		t.Errorf("the copy holds %+v", held)
	}
	if _, err := store.Backup(t.Context(), path, copyPath); err == nil {
		t.Error("a backup was overwritten")
	}
	must(t, s.Commit(t.Context(), &store.Group{Undone: []store.Undone{{Case: 1, At: noon, By: "mod"}}}))
	if _, err := store.Restore(t.Context(), copyPath, path, noon); !errors.Is(err, store.ErrLocked) {
		t.Errorf("restored under a running process: %v", err)
	}
	s.Close()

	done, err := store.Restore(t.Context(), copyPath, path, noon)
	must(t, err)
	if done.Holdings != held {
		t.Errorf("the copy held %+v, restored were %+v", held, done.Holdings)
	}
	restored := open(t, path)
	if c, err := restored.Case(t.Context(), 1); err != nil || !c.UndoneAt.IsZero() {
		t.Errorf("restored case %+v %v", c, err)
	}
	if _, err := os.Stat(done.Kept); err != nil {
		t.Error("the old file was not kept:", err)
	}
}

// On a new machine there is no folder yet, and nothing that could be kept.
func TestRestoreOnANewMachine(t *testing.T) {
	path := newPath(t)
	open(t, path).Close()
	fresh := filepath.Join(t.TempDir(), "var", "lib", "palabre.db")
	done, err := store.Restore(t.Context(), path, fresh, noon)
	must(t, err)
	if done.Kept != "" || !done.IsZero() {
		t.Errorf("of an empty memory, to where nothing was: %+v", done)
	}
	open(t, fresh)
}

// A missing backup is what is missing, not the folder that it would go to; and nothing is made for it.
func TestRestoreOfNothing(t *testing.T) {
	fresh := filepath.Join(t.TempDir(), "new", "palabre.db")
	_, err := store.Restore(t.Context(), "no-such-backup.db", fresh, noon)
	if err == nil || !strings.Contains(err.Error(), "no-such-backup.db") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Dir(fresh)); err == nil {
		t.Error("a folder was made")
	}
}

// Root restores, and the service goes on working with files that are its own.
func TestRestoreKeepsTheOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	const service = 65532
	backup := newPath(t)
	open(t, backup).Close()
	home := t.TempDir()
	must(t, os.Chown(home, service, service))
	for _, path := range []string{filepath.Join(home, "palabre.db"), filepath.Join(home, "deeper", "palabre.db")} {
		for range 2 { // the second time over what the first one made
			_, err := store.Restore(t.Context(), backup, path, noon)
			must(t, err)
		}
		for _, made := range []string{path, path + ".lock", filepath.Dir(path)} {
			info, err := os.Stat(made)
			must(t, err)
			if owner := info.Sys().(*syscall.Stat_t).Uid; owner != service {
				t.Errorf("%s belongs to %d", made, owner)
			}
		}
	}
}

func TestRestoreRefusesWhatIsNotOurs(t *testing.T) {
	path := newPath(t)
	other := filepath.Join(t.TempDir(), "other.db")
	exec(t, other, "CREATE TABLE t (x)")
	if _, err := store.Restore(t.Context(), other, path, noon); !errors.Is(err, store.ErrForeign) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("something was put in its place")
	}
}

func exec(t *testing.T, path, text string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	must(t, err)
	defer db.Close()
	_, err = db.ExecContext(context.Background(), text)
	must(t, err)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
