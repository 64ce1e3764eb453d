package bot_test

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters"
	"palabre/chat"
)

// town is a house on a network whose bans and silences belong to rooms. Its calls are listed with their rooms.
type town struct {
	*house
	last int

	called sync.Mutex
	did    []string
}

var (
	lounge = chat.RoomRef{Platform: chat.Console, ID: "lounge"}
	attic  = chat.RoomRef{Platform: chat.Console, ID: "attic"}
)

func newTown(t *testing.T) *town {
	w := &town{house: newHouse(t)}
	w.network.able = chat.Carried()
	w.network.answers(func(_ string, a chat.Action) error {
		w.note(a)
		return nil
	})
	w.start()
	return w
}

func (w *town) note(a chat.Action) {
	w.called.Lock()
	defer w.called.Unlock()
	w.did = append(w.did, placed(a))
}

// later gives the sanctions of a while.
func (w *town) later(d time.Duration) []string {
	w.did = nil
	time.Sleep(d)
	synctest.Wait()
	return w.sanctions()
}

// placed describes a sanction with the rooms that it is for.
func placed(a chat.Action) string {
	in := func(room chat.RoomRef) string {
		if room.IsZero() {
			return ""
		}
		return " in " + room.ID
	}
	switch a := a.(type) {
	case chat.Ban:
		return "ban" + in(a.Room)
	case chat.Timeout:
		return "timeout" + in(a.Room)
	case chat.Unban:
		if a.Of != (chat.Imposed{}) {
			return "unban ours" + in(a.Room)
		}
		return "unban" + in(a.Room)
	}
	return describe(a)
}

// happens lets something happen to mallory in a room, and gives the sanctions that followed.
func (w *town) happens(room chat.RoomRef, body chat.Body) []string {
	w.t.Helper()
	ev := w.next("mallory")
	ev.Room, ev.Logical, ev.Body = room, room.ID, body
	return w.sends(ev)
}

// mod calls a command.
func (w *town) mod(name, args string) []string {
	w.t.Helper()
	ev := w.next("mod")
	ev.Actor.Standing = chat.StandingModerator
	ev.Body = chat.CommandInvoked{Name: name, Args: args, Message: chat.MessageRef{Room: general, ID: ev.ID}}
	return w.sends(ev)
}

func (w *town) next(who string) chat.Event {
	w.last++
	return says(strconv.Itoa(w.last), who, "")
}

func (w *town) sends(events ...chat.Event) []string {
	w.did = nil
	w.emit(events...)
	return w.sanctions()
}

func (w *town) sanctions() []string {
	return slices.DeleteFunc(slices.Clone(w.did), func(what string) bool {
		return !strings.HasPrefix(what, "ban") && !strings.HasPrefix(what, "timeout") && !strings.HasPrefix(what, "unban") && !strings.HasPrefix(what, "lift")
	})
}

func (w *town) told(prefix string) bool { return containsPrefix(w.did, "log: "+prefix) }

func (w *town) want(got []string, want ...string) {
	w.t.Helper()
	if !slices.Equal(got, want) {
		w.t.Errorf("did %q, want %q", got, want)
	}
}

var aModerator = chat.Actor{MemberRef: memberRef("mod"), Name: "mod", Standing: chat.StandingModerator}

// A ban by hand in one room is not the community's: asked to ban, Palabre bans everywhere, and its end, or its undoing, leaves
// the room to whoever banned there. Several rooms banned by hand are one case, which can be undone here.
func TestABanByHandIsOfOneRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		defer func() { w.stop() }()
		byHand := chat.MemberBanned{By: aModerator, Here: true}
		w.want(w.happens(general, byHand))
		if !w.told("**#1** mallory in #general: ban, by mod") {
			t.Errorf("not told: %q", w.did)
		}
		w.want(w.happens(lounge, byHand))
		w.want(w.happens(lounge, byHand))
		if len(w.did) != 0 {
			t.Errorf("a second room was told: %q", w.did)
		}
		w.want(w.mod("ban", "mallory 1h spam"), "ban")
		w.want(w.later(2*time.Hour), "unban ours")
		w.want(w.mod("ban", "mallory 1d spam"), "ban")
		w.want(w.mod("undo", "1")) // the community's ban stands in those rooms too
		w.want(w.mod("undo", "3"), "unban ours")
		w.want(w.happens(general, byHand))
		w.want(w.happens(attic, byHand))
		w.want(w.mod("undo", "4"), "unban in general", "unban in attic")
	})
}

// What stands reaches the rooms that come later: those that the member enters, and those that are met with the member in
// them, after a restart too. Who has become a moderator is left alone.
func TestWhatStandsHoldsInRoomsThatComeLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		defer func() { w.stop() }()
		w.want(w.mod("ban", "mallory"), "ban")
		w.want(w.mod("timeout", "mallory 5h"), "timeout")
		w.want(w.happens(lounge, chat.MemberEntered{}), "ban in lounge", "timeout in lounge")
		if !w.told("**#1** mallory came into #lounge, so this holds there too: ban") {
			t.Errorf("not told: %q", w.did)
		}
		w.stop()
		w.start()
		met := w.next("palabre")
		met.Actor, met.Room, met.Logical = chat.Actor{Kind: chat.System}, attic, "attic"
		met.Body = chat.RoomMet{Members: []chat.MemberRef{memberRef("ann"), memberRef("mallory"), memberRef("zoe")}}
		w.want(w.sends(met), "ban in attic", "timeout in attic")
		if !w.told("I protect #attic from now on: 2 bans and silences that stand hold there too.") {
			t.Errorf("not told: %q", w.did)
		}
		w.want(w.sends(met)) // told again
		staff := w.next("mallory")
		staff.Actor.Standing, staff.Body = chat.StandingModerator, chat.MemberEntered{}
		w.want(w.sends(staff))
		w.want(w.mod("undo", "1"), "unban ours")
		w.want(w.later(5*time.Hour), "lift timeout")
		w.want(w.happens(lounge, chat.MemberEntered{}))
	})
}

// A room that a moderator excepts by hand is not banned from again when the member enters it, until somebody asks for a ban.
func TestWhatAModeratorLiftsInOneRoomStaysLifted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		defer func() { w.stop() }()
		w.want(w.mod("ban", "mallory 1d"), "ban")
		w.want(w.mod("timeout", "mallory 1d"), "timeout")
		w.want(w.happens(lounge, chat.MemberUnbanned{By: aModerator, Here: true}))
		w.want(w.happens(lounge, chat.MemberUnsilenced{By: aModerator, Here: true}))
		w.stop()
		w.start()
		w.want(w.happens(lounge, chat.MemberEntered{}))
		w.want(w.happens(attic, chat.MemberEntered{}), "ban in attic", "timeout in attic")
		w.want(w.mod("ban", "mallory 1h"), "ban") // the day's ban, in all rooms
		w.want(w.happens(lounge, chat.MemberEntered{}), "ban in lounge")
		w.want(w.happens(lounge, chat.MemberUnbanned{By: aModerator}))
		w.want(w.happens(attic, chat.MemberEntered{}), "timeout in attic")
	})
}

// One room that refuses what stands does not end it in all others.
func TestARoomThatRefusesEndsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		defer func() { w.stop() }()
		w.want(w.mod("ban", "mallory"), "ban")
		w.network.answers(func(_ string, a chat.Action) error {
			w.note(a)
			if ban, ok := a.(chat.Ban); ok && ban.Room == lounge {
				return chat.ErrForbidden
			}
			return nil
		})
		w.want(w.happens(lounge, chat.MemberEntered{}), "ban in lounge")
		w.want(w.happens(attic, chat.MemberEntered{}), "ban in attic")
	})
}

// A sanction that waits for the operator's word is not carried out by the back door, in the rooms that its member enters.
func TestWhatIsHeldReachesNoRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		defer func() { w.stop() }()
		w.stop()
		w.limits.PerMinute = 1
		w.start()
		w.want(w.mod("timeout", "mallory 5h"), "timeout")
		w.want(w.mod("ban", "mallory"))
		w.want(w.happens(lounge, chat.MemberEntered{}), "timeout in lounge")
	})
}

// A hand's ban that an earlier version wrote for the whole community is not carried into other rooms.
func TestABanByHandIsNotCarriedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		defer func() { w.stop() }()
		w.want(w.happens(general, chat.MemberBanned{By: aModerator}))
		w.want(w.happens(attic, chat.MemberEntered{}))
		w.want(w.mod("ban", "mallory"), "ban")
	})
}

// Two moderators answer the same message at the same moment: the second hears that the first was there.
func TestTwoModeratorsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		defer func() { w.stop() }()
		w.want(w.mod("timeout", "mallory 1h"), "timeout")
		time.Sleep(time.Second)
		w.want(w.mod("timeout", "mallory 1h"), "timeout")
		if !w.told("**#2** mallory: timeout 1 hour (another one lasts until") {
			t.Errorf("told: %q", w.did)
		}
		w.want(w.later(2*time.Hour), "lift timeout")
	})
}

// roll is a network where ids can be typed by hand, and where only mallory is known.
type roll struct{ *network }

func (r roll) Find(_ chat.RoomRef, text string) (chat.Actor, bool) {
	return chat.Actor{MemberRef: chat.MemberRef{Platform: r.Platform(), ID: text}, Name: text}, true
}

func (r roll) Knows(member chat.MemberRef) bool { return member.ID == "mallory" }

// A slip of the finger in an id warns or silences nobody, and says so; a ban may be for somebody who has not come yet, and who
// was here before, or has a case, is no slip.
func TestATypoIsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		n := newNetwork()
		n.is, n.able = chat.Matrix, chat.Carried()
		h.others = []adapters.Adapter{roll{n}}
		h.start()
		defer func() { h.stop() }()
		last := 0
		ask := func(name, args string) []string {
			t.Helper()
			last++
			ev := says("c"+strconv.Itoa(last), "mod", "")
			ev.Actor.Standing = chat.StandingModerator
			ev.Room = chat.RoomRef{Platform: chat.Matrix, ID: "general"}
			ev.Body = chat.CommandInvoked{Name: name, Args: args, Message: chat.MessageRef{Room: ev.Room, ID: ev.ID}}
			n.emit <- adapters.Batch{Events: []chat.Event{ev}}
			synctest.Wait()
			h.network.did()
			return n.did()
		}
		for _, call := range []string{"timeout @typo:hs 1h", "warn @typo:hs be nice", "cases @typo:hs"} {
			name, args, _ := strings.Cut(call, " ")
			if did := ask(name, args); len(did) != 0 { // the answer goes to the moderators' room
				t.Errorf("%s: %q", call, did)
			}
		}
		for _, call := range []string{"timeout mallory 1h", "ban @typo:hs", "timeout @typo:hs 1h"} {
			name, args, _ := strings.Cut(call, " ")
			if did := ask(name, args); !slices.Contains(did, name) {
				t.Errorf("%s: %q", call, did)
			}
		}
	})
}
