package discord

import (
	"encoding/json"
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
		shown = append(shown, s.Message.embedText()...)
		shown = append(shown, componentText(s.Message.Components)...)
		attach(&c, s.Message.Attachments, s.Message.Stickers)
	}
	shown = append(shown, pollText(m.Poll)...)
	if m.Author != nil && (m.Author.Bot || m.Webhook != "") {
		shown = append(shown, embedText(m.Embeds)...)
	}
	shown = append(shown, componentText(m.Components)...)
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
func embedText(embeds []wireEmbed) (out []string) {
	for _, e := range embeds {
		if e.Type != "" && e.Type != "rich" {
			continue
		}
		out = append(out, e.Author.Name, e.Author.URL, e.Title, e.URL, e.Description)
		for _, f := range e.Fields {
			out = append(out, f.Name, f.Value)
		}
		out = append(out, e.Footer.Text)
	}
	return out
}

// embedText is what the embeds of a forwarded message say. Nobody tells whether a program made them or Discord, from the
// links of its text: where there are links, they are taken for Discord's.
func (f forwarded) embedText() []string {
	if strings.Contains(f.Content, "://") {
		return nil
	}
	return embedText(f.Embeds)
}

const (
	maxComponents = 200 // texts of components of one message; Discord takes 40 components
	maxNesting    = 10
)

// componentText is what components show: texts, and what stands on buttons and under pictures. They are of many kinds, and
// new ones come: whatever has a text under one of Discord's names for it is read, in the order in which it stands.
func componentText(data json.RawMessage) (out []string) {
	var tree any
	if len(data) == 0 || json.Unmarshal(data, &tree) != nil {
		return nil
	}
	return walkComponents(tree, maxNesting, nil)
}

func walkComponents(node any, depth int, out []string) []string {
	if depth == 0 || len(out) >= maxComponents {
		return out
	}
	switch node := node.(type) {
	case []any:
		for _, e := range node {
			out = walkComponents(e, depth-1, out)
		}
	case map[string]any:
		for _, key := range []string{"content", "label", "placeholder", "url", "description"} {
			if text, ok := node[key].(string); ok && len(out) < maxComponents {
				out = append(out, text)
			}
		}
		for _, key := range []string{"components", "component", "accessory", "items", "options"} {
			out = walkComponents(node[key], depth-1, out)
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
