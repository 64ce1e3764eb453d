package bot

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"palabre/chat"
	"palabre/store"
)

// scope is what the actions of one decision share while they are recorded.
type scope struct {
	ev                chat.Event
	decided           decided
	number            int            // the case that the actions belong to; 0 for none
	opened            *chat.OpenCase // set when that case was opened by this very decision
	why               string         // what the platform\'s own log shows as the reason
	acts              []chat.Arg     // what the case's line says was done
	deletes, deleteAt int            // how many deletions, and where they stand in acts
	covered           chat.Phrase    // what the action just recorded is to be called: another sanction lasts as long, or nobody could be told
	next              int            // counts orders, for their keys
	placed            []string       // the orders that are to be done, but what is sent aside
	holdups           []failure      // what is not even tried for now
}

// What is sent aside of a case's acts: the lines in the moderators' room, and answers to commands.
const (
	logLabel    = "log"
	answerLabel = "answer"
)

// alertLabel is what an alert of a rule is in its case's record.
const alertLabel = "alert"

// record passes one decision through the guard and writes down what is left of it.
func (l *lane) record(ev chat.Event, d decided) {
	s := &scope{ev: ev, decided: d}
	kept := make([]chat.Action, 0, len(d.actions))
	for _, a := range d.actions {
		if l.perform(s, a) {
			kept = append(kept, a)
		}
	}
	if d.rules != nil {
		l.lookUp(s, d.rules.Unresolved)
		l.leftOut(s, d.rules.LeftOut)
		l.learn(s, kept)
	}
	if s.opened != nil {
		l.caseLine(s)
	}
}

// perform records one action and tells whether the guard let it pass.
func (l *lane) perform(s *scope, a chat.Action) bool {
	ruling := l.guard.judge(l.plan.Limits, l.clock.Now(), s.ev, a, s.target(a))
	if ruling == drop {
		l.metrics.dropped.Inc()
		return false
	}
	state := store.Pending
	if ruling == hold {
		state = store.Held
	}
	a = l.placed(s, s.explained(a))
	switch a := a.(type) {
	case chat.OpenCase:
		l.openCase(s, a)
	case chat.Strike:
		l.strike(s, a)
	case chat.Undo:
		l.undo(s, a)
	case chat.Remember:
		l.keep(a)
	case chat.RaidMode:
		l.raidMode(s, a)
	case chat.SetMode:
		l.setMode(s, a)
	case chat.Wake:
		l.wake(store.Wake{Key: a.Key, At: a.At})
	case chat.Answer:
		l.answer(s, a)
	case chat.Confirm:
		l.confirm(s)
	case chat.Timeout, chat.Ban:
		l.sanction(s, a, state)
	case chat.Send:
		l.say(s, a)
	case chat.Edit:
		a.Text, a.Card = l.render(a.Say, s.number), l.card(a.Card, s.number)
		l.order(s, a, a.Message.Room.Platform, state)
	case chat.StartThread:
		l.startThread(s, a)
	case chat.OpenPoll:
		l.openPoll(s, a)
	case chat.Direct:
		a.Text = l.render(a.Say, s.number)
		l.order(s, a, a.Member.Platform, state)
	case chat.AllowDirect:
		l.allowDirect(a)
	case chat.GiveRole, chat.TakeRole:
		l.measure(s, a, state)
	case chat.Slowmode:
		for _, a.Room = range l.places(a.Room, a.Logical) {
			l.measure(s, a, state)
		}
	case chat.Lock:
		for _, a.Room = range l.places(a.Room, a.Logical) {
			l.measure(s, a, state)
		}
	case chat.Unlock:
		for _, a.Room = range l.places(a.Room, a.Logical) {
			l.measure(s, a, state)
		}
	default:
		l.order(s, a, placeOf(a).Platform, state)
	}
	if state == store.Held {
		l.news(s, topic{Kind: topicHeld}, func() chat.Phrase {
			return chat.Say("desk.held", chat.Args{"act": actPhrase(a, s.ev.At), "name": memberName(a), "case": s.number})
		})
	}
	s.note(a, state == store.Held)
	return true
}

// placed is an action that begins where its member spoke last: where a platform takes its time, that room is waiting.
func (l *lane) placed(s *scope, a chat.Action) chat.Action {
	where := l.history.LastSeen(chat.PersonOf(memberOf(a)))
	if where.IsZero() {
		where = s.ev.Room
	}
	switch a := a.(type) {
	case chat.Timeout:
		a.Where = where
		return a
	case chat.Kick:
		a.Where = where
		return a
	case chat.Ban:
		a.Where = where
		return a
	}
	return a
}

// target is whom an action would hit: the event's actor for rules, the member that a command names.
func (s *scope) target(chat.Action) *chat.Actor {
	switch {
	case s.decided.target != nil:
		return s.decided.target
	case s.decided.rules != nil:
		return &s.ev.Actor
	default:
		return nil
	}
}

// openCase opens a case, or goes on with the one of an incident that is still open.
func (l *lane) openCase(s *scope, a chat.OpenCase) {
	why := l.plain(a.Why, s.number)
	known, goesOn := l.incidents[a.Incident]
	if !goesOn {
		l.lastCase++
		known.number, s.opened = l.lastCase, &a
	}
	s.number = known.number
	s.why = fmt.Sprintf("%s: %s (#%d)", a.Rule, strings.TrimRight(why, "."), s.number)
	if goesOn {
		return
	}
	for i := range a.Reasons {
		a.Reasons[i].Text = l.plain(a.Reasons[i].Say, s.number)
	}
	l.turn.group.Cases = append(l.turn.group.Cases, store.Case{
		No: s.number, Incident: a.Incident, Member: a.Member, Person: chat.PersonOf(a.Member), Name: a.Name, Rule: a.Rule,
		By: a.By, ByName: a.ByName, Why: why, Reasons: a.Reasons, Event: a.Event, Logical: a.Logical, OpenedAt: s.ev.At,
	})
	if a.Incident != "" {
		l.incidents[a.Incident] = openIncident{number: s.number, at: s.ev.At}
	}
	l.metrics.cases.Inc()
}

func (l *lane) strike(s *scope, a chat.Strike) {
	person := chat.PersonOf(a.Member)
	l.history.AddStrike(person, a.Points, s.ev.At, s.number)
	l.turn.group.Strikes = append(l.turn.group.Strikes, store.Strike{Person: person, Points: a.Points, Rule: a.Rule, At: s.ev.At, Case: s.number})
}

func (l *lane) keep(a chat.Remember) {
	var value []byte
	if a.Value != nil {
		data, err := json.Marshal(a.Value)
		if err != nil {
			l.log.Error("memory cannot be written", "key", a.Key, "error", err)
			return
		}
		value = data
	}
	l.turn.memory[a.Key] = value
	l.turn.group.Memory = append(l.turn.group.Memory, store.Memory{Key: a.Key, Value: value})
}

func (l *lane) wake(w store.Wake) {
	l.wakes.set(w)
	l.turn.group.Wakes = append(l.turn.group.Wakes, w)
}

// sanction notes a silence or a ban with its end, and orders it unless one that lasts as long stands already. What stands
// is ordered anew when a moderator asks, who sees somebody that it should keep out, or when somebody excepted a room.
func (l *lane) sanction(s *scope, a chat.Action, state store.State) {
	row := sanctionOf(a)
	row.Case, row.ImposedAt = s.number, s.ev.At
	key := sanctioned{row.Member, row.Kind}
	excepted := l.forget(s.ev.At, l.ledger.endAll(key.exceptions()))
	before, _ := l.ledger.force(key)
	if l.stand(row) {
		l.order(s, a, row.Member.Platform, state)
		return
	}
	s.covered = coveredPhrase(actPhrase(a, s.ev.At), before.Until)
	if excepted || s.decided.source == commandSource {
		l.order(s, l.anew(before, a), row.Member.Platform, state)
	}
}

// anew is what orders a sanction once more that stands already: as it was ordered, where it is ours.
func (l *lane) anew(standing store.Sanction, asked chat.Action) chat.Action {
	if o, ordered := l.imposing(standing); ordered {
		return o.Action
	}
	return asked
}

// coveredPhrase tells that another sanction lasts as long, until a moment; for good when that is zero.
func coveredPhrase(act chat.Arg, until time.Time) chat.Phrase {
	if until.IsZero() {
		return chat.Say("commands.act.covered.for_good", chat.Args{"act": act})
	}
	return chat.Say("commands.act.covered", chat.Args{"act": act, "until": until})
}

// stand writes that a sanction stands, with the timer of its end. needed tells whether it lasts longer than what stood.
func (l *lane) stand(row store.Sanction) (needed bool) {
	row, needed = l.ledger.impose(row)
	l.turn.group.Sanctions = append(l.turn.group.Sanctions, row)
	if !row.Until.IsZero() {
		l.wake(store.Wake{Key: sanctionWake(row.ID), At: row.Until})
	}
	return needed
}

const sanctionPrefix = "sanction/"

func sanctionWake(id int) string { return sanctionPrefix + strconv.Itoa(id) }

// say sends what a decider wants said. Alerts of one rule are gathered, when they are many.
func (l *lane) say(s *scope, a chat.Send) {
	if a.As == alertLabel && a.Logical == deskRoom && l.spare(s, topic{alertLabel, s.rule()}, func() chat.Phrase { return a.Say }) {
		return
	}
	if !a.For.IsZero() && l.aside(s, a) {
		return
	}
	l.send(s, a)
}

// aside tells a member alone what concerns nobody else, where they allowed that, and the moderators what nobody can tell them.
// It returns false for what is said in a room.
func (l *lane) aside(s *scope, a chat.Send) bool {
	a = l.rendered(a, s.number)
	member := l.known(a.For)
	switch {
	case l.allowsDirect(a.For):
		l.order(s, chat.Direct{Member: a.For, Name: member.Name, Text: a.Text, Priority: a.Priority}, a.For.Platform, store.Pending)
	case a.Logical == deskRoom:
		s.covered = chat.Say("commands.act.untold", chat.Args{"act": actPhrase(a, s.ev.At)})
		l.news(s, topic{"untold", s.rule()}, func() chat.Phrase {
			return chat.Say("desk.untold", chat.Args{"member": member, "words": chat.Excerpt(a.Text.Plain())})
		})
	default:
		return false
	}
	return true
}

// send turns a message into one order for each place that it goes to.
func (l *lane) send(s *scope, a chat.Send) {
	a = l.rendered(a, s.number)
	for _, room := range l.sendsTo(a) {
		a.Room, a.Logical, a.On, a.For = room, "", "", chat.MemberRef{}
		l.order(s, a, room.Platform, store.Pending)
	}
}

// sendsTo are the places of a message: where it is for one network, the logical room's place there, and none else.
func (l *lane) sendsTo(a chat.Send) []chat.RoomRef {
	if a.On == "" {
		return l.places(a.Room, a.Logical)
	}
	place, ok := l.plan.Rooms.On(l.plan.logical(a.Logical), a.On)
	if !ok {
		l.log.Warn("a message has no room to go to", "room", a.Logical, "platform", a.On)
		return nil
	}
	return l.places(place, "")
}

// card renders the choices of a card; nil for none.
func (l *lane) card(c *chat.Card, number int) *chat.Card {
	if c == nil {
		return nil
	}
	card := *c
	card.Choices = slices.Clone(card.Choices)
	for i := range card.Choices {
		card.Choices[i].Label = l.plain(card.Choices[i].Say, number)
	}
	return &card
}

func (l *lane) openPoll(s *scope, a chat.OpenPoll) {
	a.Question, a.Answers = l.plain(a.Ask, s.number), slices.Clone(a.Answers)
	for i := range a.Answers {
		a.Answers[i].Label = l.plain(a.Answers[i].Say, s.number)
	}
	for _, room := range l.places(a.Room, a.Logical) {
		a.Room, a.Logical = room, ""
		l.order(s, a, room.Platform, store.Pending)
	}
}

// rendered is a message in words. One that was rendered before stays as it is.
func (l *lane) rendered(a chat.Send, number int) chat.Send {
	if !a.Say.IsZero() {
		a.Text, a.Say = l.render(a.Say, number), chat.Phrase{}
	}
	a.Card = l.card(a.Card, number)
	return a
}

// renderedThread is a thread in words, as rendered is a message.
func (l *lane) renderedThread(a chat.StartThread, number int) chat.StartThread {
	if !a.Say.IsZero() {
		a.Text, a.Say = l.render(a.Say, number), chat.Phrase{}
	}
	if !a.TitleSay.IsZero() {
		a.Title, a.TitleSay = l.plain(a.TitleSay, number), chat.Phrase{}
	}
	return a
}

func (l *lane) startThread(s *scope, a chat.StartThread) {
	a = l.renderedThread(a, s.number)
	for _, room := range l.places(a.Room, a.Logical) {
		a.Room, a.Logical = room, ""
		l.order(s, a, room.Platform, store.Pending)
	}
}

// places are where a message goes: the room itself, or else every place of the logical room that has an adapter.
func (l *lane) places(room chat.RoomRef, logical string) []chat.RoomRef {
	if !room.IsZero() {
		return []chat.RoomRef{room}
	}
	var out []chat.RoomRef
	for _, place := range l.plan.Rooms.Places(l.plan.logical(logical)) {
		if _, ok := l.finders[place.Platform]; ok {
			out = append(out, place)
		}
	}
	if len(out) == 0 {
		l.log.Warn("a message has no room to go to", "room", logical)
	}
	return out
}

// answer replies where the caller asked: to the caller alone where the platform gave a handle for that. Else
// what is private goes to the moderators' room, unless it was asked there.
func (l *lane) answer(s *scope, a chat.Answer) {
	message, reply := origin(s.ev)
	send := chat.Send{
		Room: s.ev.Room, ReplyTo: message, Say: a.Say, Card: a.Card, As: answerLabel, Priority: chat.Interaction,
		Reply: reply, Private: reply != "", Replaces: reply != "" && a.Replaces,
	}
	if reply == "" && a.Private && s.ev.Actor.Standing >= chat.StandingModerator && s.ev.Logical != l.plan.Desk {
		caller := mention(s.ev.Actor)
		caller.Ping = true
		send.Say = chat.Say("desk.answer", chat.Args{"member": caller, "answer": a.Say})
		send.Room, send.Logical, send.ReplyTo = chat.RoomRef{}, deskRoom, ""
	}
	l.send(s, send)
}

// tell says something in the moderators' room.
func (l *lane) tell(s *scope, p chat.Phrase) {
	l.send(s, chat.Send{Logical: deskRoom, Say: p, As: logLabel, Priority: chat.Log})
}

// order records one action for one platform.
func (l *lane) order(s *scope, a chat.Action, platform chat.Platform, state store.State) {
	now := l.clock.Now()
	l.lastSeq++
	s.next++
	o := &store.Order{
		Seq: l.lastSeq, Key: orderKey(s.ev.ID, s.decided.source, s.next), Event: s.ev.ID, Case: s.number, Label: label(a),
		Platform: platform, Subject: subject(a), Priority: priority(a), Action: a, State: state,
		NextAt: now, Deadline: deadline(a, now), CreatedAt: now,
	}
	switch {
	case state == store.Held:
		o.Reason = l.plain(chat.Say("failure.held", nil), s.number)
		s.holdups = append(s.holdups, l.inWords(chat.Say("commands.not_done.failed", chat.Args{"act": actPhrase(a, s.ev.At), "reason": o.Reason}), s.number))
	case !aside(o.Label):
		s.placed = append(s.placed, o.Key)
	}
	l.turn.group.Orders = append(l.turn.group.Orders, *o)
	l.metrics.orders.Inc()
	if state == store.Pending {
		l.turn.orders = append(l.turn.orders, o)
	}
}

// orderKey is the same whenever the same event leads to the same order: doing it twice has one effect.
// Its 24 characters of [a-z2-7] fit a Discord nonce (25) and a Matrix transaction id.
func orderKey(event, source string, n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%d", event, source, n))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:15]))
}

func (l *lane) render(p chat.Phrase, number int) chat.Text {
	return l.catalogue.Render(l.plan.Voice, p, resolver(number))
}

func (l *lane) plain(p chat.Phrase, number int) string {
	return l.catalogue.Plain(l.plan.Voice, p, resolver(number))
}

// deadline is when an order is no longer worth carrying out; zero for what is never given up.
func deadline(a chat.Action, now time.Time) time.Time {
	switch a := a.(type) {
	case chat.LiftTimeout, chat.Unban, chat.Unlock:
		return time.Time{}
	case chat.Timeout:
		return soonest(a.Until, now.Add(7*24*time.Hour))
	case chat.Ban:
		return soonest(a.Until, now.Add(7*24*time.Hour))
	case chat.Kick:
		return now.Add(time.Hour)
	case chat.LookUp:
		return now.Add(time.Minute)
	case chat.Send:
		return now.Add(sendDeadline[a.Priority])
	case chat.Edit:
		return now.Add(sendDeadline[a.Priority])
	case chat.Direct:
		return now.Add(sendDeadline[a.Priority])
	case chat.StartThread, chat.OpenPoll, chat.Pin, chat.Unpin, chat.React:
		return now.Add(time.Hour)
	case chat.GiveRole:
		return soonest(a.Until, now.Add(24*time.Hour))
	case chat.Slowmode:
		return soonest(a.Until, now.Add(time.Hour))
	case chat.Lock:
		return soonest(a.Until, now.Add(time.Hour))
	default:
		return now.Add(24 * time.Hour)
	}
}

// How long a message is worth sending.
var sendDeadline = map[chat.Priority]time.Duration{
	chat.Safety: time.Hour, chat.Interaction: 15 * time.Minute, chat.Log: 24 * time.Hour, chat.Animation: time.Hour,
}

func soonest(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}
