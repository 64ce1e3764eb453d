package discordtest

import (
	"slices"
	"strings"
	"time"
)

// Person is somebody with an account, played without a client. What Discord does not let them do is an error
// that wraps ErrRefused.
type Person struct {
	server *Server
	ID     string
}

// Person gives the user of that name, with an account made at need two years ago.
func (s *Server) Person(name string) Person { return s.PersonAged(name, 2*365*24*time.Hour) }

// PersonAged gives the user of that name, with an account made at need so long ago.
func (s *Server) PersonAged(name string, age time.Duration) Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range s.users {
		if u.name == name && !u.bot {
			return Person{s, u.id}
		}
	}
	return Person{s, s.account(name, false, age).id}
}

// OtherBot gives the account of another bot.
func (s *Server) OtherBot(name string) Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Person{s, s.account(name, true, 2*365*24*time.Hour).id}
}

// Speak sets the language of somebody's client ("fr").
func (p Person) Speak(locale string) { p.with(func(_ *Server, u *user) { u.locale = locale }) }

// CloseMessages refuses private messages, from now on.
func (p Person) CloseMessages() { p.with(func(_ *Server, u *user) { u.closed = true }) }

func (p Person) with(do func(*Server, *user)) {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	do(p.server, p.server.users[p.ID])
}

// Join enters a guild.
func (p Person) Join(guildID string) error {
	return p.do(func(s *Server, u *user) *problem { return s.enter(u, s.guilds[guildID]) })
}

// Accept passes a guild's screening.
func (p Person) Accept(guildID string) error {
	return p.member(guildID, func(s *Server, g *guild, m *member) *problem {
		if m.pending {
			m.pending = false
			s.updated(g, m)
		}
		return nil
	})
}

// Leave goes from a guild.
func (p Person) Leave(guildID string) error {
	return p.member(guildID, func(s *Server, g *guild, m *member) *problem {
		s.part(g, m)
		return nil
	})
}

// Rename gives oneself another name in a guild.
func (p Person) Rename(guildID, nick string) error {
	return p.member(guildID, func(s *Server, g *guild, m *member) *problem { return s.rename(m.user, g, p.ID, nick, "") })
}

// Display changes the name that is shown everywhere.
func (p Person) Display(name string) error {
	return p.do(func(s *Server, u *user) *problem {
		u.display = name
		for _, g := range s.sorted() {
			if m := g.members[u.id]; m != nil {
				s.updated(g, m)
			}
		}
		return nil
	})
}

// do acts as the person; s.mu is held.
func (p Person) do(act func(*Server, *user) *problem) error {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	return act(p.server, p.server.users[p.ID]).err()
}

func (p Person) member(guildID string, act func(*Server, *guild, *member) *problem) error {
	return p.do(func(s *Server, _ *user) *problem {
		g := s.guilds[guildID]
		if g == nil || g.members[p.ID] == nil {
			return unknown(10007, "Member")
		}
		return act(s, g, g.members[p.ID])
	})
}

// Say says something in a channel or a thread and gives the message's id.
func (p Person) Say(channelID, text string) (id string, err error) {
	return p.Post(channelID, Draft{Text: text})
}

// Draft is a message with more than words.
type Draft struct {
	Text        string
	ReplyTo     string // a message of the same channel
	Silent      bool   // the answered author is not notified
	Forward     string // a message to forward, of ForwardFrom or of the same channel
	ForwardFrom string
	Attachments []Attachment
	Stickers    []string // their names
	Voice       bool     // the attachment is a voice message
	Poll        *Poll
	Embeds      []map[string]any // that Discord made from links
	Webhook     string           // said by a webhook with this id, under the person's name
	At          time.Time        // when it was said; zero: now
}

// Attachment is a file of a message.
type Attachment struct {
	Name, Type, Alt string
	Size            int
	Seconds         float64 // of a voice message
}

// Poll is a question with answers.
type Poll struct {
	Question string
	Answers  []string
}

// Post says a draft.
func (p Person) Post(channelID string, d Draft) (id string, err error) {
	err = p.in(channelID, func(s *Server, u *user, c *channel) *problem {
		m, problem := s.say(u, c, s.drafted(c, u, d))
		if problem == nil {
			id = m.id
		}
		return problem
	})
	return id, err
}

func (p Person) in(id string, act func(*Server, *user, *channel) *problem) error {
	return p.do(func(s *Server, u *user) *problem {
		c := s.channels[id]
		if c == nil {
			return unknown(10003, "Channel")
		}
		if c.guild != nil && c.guild.members[u.id] == nil {
			return missingAccess()
		}
		return act(s, u, c)
	})
}

// drafted turns what a test writes into a body.
func (s *Server) drafted(c *channel, u *user, d Draft) draft {
	out := draft{Content: d.Text, Embeds: d.Embeds, at: d.At, webhook: d.Webhook}
	if d.ReplyTo != "" {
		out.Reference = &pointer{Message: d.ReplyTo}
	}
	if d.Silent {
		no := false
		out.Allowed = &allowed{Parse: []string{"users", "roles", "everyone"}, Replied: &no}
	}
	if d.Forward != "" {
		out.Reference = &pointer{Type: 1, Message: d.Forward, Channel: d.ForwardFrom}
	}
	if d.Webhook != "" {
		out.alias = &user{id: d.Webhook, name: u.name, bot: true, locale: u.locale}
	}
	if d.Voice {
		out.Flags |= flagVoice
	}
	for i, name := range d.Stickers {
		out.items = append(out.items, object{"id": itoa(2000 + i), "name": name, "format_type": 1})
	}
	for i, a := range d.Attachments {
		out.files = append(out.files, a.object(s.ids.at(s.now()), i, c.id))
	}
	if d.Poll != nil {
		out.Poll = d.Poll.object(s.now())
	}
	return out
}

func (a Attachment) object(id string, i int, channelID string) object {
	place := "https://cdn.discordapp.com/attachments/" + channelID + "/" + id + "/" + a.Name
	o := object{"id": id, "filename": a.Name, "size": max(a.Size, 1), "url": place, "proxy_url": place, "content_type": a.Type}
	if a.Alt != "" {
		o["description"] = a.Alt
	}
	if a.Seconds > 0 {
		o["duration_secs"], o["waveform"] = a.Seconds, "AAAA"
	}
	return o
}

func (p Poll) object(now time.Time) object {
	answers := []object{}
	for i, text := range p.Answers {
		answers = append(answers, object{"answer_id": i + 1, "poll_media": object{"text": text}})
	}
	return object{"question": object{"text": p.Question}, "answers": answers, "expiry": stamp(now.Add(24 * time.Hour)), "allow_multiselect": false,
		"layout_type": 1, "results": object{"is_finalized": false, "answer_counts": []object{}}}
}

// on acts upon a message.
func (p Person) on(channelID, id string, act func(*Server, *user, *message) *problem) error {
	return p.in(channelID, func(s *Server, u *user, c *channel) *problem {
		m := c.find(id)
		if m == nil {
			return unknown(10008, "Message")
		}
		return act(s, u, m)
	})
}

// Edit gives one's message another text.
func (p Person) Edit(channelID, id, text string) error {
	return p.on(channelID, id, func(s *Server, u *user, m *message) *problem { return s.edit(u, m, change{Content: &text}) })
}

// Unfurl adds the embeds that Discord makes from a message's links: an update without an edit.
func (s *Server) Unfurl(channelID, id string, embeds ...map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.channels[channelID].find(id)
	m.embeds = append(m.embeds, embeds...)
	s.tell("MESSAGE_UPDATE", m.channel.guild, m.channel, s.dispatched(m))
}

// Delete takes a message away: one's own, or another's where one may.
func (p Person) Delete(channelID, id string) error {
	return p.on(channelID, id, func(s *Server, u *user, m *message) *problem { return s.remove(u, m, "") })
}

// React puts an emoji under a message, and Unreact takes it back.
func (p Person) React(channelID, id, emoji string) error {
	return p.on(channelID, id, func(s *Server, u *user, m *message) *problem { return s.react(u, m, emoji) })
}

// Unreact takes one's own reaction back.
func (p Person) Unreact(channelID, id, emoji string) error {
	return p.on(channelID, id, func(s *Server, u *user, m *message) *problem { return s.unreact(u, m, emoji, u.id) })
}

// Pin keeps a message at hand.
func (p Person) Pin(channelID, id string) error {
	return p.on(channelID, id, func(s *Server, u *user, m *message) *problem { return s.pin(u, m, "") })
}

// Thread opens a thread: from a message, or on its own when from is empty. It gives the thread's id.
func (p Person) Thread(channelID, from, name string) (id string, err error) {
	public := kindPublicThread
	return p.open(channelID, from, threadDraft{Name: name, Type: &public})
}

// ForumPost opens a thread in a forum with its first message.
func (p Person) ForumPost(forum, title, text string, tags ...string) (id string, err error) {
	return p.open(forum, "", threadDraft{Name: title, Message: &draft{Content: text}, Tags: tags})
}

func (p Person) open(channelID, from string, d threadDraft) (id string, err error) {
	err = p.in(channelID, func(s *Server, u *user, c *channel) *problem {
		var start *message
		if from != "" {
			start = c.find(from)
		}
		t, _, problem := s.thread(u, c, start, d)
		if problem == nil {
			id = t.id
		}
		return problem
	})
	return id, err
}

// Timeout silences a member by one's own client, until a moment; zero lifts it.
func (p Person) Timeout(guildID, target string, until time.Time, reason string) error {
	return p.member(guildID, func(s *Server, g *guild, m *member) *problem { return s.silence(m.user, g, target, until, reason) })
}

// Kick removes a member.
func (p Person) Kick(guildID, target, reason string) error {
	return p.member(guildID, func(s *Server, g *guild, m *member) *problem { return s.kick(m.user, g, target, reason) })
}

// Ban keeps somebody out and takes their messages of the last seconds away.
func (p Person) Ban(guildID, target string, seconds int, reason string) error {
	return p.member(guildID, func(s *Server, g *guild, m *member) *problem { return s.ban(m.user, g, target, seconds, reason) })
}

// Unban lets somebody come back.
func (p Person) Unban(guildID, target, reason string) error {
	return p.member(guildID, func(s *Server, g *guild, m *member) *problem { return s.unban(m.user, g, target, reason) })
}

// Give gives a member a role, and Take takes it.
func (p Person) Give(guildID, target, role string) error {
	return p.member(guildID, func(s *Server, g *guild, m *member) *problem { return s.grant(m.user, g, target, role, true, "") })
}

// Take takes a role from a member.
func (p Person) Take(guildID, target, role string) error {
	return p.member(guildID, func(s *Server, g *guild, m *member) *problem { return s.grant(m.user, g, target, role, false, "") })
}

// Execution is what AutoMod did about a message.
type Execution struct {
	Rule    string // its id
	Name    string // its name, for the audit log
	Action  int    // 1 block, 2 alert, 3 timeout
	Keyword string
	Text    string
}

// TripAutoMod is an attempt to say something that AutoMod meets: nothing is shown, and the bot hears of it.
func (p Person) TripAutoMod(channelID string, e Execution) error {
	return p.in(channelID, func(s *Server, u *user, c *channel) *problem {
		s.note(c.guild, entry{by: u.id, target: u.id, action: auditAutoModBlock,
			options: object{"auto_moderation_rule_name": e.Name, "auto_moderation_rule_trigger_type": "1", "channel_id": c.id}})
		s.tell("AUTO_MODERATION_ACTION_EXECUTION", c.guild, nil, object{
			"guild_id": c.guild.id, "action": object{"type": e.Action, "metadata": object{}}, "rule_id": e.Rule, "rule_trigger_type": 1,
			"user_id": u.id, "channel_id": c.id, "content": e.Text, "matched_keyword": e.Keyword, "matched_content": e.Keyword,
		})
		return nil
	})
}

// Invoke calls a slash command by its name, or by its name in the person's language, with options by name.
func (p Person) Invoke(channelID, command string, options map[string]any) (i Interaction, err error) {
	return p.command(channelID, command, options, "", askCommand)
}

// Complete types into one option of a command and asks for suggestions; look for them with Server.Interaction.
func (p Person) Complete(channelID, command string, options map[string]any, focused string) (i Interaction, err error) {
	return p.command(channelID, command, options, focused, askAutocomplete)
}

func (p Person) command(channelID, command string, options map[string]any, focused string, kind int) (i Interaction, err error) {
	err = p.in(channelID, func(s *Server, u *user, c *channel) *problem {
		found, problem := s.usable(u, c, command, 1)
		if problem != nil {
			return problem
		}
		resolved := object{}
		filled, problem := s.filled(c, found, options, focused, resolved)
		if problem != nil {
			return problem
		}
		data := commandData(found)
		data["options"] = filled
		if len(resolved) > 0 {
			data["resolved"] = resolved
		}
		i = s.begin(&Interaction{Type: kind, Name: found["name"].(string), user: u, channel: c, kind: 1}, data).shown()
		return nil
	})
	return i, err
}

// OnMember calls a command of a member's menu.
func (p Person) OnMember(channelID, command, target string) (i Interaction, err error) {
	return p.menu(channelID, command, 2, func(s *Server, c *channel) (object, string, *problem) {
		resolved := object{}
		s.resolveUser(c, target, resolved)
		return resolved, target, nil
	})
}

// OnMessage calls a command of a message's menu.
func (p Person) OnMessage(channelID, command, target string) (i Interaction, err error) {
	return p.menu(channelID, command, 3, func(s *Server, c *channel) (object, string, *problem) {
		m := c.find(target)
		if m == nil {
			return nil, "", unknown(10008, "Message")
		}
		return object{"messages": object{target: m.object(s.app)}}, target, nil
	})
}

func (p Person) menu(channelID, command string, kind int, resolve func(*Server, *channel) (object, string, *problem)) (i Interaction, err error) {
	err = p.in(channelID, func(s *Server, u *user, c *channel) *problem {
		found, problem := s.usable(u, c, command, kind)
		if problem != nil {
			return problem
		}
		resolved, target, problem := resolve(s, c)
		if problem != nil {
			return problem
		}
		data := commandData(found)
		data["resolved"], data["target_id"] = resolved, target
		i = s.begin(&Interaction{Type: askCommand, Name: found["name"].(string), user: u, channel: c, kind: kind}, data).shown()
		return nil
	})
	return i, err
}

func commandData(c object) object {
	data := object{"id": c["id"], "name": c["name"], "type": c["type"]}
	if guildID, ok := c["guild_id"]; ok {
		data["guild_id"] = guildID
	}
	return data
}

// usable finds a command that somebody's client would show.
func (s *Server) usable(u *user, c *channel, name string, kind int) (object, *problem) {
	all := list(s.commands[""])
	if c.guild != nil {
		all = append(list(s.commands[c.guild.id]), all...)
	}
	for _, command := range all {
		local, _ := command["name_localizations"].(object)
		if command["type"] != kind || command["name"] != name && local[u.locale] != name {
			continue
		}
		if c.guild == nil {
			return command, nil
		}
		may := c.guild.permissions(c.guild.members[u.id], c, s.now())
		need, limited := command["default_member_permissions"].(string)
		if may&UseCommands == 0 || limited && may&Administrator == 0 && (number(need) == 0 || may&number(need) != number(need)) {
			return nil, missingPermissions()
		}
		return command, nil
	}
	return nil, unknown(10063, "application command")
}

// The types of options.
const (
	optionString  = 3
	optionInteger = 4
	optionBoolean = 5
	optionUser    = 6
)

// filled gives the options of a command as the bot gets them, in the command's order.
func (s *Server) filled(c *channel, command object, given map[string]any, focused string, resolved object) ([]object, *problem) {
	out := []object{}
	options, _ := command["options"].([]any)
	left := len(given)
	for _, o := range options {
		option, _ := o.(object)
		name, _ := option["name"].(string)
		kind, _ := option["type"].(float64)
		value, ok := given[name]
		if !ok {
			if required, _ := option["required"].(bool); required && focused == "" {
				return nil, malformed(name, "This option is required")
			}
			continue
		}
		left--
		one := object{"name": name, "type": int(kind), "value": value}
		if name == focused {
			one["focused"] = true
		}
		if int(kind) == optionUser {
			id, _ := value.(string)
			if !s.resolveUser(c, id, resolved) {
				return nil, malformed(name, "Unknown user")
			}
		}
		out = append(out, one)
	}
	if left > 0 {
		return nil, malformed("options", "Unknown option")
	}
	return out, nil
}

func (s *Server) resolveUser(c *channel, id string, resolved object) bool {
	u := s.users[id]
	if u == nil {
		return false
	}
	users, _ := resolved["users"].(object)
	members, _ := resolved["members"].(object)
	if users == nil {
		users, members = object{}, object{}
		resolved["users"] = users
	}
	users[id] = u.object()
	if c.guild != nil && c.guild.members[id] != nil {
		bare := c.guild.members[id].bare()
		bare["permissions"] = bits(c.guild.permissions(c.guild.members[id], c, s.now()))
		members[id] = bare
		resolved["members"] = members
	}
	return true
}

// Press presses a button by its custom id; values are those chosen in a menu.
func (p Person) Press(channelID, messageID, customID string, values ...string) (i Interaction, err error) {
	err = p.on(channelID, messageID, func(s *Server, u *user, m *message) *problem {
		if m.private != "" && m.private != u.id {
			return unknown(10008, "Message")
		}
		c := component(m.components, customID)
		if c == nil {
			return malformed("custom_id", "Unknown component")
		}
		if off, _ := c["disabled"].(bool); off {
			return malformed("custom_id", "Component is disabled")
		}
		kind, _ := c["type"].(float64)
		data := object{"custom_id": customID, "component_type": int(kind)}
		if kind != 2 {
			data["values"] = list(values)
		}
		i = s.begin(&Interaction{Type: askComponent, Name: customID, user: u, channel: m.channel, source: m}, data).shown()
		return nil
	})
	return i, err
}

func component(rows []object, id string) object {
	for _, c := range rows {
		if c["custom_id"] == id {
			return c
		}
		inner, _ := c["components"].([]any)
		var nested []object
		for _, i := range inner {
			if o, ok := i.(object); ok {
				nested = append(nested, o)
			}
		}
		if found := component(nested, id); found != nil {
			return found
		}
	}
	return nil
}

// Submit sends a form that an interaction was answered with; values by the fields' custom ids.
func (p Person) Submit(interaction string, values map[string]string) (i Interaction, err error) {
	err = p.do(func(s *Server, u *user) *problem {
		from := s.byID(interaction)
		if from == nil || from.Modal == nil || from.user != u {
			return malformed("custom_id", "No form is shown")
		}
		rows := []object{}
		for _, f := range from.Modal.Fields {
			value, told := values[f.CustomID]
			if !told {
				value = f.Value
			}
			if f.Required && strings.TrimSpace(value) == "" || f.Max > 0 && len([]rune(value)) > f.Max {
				return malformed(f.CustomID, "This field is required")
			}
			rows = append(rows, object{"type": 1, "id": len(rows)*2 + 1, "components": []object{{"type": 4, "id": len(rows)*2 + 2, "custom_id": f.CustomID, "value": value}}})
		}
		data := object{"custom_id": from.Modal.CustomID, "components": rows}
		i = s.begin(&Interaction{Type: askModal, Name: from.Modal.CustomID, user: u, channel: from.channel, source: from.source}, data).shown()
		return nil
	})
	return i, err
}

func (s *Server) byID(id string) *Interaction {
	for _, i := range s.asked {
		if i.ID == id {
			return i
		}
	}
	return nil
}

// In tells whether somebody is in a guild, and May what they may do there, or in one channel of it.
func (p Person) In(guildID string) (in bool) {
	p.with(func(s *Server, u *user) { in = s.guilds[guildID].members[u.id] != nil })
	return in
}

// Roles are the ids of somebody's roles.
func (p Person) Roles(guildID string) (roles []string) {
	p.with(func(s *Server, u *user) {
		if m := s.guilds[guildID].members[u.id]; m != nil {
			roles = slices.Clone(m.roles)
		}
	})
	return roles
}
