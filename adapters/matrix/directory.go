package matrix

import (
	"slices"
	"strings"
	"time"

	"palabre/adapters"
	"palabre/chat"
)

// room is what is known of one protected room.
type room struct {
	id      string
	logical string
	space   bool // a space: its members belong to the community, but nothing is said there
	made    creation
	power   object // the content of m.room.power_levels, nil without one
	levels  levels
}

func (r *room) ref() chat.RoomRef { return chat.RoomRef{Platform: chat.Matrix, ID: r.id} }

// setPower takes the room's power levels, and setCreation who made it; both decide the levels.
func (r *room) setPower(content object) {
	r.power = content
	r.levels = levelsOf(content, r.made)
}

func (r *room) setCreation(made creation) {
	r.made = made
	r.levels = levelsOf(r.power, made)
}

// apply takes a piece of the room's state, from wherever it comes.
func (r *room) apply(ev wireEvent) {
	switch {
	case ev.isState("m.room.power_levels"):
		r.setPower(ev.Content)
	case ev.isState("m.room.create"):
		r.setCreation(creationOf(ev))
		r.space = ev.Content.str("type") == "m.space"
	}
}

// person is what is known of one member of the community.
type person struct {
	name    string
	renamed string               // the last name change that was told
	in      map[string]time.Time // rooms they are in, and since when; zero when that is unknown
	banned  map[string]ban       // rooms they are banned from
}

// ban is somebody's ban from one room: since when, and whether it is ours.
type ban struct {
	since time.Time
	ours  bool
}

// directory knows the protected rooms and who is in them. Its size is that of the community: one entry
// for each member, and one for each ban.
type directory struct {
	rooms   map[string]*room
	people  map[string]*person
	crowded bool                   // some room has too many members to know them all
	gone    *adapters.Recent[bool] // whose leaving was told lately, so that it is told once
}

func newDirectory() *directory {
	return &directory{rooms: map[string]*room{}, people: map[string]*person{}, gone: adapters.NewRecent[bool](4096)}
}

// maxName bounds a display name, in bytes.
const maxName = 256

func (d *directory) person(user string) *person {
	p := d.people[user]
	if p == nil {
		p = &person{in: map[string]time.Time{}, banned: map[string]ban{}}
		d.people[user] = p
	}
	return p
}

// names are a person's display name, cut to a bounded length, or the local part of their id.
func (d *directory) name(user string) string {
	if p := d.people[user]; p != nil && p.name != "" {
		return p.name
	}
	local, _, _ := strings.Cut(strings.TrimPrefix(user, "@"), ":")
	return local
}

// setName keeps a display name as one line of bounded length: a line of the moderators' room must not end inside a name.
func (p *person) setName(name string) {
	name = strings.Join(strings.Fields(name), " ")
	if len(name) > maxName {
		name = strings.ToValidUTF8(name[:maxName], "")
	}
	p.name = name
}

// joined is since when somebody is in the community: the oldest of their rooms, zero when one is unknown.
func (d *directory) joined(user string) time.Time {
	p := d.people[user]
	if p == nil {
		return time.Time{}
	}
	var first time.Time
	for _, since := range p.in {
		if since.IsZero() {
			return time.Time{}
		}
		if first.IsZero() || since.Before(first) {
			first = since
		}
	}
	return first
}

// highest is the highest level that a user was given in a protected room. What a room gives to everybody does not count:
// else one room where all may do all would make staff of a whole community.
func (d *directory) highest(user string) int64 {
	var highest int64
	for _, r := range d.rooms {
		if n, ok := r.levels.given(user); ok {
			highest = max(highest, n)
		}
	}
	return highest
}

// load takes the members that a room has now, as its /members tells them.
func (d *directory) load(r *room, members []wireEvent, self string) {
	for _, ev := range members {
		if ev.Type != "m.room.member" || ev.StateKey == nil {
			continue
		}
		switch ev.Content.str("membership") {
		case "join":
			p := d.person(*ev.StateKey)
			p.in[r.id] = entered(ev)
			p.setName(ev.Content.str("displayname"))
		case "ban":
			d.person(*ev.StateKey).banned[r.id] = ban{ev.At, ev.Sender == self}
		}
	}
}

// byUs are the rooms that we banned somebody from, and since when.
func (p *person) byUs() map[string]time.Time {
	out := map[string]time.Time{}
	for room, b := range p.banned {
		if b.ours {
			out[room] = b.since
		}
	}
	return out
}

// entered is when the member event's join happened, zero when the event only changed a name: what came
// before is then not known.
func entered(ev wireEvent) time.Time {
	if ev.before() == "join" || (ev.before() == "" && ev.Unsigned.str("replaces_state") != "") {
		return time.Time{}
	}
	return ev.At
}

// meet takes the name of somebody whom the homeserver mentions in passing (lazy loading), without
// believing anything about their membership: that comes with its own event.
func (d *directory) meet(ev wireEvent) {
	if ev.StateKey == nil || ev.Content.str("membership") != "join" {
		return
	}
	if p := d.person(*ev.StateKey); p.name == "" {
		p.setName(ev.Content.str("displayname"))
	}
}

// change takes a member event in its room's order and tells what it means for the community, nil when it
// means nothing there. A person joins with the first protected room (the space counts), enters the others, and leaves
// with the last. Our bans are the community's: the first room tells them, and the last one their lifting. What somebody
// else bans or lifts is the room's alone, until nothing is left. A new name arrives once for each room and is told once.
// by is who did it, as an actor.
func (d *directory) change(r *room, ev wireEvent, by chat.Actor) chat.Body {
	user, now := *ev.StateKey, ev.Content.str("membership")
	p := d.person(user)
	before := ev.before()
	if before == "" {
		before = p.membership(r.id, ev)
	}
	reason := ev.Content.str("reason")
	switch {
	case now == "join" && before == "join":
		return p.rename(ev)
	case now == "join":
		first := !elsewhere(p.in, r.id, ev.At)
		p.in[r.id] = ev.At
		d.gone.Drop(user)
		delete(p.banned, r.id)
		p.setName(ev.Content.str("displayname"))
		if !first {
			return chat.MemberEntered{}
		}
		return chat.MemberJoined{}
	case now == "ban":
		return p.bannedFrom(r, ev, before, by)
	case before == "ban":
		delete(p.banned, r.id)
		defer d.forget(user, p)
		if by.Kind == chat.Self {
			return when(len(p.byUs()) == 0, chat.MemberUnbanned{By: by})
		}
		return chat.MemberUnbanned{By: by, Here: len(p.banned) > 0}
	case before == "join":
		delete(p.in, r.id)
		_, told := d.gone.Get(user)
		if told || elsewhere(p.in, r.id, ev.At) {
			return nil
		}
		d.gone.Put(user, true)
		left := chat.MemberLeft{Reason: reason}
		if ev.Sender != user {
			left.By = memberRef(ev.Sender)
		}
		return left
	}
	return nil
}

// bannedFrom takes a ban. Somebody who bans once more whom we have banned for a while is told too, so that our end does not
// lift theirs.
func (p *person) bannedFrom(r *room, ev wireEvent, before string, by chat.Actor) chat.Body {
	ours := by.Kind == chat.Self
	first := !elsewhere(p.byUs(), r.id, ev.At)
	delete(p.in, r.id)
	if before != "ban" || !ours {
		p.banned[r.id] = ban{ev.At, ours}
	}
	if ours {
		return when(first && before != "ban", chat.MemberBanned{By: by, Reason: ev.Content.str("reason")})
	}
	return chat.MemberBanned{By: by, Reason: ev.Content.str("reason"), Here: true}
}

// membership is the one before ev as far as we know, for servers that do not say.
func (p *person) membership(room string, ev wireEvent) string {
	if since, ok := p.in[room]; ok && !since.Equal(ev.At) {
		return "join"
	}
	if b, ok := p.banned[room]; ok && !b.since.Equal(ev.At) {
		return "ban"
	}
	return "leave"
}

func (p *person) rename(ev wireEvent) chat.Body {
	name, old := ev.Content.str("displayname"), p.name
	if prev := ev.Unsigned.obj("prev_content"); prev != nil {
		old = prev.str("displayname")
	}
	p.setName(name)
	if name == old || p.renamed == name {
		return nil
	}
	p.renamed = name
	return chat.MemberRenamed{Old: old}
}

// forget drops who is neither in a room nor banned from one.
func (d *directory) forget(user string, p *person) {
	if len(p.in) == 0 && len(p.banned) == 0 {
		delete(d.people, user)
	}
}

// elsewhere tells whether a person already was in another room (or banned from one) at that moment. What is
// loaded at a start may be newer than the events that are then read again, so moments are compared;
// of two rooms at the same moment, the one with the lower id was first.
func elsewhere(rooms map[string]time.Time, room string, at time.Time) bool {
	for other, since := range rooms {
		if other != room && (since.Before(at) || (since.Equal(at) && other < room)) {
			return true
		}
	}
	return false
}

func when(told bool, body chat.Body) chat.Body {
	if told {
		return body
	}
	return nil
}

// remove forgets a room that we are no longer in, and who was only there.
func (d *directory) remove(id string) {
	delete(d.rooms, id)
	for user, p := range d.people {
		delete(p.in, id)
		delete(p.banned, id)
		d.forget(user, p)
	}
}

// sorted gives the protected rooms in a fixed order.
func (d *directory) sorted() []*room {
	out := make([]*room, 0, len(d.rooms))
	for _, r := range d.rooms {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b *room) int { return strings.Compare(a.id, b.id) })
	return out
}
