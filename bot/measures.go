package bot

import (
	"context"
	"strings"
	"time"

	"palabre/chat"
	"palabre/store"
)

// measurePrefix begins the timers of measures: what stays until somebody takes it back, and is no sanction. The rest of the
// key is the action that takes it back, so that the timer needs no other memory, and a later end replaces an earlier one.
const measurePrefix = "measure/"

// reversal takes a measure back; nil when the action is none. It says nothing but what it is about: the same measure
// has the same reversal, whatever its reason.
func reversal(a chat.Action) chat.Action {
	switch a := a.(type) {
	case chat.GiveRole:
		return chat.TakeRole{Member: a.Member, Role: a.Role}
	case chat.Slowmode:
		return chat.Slowmode{Room: a.Room}
	case chat.Lock:
		return chat.Unlock{Room: a.Room}
	default:
		return nil
	}
}

// ends is when a measure ends; zero when nobody said.
func ends(a chat.Action) time.Time {
	switch a := a.(type) {
	case chat.GiveRole:
		return a.Until
	case chat.Slowmode:
		return a.Until
	case chat.Lock:
		return a.Until
	default:
		return time.Time{}
	}
}

// measure orders a measure, or what takes one back, and sets the timer of its end: the newest word on a thing is the
// one that counts.
func (l *lane) measure(s *scope, a chat.Action, state store.State) {
	l.order(s, a, placeOf(a).Platform, state)
	back := reversal(a)
	if back == nil { // it takes something back itself: there is no end to wait for any more
		back = unreasoned(a)
	}
	key, err := chat.EncodeAction(back)
	if err != nil {
		l.log.Error("a measure has no end", "order", a.ActionKind(), "error", err)
		return
	}
	l.wake(store.Wake{Key: measurePrefix + string(key), At: ends(a)})
}

// neverMeasured removes the timer of a measure that was refused: at its end there is nothing of ours to take back, and a role
// or a slowmode that stands by then is somebody else's.
func (l *lane) neverMeasured(body chat.Settled) {
	back := reversal(body.Act)
	if back == nil || body.Doubtful || body.Outcome == chat.Uncertain {
		return
	}
	key, err := chat.EncodeAction(back)
	if wake := measurePrefix + string(key); err == nil && l.wakes.at(wake).Equal(ends(body.Act)) { // no later one has replaced it
		l.wake(store.Wake{Key: wake})
	}
}

// unreasoned is what takes a measure back, as reversal gives it.
func unreasoned(a chat.Action) chat.Action {
	switch a := a.(type) {
	case chat.TakeRole:
		return chat.TakeRole{Member: a.Member, Role: a.Role}
	case chat.Unlock:
		return chat.Unlock{Room: a.Room}
	default:
		return a
	}
}

// measureEnds takes back a measure whose time is over, and tells whether the timer was one of a measure.
func (l *lane) measureEnds(s *scope, tick chat.Tick) bool {
	key, ok := strings.CutPrefix(tick.Key, measurePrefix)
	if !ok {
		return false
	}
	back, err := chat.DecodeAction([]byte(key))
	if err != nil {
		l.log.Error("a measure cannot be taken back", "error", err)
		return true
	}
	l.order(s, back, placeOf(back).Platform, store.Pending)
	if _, isPoll := back.(chat.ClosePoll); isPoll {
		return true // its end was announced with it
	}
	l.news(s, topic{"measure ended", string(back.ActionKind())}, func() chat.Phrase {
		return chat.Say("desk.measure_ended", chat.Args{"act": actPhrase(back, s.ev.At), "what": l.whatOf(back)})
	})
	return true
}

// pollOpened sets the timer of a poll's end: not every platform ends polls by itself.
func (l *lane) pollOpened(body chat.Settled, now time.Time) {
	poll, ok := body.Act.(chat.OpenPoll)
	if !ok || body.Outcome != chat.Done || poll.Lasts <= 0 || body.Receipt.Message.IsZero() {
		return
	}
	key, err := chat.EncodeAction(chat.ClosePoll{Message: body.Receipt.Message})
	if err != nil {
		l.log.Error("a poll has no end", "error", err)
		return
	}
	l.wake(store.Wake{Key: measurePrefix + string(key), At: now.Add(poll.Lasts)})
}

// whatOf is the member or the room that a measure is about, for people.
func (l *lane) whatOf(a chat.Action) chat.Arg {
	member := memberOf(a)
	if member.IsZero() {
		room := placeOf(a)
		return chat.RoomName{Room: room, Name: l.plan.Rooms.name(room)}
	}
	return l.known(member)
}

// known is a member by the name that they bear now, else by their account.
func (l *lane) known(member chat.MemberRef) chat.Mention {
	if directory, ok := l.directory(member.Platform); ok {
		if known, found := directory.Find(chat.RoomRef{Platform: member.Platform}, member.ID); found {
			return mention(known)
		}
	}
	return chat.Mention{Member: member, Name: member.ID}
}

// failed are the states of orders that were not carried out and will not be.
var failed = map[store.State]bool{store.Dead: true, store.Blocked: true, store.Cancelled: true}

// takeBackMeasures orders the reversal of a case's measures, unless they can still be called off, and returns what they are.
func (l *lane) takeBackMeasures(s *scope, number int) (acts []chat.Arg) {
	orders, err := l.store.OrdersOf(context.Background(), number)
	if err != nil {
		l.log.Error("orders cannot be read", "case", number, "error", err)
	}
	for _, o := range orders {
		back := reversal(o.Action)
		if back == nil || failed[o.State] || l.callOff(s, o) {
			continue
		}
		l.measure(s, back, store.Pending)
		acts = append(acts, actPhrase(back, s.ev.At))
	}
	return acts
}
