package discordtest

import (
	"net/http"
	"slices"
	"time"
	"unicode/utf8"
)

// open makes a channel of a guild.
func (s *Server) open(g *guild, kind int, name string) *channel {
	c := &channel{id: s.ids.at(s.now()), name: name, kind: kind, guild: g, position: len(g.channels), created: s.now(), archive: 1440}
	s.channels[c.id], g.channels = c, append(g.channels, c)
	return c
}

// threadDraft is the body of a thread to be.
type threadDraft struct {
	Name    string   `json:"name"`
	Archive int      `json:"auto_archive_duration"`
	Type    *int     `json:"type"`
	Message *draft   `json:"message"` // a forum post's
	Tags    []string `json:"applied_tags"`
}

const nameAtMost = 100

// thread opens a thread under a channel: from a message, on its own, or as a forum post.
func (s *Server) thread(by *user, parent *channel, from *message, d threadDraft) (*channel, *message, *problem) {
	if n := utf8.RuneCountInString(d.Name); n == 0 || n > nameAtMost {
		return nil, nil, malformed("name", "Must be between 1 and 100 in length.")
	}
	need := CreatePublicThreads
	if parent.kind == kindForum {
		need = SendMessages
	}
	if problem := s.need(by, parent, need); problem != nil {
		return nil, nil, problem
	}
	if parent.kind == kindForum && d.Message == nil {
		return nil, nil, malformed("message", "This field is required")
	}
	if from != nil && from.thread != nil {
		return nil, nil, refuse(http.StatusBadRequest, 160004, "A thread has already been created for this message")
	}
	t := s.newThread(by, parent, from, d)
	var first *message
	if d.Message != nil {
		var problem *problem
		if first, problem = s.compose(by, t, *d.Message); problem != nil {
			return nil, nil, problem
		}
		first.id = t.id
	}
	s.channels[t.id] = t
	s.announce(by, t, from)
	if first != nil {
		s.append(first)
	}
	return t, first, nil
}

func (s *Server) newThread(by *user, parent *channel, from *message, d threadDraft) *channel {
	kind := kindPublicThread
	if from == nil && parent.kind != kindForum {
		kind = kindPrivate // Discord's default where no message is the start
		if d.Type != nil {
			kind = *d.Type
		}
	}
	archive := d.Archive
	if archive == 0 {
		archive = 1440
	}
	t := &channel{
		id: s.ids.at(s.now()), name: d.Name, kind: kind, guild: parent.guild, parent: parent, owner: by.id, members: []string{by.id},
		archive: archive, created: s.now(), changed: s.now(), applied: d.Tags,
	}
	if from != nil {
		t.id, from.thread = from.id, t
	}
	return t
}

// announce tells of a new thread, and notes it.
func (s *Server) announce(by *user, t *channel, from *message) {
	s.effect(by, Effect{Kind: "thread", Channel: t.parent.id, Message: t.id, Text: t.name})
	s.note(t.guild, entry{by: by.id, target: t.id, action: auditThreadNew, changes: []object{changed("name", nil, t.name)}})
	o := t.object()
	o["newly_created"] = true
	s.tell("THREAD_CREATE", t.guild, t, o)
	if from != nil {
		from.flags |= 1 << 5
		s.tell("MESSAGE_UPDATE", t.guild, t.parent, s.dispatched(from))
	} else if t.parent.kind == kindText {
		made := &message{id: s.ids.at(s.now()), channel: t.parent, author: by, kind: typeThread, content: t.name,
			reference: object{"type": 0, "channel_id": t.id, "guild_id": t.guild.id}}
		if t.kind == kindPublicThread {
			s.append(made)
		}
	}
	if t.parent.kind == kindForum {
		t.parent.last = t.id
	}
}

// enterThread makes somebody a member of a thread.
func (s *Server) enterThread(t *channel, id string) {
	if slices.Contains(t.members, id) {
		return
	}
	t.members = append(t.members, id)
	s.tell("THREAD_MEMBERS_UPDATE", t.guild, t, object{
		"id": t.id, "guild_id": t.guild.id, "member_count": len(t.members), "added_members": []object{t.memberObject(id)},
	})
}

const (
	pinsAtMost      = 250
	reactionsAtMost = 20
)

// pin keeps a message at hand.
func (s *Server) pin(by *user, m *message, reason string) *problem {
	c := m.channel
	if c.guild != nil {
		if problem := s.need(by, c, PinMessages); problem != nil {
			return problem
		}
	}
	if !m.pinned.IsZero() {
		return nil
	}
	if s.pins(c) >= pinsAtMost {
		return refuse(http.StatusBadRequest, 30003, "Maximum number of pins reached (250)")
	}
	m.pinned, c.lastPin = s.now(), s.now()
	s.effect(by, Effect{Kind: "pin", Channel: c.id, Message: m.id, Reason: reason})
	s.note(c.guild, entry{by: by.id, target: m.author.id, action: auditPin, reason: reason, options: object{"channel_id": c.id, "message_id": m.id}})
	s.pinned(c)
	s.tell("MESSAGE_UPDATE", c.guild, c, s.dispatched(m))
	s.append(&message{id: s.ids.at(s.now()), channel: c, author: by, kind: typePin,
		reference: object{"type": 0, "channel_id": c.id, "message_id": m.id}})
	return nil
}

func (s *Server) pins(c *channel) (n int) {
	for _, m := range c.messages {
		if !m.deleted && !m.pinned.IsZero() {
			n++
		}
	}
	return n
}

func (s *Server) pinned(c *channel) {
	o := object{"channel_id": c.id, "last_pin_timestamp": moment(c.lastPin)}
	if c.guild != nil {
		o["guild_id"] = c.guild.id
	}
	s.tell("CHANNEL_PINS_UPDATE", c.guild, c, o)
}

// unpin lets a message go.
func (s *Server) unpin(by *user, m *message, reason string) *problem {
	if problem := s.need(by, m.channel, PinMessages); problem != nil {
		return problem
	}
	if m.pinned.IsZero() {
		return nil
	}
	m.pinned = time.Time{}
	s.effect(by, Effect{Kind: "unpin", Channel: m.channel.id, Message: m.id, Reason: reason})
	s.note(m.channel.guild, entry{by: by.id, target: m.author.id, action: auditUnpin, reason: reason, options: object{"channel_id": m.channel.id, "message_id": m.id}})
	s.pinned(m.channel)
	s.tell("MESSAGE_UPDATE", m.channel.guild, m.channel, s.dispatched(m))
	return nil
}

// react puts an emoji under a message: "👍", or "name:id" for the guild's own.
func (s *Server) react(by *user, m *message, key string) *problem {
	c := m.channel
	emoji := emojiOf(key)
	if emoji == nil {
		return refuse(http.StatusBadRequest, 10014, "Unknown Emoji")
	}
	i := slices.IndexFunc(m.reactions, func(r *reaction) bool { return r.key == key })
	need := ReadMessageHistory
	if i < 0 {
		need |= AddReactions
	}
	if c.guild != nil {
		if problem := s.need(by, c, need); problem != nil {
			return problem
		}
	}
	if i < 0 && len(m.reactions) >= reactionsAtMost {
		return refuse(http.StatusBadRequest, 30010, "Maximum number of reactions reached (20)")
	}
	if i < 0 {
		m.reactions = append(m.reactions, &reaction{emoji: emoji, key: key})
		i = len(m.reactions) - 1
	}
	r := m.reactions[i]
	if slices.Contains(r.users, by.id) {
		return nil
	}
	r.users = append(r.users, by.id)
	s.effect(by, Effect{Kind: "react", Channel: c.id, Message: m.id, Text: key})
	o := s.reactionEvent(by, m, r)
	o["message_author_id"] = m.author.id
	if c.guild != nil {
		if member := c.guild.members[by.id]; member != nil {
			o["member"] = member.object()
		}
	}
	s.tell("MESSAGE_REACTION_ADD", c.guild, c, o)
	return nil
}

// emojiOf reads an emoji as it stands in a path; nil when it is a word.
func emojiOf(key string) object {
	name, id := key, ""
	for i := range len(key) {
		if key[i] == ':' {
			name, id = key[:i], key[i+1:]
		}
	}
	if id != "" {
		return object{"id": id, "name": name}
	}
	if name == "" || name[0] < 0x80 && !slices.Contains([]byte("0123456789#*"), name[0]) {
		return nil
	}
	return object{"id": nil, "name": name}
}

func (s *Server) reactionEvent(by *user, m *message, r *reaction) object {
	o := object{"user_id": by.id, "channel_id": m.channel.id, "message_id": m.id, "emoji": r.emoji, "burst": false, "type": 0}
	if g := m.channel.guild; g != nil {
		o["guild_id"] = g.id
	}
	return o
}

// unreact takes a reaction of somebody's away.
func (s *Server) unreact(by *user, m *message, key, whose string) *problem {
	if whose != by.id {
		if problem := s.need(by, m.channel, ManageMessages); problem != nil {
			return problem
		}
	}
	i := slices.IndexFunc(m.reactions, func(r *reaction) bool { return r.key == key && slices.Contains(r.users, whose) })
	if i < 0 {
		return unknown(10014, "Emoji")
	}
	r := m.reactions[i]
	r.users = slices.DeleteFunc(r.users, func(id string) bool { return id == whose })
	if len(r.users) == 0 {
		m.reactions = slices.Delete(m.reactions, i, i+1)
	}
	s.effect(by, Effect{Kind: "unreact", Channel: m.channel.id, Message: m.id, Text: key, Target: whose})
	s.tell("MESSAGE_REACTION_REMOVE", m.channel.guild, m.channel, s.reactionEvent(s.users[whose], m, r))
	return nil
}

// unreactAll takes all reactions away, or those of one emoji.
func (s *Server) unreactAll(by *user, m *message, key string) *problem {
	if problem := s.need(by, m.channel, ManageMessages); problem != nil {
		return problem
	}
	o := object{"channel_id": m.channel.id, "message_id": m.id, "guild_id": m.channel.guild.id}
	if key == "" {
		m.reactions = nil
		s.tell("MESSAGE_REACTION_REMOVE_ALL", m.channel.guild, m.channel, o)
		return nil
	}
	m.reactions = slices.DeleteFunc(m.reactions, func(r *reaction) bool { return r.key == key })
	o["emoji"] = emojiOf(key)
	s.tell("MESSAGE_REACTION_REMOVE_EMOJI", m.channel.guild, m.channel, o)
	return nil
}
