package bot

import (
	"slices"
	"time"

	"palabre/chat"
	"palabre/store"
)

// ledger knows every silence and ban that stands. Several may stand for one member; the longest is in
// force. So a sanction that ends never takes a longer one with it, whoever imposed that.
//
// Where a network's bans and silences belong to rooms, what a moderator does by hand holds in that room alone: it is kept
// with its room, and is never taken for a sanction of the community. What they lift by hand in one room is kept as an
// exception from what stands elsewhere, and ends with it.
type ledger struct {
	standing map[sanctioned][]store.Sanction
	lastID   int
}

// sanctioned is a member under one kind of sanction.
type sanctioned struct {
	member chat.MemberRef
	kind   chat.ActionKind
}

func newLedger(standing []store.Sanction, lastID int) *ledger {
	l := &ledger{standing: map[sanctioned][]store.Sanction{}, lastID: lastID}
	for _, s := range standing {
		l.put(s)
	}
	return l
}

func (l *ledger) put(s store.Sanction) {
	key := sanctioned{s.Member, s.Kind}
	l.standing[key] = append(l.standing[key], s)
}

// sameEnd is how far the ends of two sanctions may be apart and still be one: two moderators answered the same message.
const sameEnd = 5 * time.Second

// impose adds a sanction and returns it with its number. needed tells whether the platform must be
// told: not when one that stands already lasts as long.
func (l *ledger) impose(s store.Sanction) (imposed store.Sanction, needed bool) {
	l.lastID++
	s.ID = l.lastID
	before, was := l.force(sanctioned{s.Member, s.Kind})
	l.put(s)
	return s, !was || longer(s.Until, before.Until.Add(sameEnd)) && longer(s.Until, before.Until)
}

// covers tells whether a sanction that stands where another would lasts as long.
func (l *ledger) covers(s store.Sanction) bool {
	if s.Room != "" {
		return slices.Contains(l.rooms(sanctioned{s.Member, s.Kind}), s.Room)
	}
	standing, stands := l.force(sanctioned{s.Member, s.Kind})
	return stands && !longer(s.Until, standing.Until)
}

// rooms are those of the sanctions that hold in one room, or of the exceptions.
func (l *ledger) rooms(key sanctioned) []string {
	var out []string
	for _, s := range l.standing[key] {
		if s.Room != "" {
			out = append(out, s.Room)
		}
	}
	return out
}

// caseByHand is the case of what a moderator did by hand in single rooms; 0 for none.
func (l *ledger) caseByHand(key sanctioned) int {
	for _, s := range l.standing[key] {
		if s.Room != "" {
			return s.Case
		}
	}
	return 0
}

// excepted tells whether somebody lifted a sanction by hand in a room where it would hold.
func (l *ledger) excepted(key sanctioned, room string) bool {
	return slices.Contains(l.rooms(key.exceptions()), room)
}

// exceptions is where what was lifted by hand in single rooms is kept.
func (k sanctioned) exceptions() sanctioned {
	kinds := map[chat.ActionKind]chat.ActionKind{chat.ActBan: chat.ActUnban, chat.ActTimeout: chat.ActLiftTimeout}
	return sanctioned{k.member, kinds[k.kind]}
}

// knows tells whether anything stands for a member.
func (l *ledger) knows(member chat.MemberRef) bool {
	return len(l.standing[sanctioned{member, chat.ActBan}]) > 0 || len(l.standing[sanctioned{member, chat.ActTimeout}]) > 0
}

// find looks a standing sanction up by its number.
func (l *ledger) find(id int) (store.Sanction, bool) {
	for _, list := range l.standing {
		for _, s := range list {
			if s.ID == id {
				return s, true
			}
		}
	}
	return store.Sanction{}, false
}

// ofCase lists the standing sanctions of a case, oldest first.
func (l *ledger) ofCase(no int) []store.Sanction {
	var out []store.Sanction
	for _, list := range l.standing {
		for _, s := range list {
			if s.Case == no && (s.Kind == chat.ActBan || s.Kind == chat.ActTimeout) {
				out = append(out, s)
			}
		}
	}
	slices.SortFunc(out, func(a, b store.Sanction) int { return a.ID - b.ID })
	return out
}

// end takes a sanction away and returns what the platform must be told: to lift it, to shorten it to the
// one that remains, or nothing (nil) when one that lasts as long remains.
func (l *ledger) end(s store.Sanction) chat.Action {
	key := sanctioned{s.Member, s.Kind}
	l.standing[key] = slices.DeleteFunc(l.standing[key], func(o store.Sanction) bool { return o.ID == s.ID })
	if len(l.standing[key]) == 0 {
		delete(l.standing, key)
	}
	rest, remains := l.force(key)
	switch {
	case s.Room != "" && (remains || slices.Contains(l.rooms(key), s.Room)):
		return nil
	case !remains:
		return lift(s)
	case longer(s.Until, rest.Until) && s.Kind == chat.ActTimeout:
		return chat.Timeout{Member: s.Member, Name: s.Name, Until: rest.Until}
	default:
		return nil // a ban stands until its own end, which has its own wake
	}
}

// endIn forgets what holds in one room.
func (l *ledger) endIn(key sanctioned, room string) (ended []store.Sanction) {
	here := func(s store.Sanction) bool { return s.Room == room }
	for _, s := range l.standing[key] {
		if here(s) {
			ended = append(ended, s)
		}
	}
	l.standing[key] = slices.DeleteFunc(l.standing[key], here)
	return ended
}

// endAll forgets every sanction of one kind: somebody else lifted it in their own client.
func (l *ledger) endAll(key sanctioned) []store.Sanction {
	ended := l.standing[key]
	delete(l.standing, key)
	return ended
}

// force is the sanction of the community that lasts longest.
func (l *ledger) force(key sanctioned) (store.Sanction, bool) {
	list := slices.DeleteFunc(slices.Clone(l.standing[key]), func(s store.Sanction) bool { return s.Room != "" })
	if len(list) == 0 {
		return store.Sanction{}, false
	}
	return slices.MaxFunc(list, func(a, b store.Sanction) int {
		switch {
		case longer(a.Until, b.Until):
			return 1
		case longer(b.Until, a.Until):
			return -1
		default:
			return 0
		}
	}), true
}

// longer tells whether one end is later than another; the zero time is for ever.
func longer(a, b time.Time) bool {
	if b.IsZero() {
		return false
	}
	return a.IsZero() || a.After(b)
}

func lift(s store.Sanction) chat.Action {
	if s.Kind == chat.ActBan {
		return chat.Unban{Member: s.Member, Name: s.Name, Room: roomOf(s.Member, s.Room)}
	}
	return chat.LiftTimeout{Member: s.Member, Name: s.Name}
}

// roomOf is a room of a member's platform; zero for the empty id.
func roomOf(member chat.MemberRef, id string) chat.RoomRef {
	if id == "" {
		return chat.RoomRef{}
	}
	return chat.RoomRef{Platform: member.Platform, ID: id}
}
