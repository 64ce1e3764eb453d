package matrix_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"palabre/adapters"
	"palabre/adapters/matrix/matrixtest"
	"palabre/chat"
)

// TestRoomsAreMetOnce: that a room is protected is told with those who are in it, once, also when it came while we were away.
func TestRoomsAreMetOnce(t *testing.T) {
	w := newTown(t)
	first := listen(t, w.open(t), adapters.Cursors{})
	first.begun(t)
	first.stop(t)
	attic := w.Room(matrixtest.Plan{Owner: w.owner, Levels: map[string]int{w.robot: 100}, Members: []string{w.ana, w.robot}})
	w.options.Rooms = append(w.options.Rooms, adapters.Room{Logical: "attic", ID: attic})
	second := listen(t, w.open(t), first.cursors)
	met := second.until(t, "the attic is met", isKind(chat.KindMet))
	if want := []chat.MemberRef{w.member(w.ana), w.member(w.owner)}; met.Room.ID != attic || !slices.Equal(met.Body.(chat.RoomMet).Members, want) {
		t.Errorf("met %s with %v, want %s with %v", met.Room.ID, met.Body, attic, want)
	}
	_, err := w.Person("mod").Join(attic)
	must(t, err)
	second.until(t, "she enters", isKind(chat.KindEntered))
	second.stop(t)
	third := listen(t, w.open(t), second.cursors)
	third.until(t, "what is said", saidIn(w.Say(attic, w.ana, "hello")))
	var rooms []string
	for _, l := range []*listener{first, second, third} {
		for _, ev := range l.all() {
			if ev.Body.EventKind() == chat.KindMet {
				rooms = append(rooms, ev.Logical)
			}
		}
	}
	slices.Sort(rooms)
	if want := []string{"attic", "general", "help"}; !slices.Equal(rooms, want) {
		t.Errorf("met %v, want %v", rooms, want)
	}
}

// TestSanctionsOfOneRoom: what is for one room touches no other, and a lift of ours spares what a moderator banned by hand.
func TestSanctionsOfOneRoom(t *testing.T) {
	w := newTown(t)
	a := w.open(t)
	do := func(act chat.Action) {
		t.Helper()
		_, err := a.Do(t.Context(), "k1", act)
		must(t, err)
	}
	memberships := func(want ...string) {
		t.Helper()
		if got := []string{w.Membership(w.general, w.ana), w.Membership(w.help, w.ana)}; !slices.Equal(got, want) {
			t.Errorf("memberships %v, want %v", got, want)
		}
	}
	do(chat.Timeout{Member: w.member(w.ana), Room: w.ref(w.help)})
	if general, help := w.Levels(w.general)[w.ana], w.Levels(w.help)[w.ana]; general != 0 || help != -1 {
		t.Errorf("levels %d and %d", general, help)
	}
	do(chat.Ban{Member: w.member(w.ana), Room: w.ref(w.help)})
	memberships("join", "ban")
	do(chat.Unban{Member: w.member(w.ana), Room: w.ref(w.help)})
	memberships("join", "leave")
	w.Post(w.help, matrixtest.Event{Type: "m.room.member", Sender: w.mod, StateKey: &w.ana, Content: map[string]any{"membership": "ban"}})
	ban := chat.Ban{Member: w.member(w.ana), Reason: "spam"}
	do(ban)
	memberships("ban", "ban")
	_, err := a.Do(t.Context(), "k2", chat.Unban{Member: ban.Member, Of: chat.Imposed{Reason: ban.Reason}})
	if memberships("leave", "ban"); err != nil && !errors.Is(err, chat.ErrForeign) {
		t.Errorf("a moderator's ban was in the way: %v", err)
	}
	do(chat.Unban{Member: w.member(w.ana), Room: w.ref(w.help)}) // theirs, which a moderator takes back here
	memberships("leave", "leave")
}

// TestWhatRings: what somebody must hear of is a text with its mentions, since homeservers ring for no notice; the rest are notices.
func TestWhatRings(t *testing.T) {
	w := newTown(t)
	a := w.open(t)
	ping := chat.Text{{Kind: chat.Ping, Member: w.member(w.ana), Text: "Ana"}, {Text: ", please stop"}}
	card := &chat.Card{Key: "ask/1", Choices: []chat.Choice{{ID: "yes", Emoji: "✅", Label: "Yes"}}}
	for i, c := range []struct {
		act  chat.Action
		want string
	}{
		{chat.Send{Room: w.ref(w.general), As: "warn", Text: ping}, "m.text"},
		{chat.Send{Room: w.ref(w.general), As: "greet", Text: ping}, "m.text"},
		{chat.Send{Room: w.ref(w.general), As: "alert", Text: chat.Text{{Text: "look"}}}, "m.text"},
		{chat.Send{Room: w.ref(w.general), Text: chat.Text{{Text: "May I?"}}, Card: card}, "m.text"},
		{chat.StartThread{Room: w.ref(w.general), Title: "Monday", Text: chat.Text{{Text: "how are you?"}}}, "m.text"},
		{chat.Send{Room: w.ref(w.general), As: "log", Text: chat.Text{{Text: "a case"}}}, "m.notice"},
	} {
		receipt, err := a.Do(t.Context(), fmt.Sprintf("k%d", i), c.act)
		must(t, err)
		for _, ev := range w.Events(w.general) {
			if ev.ID == receipt.Message.ID && ev.Content["msgtype"] != c.want {
				t.Errorf("%v is a %v, want %s", c.act, ev.Content["msgtype"], c.want)
			}
		}
	}
}

// TestLive: who reads and cannot write, or is outside of a room that the configuration names, does not call itself ready.
func TestLive(t *testing.T) {
	w := newTown(t)
	now := time.Now()
	w.options.Clock = func() time.Time { return now }
	a := w.open(t)
	l := listen(t, a, adapters.Cursors{})
	l.begun(t)
	live := func(want string) {
		t.Helper()
		if got := a.Live(); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("live: %q, want %q", got, want)
		}
	}
	live("")
	w.Fail(matrixtest.Fault{Kind: "send", Times: 1, Status: 403, Code: "M_USER_SUSPENDED"})
	say := func(key string) error {
		_, err := a.Do(t.Context(), key, chat.Send{Room: w.ref(w.general), Text: chat.Text{{Text: "hello"}}})
		return err
	}
	var retry *chat.RetryError
	if err := say("k1"); !errors.As(err, &retry) || !retry.Limited {
		t.Errorf("while suspended: %v, want to wait without counting the try", err)
	}
	live("suspended")
	now = now.Add(time.Minute)
	must(t, say("k1"))
	for _, text := range []string{"the poll of a minute ago is answered", "and the next one too"} {
		l.until(t, text, saidIn(w.Say(w.general, w.ana, text)))
	}
	live("")
	w.Post(w.help, matrixtest.Event{Type: "m.room.member", Sender: w.owner, StateKey: &w.robot, Content: map[string]any{"membership": "leave"}})
	l.until(t, "we hear that we are out", isKind(chat.KindUnread))
	live("not in help")
}

// TestRevisionsGoToo: what an edit said is taken away with its message, also when a fresh process knows nothing of either.
func TestRevisionsGoToo(t *testing.T) {
	for _, restarted := range []bool{false, true} {
		w := newTown(t)
		a := w.open(t)
		l := listen(t, a, adapters.Cursors{})
		l.begun(t)
		ana := w.Person("ana")
		message := w.Say(w.general, w.ana, "hello")
		for _, text := range []string{"imbecile", "hello again"} {
			_, err := ana.Edit(w.general, message, text)
			must(t, err)
		}
		mod, err := w.Person("mod").Edit(w.general, message, "not hers")
		must(t, err)
		l.until(t, "the last of it", saidIn(mod))
		if restarted {
			l.stop(t)
			a = w.open(t)
			again := listen(t, a, l.cursors)
			edit, err := ana.Edit(w.general, message, "imbecile again")
			must(t, err)
			again.until(t, "an edit of what we did not see come", func(ev chat.Event) bool { return ev.ID == "matrix:"+edit })
		}
		act := chat.Delete{Message: chat.MessageRef{Room: w.ref(w.general), ID: message}, Author: w.member(w.ana), Reason: "insults"}
		w.Fail(matrixtest.Fault{Kind: "redact", Skip: 1, Times: 1}) // cut off between the two edits
		if _, err := a.Do(t.Context(), "k1", act); err == nil {
			t.Error("the cut went unnoticed")
		}
		_, err = a.Do(t.Context(), "k1", act)
		must(t, err)
		if shown := w.Shown(w.general); !slices.Equal(shown, []string{"* not hers"}) {
			t.Errorf("restarted %v: still readable: %q", restarted, shown)
		}
		if asked := w.Calls("relations") > 0; asked != restarted {
			t.Errorf("restarted %v: asked for relations %v", restarted, asked)
		}
	}
}
