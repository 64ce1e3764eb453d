package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"palabre/chat"
	"palabre/internal/faults"
	"palabre/store"
)

const (
	pruneWake = "house/prune"
	// How long the journal, and orders without a case, are kept at least.
	journalKept = 7 * 24 * time.Hour
)

var pruneEvery = faults.Every("prune", time.Hour)

// houseSource is the source of what the shell itself does.
const houseSource = "house"

// house is what the shell itself owes to an event, whatever rules and activities say.
func (l *lane) house(ev chat.Event) {
	s := &scope{ev: ev, decided: decided{source: houseSource}}
	switch body := ev.Body.(type) {
	case chat.Started:
		l.wake(store.Wake{Key: pruneWake, At: ev.At.Add(pruneEvery)})
		l.modesLapse(s)
		l.armReport(ev.At)
	case chat.Tick:
		l.timeIsUp(s, body)
	case chat.ButtonPressed:
		l.pressed(s, body)
		l.pressedReport(s, body)
	case chat.Settled:
		l.posted(s, body)
		l.lookedUp(body)
		l.wasGone(s, body)
		l.wasForeign(s, body)
		l.pollOpened(body, ev.At)
		l.failed(s, body, l.orderEnded(body.Order, failureOf(body, ev.At), ev.At))
	case chat.MemberBanned:
		l.imposedElsewhere(s, body.By, chat.Ban{Member: ev.Actor.MemberRef, Name: ev.Actor.Name, Room: here(ev, body.Here), Reason: body.Reason})
	case chat.MemberUnbanned:
		l.liftedElsewhere(s, body.By, chat.ActBan, body.Here)
	case chat.MemberSilenced:
		l.imposedElsewhere(s, body.By, chat.Timeout{Member: ev.Actor.MemberRef, Name: ev.Actor.Name, Until: body.Until, Reason: body.Reason})
	case chat.MemberUnsilenced:
		l.liftedElsewhere(s, body.By, chat.ActTimeout, body.Here)
	case chat.MemberJoined, chat.MemberEntered:
		l.entered(s, ev.Actor)
	case chat.RoomMet:
		l.met(s, body.Members)
	case chat.RoomUnreadable:
		l.news(s, topic{Kind: "unreadable"}, func() chat.Phrase {
			return chat.Say("desk.unreadable", chat.Args{"room": chat.RoomName{Room: ev.Room, Name: roomName(ev)}, "why": body.Why})
		})
	case chat.GapFound:
		l.news(s, topic{Kind: "gap"}, func() chat.Phrase {
			return chat.Say("desk.gap", chat.Args{"room": chat.RoomName{Room: ev.Room, Name: roomName(ev)}, "why": body.Why})
		})
	case chat.Quarantined:
		l.news(s, topic{Kind: "quarantine"}, func() chat.Phrase { return chat.Say("desk.quarantine", chat.Args{"event": chat.Excerpt(body.Event)}) })
	}
}

// timeIsUp does what a timer of the shell was for.
func (l *lane) timeIsUp(s *scope, tick chat.Tick) {
	switch id, asks := strings.CutPrefix(tick.Key, askPrefix); {
	case tick.Key == pruneWake:
		l.prune(s.ev.At)
	case tick.Key == reportWake:
		l.report(s)
	case tick.Key == raidKey:
		l.endRaid(s)
	case tick.Key == gatherKey:
		l.tellGathered(s)
	case tick.Key == limitedKey:
		l.limited(s)
	case tick.Key == overloadKey:
		l.overloadEnds(s)
	case asks:
		l.unanswered(s, id)
	case strings.HasPrefix(tick.Key, confirmPrefix):
		l.underWay(strings.TrimPrefix(tick.Key, confirmPrefix), s.ev.At)
	case !l.measureEnds(s, tick):
		l.sanctionEnds(s, tick)
	}
}

func (l *lane) sanctionEnds(s *scope, tick chat.Tick) {
	number, isSanction := strings.CutPrefix(tick.Key, sanctionPrefix)
	if !isSanction {
		return
	}
	id, err := strconv.Atoi(number)
	if err != nil {
		return
	}
	if sanction, stands := l.ledger.find(id); stands {
		s.number = sanction.Case
		if act := l.endSanction(s, sanction, chat.Say("audit.ended", nil)); act != nil {
			l.news(s, topic{"ended", string(sanction.Kind)}, func() chat.Phrase {
				return chat.Say("desk.ended", chat.Args{"case": sanction.Case, "name": sanction.Name, "act": endPhrase(act, s.ev.At)})
			})
		}
	}
}

// endSanction takes a sanction away, with its timer, and orders what the platform must be told. It returns that. why is what
// the platform's own log shows as the reason.
func (l *lane) endSanction(s *scope, sanction store.Sanction, why chat.Phrase) chat.Action {
	act := l.ledger.end(sanction)
	l.ended(s.ev.At, sanction)
	key := sanctioned{sanction.Member, sanction.Kind}
	if _, stands := l.ledger.force(key); !stands {
		l.forget(s.ev.At, l.ledger.endAll(key.exceptions()))
	}
	if act != nil {
		act = l.takingBack(act, sanction, why)
		l.order(s, act, sanction.Member.Platform, store.Pending)
	}
	return act
}

// forget writes that what the ledger dropped is over, and tells whether it was anything.
func (l *lane) forget(now time.Time, dropped []store.Sanction) bool {
	for _, sanction := range dropped {
		l.ended(now, sanction)
	}
	return len(dropped) > 0
}

// ended writes that a sanction is over.
func (l *lane) ended(now time.Time, sanction store.Sanction) {
	sanction.EndedAt = now
	l.turn.group.Sanctions = append(l.turn.group.Sanctions, sanction)
	if !sanction.Until.IsZero() {
		l.wake(store.Wake{Key: sanctionWake(sanction.ID)})
	}
}

// undo takes a case back.
func (l *lane) undo(s *scope, a chat.Undo) {
	s.number = a.Case
	var acts []chat.Arg
	why := chat.Say("audit.undone", chat.Args{"by": a.ByName, "reason": a.Reason})
	if a.Reason == "" {
		why = chat.Say("audit.undone.bare", chat.Args{"by": a.ByName})
	}
	for _, sanction := range l.ledger.ofCase(a.Case) {
		if act := l.endSanction(s, sanction, why); act != nil {
			acts = append(acts, endPhrase(act, s.ev.At))
		}
	}
	acts = append(acts, l.takeBackMeasures(s, a.Case)...)
	if l.history.DropStrikes(chat.PersonOf(a.Member), a.Case) > 0 {
		acts = append(acts, chat.Say("desk.strikes_dropped", nil))
	}
	if len(acts) == 0 {
		acts = append(acts, chat.Say("desk.nothing_to_lift", nil))
	}
	l.turn.group.Undone = append(l.turn.group.Undone, store.Undone{Case: a.Case, At: s.ev.At, By: a.ByName, Reason: a.Reason})
	l.cancelSanctions(s, a.Case)
	l.tell(s, chat.Say("desk.undone", chat.Args{"case": a.Case, "by": a.ByName, "acts": acts}))
}

// cancelSanctions drops the case's sanctions that were not carried out yet.
func (l *lane) cancelSanctions(s *scope, number int) {
	orders, err := l.store.OrdersOf(context.Background(), number)
	if err != nil {
		l.log.Error("orders cannot be read", "case", number, "error", err)
	}
	for _, o := range orders {
		if isSanction(o.Action) { // what is still to be said or cleaned up stays so
			l.callOff(s, o)
		}
	}
}

// callOff cancels an order that was not begun, and tells whether that was possible.
func (l *lane) callOff(s *scope, o store.Order) bool {
	if o.State != store.Held && (o.State != store.Pending || !l.outbox.remove(o.Key)) {
		return false
	}
	l.cancelled(s, &o)
	return true
}

// cancelled writes that an order is no longer wanted.
func (l *lane) cancelled(s *scope, o *store.Order) {
	l.update(store.Update{Key: o.Key, State: store.Cancelled, Attempts: o.Attempts, At: s.ev.At, Deadline: o.Deadline})
	l.orderEnded(o.Key, failureOf(chat.Settled{Act: o.Action, Outcome: chat.Cancelled, Case: o.Case}, s.ev.At), s.ev.At)
}

func (l *lane) update(u store.Update) { l.turn.group.Updates = append(l.turn.group.Updates, u) }

// settle records what became of an order. An end is an event like any other.
func (l *lane) settle(st *settlement) {
	if st.update.State == store.Pending && !l.outbox.holds(st.order) {
		return // taken back between its try and this news of it: it stays so
	}
	if !st.why.IsZero() {
		st.update.Reason = l.plain(st.why, st.order.Case)
	}
	l.update(st.update)
	l.deskHeard(st)
	defer faults.Point("settled")
	if st.committed != nil {
		l.turn.committed = append(l.turn.committed, st.committed)
	}
	now := l.clock.Now()
	if st.limited {
		l.slowed(now)
	}
	switch {
	case !st.update.At.IsZero():
		l.metrics.settled(string(st.update.State)).Inc()
		l.event(settledEvent(l.own("settled:"+st.order.Key), st.order, st.update, now))
	case st.refused && st.update.Attempts == 1 && isReversal(st.order.Action):
		s := &scope{ev: chat.Event{ID: "refused:" + st.order.Key, At: now}, decided: decided{source: houseSource}, number: st.order.Case}
		refused := chat.Say("desk.lift_refused", chat.Args{
			"case": st.order.Case, "name": memberName(st.order.Action), "act": actPhrase(st.order.Action, now), "reason": st.why,
		})
		if !l.orderEnded(st.order.Key, refused, now) {
			l.news(s, topic{"lift refused", string(st.order.Platform)}, func() chat.Phrase { return refused })
		}
	}
}

// deskHeard notes whether the moderators' room can be written to: the one room where everything else is told.
func (l *lane) deskHeard(st *settlement) {
	send, isSend := st.order.Action.(chat.Send)
	if !isSend || !slices.Contains(l.plan.Rooms.Places(l.plan.logical(deskRoom)), send.Room) {
		return
	}
	part := fmt.Sprintf("the moderators' room on %s", st.order.Platform)
	switch {
	case st.refused:
		l.health.set(part, fmt.Errorf("I may not write there, and %d lines wait: %s", l.outbox.waitingFor(st.order.Subject), l.plain(st.why, 0)))
	case st.update.Receipt.Gone:
		l.health.set(part, errors.New("it is no longer there, or I am not in it"))
	case st.update.State == store.Done:
		l.health.set(part, nil)
	}
}

func settledEvent(id string, o *store.Order, u store.Update, now time.Time) chat.Event {
	return chat.Event{
		ID: id, At: now, Actor: chat.Actor{Kind: chat.System},
		Body: chat.Settled{
			Order: o.Key, Ref: ref(o.Action), Act: o.Action, Outcome: chat.Outcome(u.State), Receipt: u.Receipt, Reason: u.Reason, Case: o.Case,
			Doubtful: o.Doubtful,
		},
	}
}

func ref(a chat.Action) string {
	switch a := a.(type) {
	case chat.Send:
		return a.Ref
	case chat.LookUp:
		return inviteKey(a.Invite)
	case chat.StartThread:
		return a.Ref
	case chat.Edit:
		return a.Ref
	case chat.OpenPoll:
		return a.Ref
	case chat.Direct:
		return a.Ref
	default:
		return ""
	}
}

// failed tells the moderators, once, what could not be done, and forgets a sanction that was never in force. told: they have
// read it already.
func (l *lane) failed(s *scope, body chat.Settled, told bool) {
	if body.Outcome == chat.Done && body.Receipt.In < body.Receipt.Of {
		l.news(s, topic{"partly", string(body.Act.ActionKind())}, func() chat.Phrase {
			return chat.Say("desk.partly", chat.Args{
				"case": body.Case, "name": memberName(body.Act), "act": actPhrase(body.Act, s.ev.At), "in": body.Receipt.In, "of": body.Receipt.Of,
			})
		})
	}
	if body.Outcome == chat.Done || body.Outcome == chat.Cancelled {
		return
	}
	s.number = body.Case
	if isSanction(body.Act) && body.Outcome != chat.Uncertain && roomOnly(body.Act) == "" {
		l.takeBack(s, body)
	}
	l.neverMeasured(body)
	if body.Ref != "" && !strings.HasPrefix(body.Ref, askPrefix) {
		return // whoever gave the reference hears of it and tells in its own words
	}
	if told || label(body.Act) == logLabel || l.told.again(concerned(body.Act)+string(body.Act.ActionKind())+body.Reason, s.ev.At) {
		return // a line that cannot reach the moderators' room cannot be told there
	}
	args := chat.Args{"case": body.Case, "act": actPhrase(body.Act, s.ev.At), "reason": body.Reason}
	key := "desk.failed"
	if body.Outcome == chat.Uncertain {
		key = "desk.uncertain"
	}
	if body.Case == 0 {
		key += ".nocase"
	}
	l.news(s, topic{key, string(body.Act.ActionKind())}, func() chat.Phrase { return chat.Say(key, args) })
}

// takeBack ends a sanction whose order failed. A refusal changed nothing on the platform, so there is nothing to lift. A try
// whose answer was lost may have worked all the same: then it is lifted too, if it is ours that stands.
func (l *lane) takeBack(s *scope, body chat.Settled) {
	for _, sanction := range l.ledger.ofCase(body.Case) {
		switch {
		case sanction.Kind != body.Act.ActionKind() || sanction.Member != memberOf(body.Act):
		case body.Doubtful:
			l.endSanction(s, sanction, chat.Say("audit.doubtful", nil))
		default:
			l.ledger.end(sanction)
			l.ended(s.ev.At, sanction)
		}
	}
}

// concerned is the room or the member of an action, for telling one failure for each.
func concerned(a chat.Action) string { return placeOf(a).ID + memberOf(a).ID }

// imposedElsewhere makes a case of what a moderator did in their own client, once: ours must not lift it, and they can
// undo it here. What is in force for as long already is nothing new. What they do in several rooms is one case.
func (l *lane) imposedElsewhere(s *scope, by chat.Actor, a chat.Action) {
	row := sanctionOf(a)
	row.ImposedAt = s.ev.At
	if by.Kind == chat.Self {
		l.imposedByUs(s, sanctioned{row.Member, row.Kind})
		return
	}
	key := sanctioned{row.Member, row.Kind}
	if row.Room != "" {
		l.forget(s.ev.At, l.ledger.endIn(key.exceptions(), row.Room))
		s.number = l.ledger.caseByHand(key)
	}
	if l.ledger.covers(row) {
		return
	}
	if !by.IsZero() && s.number == 0 {
		l.openCase(s, chat.OpenCase{
			Member: row.Member, Name: row.Name, Rule: string(row.Kind), By: by.MemberRef, ByName: by.Name, Why: whyElsewhere(a), Event: s.ev.ID,
			Where: roomOf(row.Member, row.Room),
		})
	}
	row.Case = s.number
	if row.Room == "" { // else our reversal leaves theirs alone, in their room
		l.callOffReversals(s, key)
	}
	l.stand(row)
	if s.opened != nil {
		s.note(a, false)
		l.caseLine(s)
	}
}

// sanctionOf is what a silence or a ban leaves standing.
func sanctionOf(a chat.Action) store.Sanction {
	row := store.Sanction{Kind: a.ActionKind()}
	row.Member, row.Name = about(a)
	row.Room = roomOnly(a)
	switch a := a.(type) {
	case chat.Timeout:
		row.Until = a.Until
	case chat.Ban:
		row.Until = a.Until
	}
	return row
}

// roomOnly is the only room where a sanction holds; empty for the whole community.
func roomOnly(a chat.Action) string {
	switch a := a.(type) {
	case chat.Timeout:
		return a.Room.ID
	case chat.Ban:
		return a.Room.ID
	}
	return ""
}

func whyElsewhere(a chat.Action) chat.Phrase {
	reason := ""
	switch a := a.(type) {
	case chat.Timeout:
		reason = a.Reason
	case chat.Ban:
		reason = a.Reason
	}
	if reason == "" {
		return chat.Say("commands.no_reason", nil)
	}
	return chat.Say("commands.reason", chat.Args{"reason": reason})
}

// liftedElsewhere notes that somebody lifted a sanction in their own client: nothing of ours remains to be lifted. What
// they lift in one room stands in the others, and is not imposed there again.
func (l *lane) liftedElsewhere(s *scope, by chat.Actor, kind chat.ActionKind, inOne bool) {
	key := sanctioned{s.ev.Actor.MemberRef, kind}
	switch {
	case by.Kind == chat.Self:
		l.liftedByUs(s, key)
	case inOne:
		l.forget(s.ev.At, l.ledger.endIn(key, s.ev.Room.ID))
		l.except(s, key)
	default:
		l.forget(s.ev.At, l.ledger.endAll(key))
		l.forget(s.ev.At, l.ledger.endAll(key.exceptions()))
	}
}

// prune forgets what no rule, no case and nobody's repeat needs any more.
func (l *lane) prune(now time.Time) {
	horizon := l.plan.Rules.Horizon()
	l.history.Prune(now.Add(-horizon))
	for id, in := range l.incidents {
		if now.Sub(in.at) > horizon+time.Hour {
			delete(l.incidents, id)
		}
	}
	before, terms := now.Add(-max(horizon, journalKept)), l.plan.Archive
	l.turn.after = append(l.turn.after, func() {
		l.pruning.Wait() // one at a time
		l.idle.add(1)
		l.pruning.Go(func() { l.pruneRows(before, terms, now) })
	})
	l.wake(store.Wake{Key: pruneWake, At: now.Add(pruneEvery)})
}

// pruneRows removes old rows while the loop goes on: decisions are not kept waiting for it. A stop ends it, and the next hour
// goes on.
func (l *lane) pruneRows(before time.Time, terms store.ArchiveTerms, now time.Time) {
	defer l.idle.add(-1)
	if err := l.store.Prune(l.stopping, before); err != nil && l.stopping.Err() == nil {
		l.log.Error("old rows cannot be removed", "error", err)
	}
	if err := l.store.PruneArchive(l.stopping, terms, now); err != nil && l.stopping.Err() == nil {
		l.log.Error("the archive keeps more than it should", "error", err)
	}
}
