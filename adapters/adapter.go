// Package adapters holds the contract between Palabre and a network. An adapter translates and decides
// nothing: what the platform delivers becomes chat.Events, what Palabre decided becomes the platform's calls.
package adapters

import (
	"context"
	"maps"
	"strings"
	"time"

	"palabre/chat"
)

// Adapter is one network. Its Run is called once; Do may be called from several goroutines at once,
// also before Run has delivered anything.
type Adapter interface {
	Platform() chat.Platform
	Capabilities() chat.Capabilities
	// Run receives until ctx ends, and returns nil then. It begins where the cursors say, or now when there
	// are none. It reconnects by itself; an error means that it cannot go on at all (token revoked).
	// emit takes a batch and blocks while the queue is full; it returns an error only when ctx has ended.
	Run(ctx context.Context, from Cursors, emit func(Batch) error) error
	// Do carries out one action. key is the order's idempotency key (at most 25 characters of [a-z0-9]):
	// calling twice with one key has one effect, unless Capabilities say Once for the action. Errors wrap those of
	// package chat; any other error is tried again later. Lifting what is not there is chat.ErrGone, also
	// where the right to lift is missing; lifting what an action says is ours, where somebody else's stands by then, is
	// chat.ErrForeign and leaves it alone, wherever the platform shows whose it is; a sanction that some rooms forbid is done, and the receipt says in how many.
	Do(ctx context.Context, key string, act chat.Action) (chat.Receipt, error)
}

// Redoer is the optional power to find out what became of an order whose answer was lost: the platform forgets keys after
// some minutes, and we know nothing of what a process did that died.
type Redoer interface {
	// Redo is Do for an order that may have been carried out since a moment: it looks for that first. Where nobody can
	// tell, the error wraps chat.ErrUncertain.
	Redo(ctx context.Context, key string, act chat.Action, since time.Time) (chat.Receipt, error)
}

// Sweeper is the optional power to make one call of many orders that come at the same time.
type Sweeper interface {
	// Together is how many orders like this one, in the same room, are best carried out at once: each by a Do of its own, which
	// the adapter joins to one call. One or less: they go singly.
	Together(act chat.Action) int
}

// Pacer is the optional power to say that the platform limits the whole account: orders wait for their turn in the outbox then,
// the most urgent first, instead of each finding out by itself.
type Pacer interface {
	// Pace tells the moment before which no order can go, zero when one can go now, and whether they must go one at a time.
	Pace() (notBefore time.Time, one bool)
}

// Live is the optional power to tell whether events are really being received, for /readyz. The
// sentence says what is wrong, empty when all is well.
type Live interface {
	Live() string
}

// Reader is the optional power to tell, since the start, how many events were left out because they could not be read, and
// how many values of others.
type Reader interface {
	Unread() (events, values uint64)
}

// Directory is the optional power to say who somebody is, from what the adapter already knows: it makes no call.
type Directory interface {
	// Find looks a member up by what a moderator typed in a room: a mention, an id, or a name that only one
	// member of the room has; who left may still be known by name. The actor carries the highest standing that they have in the community.
	Find(room chat.RoomRef, text string) (chat.Actor, bool)
}

// Roll is the optional power to tell whether somebody is known at all, where ids can be typed by hand: it makes no call.
type Roll interface {
	// Knows tells whether an account is in the community, or banned from it. Where that was not read, it is true.
	Knows(member chat.MemberRef) bool
}

// Publisher is the optional power to offer commands in the platform's own menus.
type Publisher interface {
	// Publish gives the definitions: called before Run, and again when they change. It returns at once; the
	// platform is told in Run, and only of what changed.
	Publish(specs []chat.CommandSpec, complete Complete)
}

// Complete proposes values for a parameter (by the Names of its command and itself) while its caller types: at
// most 25, the likeliest first, none for somebody who may not call the command. A choice's ID is the value, its Label
// is shown. It waits neither for the loop nor for a platform, and answers within the deadline of ctx.
type Complete = func(ctx context.Context, room chat.RoomRef, caller chat.Actor, command, param, typed string) []chat.Choice

// Doctor is the optional power to look at the account and its rights, for `palabre doctor`.
type Doctor interface {
	// Examine asks the platform, without Run, and changes nothing. What it cannot find out is a finding that is not OK.
	Examine(ctx context.Context) []Finding
}

// Finding is one thing that a Doctor looked at, in words for people who never saw the platform's documentation.
type Finding struct {
	OK   bool
	What chat.Phrase // what was found
	Mend chat.Phrase // what to click or write; zero when there is nothing to do; beside OK it is advice
}

// Batch is what happened, with the cursors that cover it. The shell commits both in one transaction.
type Batch struct {
	Events  []chat.Event
	Cursors Cursors // those that moved; an empty value removes one
}

// Cursors say where an adapter stopped reading: its own names to its own tokens.
type Cursors map[string]string

// Clone is a copy that may be changed; never nil.
func (c Cursors) Clone() Cursors {
	out := Cursors{}
	maps.Copy(out, c)
	return out
}

// Room is one line of the configuration's `rooms`: a logical name and the platform's id or alias.
type Room struct {
	Logical string
	ID      string
}

// ParseCommand reads "!timeout @bob 1h shouting" as a command. Two prefixes in a row, or a prefix
// followed by anything but a letter, are talk.
func ParseCommand(text, prefix string) (name, args string, ok bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(text), prefix)
	if !ok || rest == "" || !isLetter(rest[0]) {
		return "", "", false
	}
	name, args, _ = strings.Cut(rest, " ")
	name, more, _ := strings.Cut(name, "\n")
	return strings.ToLower(name), strings.TrimSpace(more + " " + args), true
}

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }
