package discord

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"palabre/adapters"
	"palabre/chat"
)

// displayName is what people see of somebody.
func displayName(u *discordgo.User, nick string) string {
	for _, name := range []string{nick, u.GlobalName, u.Username} {
		if name != "" {
			return strings.ToValidUTF8(name, "\uFFFD")
		}
	}
	return u.ID
}

// meet notes somebody as a full member object describes them, and gives what was known before, nil for a stranger.
func (g *guild) meet(m *discordgo.Member) (now, before *member) {
	before = g.members[m.User.ID]
	now = &member{
		id: m.User.ID, name: displayName(m.User, m.Nick), account: m.User.Username, roles: m.Roles, joined: m.JoinedAt.UTC(),
		pending: m.Pending, round: g.round, kind: g.kindOf(m.User),
	}
	if m.CommunicationDisabledUntil != nil {
		now.silenced = m.CommunicationDisabledUntil.UTC()
	}
	if now.joined.IsZero() && before != nil {
		now.joined = before.joined
	}
	if before == nil && len(g.members) >= maxMembers {
		return now, nil
	}
	g.members[now.id] = now
	g.left.Drop(now.id)
	return now, before
}

// part notes that somebody is gone; their name is remembered for a while.
func (g *guild) part(id string) {
	if m := g.members[id]; m != nil {
		delete(g.members, id)
		g.left.Put(id, m)
	}
}

func (g *guild) kindOf(u *discordgo.User) chat.ActorKind {
	switch {
	case g.ignored(u):
		return chat.Puppet
	case u.Bot || u.System:
		return chat.Bot
	}
	return chat.Human
}

func (g *guild) ignored(u *discordgo.User) bool {
	return adapters.Ignored(g.ignore, u.ID, u.Username)
}

// actor is somebody as an event carries them: by what came with the event, completed by what is known.
func (g *guild) actor(u *discordgo.User, m *discordgo.Member) chat.Actor {
	known := g.members[u.ID]
	roles, joined, nick := []string(nil), time.Time{}, ""
	switch {
	case m != nil && (m.Roles != nil || known == nil): // one without roles is no whole member
		roles, joined, nick = m.Roles, m.JoinedAt.UTC(), m.Nick
	case known != nil:
		roles, joined = known.roles, known.joined
	}
	a := chat.Actor{
		MemberRef: memberRef(u.ID), Person: chat.PersonOf(memberRef(u.ID)), Name: displayName(u, nick), Kind: g.kindOf(u),
		Standing: g.standingOf(u.ID, roles), Roles: g.names(roles), Joined: joined, Created: snowflakeTime(u.ID),
	}
	if m == nil && known != nil {
		a.Name = known.name
	}
	return a
}

// someone is a member of whom an event gives no more than the id.
func (g *guild) someone(id, self string) chat.Actor {
	a := chat.Actor{MemberRef: memberRef(id), Person: chat.PersonOf(memberRef(id)), Name: id, Created: snowflakeTime(id)}
	if m := g.members[id]; m != nil {
		a.Name, a.Kind, a.Joined = m.name, m.kind, m.joined
		a.Roles, a.Standing = g.names(m.roles), g.standingOf(id, m.roles)
	} else if m, ok := g.left.Get(id); ok {
		a.Name, a.Kind = m.name, m.kind
	}
	if id == self {
		a.Kind = chat.Self
	}
	return a
}

// names are the names of roles, highest first.
func (g *guild) names(ids []string) []string {
	var roles []*discordgo.Role
	for _, id := range ids {
		if r := g.roles[id]; r != nil && id != g.id {
			roles = append(roles, r)
		}
	}
	slices.SortFunc(roles, func(a, b *discordgo.Role) int { return cmp.Or(b.Position-a.Position, strings.Compare(a.ID, b.ID)) })
	var out []string
	for _, r := range roles {
		out = append(out, r.Name)
	}
	return out
}
