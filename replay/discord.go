package replay

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"palabre/chat"
)

// discord reads a channel as DiscordChatExporter writes it. Messages stand as they were when they were exported: the
// last text of edited ones, and none that was deleted.
type discord struct {
	desk    *desk
	file    string
	room    chat.RoomRef
	logical string
	authors map[string]chat.Actor // by what the file says of them
}

// dceChannel is the channel, thread or forum post of a file.
type dceChannel struct {
	ID, Type, Name string
	Category       string
	CategoryID     string `json:"categoryId"` // the channel of a thread
}

type dceMessage struct {
	ID        string
	Type      string
	Timestamp time.Time
	Edited    *time.Time `json:"timestampEdited"`
	Content   string
	Author    json.RawMessage
	Files     []dceFile    `json:"attachments"`
	Stickers  []dceSticker `json:"stickers"`
	Mentions  []dceUser
	Emoji     []dceEmoji `json:"inlineEmojis"`
	Reactions []struct{ Count int }
	Reference *struct {
		MessageID string `json:"messageId"`
		ChannelID string `json:"channelId"`
		Type      string
	}
	Forwarded *struct {
		Content  string
		Files    []dceFile    `json:"attachments"`
		Stickers []dceSticker `json:"stickers"`
	} `json:"forwardedMessage"`
	Poll *struct {
		Question struct{ Text string }
		Answers  []struct{ Text string }
	}
}

type dceFile struct {
	Name string `json:"fileName"`
	Size int64  `json:"fileSizeBytes"`
}

type dceSticker struct{ Name, Format string }

type dceUser struct {
	ID, Name, Nickname string
	IsBot              bool `json:"isBot"`
	Roles              []struct{ ID, Name string }
}

type dceEmoji struct {
	ID, Name   string
	IsAnimated bool `json:"isAnimated"`
}

func (d *discord) begin(header map[string][]byte) error {
	var c dceChannel
	if err := json.Unmarshal(header["channel"], &c); err != nil {
		return fmt.Errorf("the channel is broken: %w", err)
	}
	if c.ID == "" {
		return errors.New("the channel has no id")
	}
	d.authors = map[string]chat.Actor{}
	d.room = chat.RoomRef{Platform: chat.Discord, ID: c.ID}
	id, name := c.ID, c.Name
	if strings.Contains(c.Type, "Thread") && c.CategoryID != "" {
		d.room = chat.RoomRef{Platform: chat.Discord, ID: c.CategoryID, Thread: c.ID}
		id, name = c.CategoryID, c.Category
	}
	p := d.desk.part(partKey{d.file, d.room.Parent()}, "discord", c.Name)
	p.Logical, p.ByName = d.desk.logical(chat.Discord, id, name)
	d.logical = p.Logical
	d.desk.survey.Ages = true
	return nil
}

func (d *discord) read(record []byte) ([]chat.Event, error) {
	var m dceMessage
	if err := json.Unmarshal(record, &m); err != nil {
		return nil, err
	}
	switch {
	case m.ID == "":
		return nil, errors.New("the message has no id")
	case m.Timestamp.IsZero():
		return nil, errors.New("the message has no timestamp")
	}
	actor, err := d.author(m.Author)
	if err != nil {
		return nil, err
	}
	for _, r := range m.Reactions {
		d.desk.survey.Reactions += r.Count
	}
	ev := chat.Event{ID: "discord:" + m.ID, At: m.Timestamp.UTC(), Room: d.room, Logical: d.logical, Actor: actor}
	switch m.Type {
	case "Default", "Reply", "ChatInputCommand", "ContextMenuCommand", "20", "23":
		ev.Body = chat.MessageSent{Message: chat.MessageRef{Room: d.room, ID: m.ID}, Content: d.content(&m)}
	case "GuildMemberJoin", "7":
		ev.ID, ev.Room, ev.Logical, ev.Body = "discord:joined:"+actor.ID+":"+m.ID, chat.RoomRef{}, "", chat.MemberJoined{}
	case "ThreadCreated", "18":
		thread := chat.RoomRef{Platform: chat.Discord, ID: d.room.ID, Thread: m.thread()}
		ev.ID, ev.Body = "discord:thread:"+m.thread(), chat.ThreadOpened{Thread: thread, Title: m.Content}
	default:
		return nil, nil // a line of Discord's own
	}
	return []chat.Event{ev}, nil
}

// thread is the one that the message tells of.
func (m *dceMessage) thread() string {
	if m.Reference != nil && m.Reference.ChannelID != "" {
		return m.Reference.ChannelID
	}
	return m.ID
}

// mostAuthors bounds what is remembered of them.
const mostAuthors = 50_000

// author is who wrote. An account's id tells when it was made; the roles are those at the time of the export.
func (d *discord) author(raw json.RawMessage) (chat.Actor, error) {
	if known, ok := d.authors[string(raw)]; ok {
		return known, nil
	}
	var u dceUser
	if err := json.Unmarshal(raw, &u); err != nil {
		return chat.Actor{}, fmt.Errorf("the author is broken: %w", err)
	}
	if u.ID == "" {
		return chat.Actor{}, errors.New("the author has no id")
	}
	a := chat.Actor{
		MemberRef: chat.MemberRef{Platform: chat.Discord, ID: u.ID}, Name: u.shown(), Created: snowflakeTime(u.ID), Standing: d.standing(u),
	}
	for _, r := range u.Roles {
		a.Roles = append(a.Roles, r.Name)
	}
	if u.IsBot {
		a.Kind = chat.Bot
	}
	var ignore []string
	if d.desk.cfg.Discord != nil {
		ignore = d.desk.cfg.Discord.Ignore
	}
	d.desk.known(&a, ignore, u.Name)
	if len(d.authors) >= mostAuthors {
		clear(d.authors)
	}
	d.authors[string(raw)] = a
	return a, nil
}

func (u *dceUser) shown() string {
	if u.Nickname != "" {
		return u.Nickname
	}
	return u.Name
}

// standing is what the configuration gives to somebody's roles. Their permissions are not told.
func (d *discord) standing(u dceUser) chat.Standing {
	if d.desk.cfg.Discord == nil {
		return chat.StandingMember
	}
	roles := d.desk.cfg.Discord.Standing
	for _, s := range []struct {
		standing chat.Standing
		names    []string
	}{{chat.StandingAdmin, roles.Admin}, {chat.StandingModerator, roles.Moderator}, {chat.StandingTrusted, roles.Trusted}} {
		for _, r := range u.Roles {
			if slices.Contains(s.names, r.ID) || slices.Contains(s.names, r.Name) {
				return s.standing
			}
		}
	}
	return chat.StandingMember
}

func (d *discord) content(m *dceMessage) chat.Content {
	if m.Edited != nil {
		d.desk.survey.Edited++
	}
	text := m.written()
	if text != m.Content {
		d.desk.survey.Formatted++
	}
	c := chat.Content{Text: text}
	shown := []string{text}
	if f := m.Forwarded; f != nil {
		c.Forwarded = true
		shown = append(shown, f.Content)
		attach(&c, f.Files, f.Stickers)
	}
	if p := m.Poll; p != nil {
		c.Poll = true
		shown = append(shown, p.Question.Text)
		for _, answer := range p.Answers {
			shown = append(shown, answer.Text)
		}
	}
	shown = slices.DeleteFunc(shown, func(s string) bool { return s == "" })
	if all := strings.Join(shown, "\n"); all != text {
		c.Formatted = all
	}
	attach(&c, m.Files, m.Stickers)
	for _, u := range m.Mentions {
		c.Mentions = append(c.Mentions, chat.MemberRef{Platform: chat.Discord, ID: u.ID})
	}
	if m.Type == "Reply" && m.Reference != nil {
		c.ReplyTo = m.Reference.MessageID
	}
	return c
}

// written is the text as its author wrote it. Unless told otherwise, the exporter puts names in the place of the ids of
// members and emoji.
func (m *dceMessage) written() string {
	text := m.Content
	if !strings.ContainsAny(text, "@:") {
		return text
	}
	people := slices.Clone(m.Mentions)
	slices.SortStableFunc(people, func(a, b dceUser) int { return len(b.shown()) - len(a.shown()) })
	for _, u := range people {
		if u.shown() != "" && !strings.Contains(text, "<@"+u.ID+">") {
			text = strings.ReplaceAll(text, "@"+u.shown(), "<@"+u.ID+">")
		}
	}
	for _, e := range m.Emoji {
		if tag := "<:" + e.Name + ":" + e.ID + ">"; e.ID != "" && !strings.Contains(text, e.Name+":"+e.ID) {
			text = strings.ReplaceAll(text, ":"+e.Name+":", tag)
		}
	}
	return text
}

func attach(c *chat.Content, files []dceFile, stickers []dceSticker) {
	for _, f := range files {
		c.Attachments = append(c.Attachments, chat.Attachment{Name: f.Name, Size: max(0, f.Size)})
	}
	for _, s := range stickers {
		c.Attachments = append(c.Attachments, chat.Attachment{Name: "sticker", MIME: stickerMIME(s.Format), Alt: s.Name, Sticker: true})
	}
}

func stickerMIME(format string) string {
	switch strings.ToUpper(format) {
	case "LOTTIE":
		return "application/json"
	case "GIF":
		return "image/gif"
	}
	return "image/png"
}
