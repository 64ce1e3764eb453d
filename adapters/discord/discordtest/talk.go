package discordtest

import (
	"time"
	"unicode/utf8"
)

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
	Embeds      []map[string]any // that Discord made from links, or a program
	Components  []map[string]any // of a program; a message of the second version when there is neither text nor embeds
	Webhook     string           // said by a webhook with this id, under the person's name
	At          time.Time        // when it was said; zero: now
	Edited      time.Time        // when its author changed it last; zero: never
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
	out := draft{Content: d.Text, Embeds: d.Embeds, Components: d.Components, at: d.At, edited: d.Edited, webhook: d.Webhook}
	if len(d.Components) > 0 && d.Text == "" && len(d.Embeds) == 0 {
		out.Flags |= flagComponents
	}
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

// Unpin lets a message go.
func (p Person) Unpin(channelID, id string) error {
	return p.on(channelID, id, func(s *Server, u *user, m *message) *problem { return s.unpin(u, m, "") })
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

// Retitle gives a thread another title: one's own, or where one may manage threads.
func (p Person) Retitle(thread, title string) error {
	return p.in(thread, func(s *Server, u *user, c *channel) *problem {
		if c.owner != u.id {
			if problem := s.need(u, c, ManageThreads); problem != nil {
				return problem
			}
		}
		if n := utf8.RuneCountInString(title); n == 0 || n > nameAtMost {
			return malformed("name", "Must be between 1 and 100 in length.")
		}
		before := c.name
		c.name = title
		s.threadChanged(u, c, before, "")
		return nil
	})
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
