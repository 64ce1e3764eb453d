package discordtest

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// The types of messages, and the flags, that the server makes itself.
const (
	typeDefault     = 0
	typePin         = 6
	typeThread      = 18
	typeReply       = 19
	typeCommand     = 20
	typeStarter     = 21
	typeContextMenu = 23
	typeJoin        = 7

	flagEphemeral  = 1 << 6
	flagLoading    = 1 << 7
	flagVoice      = 1 << 13
	flagSnapshot   = 1 << 14
	flagComponents = 1 << 15
	flagSuppress   = 1 << 2
	flagSilent     = 1 << 12
	settable       = flagSuppress | flagSilent | flagEphemeral | flagComponents | flagVoice
)

// draft is the body of a message to be.
type draft struct {
	Content     string    `json:"content"`
	Embeds      []object  `json:"embeds"`
	Components  []object  `json:"components"`
	Attachments []object  `json:"attachments"`
	Stickers    []string  `json:"sticker_ids"`
	Poll        object    `json:"poll"`
	Allowed     *allowed  `json:"allowed_mentions"`
	Reference   *pointer  `json:"message_reference"`
	Nonce       any       `json:"nonce"`
	Enforce     bool      `json:"enforce_nonce"`
	Flags       int       `json:"flags"`
	files       []object  // what came in other parts of the form
	forwarded   []object  // what the server copied
	items       []object  // stickers
	webhook     string    // of the integration that speaks
	metadata    object    // of the interaction that it answers
	kind        int       // when not the usual
	private     string    // who alone sees it
	alias       *user     // the name under which a webhook speaks
	at          time.Time // when it was said; zero: now
}

type pointer struct {
	Type    int    `json:"type"`
	Message string `json:"message_id"`
	Channel string `json:"channel_id"`
	Guild   string `json:"guild_id"`
	Must    *bool  `json:"fail_if_not_exists"`
}

const (
	contentAtMost = 2000
	nonceAtMost   = 25
	embedsAtMost  = 10
	embedLetters  = 6000
)

func (d *draft) empty() bool {
	return strings.TrimSpace(d.Content) == "" && len(d.Embeds)+len(d.Components)+len(d.files)+len(d.Stickers)+len(d.items)+len(d.forwarded) == 0 &&
		d.Poll == nil && (d.Reference == nil || d.Reference.Type != 1)
}

// wrong tells what in a body Discord does not take.
func (d *draft) wrong() *problem {
	if d.Flags&flagComponents != 0 && (d.Content != "" || len(d.Embeds) > 0) {
		return malformed("content", "The 'content' field cannot be used when using MessageFlags.IS_COMPONENTS_V2")
	}
	if nonce, ok := d.Nonce.(string); ok && len(nonce) > nonceAtMost {
		return malformed("nonce", "Must be 25 or fewer in length.")
	}
	if n := utf8.RuneCountInString(d.Content); n > contentAtMost {
		return malformed("content", "Must be 2000 or fewer in length.")
	}
	if why := d.Allowed.wrong(); why != "" {
		return malformed("allowed_mentions", why)
	}
	if problem := wrongEmbeds(d.Embeds); problem != nil {
		return problem
	}
	return wrongComponents(d.Components, d.Flags&flagComponents != 0)
}

func wrongEmbeds(embeds []object) *problem {
	if len(embeds) > embedsAtMost {
		return malformed("embeds", "Must be 10 or fewer in length.")
	}
	letters := 0
	for _, e := range embeds {
		title, _ := e["title"].(string)
		text, _ := e["description"].(string)
		if utf8.RuneCountInString(title) > 256 || utf8.RuneCountInString(text) > 4096 {
			return malformed("embeds", "Must be 4096 or fewer in length.")
		}
		letters += utf8.RuneCountInString(title) + utf8.RuneCountInString(text)
		fields, _ := e["fields"].([]any)
		if len(fields) > 25 {
			return malformed("embeds", "Must be 25 or fewer in length.")
		}
		for _, f := range fields {
			field, _ := f.(object)
			name, _ := field["name"].(string)
			value, _ := field["value"].(string)
			if name == "" || value == "" {
				return malformed("embeds", "This field is required")
			}
			letters += utf8.RuneCountInString(name) + utf8.RuneCountInString(value)
		}
	}
	if letters > embedLetters {
		return malformed("embeds", "Embed size exceeds maximum size of 6000")
	}
	return nil
}

// wrongComponents looks at the rows of buttons and menus: five rows of five, ids of 1 to 100 that differ.
func wrongComponents(rows []object, second bool) *problem {
	if !second && len(rows) > 5 {
		return malformed("components", "Must be 5 or fewer in length.")
	}
	seen := map[string]bool{}
	for _, row := range rows {
		if kind, _ := row["type"].(float64); kind != 1 {
			if second {
				continue
			}
			return malformed("components", "Value of field \"type\" must be one of (1,).")
		}
		inner, _ := row["components"].([]any)
		if len(inner) == 0 || len(inner) > 5 {
			return malformed("components", "Must be between 1 and 5 in length.")
		}
		for _, i := range inner {
			c, _ := i.(object)
			id, has := c["custom_id"].(string)
			if n := utf8.RuneCountInString(id); has && (n == 0 || n > 100) {
				return malformed("components", "Must be between 1 and 100 in length.")
			}
			if has && seen[id] {
				return malformed("components", "Component custom id cannot be duplicated")
			}
			seen[id] = true
		}
	}
	return nil
}

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
		if problem := s.mayPost(by, c); problem != nil {
			return nil, problem
		}
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

func nonceOf(d *draft) string {
	nonce, _ := d.Nonce.(string)
	return nonce
}

// mayPost tells why somebody may not speak in a channel.
func (s *Server) mayPost(by *user, c *channel) *problem {
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
	case may&need == 0:
		return missingPermissions()
	}
	return nil
}

func (s *Server) compose(by *user, c *channel, d draft) (*message, *problem) {
	id := s.ids.at(s.now())
	if !d.at.IsZero() {
		id = s.ids.past(d.at)
	}
	m := &message{
		id: id, channel: c, author: by, content: strings.TrimSpace(d.Content), kind: d.kind, flags: d.Flags & settable,
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
	for i := len(g.entries) - 1; i >= 0; i-- {
		e := g.entries[i]
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
