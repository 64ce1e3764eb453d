package discordtest

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// change is the body of an edit; what is absent stays.
type change struct {
	Content     *string   `json:"content"`
	Embeds      *[]object `json:"embeds"`
	Components  *[]object `json:"components"`
	Attachments *[]object `json:"attachments"`
	Allowed     *allowed  `json:"allowed_mentions"`
	Flags       *int      `json:"flags"`
	Poll        object    `json:"poll"`
	files       []object
}

// edit changes a message of its author.
func (s *Server) edit(by *user, m *message, ch change) *problem {
	if m.author != by {
		return refuse(http.StatusForbidden, 50005, "Cannot edit a message authored by another user")
	}
	d := draft{Content: m.content, Embeds: m.embeds, Components: m.components, Allowed: ch.Allowed, Flags: m.flags, files: m.attachments, items: m.stickers, Poll: m.poll}
	if ch.Content != nil {
		d.Content = *ch.Content
	}
	if ch.Embeds != nil {
		d.Embeds = *ch.Embeds
	}
	if ch.Components != nil {
		d.Components = *ch.Components
	}
	if ch.Attachments != nil {
		d.files = *ch.Attachments
	}
	d.files = append(d.files, ch.files...)
	if problem := d.wrong(); problem != nil {
		return problem
	}
	if d.empty() {
		return refuse(http.StatusBadRequest, 50006, "Cannot send an empty message")
	}
	s.rewrite(by, m, d)
	return nil
}

func (s *Server) rewrite(by *user, m *message, d draft) {
	m.content, m.embeds, m.components, m.attachments = strings.TrimSpace(d.Content), rich(d.Embeds), numbered(d.Components), d.files
	m.flags &^= flagLoading
	m.edited = s.now()
	var may uint64
	if g := m.channel.guild; g != nil {
		may = g.permissions(g.members[by.id], m.channel, s.now())
	}
	m.mentions = s.parse(visible(m.content, m.components), d.Allowed, m.channel, may)
	s.effect(by, Effect{Kind: "edit", Channel: m.channel.id, Message: m.id, Text: m.content})
	if m.private == "" {
		s.tell("MESSAGE_UPDATE", m.channel.guild, m.channel, s.dispatched(m))
	}
}

// remove takes a message away; reason is for the audit log, which notes what moderators take from others and not
// what bots do.
func (s *Server) remove(by *user, m *message, reason string) *problem {
	c := m.channel
	if m.author != by {
		if problem := s.need(by, c, ManageMessages); problem != nil {
			return problem
		}
		if !by.bot {
			s.noteDeleted(by, m, reason)
		}
	}
	s.take(m)
	s.effect(by, Effect{Kind: "delete", Channel: c.id, Message: m.id, Target: m.author.id, Reason: reason})
	o := object{"id": m.id, "channel_id": c.id}
	if c.guild != nil {
		o["guild_id"] = c.guild.id
	}
	if m.private == "" {
		s.tell("MESSAGE_DELETE", c.guild, c, o)
	}
	return nil
}

func (s *Server) take(m *message) {
	m.deleted = true
	m.channel.count = max(0, m.channel.count-1)
}

// deletionsTogether is how long deletions of one author's messages by one moderator go into one entry.
const deletionsTogether = 5 * time.Minute

// noteDeleted writes the audit log's entry, or counts one more in the last one: of that the gateway tells nothing.
func (s *Server) noteDeleted(by *user, m *message, reason string) {
	g := m.channel.guild
	for _, e := range slices.Backward(g.entries) {
		if s.now().Sub(madeAt(e.id)) > deletionsTogether {
			break
		}
		if e.action == auditDelete && e.by == by.id && e.target == m.author.id && e.options["channel_id"] == m.channel.id {
			e.options["count"] = itoa(atoi(e.options["count"].(string)) + 1)
			return
		}
	}
	s.note(g, entry{by: by.id, target: m.author.id, action: auditDelete, reason: reason,
		options: object{"channel_id": m.channel.id, "count": "1"}})
}

const bulkAge = 14 * 24 * time.Hour

// bulk takes several messages away at once.
func (s *Server) bulk(by *user, c *channel, wanted []string, reason string) *problem {
	if len(wanted) < 2 || len(wanted) > 100 {
		return refuse(http.StatusBadRequest, 50016, "Provided too few or too many messages to delete. Must provide at least 2 and fewer than or equal to 100 messages to delete")
	}
	if problem := s.need(by, c, ManageMessages); problem != nil {
		return problem
	}
	seen := map[string]bool{}
	for _, id := range wanted {
		if seen[id] {
			return malformed("messages", "The set already contains this value")
		}
		seen[id] = true
		if s.now().Sub(madeAt(id)) > bulkAge {
			return refuse(http.StatusBadRequest, 50034, "You can only bulk delete messages that are under 14 days old.")
		}
	}
	gone := []string{}
	for _, id := range wanted {
		if m := c.find(id); m != nil {
			s.take(m)
			gone = append(gone, id)
			s.effect(by, Effect{Kind: "delete", Channel: c.id, Message: id, Target: m.author.id, Reason: reason})
		}
	}
	s.note(c.guild, entry{by: by.id, target: c.id, action: auditBulk, reason: reason, options: object{"count": itoa(len(gone))}})
	s.tell("MESSAGE_DELETE_BULK", c.guild, c, object{"ids": gone, "channel_id": c.id, "guild_id": c.guild.id})
	return nil
}
