package discordtest

import (
	"cmp"
	"slices"
	"time"
)

type object = map[string]any

type user struct {
	id, name, display string
	bot               bool
	closed            bool   // takes no private messages
	locale            string // the client's language
}

type role struct {
	id, name    string
	permissions uint64
	position    int
	mentionable bool
	managed     bool
}

type member struct {
	user    *user
	nick    string
	roles   []string
	joined  time.Time
	pending bool
	until   time.Time // silenced until
	flags   int
}

func (m *member) silenced(now time.Time) bool { return m.until.After(now) }

type guild struct {
	id, name, owner string
	roles           []*role
	members         map[string]*member
	order           []string // members' ids, in the order in which they came first
	bans            map[string]string
	channels        []*channel
	entries         []*entry // the audit log, oldest first
	locale          string
	gone            bool // unavailable
	screening       bool // newcomers are pending
	joined          time.Time
	crowd           int    // members who are counted only
	listed          bucket // requests for all its members that were granted
}

type overwrite struct {
	id          string
	member      bool
	allow, deny uint64
}

type channel struct {
	id, name, topic string
	kind            int
	guild           *guild
	parent          *channel
	position        int
	overwrites      []overwrite
	messages        []*message
	last            string // id of the newest message that was ever there
	lastPin         time.Time
	slowmode        int
	spoken          map[string]time.Time // who last spoke when, under a slowmode
	tags            []object
	// of threads
	owner     string
	members   []string
	archived  bool
	locked    bool
	archive   int // minutes
	changed   time.Time
	applied   []string
	count     int
	recipient string // of private channels
	created   time.Time
}

// The kinds of channels.
const (
	kindText         = 0
	kindDM           = 1
	kindVoice        = 2
	kindCategory     = 4
	kindNewsThread   = 10
	kindPublicThread = 11
	kindPrivate      = 12
	kindForum        = 15
)

func (c *channel) thread() bool { return c.kind >= kindNewsThread && c.kind <= kindPrivate }

type reaction struct {
	emoji object
	key   string // "👍" or "name:id"
	users []string
}

type message struct {
	id, content string
	channel     *channel
	author      *user
	kind        int
	edited      time.Time
	flags       int
	nonce       any    // while the gateway tells of it
	key         string // the nonce, for those who look
	embeds      []object
	components  []object
	attachments []object
	stickers    []object
	poll        object
	votes       map[string][]int // answers by user
	reference   object
	forwarded   []object
	reactions   []*reaction
	pinned      time.Time
	mentions    mentions
	webhook     string
	metadata    object // of the interaction that it answers
	thread      *channel
	private     string // the only user who sees it
	deleted     bool
}

type entry struct {
	id, by, target, reason string
	action                 int
	changes                []object
	options                object
}

func (g *guild) role(id string) *role {
	i := slices.IndexFunc(g.roles, func(r *role) bool { return r.id == id })
	if i < 0 {
		return nil
	}
	return g.roles[i]
}

// ranked gives a member's roles, highest first: by position, then the older one.
func (g *guild) ranked(m *member) []*role {
	out := []*role{g.roles[0]}
	for _, id := range m.roles {
		if r := g.role(id); r != nil {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b *role) int {
		return cmp.Or(cmp.Compare(b.position, a.position), cmp.Compare(number(a.id), number(b.id)))
	})
	return out
}

// above tells whether a member's highest role stands over another's; the owner stands over all.
func (g *guild) above(actor, target string) bool {
	a, t := g.members[actor], g.members[target]
	if a == nil || target == g.owner || actor == target {
		return false
	}
	if actor == g.owner || t == nil {
		return true
	}
	return g.over(g.ranked(a)[0], g.ranked(t)[0])
}

// over tells whether one role stands over another.
func (g *guild) over(a, b *role) bool {
	if a.position != b.position {
		return a.position > b.position
	}
	return a != b && number(a.id) < number(b.id)
}

// permissions are what a member may do in a channel, or in the guild when c is nil.
func (g *guild) permissions(m *member, c *channel, now time.Time) uint64 {
	if m == nil {
		return 0
	}
	if m.user.id == g.owner {
		return everything
	}
	var all uint64
	for _, r := range g.ranked(m) {
		all |= r.permissions
	}
	if all&Administrator != 0 {
		return everything
	}
	if c != nil && c.thread() {
		c = c.parent
	}
	if c != nil {
		all = c.overwritten(g, m, all)
	}
	if m.silenced(now) || m.pending {
		all &= ViewChannel | ReadMessageHistory
	}
	return all
}

func (c *channel) overwritten(g *guild, m *member, all uint64) uint64 {
	var allow, deny uint64
	for _, o := range c.overwrites {
		if o.id == g.id {
			all = all&^o.deny | o.allow
		}
		if slices.Contains(m.roles, o.id) {
			allow, deny = allow|o.allow, deny|o.deny
		}
	}
	all = all&^deny | allow
	for _, o := range c.overwrites {
		if o.member && o.id == m.user.id {
			all = all&^o.deny | o.allow
		}
	}
	return all
}

// find gives a message that is there and not hidden from the bot.
func (c *channel) find(id string) *message {
	i, ok := slices.BinarySearchFunc(c.messages, number(id), func(m *message, n uint64) int { return cmp.Compare(number(m.id), n) })
	if !ok || c.messages[i].deleted {
		return nil
	}
	return c.messages[i]
}
