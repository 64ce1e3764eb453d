package console

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"palabre/adapters"
	"palabre/adapters/adaptertest"
	"palabre/chat"
)

// The console behaves as every adapter must.
func TestBehaviour(t *testing.T) {
	adaptertest.Run(t, func(*testing.T) adaptertest.Harness {
		w := New(Options{Rooms: []string{"general", "moderators"}, Now: time.Now, Out: io.Discard})
		return adaptertest.Harness{
			Open:      func(*testing.T) adapters.Adapter { return w.Open() },
			Room:      chat.RoomRef{Platform: chat.Console, ID: "general"},
			Stranger:  func(_ *testing.T, name string) adaptertest.Human { return someone{w, name} },
			Moderator: someone{w, "mod"},
			Read:      func(_ *testing.T, room chat.RoomRef) []adaptertest.Shown { return w.shown(room) },
			Prefix:    "!",
			Role:      "helper",
			Private:   func(_ *testing.T, h adaptertest.Human) []string { return w.whispers(h.Member().ID) },
		}
	})
}

// someone plays somebody through lines of a script, as a person at the keyboard would.
type someone struct {
	world *World
	name  string
}

func (h someone) exec(format string, args ...any) error {
	return h.world.Exec(h.name + fmt.Sprintf(format, args...))
}

func (h someone) Member() chat.MemberRef   { return chat.MemberRef{Platform: chat.Console, ID: h.name} }
func (h someone) Join() error              { return h.exec(" joins") }
func (h someone) Leave() error             { return h.exec(" leaves") }
func (h someone) Rename(name string) error { return h.exec(" is called %s", name) }

func (h someone) Say(room chat.RoomRef, text string) (chat.MessageRef, error) {
	where := room.ID
	if room.Thread != "" {
		where += "/" + room.Thread
	}
	if err := h.exec(" #%s: %s", where, text); err != nil {
		return chat.MessageRef{}, err
	}
	return chat.MessageRef{Room: room, ID: h.world.last()}, nil
}

func (h someone) Edit(m chat.MessageRef, text string) error {
	return h.exec(" edits %s: %s", m.ID, text)
}
func (h someone) Delete(m chat.MessageRef) error { return h.exec(" deletes %s", m.ID) }
func (h someone) React(m chat.MessageRef, emoji string) error {
	return h.exec(" reacts %s %s", m.ID, emoji)
}

func (h someone) Vote(m chat.MessageRef, place int) error {
	return h.exec(" votes %s %d", m.ID, place)
}

// whispers are the private messages that somebody has got.
func (w *World) whispers(name string) (out []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id := 1; id <= w.lastID; id++ {
		if m := w.messages[strconv.Itoa(id)]; m.to == name {
			out = append(out, m.text)
		}
	}
	return out
}

func (w *World) last() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strconv.Itoa(w.lastID)
}

func (w *World) shown(room chat.RoomRef) []adaptertest.Shown {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []adaptertest.Shown
	for id := 1; id <= w.lastID; id++ {
		m := w.messages[strconv.Itoa(id)]
		if !m.gone && m.room == room {
			author := chat.MemberRef{Platform: chat.Console, ID: strings.ToLower(m.author)}
			out = append(out, adaptertest.Shown{ID: strconv.Itoa(id), Author: author, Text: m.text, Pings: slices.Clone(m.pings)})
		}
	}
	return out
}

// Nothing that people write steers the terminal that shows it.
func TestNothingSteersTheTerminal(t *testing.T) {
	var out strings.Builder
	w := New(Options{Rooms: []string{"general"}, Now: func() time.Time { return time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC) }, Out: &out})
	if err := w.Exec("eve: \x1b[2Jclear \u202egnp.exe\x07\u009b1m"); err != nil {
		t.Fatal(err)
	}
	want := "— Monday 5 January 2026 —\n09:00:00 #general     [1] eve: ?[2Jclear ?gnp.exe??1m\n"
	if out.String() != want {
		t.Errorf("got %q", out.String())
	}
}

func TestWhatCannotBeDoneIsSaid(t *testing.T) {
	w := New(Options{Rooms: []string{"general"}, Now: time.Now, Out: io.Discard})
	for line, want := range map[string]string{
		"alice #nowhere: hi":    "there is no room #nowhere; there are #general",
		"alice edits 7: hi":     "there is no message 7",
		"alice joins (account)": "I do not understand; `help` lists what one may type",
		"fly":                   "I do not understand; `help` lists what one may type",
		"alice bans mod":        "alice does not stand above mod",
	} {
		if err := w.Exec(line); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", line, err, want)
		}
	}
}
