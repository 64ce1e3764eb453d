package discord

import (
	"slices"

	"github.com/bwmarrin/discordgo"

	"palabre/chat"
)

// Permissions that make a standing.
const (
	administrates = discordgo.PermissionAdministrator | discordgo.PermissionManageGuild
	moderates     = discordgo.PermissionManageMessages | discordgo.PermissionModerateMembers |
		discordgo.PermissionKickMembers | discordgo.PermissionBanMembers
)

// standingOf is what somebody may do here: by their roles' permissions, and by the roles that the configuration
// names. What everybody may do makes nobody a moderator.
func (g *guild) standingOf(user string, roles []string) chat.Standing {
	var permissions int64
	for _, id := range roles {
		if r := g.roles[id]; r != nil && id != g.id {
			permissions |= r.Permissions
		}
	}
	return max(g.standingBy(user, permissions), g.named(roles))
}

func (g *guild) standingBy(user string, permissions int64) chat.Standing {
	switch {
	case user != "" && user == g.owner, permissions&administrates != 0:
		return chat.StandingAdmin
	case permissions&moderates != 0:
		return chat.StandingModerator
	}
	return chat.StandingMember
}

// named is the standing that the configuration gives to roles.
func (g *guild) named(roles []string) chat.Standing {
	for _, s := range []struct {
		standing chat.Standing
		names    []string
	}{{chat.StandingAdmin, g.standing.Admin}, {chat.StandingModerator, g.standing.Moderator}, {chat.StandingTrusted, g.standing.Trusted}} {
		for _, id := range roles {
			r := g.roles[id]
			if slices.Contains(s.names, id) || r != nil && slices.Contains(s.names, r.Name) {
				return s.standing
			}
		}
	}
	return chat.StandingMember
}

// everything is all permissions, also those that this version does not know.
const everything int64 = 1<<63 - 1

// permissions are what somebody may do in the guild as a whole.
func (g *guild) permissions(user string) int64 {
	m := g.members[user]
	if user == g.owner {
		return everything
	}
	var p int64
	if everyone := g.roles[g.id]; everyone != nil {
		p = everyone.Permissions
	}
	if m != nil {
		for _, id := range m.roles {
			if r := g.roles[id]; r != nil {
				p |= r.Permissions
			}
		}
	}
	if p&discordgo.PermissionAdministrator != 0 {
		return everything
	}
	return p
}

// permissionsIn are what somebody may do in a channel, by the order that Discord applies overwrites in: everyone's,
// roles', the member's.
func (g *guild) permissionsIn(user, id string) int64 {
	p := g.permissions(user)
	c := g.channels[id]
	if c != nil && c.parent != "" {
		c = g.channels[c.parent]
	}
	if c == nil || p&discordgo.PermissionAdministrator != 0 {
		return p
	}
	var roles []string
	if m := g.members[user]; m != nil {
		roles = m.roles
	}
	var allow, deny int64
	for _, o := range c.overwrites {
		switch {
		case o.ID == g.id:
			p = p&^o.Deny | o.Allow
		case o.Type == discordgo.PermissionOverwriteTypeRole && slices.Contains(roles, o.ID):
			allow, deny = allow|o.Allow, deny|o.Deny
		}
	}
	p = p&^deny | allow
	for _, o := range c.overwrites {
		if o.Type == discordgo.PermissionOverwriteTypeMember && o.ID == user {
			p = p&^o.Deny | o.Allow
		}
	}
	return p
}

// rank is a member's highest role: its position and, between equals, its id. The owner stands above all.
func (g *guild) rank(user string) (position int, id string) {
	if user == g.owner {
		return int(^uint(0) >> 1), ""
	}
	if m := g.members[user]; m != nil {
		for _, r := range m.roles {
			role := g.roles[r]
			if role == nil {
				continue
			}
			if role.Position > position || role.Position == position && (id == "" || newer(id, role.ID)) {
				position, id = role.Position, role.ID
			}
		}
	}
	return position, id
}

// above tells whether a stands strictly above b. Of roles on one position, the older is the higher.
func (g *guild) above(a, b string) bool {
	pa, ia := g.rank(a)
	pb, ib := g.rank(b)
	if pa != pb || ia == ib {
		return pa > pb
	}
	return ia != "" && (ib == "" || newer(ib, ia))
}
