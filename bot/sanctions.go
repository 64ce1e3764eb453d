package bot

import (
	"slices"
	"time"

	"palabre/chat"
	"palabre/store"
)

// ledger knows every silence and ban that stands. Several may stand for one member; the longest is in
// force. So a sanction that ends never takes a longer one with it, whoever imposed that.
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

// impose adds a sanction and returns it with its number. needed tells whether the platform must be
// told: not when one that stands already lasts as long.
func (l *ledger) impose(s store.Sanction) (imposed store.Sanction, needed bool) {
	l.lastID++
	s.ID = l.lastID
	before, was := l.force(sanctioned{s.Member, s.Kind})
	l.put(s)
	return s, !was || longer(s.Until, before.Until)
}

// covers tells whether a sanction that stands lasts as long as another.
func (l *ledger) covers(s store.Sanction) bool {
	standing, stands := l.force(sanctioned{s.Member, s.Kind})
	return stands && !longer(s.Until, standing.Until)
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
			if s.Case == no {
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
	rest, remains := l.force(key)
	switch {
	case !remains:
		delete(l.standing, key)
		return lift(s)
	case longer(s.Until, rest.Until) && s.Kind == chat.ActTimeout:
		return chat.Timeout{Member: s.Member, Name: s.Name, Until: rest.Until}
	default:
		return nil // a ban stands until its own end, which has its own wake
	}
}

// endAll forgets every sanction of one kind: somebody else lifted it in their own client.
func (l *ledger) endAll(key sanctioned) []store.Sanction {
	ended := l.standing[key]
	delete(l.standing, key)
	return ended
}

// force is the sanction that lasts longest.
func (l *ledger) force(key sanctioned) (store.Sanction, bool) {
	list := l.standing[key]
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
		return chat.Unban{Member: s.Member, Name: s.Name}
	}
	return chat.LiftTimeout{Member: s.Member, Name: s.Name}
}
