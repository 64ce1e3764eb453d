package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/bwmarrin/discordgo"

	"palabre/chat"
)

// origin is the interaction that a program's message answers: who used the program, and who let it in.
type origin struct {
	User   *discordgo.User            `json:"user"`
	Owners map[string]json.RawMessage `json:"authorizing_integration_owners"`
}

// ownerGuild is the key of the guild that let a program in, among those who did; "1" is the user who brought it along.
const ownerGuild = "0"

// behind is the user who had a program say something that nobody of this guild let in: they brought it along, and what
// it says is theirs. What a program says that the guild installed is the program's, whoever asked it. Nil when nobody is
// behind a message.
func (m wireMessage) behind(guild string) *discordgo.User {
	if m.Origin == nil || m.Origin.User == nil || m.Origin.User.ID == "" || m.Origin.User.Bot || m.Author == nil {
		return nil
	}
	var let string
	if _ = json.Unmarshal(m.Origin.Owners[ownerGuild], &let); let == guild { // in a private chat it is "0"
		return nil
	}
	return m.Origin.User
}

// hooked tells whether a webhook said a message, and no app in answer to somebody: those come by a webhook as well.
func (m wireMessage) hooked() bool {
	return m.Webhook != "" && m.Origin == nil && m.Author != nil && m.Author.ID == m.Webhook
}

// speaker is whose roles decide about a message: its author, or who is behind it; nobody for programs.
func (b *book) speaker(m wireMessage) *discordgo.User {
	switch who := m.behind(b.guild.id); {
	case m.Author == nil || m.Author.ID == "" || m.Author.ID == b.self:
		return nil
	case !m.Author.Bot && m.Webhook == "":
		return m.Author
	default:
		return who
	}
}

// responsible is who answers for a program's message: whoever is behind it, if we know their roles or that they have none.
// Nobody is punished for what a moderator may have done.
func (b *book) responsible(m wireMessage) (chat.Actor, bool) {
	who := m.behind(b.guild.id)
	if who == nil || b.guild.members[who.ID] == nil && !b.strangers[who.ID] {
		return chat.Actor{}, false
	}
	return b.guild.actor(who, nil), true
}

// meetSpeaker asks for the member behind a program's message, when we do not know them.
func (r *receiver) meetSpeaker(ctx context.Context, d dispatch, lookups *int) ([]chat.Event, error) {
	if d.Type != "MESSAGE_CREATE" && d.Type != "MESSAGE_UPDATE" || !bytes.Contains(d.Data, []byte(`"interaction_metadata"`)) || *lookups == 0 {
		return nil, nil
	}
	var m wireMessage
	if err := json.Unmarshal(d.Data, &m); err != nil || m.Guild != r.opts.Guild {
		return nil, err
	}
	r.mu.Lock()
	unknown := r.book.unknown(m)
	r.mu.Unlock()
	if unknown == "" {
		return nil, nil
	}
	*lookups--
	return r.meetMember(ctx, unknown)
}

// unknown is the speaker of a message whom we do not know yet.
func (b *book) unknown(m wireMessage) string {
	who := b.speaker(m)
	if who == nil || b.guild.members[who.ID] != nil || b.strangers[who.ID] {
		return ""
	}
	return who.ID
}

// meetMember asks for a member. Who has left is nobody's member.
func (r *receiver) meetMember(ctx context.Context, id string) ([]chat.Event, error) {
	var who discordgo.Member
	err := r.rest.do(ctx, call{method: http.MethodGet, path: r.memberPath(id), out: &who, holds: "user"})
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case errors.Is(err, chat.ErrGone):
		r.book.strangers[id] = true
		return nil, nil
	case err != nil:
		return nil, err
	}
	return r.met([]*discordgo.Member{&who}, r.opts.Clock()), nil
}
