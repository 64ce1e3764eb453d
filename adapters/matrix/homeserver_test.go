package matrix_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"palabre/adapters"
	"palabre/adapters/adaptertest"
	"palabre/adapters/matrix"
	"palabre/adapters/matrix/homeservertest"
	"palabre/chat"
)

// TestHomeserver puts the adapter through every case against a real homeserver, with two rooms in a space.
func TestHomeserver(t *testing.T) {
	server := homeservertest.Start(t)
	n := 0
	adaptertest.Run(t, func(t *testing.T) adaptertest.Harness {
		n++
		return community(t, at(server), suffixed(n))
	})
}

func suffixed(n int) string { return string(rune('a'+n/26)) + string(rune('a'+n%26)) }

// place is a homeserver, real or not.
type place struct {
	url      string
	register func(name string) *mautrix.Client
	// makersRule tells that a room's maker stands above all levels, as since version 12, and may not be named in them.
	makersRule bool
}

func at(server *homeservertest.Server) place {
	return place{url: server.URL, register: server.Register, makersRule: server.RoomVersion() == "12"}
}

// community makes a new one on a homeserver: a space with two rooms, their owner, a moderator (50), and Palabre
// (100, which changing power levels needs in a room made with the default settings).
func community(t *testing.T, server place, suffix string) adaptertest.Harness {
	t.Helper()
	register := server.register
	owner, moderator, bot := register("owner"+suffix), register("mod"+suffix), register("palabre"+suffix)
	levels := map[id.UserID]int{moderator.UserID: 50, bot.UserID: 100}
	if !server.makersRule { // since then a room's maker stands above all and may have no level
		levels[owner.UserID] = 100
	}
	space := makeRoom(t, owner, mautrix.ReqCreateRoom{
		RoomAliasName: "space" + suffix, CreationContent: map[string]any{"type": "m.space"},
	}, levels)
	rooms := []id.RoomID{space}
	for _, name := range []string{"general", "help"} {
		room := makeRoom(t, owner, mautrix.ReqCreateRoom{RoomAliasName: name + suffix}, levels)
		_, err := owner.SendStateEvent(t.Context(), space, event.StateSpaceChild, room.String(), map[string]any{"via": []string{"localhost"}})
		if err != nil {
			t.Fatal(err)
		}
		rooms = append(rooms, room)
	}
	people := func(t *testing.T, client *mautrix.Client) *person { return &person{t: t, client: client, rooms: rooms} }
	mod := people(t, moderator)
	if err := mod.Join(); err != nil {
		t.Fatal(err)
	}
	return adaptertest.Harness{
		Room: ref(rooms[1]), Prefix: "!", Moderator: mod,
		Open: func(t *testing.T) adapters.Adapter {
			return open(t, matrix.Options{
				Homeserver: server.url, User: bot.UserID.String(), Token: bot.AccessToken,
				Space: "#space" + suffix + ":localhost",
				Rooms: []adapters.Room{{Logical: "general", ID: "#general" + suffix + ":localhost"}},
			})
		},
		Stranger: func(t *testing.T, name string) adaptertest.Human { return people(t, register(name+suffix)) },
		Read:     reader(owner),
		Private:  private,
	}
}

func makeRoom(t *testing.T, owner *mautrix.Client, req mautrix.ReqCreateRoom, levels map[id.UserID]int) id.RoomID {
	t.Helper()
	req.Preset, req.PowerLevelOverride = "public_chat", &event.PowerLevelsEventContent{Users: levels}
	made, err := owner.CreateRoom(t.Context(), &req)
	if err != nil {
		t.Fatal(err)
	}
	return made.RoomID
}

func open(t *testing.T, o matrix.Options) *matrix.Adapter {
	t.Helper()
	a, err := matrix.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestHomeserverGap: 500 messages are said while Palabre is away and the homeserver is restarted halfway. None is
// missed, none is told twice, and they come in the order in which they were said.
func TestHomeserverGap(t *testing.T) {
	server := homeservertest.Start(t)
	h := community(t, at(server), "gap")
	ana := h.Stranger(t, "ana")
	must(t, ana.Join())
	first := listen(t, h.Open(t), adapters.Cursors{})
	first.begun(t)
	first.stop(t)

	const messages = 500
	var want []string
	for i := range messages {
		if i == messages/2 {
			shownLast(t, h, want[i-1]) // what it has not shown to anybody, this server may lose when it stops
			server.Restart()
		}
		message, err := ana.Say(h.Room, fmt.Sprintf("message %d", i))
		must(t, err)
		want = append(want, message.ID)
	}
	second := listen(t, h.Open(t), first.cursors)
	second.until(t, "the last message", saidIn(want[messages-1]))
	second.until(t, "the hole is closed", func(chat.Event) bool { return len(second.gaps()) == 0 })
	if diff := cmp.Diff(want, second.said()); diff != "" {
		t.Errorf("messages (-said +told):\n%s", diff)
	}
	if !second.sawGap {
		t.Error("the homeserver never cut a timeline short: this test tries nothing")
	}
}

// TestHomeserverRestart: the homeserver stops and starts again while Palabre listens.
func TestHomeserverRestart(t *testing.T) {
	server := homeservertest.Start(t)
	h := community(t, at(server), "again")
	adapter := h.Open(t)
	l := listen(t, adapter, adapters.Cursors{})
	l.begun(t)
	before, err := h.Moderator.Say(h.Room, "before")
	must(t, err)
	l.until(t, "before", saidIn(before.ID))
	server.Restart()
	after, err := h.Moderator.Say(h.Room, "after")
	must(t, err)
	l.until(t, "after", saidIn(after.ID))
	receipt, err := adapter.Do(t.Context(), "again1", chat.Send{Room: h.Room, Text: chat.Text{{Text: "still here"}}})
	must(t, err)
	l.until(t, "our own", saidIn(receipt.Message.ID))
	if diff := cmp.Diff([]string{before.ID, after.ID, receipt.Message.ID}, l.said()); diff != "" {
		t.Errorf("messages (-said +told):\n%s", diff)
	}
}

// TestHomeserverCreators: in a room of version 12 nobody stands above its maker, whatever the power levels say.
func TestHomeserverCreators(t *testing.T) {
	server := homeservertest.Start(t, homeservertest.RoomVersion12)
	maker, bot := server.Register("maker"), server.Register("robot")
	room, err := maker.CreateRoom(t.Context(), &mautrix.ReqCreateRoom{Preset: "public_chat", RoomAliasName: "twelve"})
	must(t, err)
	a := open(t, matrix.Options{
		Homeserver: server.URL, User: bot.UserID.String(), Token: bot.AccessToken,
		Rooms: []adapters.Room{{Logical: "twelve", ID: "#twelve:localhost"}},
	})
	l := listen(t, a, adapters.Cursors{})
	l.begun(t)
	message, err := (&person{t: t, client: maker}).Say(ref(room.RoomID), "I made this")
	must(t, err)
	if got := l.until(t, "the maker's words", saidIn(message.ID)).Actor.Standing; got != chat.StandingAdmin {
		t.Errorf("the maker's standing is %s", got)
	}
	if _, err := a.Do(t.Context(), "k1", chat.Ban{Member: chat.MemberRef{Platform: chat.Matrix, ID: maker.UserID.String()}}); !errors.Is(err, chat.ErrForbidden) {
		t.Errorf("ban of the maker: %v, want ErrForbidden", err)
	}
}

// shownLast waits until the room shows a message.
func shownLast(t *testing.T, h adaptertest.Harness, id string) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		shown := h.Read(t, h.Room)
		if len(shown) > 0 && shown[len(shown)-1].ID == id {
			return
		}
	}
	t.Fatalf("%s is not shown", id)
}

// TestHomeserverLimits: under a homeserver's ordinary limits a ban does not wait behind old deletions, begins where it
// happened, and hardly any call is refused.
func TestHomeserverLimits(t *testing.T) {
	server := homeservertest.Start(t, homeservertest.DefaultLimits)
	owner, bot := server.Register("owner"), server.Register("palabre")
	levels := map[id.UserID]int{bot.UserID: 100}
	rooms := []id.RoomID{
		makeRoom(t, owner, mautrix.ReqCreateRoom{RoomAliasName: "one"}, levels), makeRoom(t, owner, mautrix.ReqCreateRoom{RoomAliasName: "two"}, levels),
	}
	must(t, (&person{t: t, client: bot, rooms: rooms}).Join())
	var deletions []chat.Action
	for _, name := range []string{"ana", "bob", "cleo"} {
		client := server.Register(name)
		p := &person{t: t, client: client, rooms: rooms}
		must(t, p.Join())
		for i := range 6 {
			message, err := p.Say(ref(rooms[0]), fmt.Sprint(i))
			must(t, err)
			deletions = append(deletions, chat.Delete{Message: message})
		}
	}
	a := open(t, matrix.Options{
		Homeserver: server.URL, User: bot.UserID.String(), Token: bot.AccessToken,
		Rooms: []adapters.Room{{Logical: "one", ID: rooms[0].String()}, {Logical: "two", ID: rooms[1].String()}},
	})
	var retry *chat.RetryError
	limited := false
	for i, act := range deletions {
		_, err := a.Do(t.Context(), fmt.Sprint("delete", i), act)
		if limited = errors.As(err, &retry) && retry.Limited; limited {
			break
		}
		must(t, err)
	}
	at, one := a.Pace()
	if !limited || !one || time.Until(at) > 10*time.Second {
		t.Fatalf("limited: %t, one at a time: %t, in %s", limited, one, time.Until(at))
	}
	time.Sleep(time.Until(at))
	ban := chat.Ban{Member: chat.MemberRef{Platform: chat.Matrix, ID: "@ana:localhost"}, Where: ref(rooms[1])}
	_, err := a.Do(t.Context(), "ban", ban)
	if !errors.As(err, &retry) || !retry.Limited {
		t.Fatalf("the second room: %v, want to wait", err)
	}
	var member event.MemberEventContent
	must(t, owner.StateEvent(t.Context(), rooms[1], event.StateMember, "@ana:localhost", &member))
	if member.Membership != event.MembershipBan {
		t.Errorf("where it happened: %s", member.Membership)
	}
	at, _ = a.Pace()
	time.Sleep(time.Until(at))
	if _, err := a.Do(t.Context(), "ban", ban); err != nil {
		t.Errorf("the other room: %v", err)
	}
}
