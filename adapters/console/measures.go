package console

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"palabre/chat"
)

// calm is what keeps a room quiet.
type calm struct {
	every  time.Duration // the slowmode
	locked bool
	said   map[string]time.Time // member -> when they last spoke here
}

// calmOf is the calm of a room; its threads share it.
func (w *World) calmOf(room chat.RoomRef) *calm {
	c, ok := w.calms[room.ID]
	if !ok {
		c = &calm{said: map[string]time.Time{}}
		w.calms[room.ID] = c
	}
	return c
}

// quiet tells why somebody may not speak in a room just now. Those who moderate always may.
func (w *World) quiet(m *member, room chat.RoomRef) error {
	c := w.calmOf(room)
	next := c.said[m.name].Add(c.every)
	switch {
	case m.standing >= chat.StandingModerator:
		return nil
	case c.locked:
		return fmt.Errorf("%s cannot speak: #%s is locked", m.name, room.ID)
	case c.every > 0 && w.now().Before(next):
		return fmt.Errorf("%s cannot speak: slowmode until %s", m.name, w.clock(next))
	}
	c.said[m.name] = w.now()
	return nil
}

func (w *World) slow(act chat.Slowmode) error {
	return w.onRoom(act.Room, func(c *calm) {
		c.every = act.Every
		if act.Every == 0 {
			w.print(act.Room, self, "ends the slowmode%s", because(act.Reason))
			return
		}
		w.print(act.Room, self, "slows the room to one message in %s%s", act.Every, because(act.Reason))
	})
}

func (w *World) lock(room chat.RoomRef, reason string) error {
	return w.onRoom(room, func(c *calm) {
		c.locked = true
		w.print(room, self, "locks the room%s", because(reason))
	})
}

func (w *World) unlock(room chat.RoomRef, reason string) error {
	if !w.calmOf(room).locked {
		return fmt.Errorf("#%s is not locked: %w", room.ID, chat.ErrGone)
	}
	return w.onRoom(room, func(c *calm) {
		c.locked = false
		w.print(room, self, "unlocks the room%s", because(reason))
	})
}

func (w *World) onRoom(room chat.RoomRef, do func(*calm)) error {
	if _, err := w.room(room.ID); err != nil {
		return fmt.Errorf("%w: %w", chat.ErrGone, err)
	}
	do(w.calmOf(room))
	return nil
}

// hands gives a role to a member or takes it, once.
func (w *World) hands(m *member, by chat.Actor, role string, given bool) {
	if slices.Contains(m.roles, role) == given {
		return
	}
	change := chat.MemberRoles{By: by}
	if given {
		m.roles = append(m.roles, role)
		change.Added = []string{role}
	} else {
		m.roles = slices.DeleteFunc(m.roles, func(r string) bool { return r == role })
		change.Removed = []string{role}
	}
	w.happen(chat.Event{Actor: m.actor(), Body: change})
}

func (w *World) giveRole(m *member, act chat.GiveRole) {
	w.print(chat.RoomRef{}, self, "gives %s the role %s%s", m.name, act.Role, because(act.Reason))
	w.hands(m, selfActor(), act.Role, true)
}

func (w *World) takeRole(m *member, act chat.TakeRole) {
	w.print(chat.RoomRef{}, self, "takes the role %s from %s%s", act.Role, m.name, because(act.Reason))
	w.hands(m, selfActor(), act.Role, false)
}

func (w *World) resetName(m *member, act chat.ResetName) {
	to := act.To
	if to == "" {
		to = m.name
	}
	w.print(chat.RoomRef{}, self, "resets the name of %s to %s%s", m.name, to, because(act.Reason))
	w.renamed(m, to)
}

func (w *World) renamed(m *member, to string) {
	if old := m.called; old != to {
		m.called = to
		w.happen(chat.Event{Actor: m.actor(), Body: chat.MemberRenamed{Old: old}})
	}
}

func (w *World) direct(m *member, act chat.Direct) {
	text := w.screen.words(act.Text)
	w.newMessage(message{author: self, text: text, to: m.name})
	w.print(chat.RoomRef{}, self, "writes to %s alone: %s", m.name, text)
}

// sweep takes away what somebody said of late.
func (w *World) sweep(m *member, since time.Time) {
	count := 0
	for _, id := range slices.SortedFunc(maps.Keys(w.messages), byNumber) {
		msg := w.messages[id]
		if msg.author != m.name || msg.gone || msg.at.Before(since) {
			continue
		}
		msg.gone = true
		count++
		w.happen(chat.Event{Room: msg.room, Actor: selfActor(), Body: chat.MessageDeleted{
			Message: chat.MessageRef{Room: msg.room, ID: id}, Author: m.ref(),
		}})
	}
	if count > 0 {
		w.print(chat.RoomRef{}, self, "deletes what %s said of late: %d", m.name, count)
	}
}

// byNumber orders ids of messages, oldest first.
func byNumber(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	if a < b {
		return -1
	}
	return 1
}
