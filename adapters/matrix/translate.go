package matrix

import (
	"strconv"
	"strings"
	"time"

	"palabre/adapters"
	"palabre/chat"
)

// fact is what is remembered of an event, because later events point at it without repeating it.
type fact struct {
	sender string
	kind   factKind
	thread string // the thread that the message stands in
	target string // what a reaction stands under
	emoji  string
	card   *card // the choices that our own message offered
	came   time.Time
	// What a message answers, and whether it may begin with a quotation: its edits do not say it again.
	replyTo string
	quotes  bool
	edits   []string // of a message, by its author
	whole   bool     // we saw it come, and so every edit since
}

type factKind int8

const (
	factOther factKind = iota
	factMessage
	factEdit
	factReaction
	factMissing // the homeserver does not know it, or would not say
)

// view is all that the translation of one event may know: it does no I/O and reads no clock.
type view struct {
	room    chat.RoomRef
	logical string
	self    string
	prefix  string
	now     time.Time
	actor   func(user string) chat.Actor
	here    func(user string) chat.Standing // in this room, where actor's is the highest anywhere
	known   func(event string) (fact, bool)
	ranks   thresholds
}

// prefixed is an event's id: the same when the server repeats itself.
func prefixed(id string) string { return string(chat.Matrix) + ":" + id }

// pointsAt is the event that must be known before ev can be translated, empty when there is none.
func pointsAt(ev wireEvent) string {
	relates := ev.Content.obj("m.relates_to")
	switch ev.Type {
	case "m.room.redaction":
		return ev.Redacts
	case "m.reaction", pollResponse, stablePollResponse:
		return relates.str("event_id")
	case "m.room.message", pollStart, stablePollStart:
		if relates.str("rel_type") == "m.replace" {
			return relates.str("event_id")
		}
		if _, ok := pressedNumber(ev.Content); ok {
			return relates.obj("m.in_reply_to").str("event_id")
		}
	}
	return ""
}

// factOf is what later events may need of ev.
func factOf(ev wireEvent) fact {
	f := fact{sender: ev.Sender, came: ev.when()}
	relates := ev.Content.obj("m.relates_to")
	switch ev.Type {
	case "m.room.message", "m.sticker", "m.room.encrypted", pollStart, stablePollStart:
		f.kind = factMessage
		switch relates.str("rel_type") {
		case "m.replace":
			f.kind = factEdit
		case "m.thread":
			f.thread = relates.str("event_id")
		}
		f.card = cardOf(ev.Content)
		f.replyTo, f.quotes = replyOf(ev.Content)
	case "m.reaction":
		f.kind, f.target, f.emoji = factReaction, relates.str("event_id"), relates.str("key")
	}
	return f
}

// translate turns one event of a room into what happened there. Membership is not its business: see
// directory.change.
func translate(ev wireEvent, v view) []chat.Event {
	switch ev.Type {
	case "m.room.message", "m.sticker":
		return v.message(ev)
	case "m.reaction":
		return v.reaction(ev)
	case "m.room.redaction":
		return v.redaction(ev)
	case pollStart, stablePollStart:
		return v.poll(ev)
	case pollResponse, stablePollResponse:
		return v.vote(ev)
	case "m.room.encrypted":
		return []chat.Event{v.unreadable(whyEncrypted)}
	case "m.room.encryption":
		if ev.isState("m.room.encryption") {
			return []chat.Event{v.unreadable(whyEncrypted)}
		}
	case powerType:
		if ev.isState(powerType) {
			return append(v.silences(ev), v.standings(ev)...)
		}
	case "m.room.tombstone":
		if ev.isState("m.room.tombstone") {
			return []chat.Event{v.unreadable(whyReplaced)}
		}
	}
	return nil
}

// event fills what every event has. A server's clock may be ahead: nothing happens later than now.
func (v view) event(ev wireEvent, suffix string, body chat.Body) chat.Event {
	at := ev.when()
	if at.After(v.now) {
		at = v.now
	}
	return chat.Event{
		ID: prefixed(ev.ID) + suffix, At: at, Lag: ev.Came.lag, CutOff: ev.Came.cutOff, Room: v.room, Logical: v.logical,
		Actor: v.actor(ev.Sender), Body: body,
	}
}

// ask is an event by which somebody asks something of us: they have the power that they have in this room.
func (v view) ask(ev wireEvent, suffix string, body chat.Body) chat.Event {
	asked := v.event(ev, suffix, body)
	asked.Actor.Standing = v.here(ev.Sender)
	return asked
}

// Why a room cannot be moderated.
const (
	whyEncrypted = "messages are encrypted"
	whyReplaced  = "the room was replaced by another one"
	whyRemoved   = "we are no longer in the room"
)

func (v view) unreadable(what string) chat.Event {
	return trouble{id: v.room.ID, logical: v.logical, what: what}.event(v.now)
}

// event says, once per room and kind of trouble, that a room cannot be moderated.
func (t trouble) event(now time.Time) chat.Event {
	why := t.what
	if t.why != "" {
		why += ": " + t.why
	}
	return chat.Event{
		ID: prefixed("unreadable:" + t.id + ":" + t.what), At: now, Logical: t.logical,
		Room: chat.RoomRef{Platform: chat.Matrix, ID: t.id}, Actor: chat.Actor{Kind: chat.System},
		Body: chat.RoomUnreadable{Why: why},
	}
}

// in gives the view from inside a thread.
func (v view) in(thread string) view {
	v.room.Thread = thread
	return v
}

func (v view) ref(event string) chat.MessageRef { return chat.MessageRef{Room: v.room, ID: event} }

func (v view) message(ev wireEvent) []chat.Event {
	relates := ev.Content.obj("m.relates_to")
	if relates.str("rel_type") == "m.replace" {
		return v.edit(ev, relates.str("event_id"))
	}
	if relates.str("rel_type") == "m.thread" {
		v = v.in(relates.str("event_id"))
	}
	s := sayingOf(ev.Type, ev.Content, false)
	sent := v.event(ev, "", chat.MessageSent{Message: v.ref(ev.ID), Content: s.Content})
	out := []chat.Event{sent}
	if sent.Actor.Kind != chat.Human || s.Notice { // whoever answers notices may answer a program, for ever
		return out
	}
	if name, args, ok := adapters.ParseCommand(s.typed, v.prefix); ok {
		command := v.ask(ev, ":cmd", chat.CommandInvoked{Name: name, Args: args, Message: v.ref(ev.ID), ReplyTo: s.ReplyTo})
		return append(out, command)
	}
	if number, ok := pressedNumber(ev.Content); ok {
		return append(out, v.press(ev, s.ReplyTo, func(c *card) string { return c.byNumber(number) })...)
	}
	return out
}

// edit is a changed message when its author changed it. An "edit" of somebody else's message, of another
// edit or of a message that nobody can find is a message of its own: what it says is judged, and what is
// done about it can only touch its sender's own event.
func (v view) edit(ev wireEvent, original string) []chat.Event {
	before, ok := v.known(original)
	if !ok || before.kind == factMissing {
		before.quotes = true // nobody can tell: rather overlook words than take a quotation for somebody's own
	}
	s := revisionOf(ev, before)
	if !ok || before.kind != factMessage || before.sender != ev.Sender {
		return []chat.Event{v.event(ev, "", chat.MessageSent{Message: v.ref(ev.ID), Content: s.Content})}
	}
	v = v.in(before.thread)
	return []chat.Event{v.event(ev, "", chat.MessageEdited{Message: v.ref(original), Revision: ev.ID, Content: s.Content})}
}

func (v view) reaction(ev wireEvent) []chat.Event {
	relates := ev.Content.obj("m.relates_to")
	target, emoji := relates.str("event_id"), relates.str("key")
	if relates.str("rel_type") != "m.annotation" || target == "" || emoji == "" {
		return nil
	}
	if f, ok := v.known(target); ok {
		v = v.in(f.thread)
	}
	added := v.event(ev, "", chat.ReactionAdded{Message: v.ref(target), Emoji: emoji, ID: ev.ID})
	if added.Actor.Kind != chat.Human {
		return []chat.Event{added}
	}
	return append([]chat.Event{added}, v.press(ev, target, func(c *card) string { return c.byEmoji(emoji) })...)
}

// press is a chosen option of a card of ours, nothing when the message had none or the choice is not one.
func (v view) press(ev wireEvent, message string, choice func(*card) string) []chat.Event {
	f, ok := v.known(message)
	if !ok || f.card == nil || f.sender != v.self {
		return nil
	}
	chosen := choice(f.card)
	if chosen == "" {
		return nil
	}
	return []chat.Event{v.ask(ev, ":press", chat.ButtonPressed{Card: f.card.Key, Choice: chosen, Message: v.ref(message)})}
}

// redaction is a deleted message or a reaction taken back. What else can be redacted (state, an edit) is
// no event for anybody.
func (v view) redaction(ev wireEvent) []chat.Event {
	if ev.Redacts == "" {
		return nil
	}
	f, ok := v.known(ev.Redacts)
	if !ok {
		f = fact{kind: factMissing}
	}
	v = v.in(f.thread)
	switch f.kind {
	case factMessage:
		return []chat.Event{v.event(ev, "", chat.MessageDeleted{Message: v.ref(ev.Redacts), Author: memberRef(f.sender)})}
	case factMissing:
		return []chat.Event{v.event(ev, "", chat.MessageDeleted{Message: v.ref(ev.Redacts)})}
	case factReaction:
		if f.target == "" { // redacted before we could read what it was
			return nil
		}
		return []chat.Event{v.event(ev, "", chat.ReactionRemoved{Message: v.ref(f.target), Emoji: f.emoji})}
	case factOther, factEdit:
	}
	return nil
}

// pressedNumber reads an answer that is nothing but a number, as people press cards without reactions.
func pressedNumber(c object) (int, bool) {
	replyTo, quoted := replyOf(c)
	if replyTo == "" {
		return 0, false
	}
	body := c.str("body")
	if quoted {
		body = withoutFallback(body)
	}
	n, err := strconv.Atoi(strings.TrimSpace(body))
	return n, err == nil && n > 0
}
