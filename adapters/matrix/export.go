package matrix

import (
	"errors"
	"time"

	"palabre/adapters"
	"palabre/chat"
)

// Export translates the events of a room's export, in their order, by the same code as what happens now. It knows of
// people and power levels what the events before have told.
type Export struct {
	account *Adapter // never connected: it holds who is who
	logical func(room string) string
	facts   *adapters.Recent[fact]
	told    bool
}

// factsOfExport is how many messages back an edit or a deletion may point.
const factsOfExport = 20_000

// noPrefix begins no message: commands of the past are not carried out.
const noPrefix = "\x00"

// ErrIncomplete: an event without id, type or sender.
var ErrIncomplete = errors.New("the event has no event_id, type or sender")

// NewExport begins a room. Of the options it takes User, Ignore and Standing; logical names rooms by their ids.
func NewExport(o Options, logical func(room string) string) *Export {
	return &Export{account: &Adapter{opts: o, self: o.User, dir: newDirectory()}, logical: logical, facts: adapters.NewRecent[fact](factsOfExport)}
}

// Event gives what one event of the export means; nothing when it is not about people.
func (e *Export) Event(raw []byte) ([]chat.Event, error) {
	o, err := decodeObject(raw)
	if err != nil {
		return nil, err
	}
	ev, ok := eventOf(o)
	if !ok {
		return nil, ErrIncomplete
	}
	in := e.room(ev.Room)
	in.apply(ev)
	e.told = e.told || in.power != nil
	e.facts.Put(ev.ID, factOf(ev))
	v := view{
		room: in.ref(), logical: in.logical, self: e.account.self, prefix: noPrefix, now: endOfTime, known: e.facts.Get,
		actor: func(user string) chat.Actor { return e.account.actorIn(in, user) },
		here:  func(user string) chat.Standing { return e.account.standingIn(in, user) },
	}
	if ev.Type == "m.room.member" {
		return e.membership(in, ev, v), nil
	}
	return translate(ev, v), nil
}

// endOfTime is later than everything that an export can hold.
var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// KnowsStanding tells whether the export has told who has which power level.
func (e *Export) KnowsStanding() bool { return e.told }

func (e *Export) room(id string) *room {
	known := e.account.dir.rooms[id]
	if known == nil {
		known = &room{id: id, logical: e.logical(id)}
		known.setPower(object{}) // nobody stands out until the export says so
		known.power = nil
		e.account.dir.rooms[id] = known
	}
	return known
}

func (e *Export) membership(in *room, ev wireEvent, v view) []chat.Event {
	if ev.StateKey == nil || !isUser(*ev.StateKey) || *ev.StateKey == e.account.self {
		return nil
	}
	body := e.account.dir.change(in, ev, v.actor(ev.Sender))
	if body == nil {
		return nil
	}
	out := v.event(ev, "", body)
	out.Actor = v.actor(*ev.StateKey)
	return []chat.Event{out}
}
