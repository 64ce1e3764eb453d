package bot

import (
	"slices"

	"palabre/chat"
	"palabre/store"
)

// Where bans and silences belong to rooms, one that stands must reach the rooms that come later: the member enters one in
// which it was never imposed, or a room is met in which they are already.

// here is the event's room, where what happened holds in that alone.
func here(ev chat.Event, alone bool) chat.RoomRef {
	if !alone {
		return chat.RoomRef{}
	}
	return ev.Room.Parent()
}

// entered applies what stands for a member to the room that they enter.
func (l *lane) entered(s *scope, member chat.Actor) {
	for _, o := range l.due(s.ev.Room.ID, member) {
		l.apply(s, o)
		l.tell(s, chat.Say("desk.applied", chat.Args{
			"case": o.Case, "name": memberName(o.Action), "act": actPhrase(o.Action, s.ev.At), "room": where(s.ev),
		}))
	}
}

// met applies what stands to a room that is protected from now on.
func (l *lane) met(s *scope, members []chat.MemberRef) {
	applied := 0
	for _, ref := range members {
		if !l.ledger.knows(ref) {
			continue
		}
		for _, o := range l.due(s.ev.Room.ID, l.who(ref)) {
			l.apply(s, o)
			applied++
		}
	}
	if applied > 0 {
		l.tell(s, chat.Say("desk.met", chat.Args{"count": applied, "room": where(s.ev)}))
	}
}

// who is a member as their platform knows them.
func (l *lane) who(ref chat.MemberRef) chat.Actor {
	if directory, ok := l.directory(ref.Platform); ok {
		if known, found := directory.Find(chat.RoomRef{Platform: ref.Platform}, ref.ID); found {
			return known
		}
	}
	return chat.Actor{MemberRef: ref}
}

// due are the orders of what stands for a member and must reach a room. What others did by hand is theirs, what is held must
// not be done, who became a moderator meanwhile is safe, and what a moderator lifted in that room stays lifted.
func (l *lane) due(room string, member chat.Actor) (out []store.Order) {
	if room == "" || member.Kind != chat.Human || member.Standing >= chat.StandingModerator {
		return nil
	}
	for _, kind := range []chat.ActionKind{chat.ActBan, chat.ActTimeout} {
		key := sanctioned{member.MemberRef, kind}
		standing, stands := l.ledger.force(key)
		if !stands || l.ledger.excepted(key, room) {
			continue
		}
		o, ordered := l.imposing(standing)
		if ordered && slices.Contains([]store.State{store.Pending, store.Sending, store.Done}, o.State) {
			out = append(out, o)
		}
	}
	return out
}

// apply orders in the event's room what was ordered for the community.
func (l *lane) apply(s *scope, o store.Order) {
	s.number = o.Case
	room := s.ev.Room.Parent()
	switch a := o.Action.(type) {
	case chat.Ban:
		a.Room, a.DeleteFor = room, 0 // what they said elsewhere went then
		l.order(s, a, room.Platform, store.Pending)
	case chat.Timeout:
		a.Room = room
		l.order(s, a, room.Platform, store.Pending)
	}
}

// except notes that somebody lifted, in the event's room, what stands in the community.
func (l *lane) except(s *scope, key sanctioned) {
	standing, stands := l.ledger.force(key)
	if !stands || l.ledger.excepted(key, s.ev.Room.ID) {
		return
	}
	l.stand(store.Sanction{
		Member: key.member, Name: standing.Name, Kind: key.exceptions().kind, Room: s.ev.Room.ID, Case: standing.Case, ImposedAt: s.ev.At,
	})
}
