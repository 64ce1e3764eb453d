package discord

import (
	"strings"

	"github.com/bwmarrin/discordgo"

	"palabre/chat"
)

// maxMentions is how many pinged members of one message are kept: all that Discord pings.
const maxMentions = 100

// voiceMessage is the flag of a message whose one file was spoken.
const voiceMessage = 1 << 13

// contentOf reads what a message says. What else people see of it, a forwarded message, a poll, a program's embeds,
// stands in Formatted below the text.
func contentOf(m wireMessage) chat.Content {
	c := chat.Content{MentionsAll: m.Everyone, Poll: m.Poll != nil, Forwarded: len(m.Snapshots) > 0}
	if m.Content != nil {
		c.Text = strings.ToValidUTF8(*m.Content, "\uFFFD")
	}
	shown := []string{c.Text}
	for _, s := range m.Snapshots {
		shown = append(shown, s.Message.Content)
		attach(&c, s.Message.Attachments, s.Message.Stickers)
	}
	shown = append(shown, pollText(m.Poll)...)
	shown = append(shown, embedText(m)...)
	if all := joined(shown); all != c.Text {
		c.Formatted = all
	}
	attach(&c, m.Attachments, m.Stickers)
	if m.Flags&voiceMessage != 0 && len(c.Attachments) > 0 {
		c.Attachments[0].Voice = true
	}
	for _, u := range m.Mentions {
		if u != nil && u.ID != "" && len(c.Mentions) < maxMentions {
			c.Mentions = append(c.Mentions, memberRef(u.ID))
		}
	}
	if m.Reference != nil && m.Reference.Type == discordgo.MessageReferenceTypeDefault && m.Type == discordgo.MessageTypeReply {
		c.ReplyTo = m.Reference.MessageID
	}
	return c
}

func joined(parts []string) string {
	var out []string
	for _, p := range parts {
		if p = strings.ToValidUTF8(p, "\uFFFD"); p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, "\n")
}

func pollText(p *discordgo.Poll) []string {
	if p == nil {
		return nil
	}
	out := []string{p.Question.Text}
	for _, answer := range p.Answers {
		if answer.Media != nil {
			out = append(out, answer.Media.Text)
		}
	}
	return out
}

// embedText is what embeds say that a program made. Those under a member's message are Discord's own, made from its
// links: they are not the member's words.
func embedText(m wireMessage) []string {
	if m.Author == nil || !m.Author.Bot && m.Webhook == "" {
		return nil
	}
	var out []string
	for _, e := range m.Embeds {
		if e.Type != "" && e.Type != "rich" {
			continue
		}
		out = append(out, e.Title, e.Description)
		for _, f := range e.Fields {
			out = append(out, f.Name, f.Value)
		}
	}
	return out
}

// attach adds files and stickers, each with its alternative text.
func attach(c *chat.Content, files []wireFile, stickers []*discordgo.StickerItem) {
	for _, f := range files {
		c.Attachments = append(c.Attachments, chat.Attachment{
			Name: strings.ToValidUTF8(f.Name, "\uFFFD"), MIME: f.MIME, Alt: strings.ToValidUTF8(f.Alt, "\uFFFD"), Size: max(0, f.Size),
		})
	}
	for _, s := range stickers {
		if s != nil {
			c.Attachments = append(c.Attachments, chat.Attachment{Name: "sticker", Sticker: true, MIME: stickerMIME(s.FormatType), Alt: s.Name})
		}
	}
}

func stickerMIME(format discordgo.StickerFormat) string {
	switch format {
	case discordgo.StickerFormatTypeLottie:
		return "application/json"
	case discordgo.StickerFormatTypeGIF:
		return "image/gif"
	case discordgo.StickerFormatTypePNG, discordgo.StickerFormatTypeAPNG:
	}
	return "image/png"
}

// said tells whether a message is something that somebody said. The others are Discord's own lines: who joined, what
// was pinned.
func said(t discordgo.MessageType) bool {
	switch t {
	case discordgo.MessageTypeDefault, discordgo.MessageTypeReply, discordgo.MessageTypeChatInputCommand,
		discordgo.MessageTypeContextMenuCommand:
		return true
	}
	return false
}
