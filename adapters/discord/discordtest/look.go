package discordtest

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Message is one message as people see it.
type Message struct {
	ID, Author, Text string
	By               string // the author's name
	Type             int
	At, Edited       time.Time
	Nonce            string
	ReplyTo          string
	Pings            []string // users whom it notifies
	PingsRoles       []string
	PingsAll         bool
	Embeds           []map[string]any
	Components       []map[string]any
	Attachments      []map[string]any
	Reactions        map[string][]string // users by emoji
	Pinned           bool
	Deleted          bool
	Private          string // the only user who sees it
	Thinking         bool
	Thread           string
}

// Messages gives what a channel or a thread shows, oldest first: neither what was deleted nor what only one
// member sees.
func (s *Server) Messages(channel string) []Message {
	return slices.DeleteFunc(s.Everything(channel), func(m Message) bool { return m.Deleted || m.Private != "" })
}

// Everything gives all messages that were ever in a channel, oldest first.
func (s *Server) Everything(channel string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[channel]
	if c == nil {
		return nil
	}
	var out []Message
	for _, m := range c.messages {
		out = append(out, m.look())
	}
	return out
}

// Message gives one message, deleted or not.
func (s *Server) Message(channel, id string) (Message, bool) {
	all := s.Everything(channel)
	i := slices.IndexFunc(all, func(m Message) bool { return m.ID == id })
	if i < 0 {
		return Message{}, false
	}
	return all[i], true
}

func (m *message) look() Message {
	out := Message{
		ID: m.id, Author: m.author.id, By: m.author.name, Text: m.content, Type: m.kind, At: madeAt(m.id), Edited: m.edited, Nonce: m.key,
		PingsRoles: slices.Clone(m.mentions.roles), PingsAll: m.mentions.everyone, Embeds: m.embeds, Components: m.components,
		Attachments: m.attachments, Pinned: !m.pinned.IsZero(), Deleted: m.deleted, Private: m.private,
		Thinking: m.flags&flagLoading != 0, Reactions: map[string][]string{},
	}
	out.ReplyTo, _ = m.reference["message_id"].(string)
	for _, u := range m.mentions.users {
		out.Pings = append(out.Pings, u.id)
	}
	for _, r := range m.reactions {
		out.Reactions[r.key] = slices.Clone(r.users)
	}
	if m.thread != nil {
		out.Thread = m.thread.id
	}
	return out
}

// Texts gives the texts of what a channel shows, oldest first.
func (s *Server) Texts(channel string) []string {
	var out []string
	for _, m := range s.Messages(channel) {
		out = append(out, m.Text)
	}
	return out
}

// Ping is one message that notifies somebody.
type Ping struct {
	Message string
	Users   []string
	Roles   []string
	All     bool
}

// Pings gives the messages of a channel that notify, oldest first.
func (s *Server) Pings(channel string) []Ping {
	var out []Ping
	for _, m := range s.Everything(channel) {
		if len(m.Pings)+len(m.PingsRoles) > 0 || m.PingsAll {
			out = append(out, Ping{m.ID, m.Pings, m.PingsRoles, m.PingsAll})
		}
	}
	return out
}

// Member is somebody in a guild.
type Member struct {
	ID, Name string
	Roles    []string
	Joined   time.Time
	Pending  bool
	Until    time.Time // silenced until
}

// Members gives a guild's members by id.
func (s *Server) Members(guild string) map[string]Member {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]Member{}
	for id, m := range s.guilds[guild].members {
		out[id] = Member{id, cmp.Or(m.nick, m.user.display, m.user.name), slices.Clone(m.roles), m.joined, m.pending, m.until}
	}
	return out
}

// Bans gives who is kept out of a guild, and why.
func (s *Server) Bans(guild string) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.guilds[guild].bans)
}

// Entry is one line of an audit log.
type Entry struct {
	ID, By, Target, Reason string
	Action                 int
	At                     time.Time
	Count                  int // of deleted messages
}

// AuditLog gives a guild's entries, oldest first.
func (s *Server) AuditLog(guild string) []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Entry
	for _, e := range s.guilds[guild].entries {
		count, _ := e.options["count"].(string)
		out = append(out, Entry{e.id, e.by, e.target, e.reason, e.action, madeAt(e.id), atoi(count)})
	}
	return out
}

// Commands gives what is registered for a guild, or for all when it is empty.
func (s *Server) Commands(guild string) []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return list(s.commands[guild])
}

// Threads gives the ids of the threads under a channel, oldest first, and their names.
func (s *Server) Threads(channel string) (ids, names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[channel]
	if c == nil || c.guild == nil {
		return nil, nil
	}
	for _, t := range s.threads(c.guild) {
		if t.parent == c {
			ids, names = append(ids, t.id), append(names, t.name)
		}
	}
	return ids, names
}

// Applied are the ids of a post's tags.
func (s *Server) Applied(thread string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.channels[thread].applied)
}

// Direct is the id of the bot's private channel with somebody, empty while there is none.
func (s *Server) Direct(user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.channels {
		if c.recipient == user {
			return c.id
		}
	}
	return ""
}
