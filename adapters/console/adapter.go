package console

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"palabre/adapters"
	"palabre/chat"
)

// Adapter is one connection to the world.
type Adapter struct {
	world *World
	ring  chan struct{}
}

// Open connects to the world; the connection before it, if any, is dead.
func (w *World) Open() *Adapter {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.adapter = &Adapter{world: w, ring: make(chan struct{}, 1)}
	w.read = notBegun
	return w.adapter
}

func (a *Adapter) wake() {
	select {
	case a.ring <- struct{}{}:
	default: // it will look anyway
	}
}

const cursor = "seq"

// notBegun stands for what was handed on while the connection has not yet found where to go on.
const notBegun = -1

// Run delivers what happened after the cursor, then what happens.
func (a *Adapter) Run(ctx context.Context, from adapters.Cursors, emit func(adapters.Batch) error) error {
	next, err := a.begin(from, emit)
	if err != nil {
		return err
	}
	for {
		if events := a.world.since(next); len(events) > 0 {
			next += len(events)
			if err := emit(adapters.Batch{Events: events, Cursors: adapters.Cursors{cursor: strconv.Itoa(next)}}); err != nil {
				return nil //nolint:nilerr // ctx has ended
			}
			a.world.delivered(next)
		}
		select {
		case <-a.ring:
		case <-ctx.Done():
			return nil
		}
	}
}

// begin finds where to go on; without a cursor that is now, and who is here already is present.
func (a *Adapter) begin(from adapters.Cursors, emit func(adapters.Batch) error) (next int, err error) {
	if token, ok := from[cursor]; ok {
		if next, err = strconv.Atoi(token); err != nil {
			return 0, fmt.Errorf("cursor %q: %w", token, err)
		}
		a.world.delivered(next)
		return next, nil
	}
	events, next := a.world.present()
	if emit(adapters.Batch{Events: events, Cursors: adapters.Cursors{cursor: strconv.Itoa(next)}}) == nil {
		a.world.delivered(next)
	}
	return next, nil
}

// present tells who is here now, and how much has happened before.
func (w *World) present() (events []chat.Event, happened int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(w.members)) {
		if m := w.members[id]; m.here {
			events = append(events, chat.Event{ID: "console:present:" + id, At: w.now(), Actor: m.actor(), Body: chat.MemberPresent{}})
		}
	}
	return events, len(w.log)
}

// delivered notes how far an adapter has handed events on.
func (w *World) delivered(upTo int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.read = upTo
	select {
	case w.moved <- struct{}{}:
	default: // whoever waits will look anyway
	}
}

// Delivered waits until everything that happened was handed on, and tells how much that was.
func (w *World) Delivered(ctx context.Context) (int, error) {
	for {
		w.mu.Lock()
		count, read := len(w.log), w.read
		w.mu.Unlock()
		if count == read {
			return count, nil
		}
		select {
		case <-w.moved:
		case <-ctx.Done():
			return count, ctx.Err()
		}
	}
}

func (w *World) since(n int) []chat.Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]chat.Event(nil), w.log[min(n, len(w.log)):]...)
}

// Find knows everybody by name, with or without an @.
func (a *Adapter) Find(_ chat.RoomRef, text string) (chat.Actor, bool) {
	a.world.mu.Lock()
	defer a.world.mu.Unlock()
	m, ok := a.world.members[strings.ToLower(strings.TrimPrefix(text, "@"))]
	if !ok {
		return chat.Actor{}, false
	}
	return m.actor(), true
}

// Do carries out one action and prints what people see of it.
func (a *Adapter) Do(_ context.Context, key string, act chat.Action) (chat.Receipt, error) {
	w := a.world
	w.mu.Lock()
	defer w.mu.Unlock()
	if receipt, repeated := w.done[key]; repeated {
		return receipt, nil
	}
	if err := w.trouble.before(act); err != nil {
		return chat.Receipt{}, err
	}
	receipt, err := w.perform(act)
	if err == nil {
		w.done[key] = receipt
		err = w.trouble.after()
	}
	return receipt, err
}

func (t *trouble) before(act chat.Action) error {
	if t.forbidden[act.ActionKind()] {
		return fmt.Errorf("%w: missing permission for %s", chat.ErrForbidden, act.ActionKind())
	}
	if t.failures > 0 {
		t.failures--
		return &chat.RetryError{Err: errors.New("the network does not answer"), After: 5 * time.Second}
	}
	return nil
}

func (t *trouble) after() error {
	if t.lost > 0 {
		t.lost--
		return &chat.RetryError{Err: errors.New("the answer was lost"), After: 5 * time.Second}
	}
	return nil
}

func (w *World) perform(act chat.Action) (chat.Receipt, error) {
	switch act := act.(type) {
	case chat.Send:
		return w.sent(act)
	case chat.StartThread:
		return w.opened(act)
	case chat.OpenPoll:
		return w.openPoll(act)
	case chat.ClosePoll:
		return chat.Receipt{}, w.closePoll(act)
	case chat.Edit:
		return chat.Receipt{}, w.edit(act)
	case chat.Delete:
		return chat.Receipt{}, w.delete(act)
	case chat.React:
		return chat.Receipt{}, w.onMessage(act.Message, func(id string) { w.print(act.Message.Room, self, "%s under %s", act.Emoji, id) })
	case chat.Pin:
		return chat.Receipt{}, w.onMessage(act.Message, func(id string) { w.print(act.Message.Room, self, "pins %s", id) })
	case chat.Unpin:
		return chat.Receipt{}, w.onMessage(act.Message, func(id string) { w.print(act.Message.Room, self, "unpins %s", id) })
	case chat.Slowmode:
		return chat.Receipt{}, w.slow(act)
	case chat.Lock:
		return chat.Receipt{}, w.lock(act.Room, act.Reason)
	case chat.Unlock:
		return chat.Receipt{}, w.unlock(act.Room, act.Reason)
	default:
		return chat.Receipt{}, w.performOn(act)
	}
}

// performOn carries out what is done to a member.
func (w *World) performOn(act chat.Action) error {
	switch act := act.(type) {
	case chat.Timeout:
		return w.onMember(act.Member, func(m *member) { w.silence(m, act.Until, act.Reason) })
	case chat.LiftTimeout:
		return w.onMember(act.Member, func(m *member) {
			m.silenced, m.mute = time.Time{}, false
			w.print(chat.RoomRef{}, self, "lets %s speak again", m.name)
		})
	case chat.Kick:
		return w.onMember(act.Member, func(m *member) {
			if !m.joined.After(act.Decided) {
				w.kick(m, selfActor(), act.Reason)
			}
		})
	case chat.Ban:
		return w.onMember(act.Member, func(m *member) {
			w.ban(m, selfActor(), act.Reason)
			if act.DeleteFor > 0 {
				w.sweep(m, w.now().Add(-act.DeleteFor))
			}
		})
	case chat.Unban:
		if m := w.members[act.Member.ID]; m != nil && m.banned && !m.byUs && act.Of != (chat.Imposed{}) {
			return fmt.Errorf("the ban of %s: %w", m.name, chat.ErrForeign)
		}
		return w.onMember(act.Member, func(m *member) { w.unban(m, selfActor()) })
	case chat.GiveRole:
		return w.onMember(act.Member, func(m *member) { w.giveRole(m, act) })
	case chat.TakeRole:
		return w.onMember(act.Member, func(m *member) { w.takeRole(m, act) })
	case chat.ResetName:
		return w.onMember(act.Member, func(m *member) { w.resetName(m, act) })
	case chat.Direct:
		return w.onMember(act.Member, func(m *member) { w.direct(m, act) })
	default:
		return chat.ErrUnsupported
	}
}

func (w *World) sent(act chat.Send) (chat.Receipt, error) {
	if _, err := w.room(act.Room.ID); err != nil {
		return chat.Receipt{}, fmt.Errorf("%w: %w", chat.ErrGone, err)
	}
	text := w.screen.words(act.Text) + choices(act.Card)
	id := w.newMessage(message{room: act.Room, author: self, text: text, pings: act.Text.Pings(), card: act.Card})
	w.say(act.Room, id, act.ReplyTo, self, text)
	ref := chat.MessageRef{Room: act.Room, ID: id}
	w.happen(chat.Event{Room: act.Room, Actor: selfActor(), Body: chat.MessageSent{Message: ref, Content: chat.Content{Text: act.Text.Plain(), ReplyTo: act.ReplyTo}}})
	return chat.Receipt{Message: ref}, nil
}

// choices are a card's options, one a line, with the number to press.
func choices(card *chat.Card) string {
	var b strings.Builder
	if card != nil {
		for i, c := range card.Choices {
			fmt.Fprintf(&b, "\n%d. %s %s", i+1, c.Emoji, c.Label)
		}
	}
	return b.String()
}

func (w *World) opened(act chat.StartThread) (chat.Receipt, error) {
	if _, err := w.room(act.Room.ID); err != nil {
		return chat.Receipt{}, fmt.Errorf("%w: %w", chat.ErrGone, err)
	}
	title := "thread “" + act.Title + "”"
	if len(act.Tags) > 0 {
		title += " (" + strings.Join(act.Tags, ", ") + ")"
	}
	text := title + "\n" + w.screen.words(act.Text)
	id := w.newMessage(message{room: act.Room, author: self, text: text})
	thread := chat.RoomRef{Platform: chat.Console, ID: act.Room.ID, Thread: id}
	w.say(thread, id, "", self, text)
	w.happen(chat.Event{Room: act.Room, Actor: selfActor(), Body: chat.ThreadOpened{Thread: thread, Title: act.Title}})
	return chat.Receipt{Message: chat.MessageRef{Room: thread, ID: id}, Thread: thread}, nil
}

// edit changes a message of ours.
func (w *World) edit(act chat.Edit) error {
	return w.onMessage(act.Message, func(id string) {
		msg := w.messages[id]
		msg.text, msg.card, msg.revisions = w.screen.words(act.Text)+choices(act.Card), act.Card, msg.revisions+1
		w.print(act.Message.Room, self, "edits %s: %s", id, msg.text)
		w.happen(chat.Event{Room: act.Message.Room, Actor: selfActor(), Body: chat.MessageEdited{
			Message: act.Message, Revision: strconv.Itoa(msg.revisions), Content: chat.Content{Text: act.Text.Plain()},
		}})
	})
}

func (w *World) delete(act chat.Delete) error {
	return w.onMessage(act.Message, func(id string) {
		w.messages[id].gone = true
		w.print(act.Message.Room, self, "deletes %s%s", id, because(act.Reason))
		w.happen(chat.Event{Room: act.Message.Room, Actor: selfActor(), Body: chat.MessageDeleted{Message: act.Message, Author: act.Author}})
	})
}

func (w *World) onMessage(ref chat.MessageRef, do func(id string)) error {
	m, ok := w.messages[ref.ID]
	if !ok || m.gone {
		return fmt.Errorf("message %s: %w", ref.ID, chat.ErrGone)
	}
	do(ref.ID)
	return nil
}

func (w *World) onMember(ref chat.MemberRef, do func(*member)) error {
	if ref == selfActor().MemberRef {
		return fmt.Errorf("against myself: %w", chat.ErrForbidden)
	}
	m, ok := w.members[ref.ID]
	if !ok {
		return fmt.Errorf("member %s: %w", ref.ID, chat.ErrGone)
	}
	if m.standing >= chat.StandingAdmin {
		return fmt.Errorf("member %s stands as high as I do: %w", ref.ID, chat.ErrForbidden)
	}
	do(m)
	return nil
}

func (w *World) silence(m *member, until time.Time, reason string) {
	m.silenced, m.mute = until, until.IsZero()
	if m.mute {
		w.print(chat.RoomRef{}, self, "silences %s%s", m.name, because(reason))
		return
	}
	w.print(chat.RoomRef{}, self, "silences %s until %s%s", m.name, w.clock(until), because(reason))
}

func (w *World) kick(m *member, by chat.Actor, reason string) {
	m.here = false
	w.print(chat.RoomRef{}, by.Name, "removes %s%s", m.name, because(reason))
	w.happen(chat.Event{Actor: m.actor(), Body: chat.MemberLeft{By: by.MemberRef, Reason: reason}})
}

func (w *World) ban(m *member, by chat.Actor, reason string) {
	if m.banned && by.Kind == chat.Self {
		return // a moderator's own ban on top of ours counts: ours must not lift it
	}
	m.here, m.banned, m.byUs = false, true, by.Kind == chat.Self
	w.print(chat.RoomRef{}, by.Name, "bans %s%s", m.name, because(reason))
	w.happen(chat.Event{Actor: m.actor(), Body: chat.MemberBanned{By: by, Reason: reason}})
}

// because shows a reason after what it explains.
func because(reason string) string {
	if reason == "" {
		return ""
	}
	return " — " + reason
}

func (w *World) unban(m *member, by chat.Actor) {
	m.banned = false
	w.print(chat.RoomRef{}, by.Name, "lets %s come back", m.name)
	w.happen(chat.Event{Actor: m.actor(), Body: chat.MemberUnbanned{By: by}})
}
