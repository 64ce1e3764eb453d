package discord

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/bwmarrin/discordgo"

	"palabre/chat"
)

func (b *book) memberAdded(m discordgo.Member, d dispatch) ([]chat.Event, error) {
	if m.User == nil || m.User.ID == "" {
		return nil, errIncomplete
	}
	now, _ := b.guild.meet(&m)
	b.banned.Drop(now.id)
	b.kept.Drop(deed("ban", now.id))
	return b.arrival(now, d.arrived), nil
}

// arrival is somebody's coming, told once for each time they come: not before they have passed the guild's screening.
func (b *book) arrival(m *member, now time.Time) []chat.Event {
	if m.pending || m.id == b.self {
		return nil
	}
	ev := b.event(fmt.Sprintf("joined:%s:%d", m.id, m.joined.UnixMilli()), m.joined, now, "", b.someone(m.id), chat.MemberJoined{})
	if _, told := b.told.Get(ev.ID); told {
		return nil
	}
	b.told.Put(ev.ID, true)
	b.told.Drop(deed("left", m.id))
	b.audits.Drop(deed("kick", m.id))
	return []chat.Event{ev}
}

// presence is somebody who was there when we came.
func (b *book) presence(m *member, now time.Time) []chat.Event {
	if m.pending || m.id == b.self {
		return nil
	}
	return []chat.Event{b.event("present:"+m.id, now, now, "", b.someone(m.id), chat.MemberPresent{})}
}

// screening is how long somebody may take to pass the guild's screening while we are away.
const screening = 24 * time.Hour

func (b *book) memberUpdated(m discordgo.Member, d dispatch) (out []chat.Event, _ error) {
	if m.User == nil || m.User.ID == "" {
		return nil, errIncomplete
	}
	now, before := b.guild.meet(&m)
	if now.id == b.self {
		return nil, nil
	}
	switch {
	case before == nil && (!now.joined.After(b.began) || d.arrived.Sub(now.joined) > screening): // told long ago
	case before == nil || before.pending: // they may have passed the screening
		arrived := b.arrival(now, d.arrived)
		for i := range arrived {
			arrived[i].At = d.arrived.UTC()
		}
		out = append(out, arrived...)
	}
	if before != nil && before.name != now.name && !now.pending {
		out = append(out, b.event(unique("renamed:"+now.id, d), d.arrived, d.arrived, "", b.someone(now.id), chat.MemberRenamed{Old: before.name}))
	}
	if before != nil && !b.hearsAudits() {
		out = append(out, b.silenced(before, now, d)...)
		out = append(out, b.rolesChanged(before, now, d)...)
	}
	return out, nil
}

// silenced tells of a timeout that changed, when the audit log does not.
func (b *book) silenced(before, now *member, d dispatch) []chat.Event {
	if now.silenced.Equal(before.silenced) {
		return nil
	}
	by := ""
	if _, ours := b.ours.Get(deed("silence", now.id)); ours {
		by = b.self
	}
	if now.silenced.After(d.arrived) {
		body := chat.MemberSilenced{By: b.by(by), Until: now.silenced}
		return []chat.Event{b.event(unique("silenced:"+now.id, d), d.arrived, d.arrived, "", b.someone(now.id), body)}
	}
	if !before.silenced.After(d.arrived) {
		return nil
	}
	return []chat.Event{b.event(unique("unsilenced:"+now.id, d), d.arrived, d.arrived, "", b.someone(now.id), chat.MemberUnsilenced{By: b.by(by)})}
}

type wireUser struct {
	User *discordgo.User `json:"user"`
}

// memberRemoved is somebody's leaving: by themselves, or kicked as the audit log or we ourselves know. A ban is told
// as a ban.
func (b *book) memberRemoved(w wireUser, d dispatch) ([]chat.Event, error) {
	if w.User == nil || w.User.ID == "" {
		return nil, errIncomplete
	}
	id := w.User.ID
	known := b.guild.members[id]
	actor := b.guild.actor(w.User, nil)
	if id == b.self {
		actor.Kind = chat.Self
	}
	b.guild.part(id)
	_, banned := b.banned.Get(id)
	if banned || (known != nil && known.pending) {
		return nil, nil
	}
	_, ours := b.ours.Get(deed("kick", id))
	b.ours.Drop(deed("kick", id))
	if entry, ok := b.audits.Get(deed("kick", id)); ok {
		return b.kicked(entry, actor, d.arrived), nil
	}
	var body chat.MemberLeft
	if ours {
		body.By = memberRef(b.self)
	}
	b.told.Put(deed("left", id), true)
	// By its place in the session, and not by when they came: that is not known when a restart hears of it again.
	return []chat.Event{b.event(unique("left:"+id, d), d.arrived, d.arrived, "", actor, body)}, nil
}

// kicked is somebody's leaving that the audit log explains, named by its entry: whichever of the two comes first or
// is lost, it is told once. A leaving that was told without its reason is not told again with it.
func (b *book) kicked(entry wireAudit, actor chat.Actor, now time.Time) []chat.Event {
	if _, told := b.told.Get(deed("left", entry.Target)); told {
		return nil
	}
	b.told.Put(deed("left", entry.Target), true)
	body := chat.MemberLeft{By: memberRef(entry.User), Reason: entry.Reason}
	return []chat.Event{b.event("left:"+entry.Target+":"+entry.ID, snowflakeTime(entry.ID), now, "", actor, body)}
}

// explained tells whether it is known why a member is removed, so that it need not wait for the audit log. ahead are
// the events that have arrived since.
func (b *book) explained(d dispatch, ahead []dispatch) bool {
	var w wireUser
	if json.Unmarshal(d.Data, &w) != nil || w.User == nil || !b.hearsAudits() {
		return true
	}
	id := w.User.ID
	_, banned := b.banned.Get(id)
	_, audited := b.audits.Get(deed("kick", id))
	if banned || audited {
		return true
	}
	return b.foreseen(id, ahead)
}

// foreseen looks for the reason of a removal in what has arrived after it, and learns it.
func (b *book) foreseen(id string, ahead []dispatch) (found bool) {
	for _, d := range ahead {
		switch d.Type {
		case "GUILD_BAN_ADD":
			var w wireUser
			if json.Unmarshal(d.Data, &w) == nil && w.User != nil && w.User.ID == id {
				b.banned.Put(id, true)
				found = true
			}
		case "GUILD_AUDIT_LOG_ENTRY_CREATE":
			var entry wireAudit
			if json.Unmarshal(d.Data, &entry) != nil || entry.Target != id || entry.Guild != b.guild.id {
				continue
			}
			switch entry.Action {
			case auditKick:
				b.audits.Put(deed("kick", id), entry)
				found = true
			case auditBan:
				b.banned.Put(id, true)
				found = true
			}
		}
	}
	return found
}

func (b *book) banAdded(w wireUser, d dispatch) ([]chat.Event, error) {
	if w.User == nil || w.User.ID == "" {
		return nil, errIncomplete
	}
	b.banned.Put(w.User.ID, true)
	if b.hearsAudits() {
		return nil, nil
	}
	by := ""
	if _, ours := b.ours.Get(deed("ban", w.User.ID)); ours {
		by = b.self
	}
	return []chat.Event{b.event(unique("banned:"+w.User.ID, d), d.arrived, d.arrived, "", b.guild.actor(w.User, nil), chat.MemberBanned{By: b.by(by)})}, nil
}

func (b *book) banRemoved(w wireUser, d dispatch) ([]chat.Event, error) {
	if w.User == nil || w.User.ID == "" {
		return nil, errIncomplete
	}
	b.banned.Drop(w.User.ID)
	if b.hearsAudits() {
		return nil, nil
	}
	by := ""
	if _, ours := b.ours.Get(deed("unban", w.User.ID)); ours {
		by = b.self
	}
	return []chat.Event{b.event(unique("unbanned:"+w.User.ID, d), d.arrived, d.arrived, "", b.guild.actor(w.User, nil), chat.MemberUnbanned{By: b.by(by)})}, nil
}

// audited is an entry of the audit log: bans, unbans and silences are told from it; kicks and deletions are kept for
// when their own event comes.
func (b *book) audited(a wireAudit, now time.Time) []chat.Event {
	if a.ID == "" {
		return nil
	}
	at := snowflakeTime(a.ID)
	tell := func(body chat.Body) []chat.Event {
		return []chat.Event{b.event("audit:"+a.ID, at, now, "", b.someone(a.Target), body)}
	}
	switch a.Action {
	case auditKick:
		b.audits.Put(deed("kick", a.Target), a)
		if m := b.guild.members[a.Target]; m == nil || !m.pending {
			return b.kicked(a, b.someone(a.Target), now)
		}
	case auditDelete, auditDeleteBulk:
		b.audits.Put(deed("delete", a.Target+" "+a.Options.Channel), a)
	case auditBan:
		known, again := b.kept.Get(deed("ban", a.Target))
		b.banned.Put(a.Target, true)
		b.kept.Put(deed("ban", a.Target), a)
		if !again || known.ID == a.ID {
			return tell(chat.MemberBanned{By: b.by(a.User), Reason: a.Reason})
		}
	case auditUnban:
		b.banned.Drop(a.Target)
		b.kept.Drop(deed("ban", a.Target))
		return tell(chat.MemberUnbanned{By: b.by(a.User)})
	case auditThread:
		return b.retitledBy(a, now)
	case auditRoles:
		if body := b.roleChanges(a); len(body.Added)+len(body.Removed) > 0 {
			return tell(body)
		}
	case auditMember:
		for _, change := range a.Changes {
			if change.Key != "communication_disabled_until" {
				continue
			}
			var until *time.Time
			if json.Unmarshal(change.New, &until) != nil || until == nil || !until.After(at) {
				return tell(chat.MemberUnsilenced{By: b.by(a.User)})
			}
			return tell(chat.MemberSilenced{By: b.by(a.User), Until: until.UTC(), Reason: a.Reason})
		}
	}
	return nil
}
