// Package console is a terminal as a chat network: rooms, members and messages live in this process, a
// person at the keyboard (or a script) plays everybody, and what Palabre does is printed. It is also the
// fake platform of our stories.
package console

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"palabre/adapters"
	"palabre/chat"
)

// World is the little network. It outlives the adapters that are opened on it, as a real one outlives
// our process.
type World struct {
	now    func() time.Time
	zone   *time.Location
	screen screen
	prefix string

	mu       sync.Mutex
	rooms    []string
	talk     string
	members  map[string]*member
	messages map[string]*message
	lastID   int
	calms    map[string]*calm        // by room
	done     map[string]chat.Receipt // by the key of an order: the network recognises a repeat
	trouble  trouble
	log      []chat.Event
	read     int           // how many of log were handed on
	moved    chan struct{} // rings when read moved
	adapter  *Adapter
}

// member is somebody who may speak.
type member struct {
	name     string // who they are, as scripts say it
	called   string // their display name
	standing chat.Standing
	roles    []string
	joined   time.Time // zero: has been here for long
	created  time.Time
	here     bool
	silenced time.Time // until then
	mute     bool      // silenced for ever
	banned   bool
	byUs     bool // it was Palabre that banned them
}

type message struct {
	room      chat.RoomRef
	author    string
	text      string
	pings     []chat.MemberRef
	card      *chat.Card
	poll      *poll
	at        time.Time
	to        string // who alone reads it
	gone      bool
	revisions int
}

// Options are what a World needs.
type Options struct {
	Rooms  []string // logical names; the first is where people talk when they name no room
	Now    func() time.Time
	Zone   *time.Location
	Out    io.Writer
	Colour bool
	Prefix string // how commands begin; empty: "!"
}

// self is Palabre's own name in the console.
const self = "Palabre"

// oldAccount is the age of an account of which nothing else was said.
const oldAccount = 2 * 365 * 24 * time.Hour

// New makes a world with two people in it: mod, a moderator, and admin.
func New(o Options) *World {
	w := &World{
		now: o.Now, zone: cmp.Or(o.Zone, time.UTC), prefix: cmp.Or(o.Prefix, "!"), screen: screen{out: o.Out, colour: o.Colour},
		rooms: slices.Clone(o.Rooms), members: map[string]*member{}, messages: map[string]*message{}, calms: map[string]*calm{}, done: map[string]chat.Receipt{},
		trouble: trouble{forbidden: map[chat.ActionKind]bool{}}, moved: make(chan struct{}, 1),
	}
	if len(w.rooms) > 0 {
		w.talk = w.rooms[0]
	}
	w.member("mod").standing = chat.StandingModerator
	w.member("admin").standing = chat.StandingAdmin
	return w
}

// member finds somebody, who has always been there if nobody heard of them before.
func (w *World) member(name string) *member {
	m, ok := w.members[strings.ToLower(name)]
	if !ok {
		m = &member{name: name, called: name, here: true, created: w.now().Add(-oldAccount)}
		w.members[strings.ToLower(name)] = m
	}
	return m
}

func (m *member) ref() chat.MemberRef {
	return chat.MemberRef{Platform: chat.Console, ID: strings.ToLower(m.name)}
}

func (m *member) actor() chat.Actor {
	return chat.Actor{
		MemberRef: m.ref(), Person: chat.PersonOf(m.ref()), Name: m.called, Kind: chat.Human, Standing: m.standing,
		Roles: slices.Clone(m.roles), Joined: m.joined, Created: m.created,
	}
}

func selfActor() chat.Actor {
	ref := chat.MemberRef{Platform: chat.Console, ID: strings.ToLower(self)}
	return chat.Actor{MemberRef: ref, Person: chat.PersonOf(ref), Name: self, Kind: chat.Self, Standing: chat.StandingAdmin}
}

// silent tells until when somebody may not speak.
func (w *World) silent(m *member) (until time.Time, silent bool) {
	return m.silenced, m.mute || w.now().Before(m.silenced)
}

func (w *World) room(name string) (chat.RoomRef, error) {
	name, thread, _ := strings.Cut(strings.TrimPrefix(name, "#"), "/")
	if !slices.Contains(w.rooms, name) {
		return chat.RoomRef{}, fmt.Errorf("there is no room #%s; there are #%s", name, strings.Join(w.rooms, ", #"))
	}
	return chat.RoomRef{Platform: chat.Console, ID: name, Thread: thread}, nil
}

func (w *World) newMessage(m message) string {
	w.lastID++
	id := strconv.Itoa(w.lastID)
	m.at = w.now()
	w.messages[id] = &m
	return id
}

// happen lets something happen: it is kept for adapters that come later, and delivered to the one that listens.
func (w *World) happen(events ...chat.Event) {
	for i := range events {
		events[i].ID = cmp.Or(events[i].ID, "console:"+strconv.Itoa(len(w.log)+1))
		events[i].Logical = events[i].Room.ID
		if events[i].At.IsZero() {
			events[i].At = w.now()
		}
		w.log = append(w.log, events[i])
	}
	if w.adapter != nil {
		w.adapter.wake()
	}
}

// trouble is what the network does wrong, on request.
type trouble struct {
	failures  int // the next calls end without an answer
	lost      int // the next calls work, but the answer is lost
	forbidden map[chat.ActionKind]bool
}

// Platform is the console.
func (a *Adapter) Platform() chat.Platform { return chat.Console }

// Capabilities: the console can do everything, as a real network would at its best. Only invitations it has none.
func (a *Adapter) Capabilities() chat.Capabilities {
	can := map[chat.ActionKind]chat.Support{}
	for _, kind := range chat.Carried() {
		can[kind] = chat.Support{Can: true}
	}
	can[chat.ActLookUp] = chat.Support{Instead: "nobody is invited to a terminal"}
	return chat.Capabilities{Actions: can, AccountAge: true, Buttons: true}
}

var (
	_ adapters.Adapter   = (*Adapter)(nil)
	_ adapters.Directory = (*Adapter)(nil)
)
