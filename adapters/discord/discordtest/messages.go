package discordtest

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// The types of messages, and the flags, that the server makes itself.
const (
	typeDefault     = 0
	typePin         = 6
	typeThread      = 18
	typeReply       = 19
	typeCommand     = 20
	typeContextMenu = 23

	flagEphemeral  = 1 << 6
	flagLoading    = 1 << 7
	flagVoice      = 1 << 13
	flagSnapshot   = 1 << 14
	flagComponents = 1 << 15
	flagSuppress   = 1 << 2
	flagSilent     = 1 << 12
	settable       = flagSuppress | flagSilent | flagEphemeral | flagComponents | flagVoice
)

const (
	contentAtMost = 2000
	nonceAtMost   = 25
	embedsAtMost  = 10
	embedLetters  = 6000
)

// nonceKey names a message that must not be said twice; sent is what came of it.
type nonceKey struct{ author, channel, nonce string }

type sent struct {
	message *message
	at      time.Time
}

// nonceFor is how long a nonce is remembered: Discord says "the past few minutes".
const nonceFor = 5 * time.Minute

// say puts a message into a channel as somebody; new is false when an older one with the same nonce is given.
func (s *Server) say(by *user, c *channel, d draft) (m *message, problem *problem) {
	if problem := d.wrong(); problem != nil {
		return nil, problem
	}
	if d.empty() {
		return nil, refuse(http.StatusBadRequest, 50006, "Cannot send an empty message")
	}
	if d.webhook == "" {
		if problem := s.mayPost(by, c, d.Poll != nil); problem != nil {
			return nil, problem
		}
	}
	if d.Poll, problem = asked(d.Poll, s.now()); problem != nil {
		return nil, problem
	}
	nonce := nonceOf(&d)
	key := nonceKey{by.id, c.id, nonce}
	if d.Enforce && nonce != "" {
		if old, ok := s.nonces[key]; ok && s.now().Sub(old.at) < nonceFor {
			if old.message.deleted {
				return nil, unknown(10008, "Message")
			}
			return old.message, nil
		}
	}
	m, problem = s.compose(by, c, d)
	if problem != nil {
		return nil, problem
	}
	if nonce != "" {
		s.nonces[key] = sent{m, s.now()}
	}
	s.append(m)
	s.effect(by, Effect{Kind: "send", Nonce: nonce, Channel: c.id, Message: m.id, Text: m.content})
	return m, nil
}

// mayPost tells why somebody may not speak in a channel.
func (s *Server) mayPost(by *user, c *channel, poll bool) *problem {
	if c.guild == nil {
		if s.users[c.recipient] != nil && s.users[c.recipient].closed {
			return refuse(http.StatusForbidden, 50007, "Cannot send messages to this user")
		}
		return nil
	}
	may := c.guild.permissions(c.guild.members[by.id], c, s.now())
	need := SendMessages
	if c.thread() {
		need = SendMessagesInThreads
	}
	switch {
	case may&ViewChannel == 0:
		return missingAccess()
	case c.kind == kindForum, c.kind == kindCategory:
		return refuse(http.StatusBadRequest, 50008, "Cannot send messages in a non-text channel")
	case c.thread() && c.locked && may&ManageThreads == 0:
		return refuse(http.StatusForbidden, 160005, "Thread is locked")
	case may&need == 0, poll && may&SendPolls == 0:
		return missingPermissions()
	case may&(ManageChannels|ManageMessages|BypassSlowmode) == 0:
		return s.slowed(by, c)
	}
	return nil
}

// slowed tells whether somebody speaks too soon for a channel's slowmode.
func (s *Server) slowed(by *user, c *channel) *problem {
	if s.now().Before(c.spoken[by.id].Add(time.Duration(c.slowmode) * time.Second)) {
		return refuse(http.StatusTooManyRequests, 20016, "This action cannot be performed due to slowmode rate limit")
	}
	if c.spoken == nil {
		c.spoken = map[string]time.Time{}
	}
	c.spoken[by.id] = s.now()
	return nil
}

func (s *Server) compose(by *user, c *channel, d draft) (*message, *problem) {
	id := s.ids.at(s.now())
	if !d.at.IsZero() {
		id = s.ids.past(d.at)
	}
	m := &message{
		id: id, channel: c, author: by, content: strings.TrimSpace(d.Content), kind: d.kind, edited: d.edited, flags: d.Flags & settable,
		nonce: d.Nonce, key: nonceOf(&d), embeds: rich(d.Embeds), components: numbered(d.Components), attachments: d.files, stickers: d.items,
		poll: d.Poll, forwarded: d.forwarded, webhook: d.webhook, metadata: d.metadata, private: d.private,
	}
	if len(d.forwarded) > 0 {
		m.flags |= flagSnapshot
	}
	if d.alias != nil {
		m.author = d.alias
	}
	var may uint64
	if c.guild != nil {
		may = c.guild.permissions(c.guild.members[by.id], c, s.now())
	}
	m.mentions = s.parse(visible(m.content, m.components), d.Allowed, c, may)
	return m, s.refer(m, d)
}

// refer makes a message the answer to another one, or a forward.
func (s *Server) refer(m *message, d draft) *problem {
	if d.Reference == nil {
		return nil
	}
	from := d.Reference.Channel
	if from == "" {
		from = m.channel.id
	}
	m.reference = object{"type": d.Reference.Type, "channel_id": from, "message_id": d.Reference.Message}
	if m.channel.guild != nil {
		m.reference["guild_id"] = m.channel.guild.id
	}
	var to *message
	if c := s.channels[from]; c != nil {
		to = c.find(d.Reference.Message)
	}
	if d.Reference.Type == 1 {
		if to == nil {
			return malformed("message_reference", "Unknown message")
		}
		m.flags |= flagSnapshot
		m.forwarded = []object{{"message": snapshot(to)}}
		return nil
	}
	if to == nil {
		if d.Reference.Must == nil || *d.Reference.Must {
			return malformed("message_reference", "Unknown message")
		}
		m.reference = nil
		return nil
	}
	m.kind = typeReply
	m.mentions.addUser(to.author, d.Allowed.replied() && to.webhook == "" && to.author != m.author)
	return nil
}

// snapshot is what a forward shows of a message.
func snapshot(m *message) object {
	full := m.shown("", false)
	out := object{}
	for _, key := range []string{"type", "content", "mentions", "mention_roles", "attachments", "embeds", "timestamp", "edited_timestamp", "flags", "components", "sticker_items"} {
		if v, ok := full[key]; ok {
			out[key] = v
		}
	}
	return out
}

func rich(embeds []object) []object {
	for _, e := range embeds {
		if e["type"] == nil {
			e["type"] = "rich"
		}
	}
	return embeds
}

// numbered gives components the ids that Discord adds.
func numbered(rows []object) []object {
	next := 0
	var walk func(c object)
	walk = func(c object) {
		next++
		if c["id"] == nil {
			c["id"] = next
		}
		inner, _ := c["components"].([]any)
		for _, i := range inner {
			if o, ok := i.(object); ok {
				walk(o)
			}
		}
	}
	for _, row := range rows {
		walk(row)
	}
	return rows
}

// append makes a message part of its channel and tells everybody.
func (s *Server) append(m *message) {
	c := m.channel
	at, _ := slices.BinarySearchFunc(c.messages, number(m.id), func(o *message, n uint64) int {
		if number(o.id) < n {
			return -1
		}
		return 1
	})
	c.messages = slices.Insert(c.messages, at, m)
	if m.private != "" {
		return
	}
	if number(m.id) > number(c.last) {
		c.last = m.id
	}
	c.count++
	if c.thread() {
		s.enterThread(c, m.author.id)
		if c.archived {
			c.archived = false
			s.tell("THREAD_UPDATE", c.guild, c, c.object())
		}
	}
	s.tell("MESSAGE_CREATE", c.guild, c, s.dispatched(m))
	m.nonce = nil
}

// dispatched is a message as the gateway tells it: with the guild, the author's membership and whom it notifies.
func (s *Server) dispatched(m *message) object {
	o := m.object(s.app)
	g := m.channel.guild
	if g == nil {
		return o
	}
	o["guild_id"] = g.id
	if member := g.members[m.author.id]; member != nil && m.webhook == "" {
		o["member"] = member.bare()
	}
	for _, u := range o["mentions"].([]object) {
		if member := g.members[u["id"].(string)]; member != nil {
			u["member"] = member.bare()
		}
	}
	return o
}

// need tells why somebody lacks a permission in a channel.
func (s *Server) need(by *user, c *channel, what uint64) *problem {
	if c.guild == nil {
		return refuse(http.StatusForbidden, 50003, "Cannot execute action on a DM channel")
	}
	may := c.guild.permissions(c.guild.members[by.id], c, s.now())
	if may&ViewChannel == 0 {
		return missingAccess()
	}
	if may&what != what {
		return missingPermissions()
	}
	return nil
}
