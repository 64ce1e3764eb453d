package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

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

// meetSpeaker asks for the member who answers for an event, when we do not know them: who is behind a program's message,
// or who gave a thread its title.
func (r *receiver) meetSpeaker(ctx context.Context, d dispatch, lookups *int) ([]chat.Event, error) {
	if *lookups == 0 {
		return nil, nil
	}
	r.mu.Lock()
	unknown := r.book.answerable(d)
	r.mu.Unlock()
	if unknown == "" {
		return nil, nil
	}
	*lookups--
	return r.meetMember(ctx, unknown)
}

// answerable is the member who answers for an event and whom we do not know yet. What cannot be read has none.
func (b *book) answerable(d dispatch) string {
	switch {
	case d.Type == "GUILD_AUDIT_LOG_ENTRY_CREATE":
		var entry wireAudit
		if json.Unmarshal(d.Data, &entry) == nil && entry.Guild == b.guild.id {
			return b.renamer(entry)
		}
	case strings.HasPrefix(d.Type, "MESSAGE_") && bytes.Contains(d.Data, []byte(`"interaction_metadata"`)):
		var m wireMessage
		if _, err := decode(d.Data, &m); err == nil && m.Guild == b.guild.id {
			return b.unknown(m)
		}
	}
	return ""
}

// renamer is who gave a thread its title, when we do not know them yet.
func (b *book) renamer(entry wireAudit) string {
	if entry.Action != auditThread || titleIn(entry) == "" || entry.User == b.self || b.guild.members[entry.User] != nil || b.strangers[entry.User] {
		return ""
	}
	return entry.User
}

// meetRenamers asks for whoever gave a thread its title in a page of the audit log, and is not known.
func (r *receiver) meetRenamers(ctx context.Context, page []wireAudit) (events []chat.Event, _ error) {
	for _, entry := range page {
		r.mu.Lock()
		unknown := r.book.renamer(entry)
		r.mu.Unlock()
		if unknown == "" {
			continue
		}
		met, err := r.meetMember(ctx, unknown)
		if err != nil {
			return events, err
		}
		events = append(events, met...)
	}
	return events, nil
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
