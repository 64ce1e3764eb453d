package accuracy

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"palabre/chat"
	"palabre/rules"
)

// begin is when every message is said for the first time: a Monday at noon.
var begin = time.Date(2026, time.January, 5, 12, 0, 0, 0, time.UTC)

// years is how old accounts are of which nothing else is said.
const years = 3 * 365 * 24 * time.Hour

// Play says a message, as often as it is said, to rules that know of nothing before. It gives the names of the rules
// that matched, in order.
func Play(rs *rules.Ruleset, m Message) []string {
	past := rules.NewHistory([16]byte{})
	var out []string
	for i := range max(m.Times, m.Joins) {
		ev := m.event(i)
		if !ev.Actor.Joined.IsZero() {
			past.RestoreMember(rules.Member{Person: ev.Actor.Person, Joined: ev.Actor.Joined})
		}
		r := rs.Read(ev, past)
		past.Fold(r.Fact)
		d := rs.Decide(r, past)
		past.Note(d, ev)
		for _, v := range d.Verdicts {
			out = append(out, v.Rule)
		}
		r.Release()
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// event is the message said for the i-th time, or the i-th person who joins.
func (m Message) event(i int) *chat.Event {
	room := chat.RoomRef{Platform: chat.Console, ID: "general"}
	at := begin.Add(time.Duration(i) * m.Every)
	ev := &chat.Event{ID: fmt.Sprintf("console:m%d", i), At: at, Room: room, Logical: room.ID, Actor: m.actor(i)}
	content := chat.Content{Text: m.Text}
	if m.File != "" {
		content.Attachments = []chat.Attachment{{Name: m.File}}
	}
	ev.Body = chat.MessageSent{Message: chat.MessageRef{Room: room, ID: strconv.Itoa(i + 1)}, Content: content}
	if m.Joins > 0 {
		ev.Body, ev.Room, ev.Logical = chat.MemberJoined{}, chat.RoomRef{}, ""
	}
	return ev
}

// actor is who does something for the i-th time.
func (m Message) actor(i int) chat.Actor {
	name := fmt.Sprintf("member%d", i%max(m.People, m.Joins))
	ref := chat.MemberRef{Platform: chat.Console, ID: name}
	a := chat.Actor{MemberRef: ref, Person: chat.PersonOf(ref), Name: name, Created: begin.Add(-years)}
	if m.Account > 0 {
		a.Created = begin.Add(-m.Account)
	}
	if m.Member > 0 {
		a.Joined = begin.Add(-m.Member)
	}
	return a
}
