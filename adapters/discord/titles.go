package discord

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"palabre/chat"
)

// A thread's title is what most people read of it, and may be changed by whoever opened it and by moderators. The gateway
// tells the title and not by whom; the audit log tells both, in any order with it. So the entry is the event, and the title
// alone, when no entry comes, is an event of nobody's: it is judged, and nobody is punished for it.

// threadChanged is a thread with another title, or with anything else of it changed.
func (b *book) threadChanged(c discordgo.Channel, d dispatch) ([]chat.Event, error) {
	before := b.guild.channels[c.ID]
	now := b.guild.putChannel(&c)
	if now == nil || now.parent == "" {
		return nil, nil
	}
	if entry, ok := b.audits.Get(deed("title", c.ID)); ok && titleIn(entry) == now.name {
		return b.retitledBy(entry, d.arrived), nil
	}
	if before == nil || before.name == now.name {
		return nil, nil
	}
	// By the thread's own id: whoever it was, the case is about the thread.
	nobody := chat.Actor{MemberRef: memberRef(now.id), Person: chat.PersonOf(memberRef(now.id)), Name: valid(before.name), Kind: chat.Nobody}
	return b.retitled(now, now.name, unique("title:"+now.id, d), nobody, d.arrived, d.arrived), nil
}

// retitledBy is a new title as the audit log tells it. Of a thread that we do not know, it waits for the thread.
func (b *book) retitledBy(entry wireAudit, now time.Time) []chat.Event {
	title := titleIn(entry)
	if title == "" {
		return nil
	}
	b.audits.Put(deed("title", entry.Target), entry)
	c := b.guild.channels[entry.Target]
	if c == nil || c.parent == "" {
		return nil
	}
	actor := b.by(entry.User)
	if actor.Kind == chat.Human && b.guild.members[entry.User] == nil && !b.strangers[entry.User] {
		actor.Kind = chat.Nobody // they may be a moderator
	}
	return b.retitled(c, title, "audit:"+entry.ID, actor, snowflakeTime(entry.ID), now)
}

// retitled tells a thread's title, unless it is the one that was told last.
func (b *book) retitled(c *channel, title, id string, actor chat.Actor, at, now time.Time) []chat.Event {
	if told, _ := b.titles.Get(c.id); told == title {
		return nil
	}
	b.titles.Put(c.id, title)
	thread, _ := b.guild.room(c.id)
	return []chat.Event{b.event(id, at, now, c.parent, actor, chat.ThreadOpened{Thread: thread, Title: valid(title), Renamed: true})}
}

// titleIn is the title that an entry of the audit log gave to a thread, empty when it gave none.
func titleIn(entry wireAudit) (title string) {
	for _, change := range entry.Changes {
		if change.Key == "name" {
			_ = json.Unmarshal(change.New, &title) // what is no text is none
		}
	}
	return title
}

func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// named tells whether it is known who gave a thread its title, or that it has none that is new, so that it need not wait
// for the audit log. ahead are the events that have arrived since.
func (b *book) named(d dispatch, ahead []dispatch) bool {
	var c struct{ ID, Name string }
	if json.Unmarshal(d.Data, &c) != nil || !b.hearsAudits() {
		return true
	}
	before := b.guild.channels[c.ID]
	if told, ok := b.titles.Get(c.ID); before == nil || before.name == c.Name || ok && told == c.Name {
		return true
	}
	for _, later := range ahead {
		var entry wireAudit
		if later.Type == "GUILD_AUDIT_LOG_ENTRY_CREATE" && json.Unmarshal(later.Data, &entry) == nil && entry.Guild == b.guild.id &&
			entry.Action == auditThread && entry.Target == c.ID && titleIn(entry) == c.Name {
			b.audits.Put(deed("title", c.ID), entry)
			return true
		}
	}
	return false
}
