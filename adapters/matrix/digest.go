package matrix

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"palabre/adapters"
	"palabre/chat"
)

// maxLookups bounds the events that one batch makes us ask the homeserver for, so that a flood of
// reactions to nothing costs us little.
const maxLookups = 50

// digest turns a sync's answer into events and the cursors that cover them. again tells that rooms have
// to be discovered anew. After an error nothing was translated, and the same answer may be asked for again.
func (r *receiver) digest(ctx context.Context, answer syncResponse, came span) (events []chat.Event, cursors adapters.Cursors, again bool, err error) {
	r.lookups = maxLookups
	cursors = adapters.Cursors{sinceCursor: answer.NextBatch, heardCursor: written(came.to)}
	fresh, err := r.meetRooms(ctx, answer)
	if err != nil {
		return nil, nil, false, err
	}
	for _, id := range slices.Sorted(maps.Keys(answer.Rooms.Join)) {
		timeline, _ := answer.Rooms.Join[id].Timeline.read()
		if err := r.lookAhead(ctx, id, timeline); err != nil && r.failures < maxMeetings {
			return nil, nil, false, err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(answer.Rooms.Leave)) {
		events = append(events, r.removed(id, cursors)...)
	}
	for _, id := range slices.Sorted(maps.Keys(answer.Rooms.Invite)) {
		again = r.invited(ctx, id) || again
	}
	var lanes [][]wireEvent
	for _, id := range slices.Sorted(maps.Keys(answer.Rooms.Join)) {
		lane, changed := r.roomDelta(id, fresh[id], answer, came, cursors)
		lanes, again = append(lanes, lane), again || changed
	}
	r.date(came, lanes...)
	for _, ev := range merge(lanes) {
		events = append(events, r.handle(ctx, ev)...)
	}
	return events, cursors, again, nil
}

// merge puts the rooms' events one after the other by when they came, each room's own order kept.
func merge(lanes [][]wireEvent) []wireEvent {
	var out []wireEvent
	for {
		next := -1
		for i, lane := range lanes {
			if len(lane) > 0 && (next < 0 || lane[0].when().Before(lanes[next][0].when())) {
				next = i
			}
		}
		if next < 0 {
			return out
		}
		out = append(out, lanes[next][0])
		lanes[next] = lanes[next][1:]
	}
}

// removed lets go of a room that we are no longer in, and of what we still wanted to read there.
func (r *receiver) removed(id string, cursors adapters.Cursors) []chat.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.dir.rooms[id]
	if known == nil {
		return nil
	}
	r.dir.remove(id)
	delete(r.seen, id)
	cursors[seenPrefix+id] = ""
	if r.gaps[id] != nil {
		delete(r.gaps, id)
		cursors[gapPrefix+id] = ""
	}
	ev := trouble{id: id, logical: known.logical, what: whyRemoved}.event(r.opts.Clock())
	ev.ID += fmt.Sprintf(":%d", ev.At.Unix()) // each removal is news
	return []chat.Event{ev}
}

// invited accepts an invitation to a room that the configuration or the space names: whoever invites, the
// room is one of ours. Others are left alone.
func (r *receiver) invited(ctx context.Context, id string) (again bool) {
	r.mu.Lock()
	_, wanted := r.wanted[id]
	unsure := r.incomplete
	r.mu.Unlock()
	if !wanted {
		return unsure // an alias of ours may name it, now that we may ask
	}
	if err := r.join(ctx, id); err != nil {
		r.log.Warn("matrix: invitation", "room", id, "err", err)
	}
	return true
}

// roomDelta takes one room's part of a sync: its state at once, its timeline to be translated, unless a hole
// has to be filled first.
func (r *receiver) roomDelta(id string, fresh bool, answer syncResponse, came span, cursors adapters.Cursors) (lane []wireEvent, again bool) {
	delta := answer.Rooms.Join[id]
	r.mu.Lock()
	known := r.dir.rooms[id]
	r.mu.Unlock()
	if known == nil {
		r.hold(id, delta.Timeline.PrevBatch, answer.NextBatch, came, cursors)
		return nil, false
	}
	state, _ := delta.State.read()
	timeline, unreadable := delta.Timeline.read()
	if unreadable > 0 {
		r.log.Warn("matrix: events that cannot be read", "room", id, "count", unreadable)
	}
	for i := range timeline {
		timeline[i].Room = id
	}
	again = r.applyState(known, state)
	again = r.applyState(known, timeline) || again
	after, entered := afterOurJoin(timeline, r.self)
	switch {
	case r.gaps[id] != nil:
		if len(timeline) > 0 {
			r.gaps[id].To = answer.NextBatch
			cursors[gapPrefix+id] = r.gaps[id].cursor()
		}
		return nil, again
	case fresh, entered:
		return after, again
	case delta.Timeline.Limited:
		r.gaps[id] = &gap{From: r.since, Prev: delta.Timeline.PrevBatch, To: answer.NextBatch, Since: came.from}
		cursors[gapPrefix+id] = r.gaps[id].cursor()
		return nil, again
	}
	return timeline, again
}

// hold keeps what happens in a room that we want and that the homeserver does not give us yet: a hole, filled
// once it does.
func (r *receiver) hold(id, prev, to string, came span, cursors adapters.Cursors) {
	if !r.wants(id) || r.since == "" {
		return
	}
	if r.gaps[id] == nil {
		r.gaps[id] = &gap{From: r.since, Prev: prev, Since: came.from}
	}
	r.gaps[id].To = to
	cursors[gapPrefix+id] = r.gaps[id].cursor()
}

func (r *receiver) wants(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, wanted := r.wanted[id]
	return wanted
}

// waits tells whether a hole cannot be filled yet: we want its room and do not know it.
func (r *receiver) waits(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, wanted := r.wanted[id]
	return wanted && r.dir.rooms[id] == nil
}

// maxMeetings is how often in a row a homeserver may fail to give a room's state before we go on without it.
const maxMeetings = 5

// meetRooms reads the rooms that we want and know nothing of yet, those that we have just entered for the most
// part, and gives those that it could. While a failure may pass, it is an error: what happens in a room that we
// do not know is not seen.
func (r *receiver) meetRooms(ctx context.Context, answer syncResponse) (fresh map[string]bool, err error) {
	fresh = map[string]bool{}
	for _, id := range slices.Sorted(maps.Keys(answer.Rooms.Join)) {
		r.mu.Lock()
		known := r.dir.rooms[id]
		logical, wanted := r.wanted[id]
		r.mu.Unlock()
		if known != nil || !wanted {
			continue
		}
		err := r.protect(ctx, id, logical)
		if fresh[id] = err == nil; fresh[id] {
			continue
		}
		var passing *chat.RetryError
		if errors.As(err, &passing) && r.failures < maxMeetings {
			return nil, err
		}
		r.log.Warn("matrix: room", "room", id, "err", err)
		r.mu.Lock()
		r.incomplete = true
		r.mu.Unlock()
	}
	return fresh, nil
}

// afterOurJoin drops what was said before we came, when the timeline tells that we did: a homeserver hands out
// a new room with its past.
func afterOurJoin(timeline []wireEvent, self string) (after []wireEvent, came bool) {
	for i, ev := range slices.Backward(timeline) {
		ours := ev.Type == "m.room.member" && ev.StateKey != nil && *ev.StateKey == self
		if ours && ev.Content.str("membership") == "join" && !entered(ev).IsZero() {
			return timeline[i+1:], true
		}
	}
	return timeline, false
}

// applyState takes a room's state; changed tells that the space has other rooms now.
func (r *receiver) applyState(known *room, events []wireEvent) (changed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, ev := range events {
		known.apply(ev)
		if ev.Type == "m.room.member" {
			r.dir.meet(ev)
		}
		changed = changed || (known.space && ev.Type == "m.space.child" && ev.StateKey != nil)
	}
	return changed
}

// handle translates one event. What makes us panic is set aside and told, and the others go on.
func (r *receiver) handle(ctx context.Context, ev wireEvent) (out []chat.Event) {
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("matrix: translate", "event", ev.ID, "panic", p)
			out = []chat.Event{{
				ID: prefixed(ev.ID) + ":quarantined", At: r.opts.Clock(), Actor: chat.Actor{Kind: chat.System},
				Room: chat.RoomRef{Platform: chat.Matrix, ID: ev.Room},
				Body: chat.Quarantined{Event: prefixed(ev.ID), Why: fmt.Sprint(p)},
			}}
		}
	}()
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.dir.rooms[ev.Room]
	if known == nil {
		return nil
	}
	if ev.Type == "m.room.member" {
		return r.membership(known, ev)
	}
	if ev.Type == "m.room.redaction" && !r.mayRedact(known, ev) {
		return nil
	}
	out = translate(ev, r.view(known))
	r.remember(ev)
	return out
}

// mayRedact tells whether a redaction counts. Servers hand out some that do not: who may not redact a message
// must not make us believe that it is gone.
func (r *receiver) mayRedact(known *room, ev wireEvent) bool {
	f, ok := r.facts.Get(ev.Redacts)
	return ok && f.sender == ev.Sender || known.levels.of(ev.Sender) >= known.levels.redact
}

// lookAhead asks the homeserver for what some events point at, of which we remember nothing: without its card, a moderator's
// press would be any reaction. So what staff react to is asked for in any case; the rest has a bound, which anybody can use up.
// While a failure may pass it is an error, and the same events should come again.
func (r *receiver) lookAhead(ctx context.Context, room string, events []wireEvent) error {
	told := map[string]bool{}
	for _, ev := range events {
		told[ev.ID] = true
		target := pointsAt(ev)
		if target == "" || told[target] || r.lookups <= 0 && !r.mayPress(ev) {
			continue
		}
		if err := r.lookUp(ctx, room, target); err != nil {
			return err
		}
	}
	return nil
}

// mayPress tells whether an event may be a press by staff, who are few and are trusted.
func (r *receiver) mayPress(ev wireEvent) bool {
	_, number := pressedNumber(ev.Content)
	r.mu.Lock()
	defer r.mu.Unlock()
	return (number || ev.Type == "m.reaction") && r.standing(r.dir.highest(ev.Sender)) >= chat.StandingModerator
}

// lookUp asks for an event that another one points at, when we do not remember it.
func (r *receiver) lookUp(ctx context.Context, room, id string) error {
	r.mu.Lock()
	_, known := r.facts.Get(id)
	r.mu.Unlock()
	if known {
		return nil
	}
	r.lookups--
	ev, err := r.event(ctx, room, id)
	f := factOf(ev)
	var passing *chat.RetryError
	switch {
	case errors.As(err, &passing), ctx.Err() != nil:
		return err
	case err != nil:
		f = fact{kind: factMissing}
	}
	r.mu.Lock()
	r.facts.Put(id, f)
	r.mu.Unlock()
	return nil
}

// remember keeps what later events need of this one.
func (r *receiver) remember(ev wireEvent) {
	if f := factOf(ev); f.kind != factOther {
		f.whole = true
		r.facts.Put(ev.ID, f)
	}
	if relates := ev.Content.obj("m.relates_to"); relates.str("rel_type") == "m.replace" {
		r.revise(relates.str("event_id"), ev)
	}
	if edited := ev.Content.obj("m.relates_to"); edited.str("rel_type") == "m.replace" && ev.Sender == r.self {
		r.recard(edited.str("event_id"), ev.Content.obj("m.new_content"))
	}
	if key := ev.Content.str(keyField); key != "" && ev.Sender == r.self {
		r.sent.Put(key, ev.ID)
	}
	if ev.Type == "m.room.redaction" && ev.Redacts != "" {
		r.gone.Put(ev.Redacts, true)
	}
}

// recard gives a message of ours the card that it has since an edit. r.mu is held.
func (r *receiver) recard(message string, content object) {
	if f, ok := r.facts.Get(message); ok && f.sender == r.self {
		f.card = cardOf(content)
		r.facts.Put(message, f)
	}
}

// view is what the translation of an event of this room may know. r.mu is held.
func (r *receiver) view(known *room) view {
	return view{
		room: known.ref(), logical: known.logical, self: r.self, prefix: r.opts.Prefix, now: r.opts.Clock(),
		actor: func(user string) chat.Actor { return r.actorIn(known, user) },
		here:  func(user string) chat.Standing { return r.standingIn(known, user) },
		known: r.facts.Get, ranks: r.ranks(),
	}
}

// membership tells what a member event means for the community. Our own is told by the rooms that we enter
// and lose.
func (r *receiver) membership(known *room, ev wireEvent) []chat.Event {
	if ev.StateKey == nil || !isUser(*ev.StateKey) || *ev.StateKey == r.self {
		return nil
	}
	body := r.dir.change(known, ev, r.actorIn(known, ev.Sender))
	if body == nil {
		return nil
	}
	out := r.view(known).event(ev, "", body)
	out.Actor = r.actorIn(known, *ev.StateKey)
	return []chat.Event{out}
}

// actorIn is a user as the community knows them now, seen from a room, which may be nil: who moderates one room is staff
// in all, for the rules and for other moderators. mu is held.
func (a *Adapter) actorIn(known *room, user string) chat.Actor {
	ref := memberRef(user)
	return chat.Actor{
		MemberRef: ref, Person: chat.PersonOf(ref), Name: a.dir.name(user), Kind: a.kind(user), Joined: a.dir.joined(user),
		Standing: max(a.standingIn(known, user), a.standing(a.dir.highest(user))),
	}
}

// standingIn is the power that a user has in one room: what they may ask of us there.
func (a *Adapter) standingIn(known *room, user string) chat.Standing {
	if known == nil {
		return chat.StandingMember
	}
	return a.standing(known.levels.of(user))
}

func (a *Adapter) kind(user string) chat.ActorKind {
	if user == a.self {
		return chat.Self
	}
	if adapters.Ignored(a.opts.Ignore, user) {
		return chat.Puppet
	}
	return chat.Human
}

func (a *Adapter) standing(level int64) chat.Standing {
	return a.ranks().standing(level)
}

func (a *Adapter) ranks() thresholds {
	s := a.opts.Standing
	return thresholds{int64(s.Trusted), int64(s.Moderator), int64(s.Admin)}
}

func gapFound(room chat.RoomRef, logical, token string, now time.Time, why string) chat.Event {
	return chat.Event{
		ID: prefixed("gap:" + room.ID + ":" + token), At: now, Room: room, Logical: logical,
		Actor: chat.Actor{Kind: chat.System}, Body: chat.GapFound{Why: why},
	}
}
