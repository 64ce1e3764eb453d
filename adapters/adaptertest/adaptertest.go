// Package adaptertest holds the behaviour that every adapter must show, whatever its network: people are
// played on the platform's side, the adapter is used as the shell uses it, and what comes out is compared.
package adaptertest

import (
	"testing"

	"palabre/adapters"
	"palabre/chat"
)

// Human is somebody on the platform, played by a test. A method fails when the platform
// refuses.
type Human interface {
	// Member is who they are.
	Member() chat.MemberRef
	// Join enters the community: all of its rooms. Leave goes from all of them.
	Join() error
	Leave() error
	// Rename changes their display name.
	Rename(name string) error
	// Say says something and gives the message's reference.
	Say(room chat.RoomRef, text string) (chat.MessageRef, error)
	Edit(message chat.MessageRef, text string) error
	Delete(message chat.MessageRef) error
	React(message chat.MessageRef, emoji string) error
	// Vote chooses an answer of a poll, by its place; the first is 1.
	Vote(poll chat.MessageRef, place int) error
}

// Shown is one message as a room shows it now.
type Shown struct {
	ID       string
	Author   chat.MemberRef
	Text     string           // what people see, without marks of formatting
	Marked   []string         // the pieces shown in another way than the rest: bold, italics, links, code
	Pings    []chat.MemberRef // whom it notifies
	PingsAll bool
}

// Harness is one community on a platform, new for each case.
type Harness struct {
	// Open gives an adapter for Palabre's account; again after a restart of Palabre.
	Open func(t *testing.T) adapters.Adapter
	// Room is a room of the community whose logical name is "general".
	Room chat.RoomRef
	// Stranger gives somebody with an account who is not in the community yet.
	Stranger func(t *testing.T, name string) Human
	// Moderator is in the community with the standing of a moderator.
	Moderator Human
	// Read is what a room, or a thread, shows now, oldest first. Deleted messages are not shown.
	Read func(t *testing.T, room chat.RoomRef) []Shown
	// Prefix is how commands begin.
	Prefix string
	// Role is the name of a role without any power; empty where there are none.
	Role string
	// Private is what somebody has got in private messages, oldest first; nil where there are none.
	Private func(t *testing.T, h Human) []string
	// Offered are the names of the commands in the platform's menus, sorted; nil where there are none.
	Offered func(t *testing.T) []string
}

// Run puts an adapter through all cases; open makes a harness for each. What its platform has not at all is no case of
// its: that it says so, and refuses it, is one.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	has := abilities(open(t).Open(t))
	for _, c := range cases {
		if c.needs != "" && !has[c.needs] {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			h := open(t)
			c.run(t, &session{Harness: h, t: t, shell: newShell()})
		})
	}
}

// menus is what an adapter has that publishes commands; the other needs of cases are kinds of actions.
const menus = "menus"

// abilities are what an adapter's platform has.
func abilities(a adapters.Adapter) map[chat.ActionKind]bool {
	_, publishes := a.(adapters.Publisher)
	has := map[chat.ActionKind]bool{menus: publishes}
	for kind, support := range a.Capabilities().Actions {
		has[kind] = support.Can
	}
	return has
}

var cases = []struct {
	name  string
	run   func(t *testing.T, s *session)
	needs chat.ActionKind // what not every platform has; empty for the rest
}{
	{"what somebody says arrives once, with who they are", says, ""},
	{"an edit names the message and has an identity of its own", edits, ""},
	{"a deletion names the message", deletes, ""},
	{"a newcomer joins once and leaves once", joinsAndLeaves, ""},
	{"somebody who was there before is present", present, ""},
	{"a new name is told once and goes with what is said next", renames, ""},
	{"a reaction arrives with its emoji", reacts, ""},
	{"a command is parsed", commands, ""},
	{"our own messages are our own", ownMessages, ""},
	{"one key sends one message", sendOnce, ""},
	{"a message is deleted once", deleteOnce, ""},
	{"a timeout silences until it is lifted", timeout, ""},
	{"a ban keeps out until it is lifted", ban, ""},
	{"a kick does not touch who came after the decision", kick, ""},
	{"a name can neither ping nor format", hostileNames, ""},
	{"a thread can be spoken in", thread, ""},
	{"a card can be pressed", pressCard, ""},
	{"a message of ours is edited", editOurs, chat.ActEdit},
	{"a pin is set and taken back", pinAndUnpin, chat.ActPin},
	{"a role is given and taken, once", roles, chat.ActGiveRole},
	{"a slowmode slows members and ends", slowmode, chat.ActSlowmode},
	{"a locked room is its moderators' until it is unlocked", locks, chat.ActLock},
	{"a lock is taken back after a restart", lockAcrossRestart, chat.ActLock},
	{"a poll is opened once, voted in and closed", polls, chat.ActOpenPoll},
	{"a nickname is reset", nicknames, chat.ActResetName},
	{"a ban takes what was said of late with it", banWithHistory, ""},
	{"a private message reaches one member, once", direct, chat.ActDirect},
	{"commands are published", published, menus},
	{"of every action it is said whether the platform can", everyKind, ""},
	{"after a restart nothing is missing and nothing is doubled", restart, ""},
	{"what was not committed comes again, the same", replay, ""},
}

// must fails the test on an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
