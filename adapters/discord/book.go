package discord

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/bwmarrin/discordgo"

	"palabre/adapters"
	"palabre/chat"
)

// book is what the adapter knows, and all that the translation of an event reads and writes. It makes no call and
// reads no clock.
type book struct {
	guild  *guild
	prefix string
	hooks  bool   // what webhooks say is judged
	self   string // our user id
	app    string // our application's id
	began  time.Time
	specs  published

	facts  *adapters.Recent[fact]      // by message id
	sent   *adapters.Recent[string]    // nonce -> message id
	ours   *adapters.Recent[bool]      // what we are doing, by deed
	audits *adapters.Recent[wireAudit] // by deed: who did what to whom
	banned *adapters.Recent[bool]      // users whose leaving was, or will be, told as a ban
	told   *adapters.Recent[bool]      // arrivals, by event id
	kept   *adapters.Recent[wireAudit] // entries of sanctions that stand, by deed

	titles *adapters.Recent[string] // the last title of a thread that was told, by its id

	strangers map[string]bool // who wrote and is no member
	losses    *losses
}

// fact is what is remembered of a message.
type fact struct {
	author  string // who answers for it
	account string // under which it stands
	edited  time.Time
	awaited bool // what it says is still to come
}

func newBook(o Options) *book {
	return &book{
		guild: newGuild(o), prefix: o.Prefix, hooks: o.JudgeWebhooks, facts: adapters.NewRecent[fact](20_000), sent: adapters.NewRecent[string](2_000),
		ours: adapters.NewRecent[bool](5_000), audits: adapters.NewRecent[wireAudit](500), banned: adapters.NewRecent[bool](5_000),
		told: adapters.NewRecent[bool](5_000), kept: adapters.NewRecent[wireAudit](5_000),
		titles: adapters.NewRecent[string](5_000), strangers: map[string]bool{},
		losses: &losses{log: o.Log, told: map[string]bool{}},
	}
}

// deed names something done to a member or a message, for recognising it when Discord tells.
func deed(what, target string) string { return what + " " + target }

// tell translates one event of the gateway and learns from it. An error means that it could not be read.
func (b *book) tell(d dispatch) ([]chat.Event, error) {
	tell, known := tellers[d.Type]
	if !known {
		return nil, nil
	}
	var of struct {
		Guild string `json:"guild_id"`
	}
	if err := b.losses.read(d.Type, d.Data, &of); err != nil {
		return nil, err
	}
	if of.Guild == "" && bytes.Contains(d.Data, []byte(`"guild_id"`)) {
		return nil, errIncomplete
	}
	if of.Guild != b.guild.id {
		return nil, nil
	}
	return tell(b, d)
}

// tellers are the events that somebody may want to hear of, or that change what we know.
var tellers = map[string]func(*book, dispatch) ([]chat.Event, error){
	"MESSAGE_CREATE":           read((*book).created),
	"MESSAGE_UPDATE":           read((*book).edited),
	"MESSAGE_DELETE":           read((*book).deleted),
	"MESSAGE_DELETE_BULK":      read((*book).deletedBulk),
	"MESSAGE_REACTION_ADD":     read((*book).reacted),
	"MESSAGE_REACTION_REMOVE":  read((*book).unreacted),
	"MESSAGE_POLL_VOTE_ADD":    read((*book).voted),
	"MESSAGE_POLL_VOTE_REMOVE": read((*book).unvoted),
	"GUILD_MEMBER_ADD":         read((*book).memberAdded),
	"GUILD_MEMBER_UPDATE":      read((*book).memberUpdated),
	"GUILD_MEMBER_REMOVE":      read((*book).memberRemoved),
	"GUILD_BAN_ADD":            read((*book).banAdded),
	"GUILD_BAN_REMOVE":         read((*book).banRemoved),
	"GUILD_AUDIT_LOG_ENTRY_CREATE": read(func(b *book, a wireAudit, d dispatch) ([]chat.Event, error) {
		return b.audited(a, d.arrived), nil
	}),
	"AUTO_MODERATION_ACTION_EXECUTION": read((*book).automod),
	"THREAD_CREATE":                    read((*book).threadCreated),
	"THREAD_UPDATE":                    read((*book).threadChanged),
	"CHANNEL_CREATE":                   read((*book).channelChanged),
	"CHANNEL_UPDATE":                   read((*book).channelChanged),
	"THREAD_DELETE":                    read((*book).channelGone),
	"CHANNEL_DELETE":                   read((*book).channelGone),
	"THREAD_LIST_SYNC":                 read((*book).threadsListed),
	"GUILD_ROLE_CREATE":                read((*book).roleChanged),
	"GUILD_ROLE_UPDATE":                read((*book).roleChanged),
	"GUILD_ROLE_DELETE":                read((*book).roleGone),
	"INTERACTION_CREATE":               read((*book).interacted),
}

// read makes a teller of a function over the event's own type.
func read[T any](tell func(*book, T, dispatch) ([]chat.Event, error)) func(*book, dispatch) ([]chat.Event, error) {
	return func(b *book, d dispatch) ([]chat.Event, error) {
		var body T
		if err := b.losses.read(d.Type, d.Data, &body); err != nil {
			return nil, err
		}
		return tell(b, body, d)
	}
}

// errIncomplete is an event without what it must have.
var errIncomplete = errors.New("an event without its id or its author")

// event fills what every event has. Nothing happens later than we hear of it.
func (b *book) event(id string, at, now time.Time, channel string, actor chat.Actor, body chat.Body) chat.Event {
	if at.IsZero() || at.After(now) {
		at = now
	}
	ev := chat.Event{ID: prefixed(id), At: at.UTC(), Actor: actor, Body: body}
	if channel != "" {
		ev.Room, ev.Logical = b.guild.room(channel)
	}
	return ev
}

// unique names an event that Discord gives no id: by its place in its session, which is the same when it is replayed.
func unique(what string, d dispatch) string {
	return fmt.Sprintf("%s:%s:%d", what, d.session.ID, d.Seq)
}

func (b *book) ref(channel, message string) chat.MessageRef {
	room, _ := b.guild.room(channel)
	return chat.MessageRef{Room: room, ID: message}
}

// author is who said a message, or had it said by a program of their own.
func (b *book) author(m wireMessage) chat.Actor {
	actor := b.guild.actor(m.Author, m.Member)
	switch {
	case m.Author.ID == b.self:
		actor.Kind = chat.Self
	case m.Webhook != "" && actor.Kind == chat.Human:
		actor.Kind, actor.Standing = chat.Bot, chat.StandingMember
	}
	if actor.Kind != chat.Bot {
		return actor
	}
	if who, ok := b.responsible(m); ok {
		return who
	}
	if b.hooks && m.hooked() {
		actor.Kind = chat.Nobody
	}
	return actor
}

// someone is a member of whom only the id came.
func (b *book) someone(id string) chat.Actor { return b.guild.someone(id, b.self) }

// by is who did something; nobody when it is unknown.
func (b *book) by(id string) chat.Actor {
	if id == "" {
		return chat.Actor{Kind: chat.System}
	}
	return b.someone(id)
}

// may tells whether we have a permission in the guild.
func (b *book) may(permission int64) bool {
	return b.guild.permissions(b.self)&permission != 0
}

// hearsAudits tells whether entries of the audit log reach us: then they tell of bans and silences, with who and why.
func (b *book) hearsAudits() bool { return b.may(discordgo.PermissionViewAuditLogs) }
