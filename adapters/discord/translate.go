package discord

import (
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"palabre/adapters"
	"palabre/chat"
)

func (b *book) created(m wireMessage, d dispatch) ([]chat.Event, error) {
	return b.message(m, d.arrived)
}

// message is what somebody said, and the command in it.
func (b *book) message(m wireMessage, now time.Time) ([]chat.Event, error) {
	if m.ID == "" || m.Author == nil || m.Author.ID == "" {
		return nil, errIncomplete
	}
	actor := b.author(m)
	f := fact{author: actor.ID, account: m.Author.ID, awaited: m.Flags&loading != 0 && actor.Kind != chat.Self}
	if m.Edited != nil {
		f.edited = *m.Edited
	}
	b.facts.Put(m.ID, f)
	if key := m.nonce(); key != "" && actor.Kind == chat.Self {
		b.sent.Put(key, m.ID)
	}
	if !said(m.Type) || f.awaited {
		return nil, nil
	}
	at := m.Sent
	if at.IsZero() {
		at = snowflakeTime(m.ID)
	}
	content := contentOf(m)
	out := []chat.Event{b.event(m.ID, at, now, m.Channel, actor, chat.MessageSent{Message: b.ref(m.Channel, m.ID), Content: content})}
	name, args, ok := adapters.ParseCommand(content.Text, b.prefix)
	if ok && actor.Kind == chat.Human && actor.ID == m.Author.ID { // nobody commands through a program
		out = append(out, b.event(m.ID+":cmd", at, now, m.Channel, actor, chat.CommandInvoked{
			Name: name, Args: args, Message: b.ref(m.Channel, m.ID), ReplyTo: content.ReplyTo,
		}))
	}
	return out, nil
}

// edited is a changed message. Discord also updates messages that their author did not change: when it makes a
// preview of a link, when somebody pins them.
func (b *book) edited(m wireMessage, d dispatch) ([]chat.Event, error) {
	if m.ID == "" {
		return nil, errIncomplete
	}
	known, ok := b.facts.Get(m.ID)
	if m.Flags&loading == 0 && (known.awaited || !ok && b.answered(m, d.arrived)) {
		return b.message(m, d.arrived)
	}
	if m.Edited == nil || m.Content == nil || !said(m.Type) || (ok && !m.Edited.After(known.edited)) || !ok && longAgo(*m.Edited, d) {
		return nil, nil
	}
	var actor chat.Actor
	switch {
	case m.Author != nil && m.Author.ID != "":
		actor = b.author(m)
	case ok:
		actor = b.someone(known.author)
	default:
		return nil, errIncomplete
	}
	account := known.account
	if m.Author != nil {
		account = first(m.Author.ID, account)
	}
	b.facts.Put(m.ID, fact{author: actor.ID, account: account, edited: *m.Edited})
	revision := fmt.Sprintf("%s:%d", m.ID, m.Edited.UnixMicro())
	body := chat.MessageEdited{Message: b.ref(m.Channel, m.ID), Revision: revision, Content: contentOf(m)}
	return []chat.Event{b.event(revision, *m.Edited, d.arrived, m.Channel, actor, body)}, nil
}

const (
	editFresh = 5 * time.Minute // so long an edit of a message that we do not know is taken for news
	seenSlack = time.Minute     // by which our own note of what we heard may be late, or our clock ahead of Discord's
)

// longAgo tells whether a message that we do not remember was changed so long ago that we heard of it then, or were not
// there yet. It is updated now for another reason.
func longAgo(edited time.Time, d dispatch) bool {
	since := d.since
	if since.IsZero() {
		since = d.arrived
	}
	return d.arrived.Sub(edited) > editFresh && !edited.After(since.Add(-seenSlack))
}

// answered tells whether a message that we do not know, which nobody changed, can be an answer that was still to come when
// we heard of it before a restart. Those that were told already are events of the same name.
func (b *book) answered(m wireMessage, now time.Time) bool {
	return m.Edited == nil && m.Author != nil && m.behind(b.guild.id) != nil && now.Sub(snowflakeTime(m.ID)) < answerWithin
}

// answerWithin is how long a program may take for an answer: as long as the token of its interaction holds.
const answerWithin = 15 * time.Minute

type wireDeleted struct {
	ID      string   `json:"id"`
	IDs     []string `json:"ids"`
	Channel string   `json:"channel_id"`
}

func (b *book) deleted(w wireDeleted, d dispatch) ([]chat.Event, error) {
	if w.ID == "" {
		return nil, errIncomplete
	}
	return []chat.Event{b.gone(w.ID, w.Channel, d.arrived)}, nil
}

func (b *book) deletedBulk(w wireDeleted, d dispatch) (out []chat.Event, _ error) {
	for _, id := range w.IDs {
		out = append(out, b.gone(id, w.Channel, d.arrived))
	}
	return out, nil
}

// gone is a deleted message. Discord does not say who took it away: we know what we do ourselves and what the audit
// log told of late; else it was the author.
func (b *book) gone(id, channel string, now time.Time) chat.Event {
	f, known := b.facts.Get(id)
	body := chat.MessageDeleted{Message: b.ref(channel, id)}
	who := ""
	if known {
		body.Author, who = memberRef(f.author), f.author
		if entry, ok := b.audits.Get(deed("delete", f.account+" "+channel)); ok && now.Sub(snowflakeTime(entry.ID)) < deletesTogether {
			who = entry.User
		}
	}
	if _, ours := b.ours.Get(deed("delete", id)); ours {
		who = b.self
	}
	return b.event(id+":del", now, now, channel, b.by(who), body)
}

// deletesTogether is how long one entry of the audit log stands for more deletions of the same author by the same
// moderator: Discord adds them up.
const deletesTogether = 5 * time.Minute

func (b *book) reacted(w wireReaction, d dispatch) ([]chat.Event, error) {
	actor, err := b.reactor(w)
	if err != nil {
		return nil, err
	}
	body := chat.ReactionAdded{Message: b.ref(w.Channel, w.Message), Emoji: w.emoji(), ID: w.Emoji.APIName()}
	id := unique("reaction:"+w.Message+":"+w.User+":"+w.Emoji.APIName(), d)
	return []chat.Event{b.event(id, d.arrived, d.arrived, w.Channel, actor, body)}, nil
}

func (b *book) unreacted(w wireReaction, d dispatch) ([]chat.Event, error) {
	actor, err := b.reactor(w)
	if err != nil {
		return nil, err
	}
	body := chat.ReactionRemoved{Message: b.ref(w.Channel, w.Message), Emoji: w.emoji()}
	id := unique("unreaction:"+w.Message+":"+w.User+":"+w.Emoji.APIName(), d)
	return []chat.Event{b.event(id, d.arrived, d.arrived, w.Channel, actor, body)}, nil
}

func (b *book) reactor(w wireReaction) (chat.Actor, error) {
	if w.User == "" || w.Message == "" {
		return chat.Actor{}, errIncomplete
	}
	if w.User != b.self && w.Member != nil && w.Member.User != nil && w.Member.User.ID == w.User {
		return b.guild.actor(w.Member.User, w.Member), nil
	}
	return b.someone(w.User), nil
}

type wireThread struct {
	discordgo.Channel
	New bool `json:"newly_created"`
}

// threadCreated is a thread that somebody opened, or one that we may see now.
func (b *book) threadCreated(w wireThread, d dispatch) ([]chat.Event, error) {
	c := b.guild.putChannel(&w.Channel)
	if c == nil {
		return nil, errIncomplete
	}
	if !w.New || !w.IsThread() {
		return nil, nil
	}
	b.titles.Put(c.id, c.name)
	thread, _ := b.guild.room(c.id)
	body := chat.ThreadOpened{Thread: thread, Title: strings.ToValidUTF8(c.name, "\uFFFD")}
	return []chat.Event{b.event("thread:"+c.id, snowflakeTime(c.id), d.arrived, c.parent, b.by(c.owner), body)}, nil
}

func (b *book) channelChanged(c discordgo.Channel, _ dispatch) ([]chat.Event, error) {
	b.guild.putChannel(&c)
	return nil, nil
}

func (b *book) channelGone(c discordgo.Channel, _ dispatch) ([]chat.Event, error) {
	delete(b.guild.channels, c.ID)
	return nil, nil
}

func (b *book) threadsListed(w discordgo.ThreadListSync, _ dispatch) ([]chat.Event, error) {
	for _, c := range w.Threads {
		b.guild.putChannel(c)
	}
	return nil, nil
}

func (b *book) roleChanged(w discordgo.GuildRole, _ dispatch) ([]chat.Event, error) {
	b.guild.putRole(w.Role)
	return nil, nil
}

func (b *book) roleGone(w discordgo.GuildRoleDelete, _ dispatch) ([]chat.Event, error) {
	delete(b.guild.roles, w.RoleID)
	return nil, nil
}

// automod is a message that Discord's own AutoMod met, shown or not. Several actions of one rule on one message are one event.
func (b *book) automod(w discordgo.AutoModerationActionExecution, d dispatch) ([]chat.Event, error) {
	if w.RuleID == "" || w.UserID == "" {
		return nil, errIncomplete
	}
	what := w.MessageID
	if what == "" {
		h := fnv.New64a()
		_, _ = h.Write([]byte(w.Content)) // never fails
		what = fmt.Sprintf("%x:%s", h.Sum64(), d.session.ID)
	}
	body := chat.MessageBlocked{
		Rule: w.RuleID, Matched: strings.ToValidUTF8(w.MatchedKeyword, "\uFFFD"),
		Content: chat.Content{Text: strings.ToValidUTF8(w.Content, "\uFFFD")},
	}
	if c := b.guild.channels[w.ChannelID]; c != nil {
		body.Posts = c.forum()
	}
	if w.MessageID != "" {
		body.Message = b.ref(w.ChannelID, w.MessageID)
	}
	return []chat.Event{b.event("automod:"+w.RuleID+":"+w.UserID+":"+what, d.arrived, d.arrived, w.ChannelID, b.someone(w.UserID), body)}, nil
}
