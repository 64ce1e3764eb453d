package discord

import (
	"encoding/json"
	"time"

	"github.com/bwmarrin/discordgo"
)

// wireMessage is a message as far as we read it. The library's own type refuses a message whole for a component
// that it does not know.
type wireMessage struct {
	ID          string                        `json:"id"`
	Channel     string                        `json:"channel_id"`
	Guild       string                        `json:"guild_id"`
	Type        discordgo.MessageType         `json:"type"`
	Content     *string                       `json:"content"`
	Sent        time.Time                     `json:"timestamp"`
	Edited      *time.Time                    `json:"edited_timestamp"`
	Author      *discordgo.User               `json:"author"`
	Member      *discordgo.Member             `json:"member"`
	Webhook     string                        `json:"webhook_id"`
	Everyone    bool                          `json:"mention_everyone"`
	Mentions    []*discordgo.User             `json:"mentions"`
	Attachments []wireFile                    `json:"attachments"`
	Stickers    []*discordgo.StickerItem      `json:"sticker_items"`
	Embeds      []wireEmbed                   `json:"embeds"`
	Poll        *discordgo.Poll               `json:"poll"`
	Reference   *discordgo.MessageReference   `json:"message_reference"`
	Snapshots   []struct{ Message forwarded } `json:"message_snapshots"`
	Nonce       json.RawMessage               `json:"nonce"`
	Flags       discordgo.MessageFlags        `json:"flags"`
	Origin      *origin                       `json:"interaction_metadata"`
	Components  json.RawMessage               `json:"components"`
}

// forwarded is what a forward shows of the message it carries.
type forwarded struct {
	Content     string                   `json:"content"`
	Attachments []wireFile               `json:"attachments"`
	Stickers    []*discordgo.StickerItem `json:"sticker_items"`
	Embeds      []wireEmbed              `json:"embeds"`
	Components  json.RawMessage          `json:"components"`
}

type wireFile struct {
	Name string `json:"filename"`
	MIME string `json:"content_type"`
	Alt  string `json:"description"`
	Size int64  `json:"size"`
}

type wireEmbed struct {
	Type        string `json:"type"`
	Title       string `json:"title"`
	Description string `json:"description"`
	URL         string `json:"url"`
	Fields      []struct{ Name, Value string }
	Author      struct{ Name, URL string }
	Footer      struct{ Text string }
}

// nonce is the key that we sent the message with.
func (m wireMessage) nonce() string {
	var s string
	_ = json.Unmarshal(m.Nonce, &s) // a number is not ours
	return s
}

// wireReaction is a reaction put or taken.
type wireReaction struct {
	User    string            `json:"user_id"`
	Channel string            `json:"channel_id"`
	Message string            `json:"message_id"`
	Guild   string            `json:"guild_id"`
	Author  string            `json:"message_author_id"`
	Member  *discordgo.Member `json:"member"`
	Emoji   discordgo.Emoji   `json:"emoji"`
}

// emoji is what a reaction shows: the character, or the name of the guild's own.
func (r wireReaction) emoji() string {
	if r.Emoji.ID != "" {
		return ":" + r.Emoji.Name + ":"
	}
	return r.Emoji.Name
}

// wireAudit is an entry of the audit log.
type wireAudit struct {
	ID      string `json:"id"`
	Guild   string `json:"guild_id"`
	User    string `json:"user_id"`
	Target  string `json:"target_id"`
	Action  int    `json:"action_type"`
	Reason  string `json:"reason"`
	Options struct {
		Channel string `json:"channel_id"`
	} `json:"options"`
	Changes []struct {
		Key string          `json:"key"`
		New json.RawMessage `json:"new_value"`
	} `json:"changes"`
}

// Actions of the audit log that we read.
const (
	auditKick          = 20
	auditBan           = 22
	auditUnban         = 23
	auditMember        = 24
	auditRoles         = 25
	auditDelete        = 72
	auditThread        = 111
	auditDeleteBulk    = 73
	auditAutoModBlock  = 143
	auditAutoModSilent = 145
)

// wireInteraction is a command, a press, a form or a question for choices.
type wireInteraction struct {
	ID      string                    `json:"id"`
	App     string                    `json:"application_id"`
	Type    discordgo.InteractionType `json:"type"`
	Guild   string                    `json:"guild_id"`
	Channel string                    `json:"channel_id"`
	Member  *discordgo.Member         `json:"member"`
	Token   string                    `json:"token"`
	Message *wireMessage              `json:"message"`
	Data    wireData                  `json:"data"`
	Place   *discordgo.Channel        `json:"channel"`
}

type wireData struct {
	Name       string                           `json:"name"`
	Type       discordgo.ApplicationCommandType `json:"type"`
	Target     string                           `json:"target_id"`
	CustomID   string                           `json:"custom_id"`
	Options    []wireOption                     `json:"options"`
	Components []wireComponent                  `json:"components"`
	Resolved   struct {
		Messages map[string]wireMessage `json:"messages"`
	} `json:"resolved"`
}

type wireOption struct {
	Name    string          `json:"name"`
	Value   json.RawMessage `json:"value"`
	Focused bool            `json:"focused"`
}

// text is the value as it was typed: numbers as written, ids as they are.
func (o wireOption) text() string {
	var s string
	if json.Unmarshal(o.Value, &s) == nil {
		return s
	}
	return string(o.Value)
}

// wireComponent is a row of a submitted form, its label, or the field in it.
type wireComponent struct {
	CustomID   string          `json:"custom_id"`
	Value      string          `json:"value"`
	Components []wireComponent `json:"components"`
	Component  *wireComponent  `json:"component"`
}
