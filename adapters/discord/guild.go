package discord

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"palabre/chat"
)

// maxMembers bounds whom we remember.
const maxMembers = 300_000

// guild is what is known of the community: its roles, channels and members. It makes no call.
type guild struct {
	id       string
	logical  map[string]string // channel id -> the configuration's name
	standing Standing
	ignore   []string

	known    bool // its roles and channels were read
	owner    string
	roles    map[string]*discordgo.Role
	channels map[string]*channel
	members  map[string]*member
	left     *recent[*member]
	round    int // of listings; members not in the last one are gone
}

// channel is a place that messages go to.
type channel struct {
	id, name, parent string // parent is set for threads only
	kind             discordgo.ChannelType
	last             string // the last message, as Discord said when we connected
	owner            string // of a thread
	overwrites       []*discordgo.PermissionOverwrite
	tags             []discordgo.ForumTag // of a forum
	needsTag         bool
}

// member is somebody in the guild.
type member struct {
	id, name, account string
	kind              chat.ActorKind
	roles             []string // ids
	joined            time.Time
	pending           bool // has not accepted the guild's screening
	silenced          time.Time
	round             int
}

func newGuild(o Options) *guild {
	g := &guild{
		id: o.Guild, logical: map[string]string{}, standing: o.Standing, ignore: o.Ignore,
		roles: map[string]*discordgo.Role{}, channels: map[string]*channel{}, members: map[string]*member{},
		left: newRecent[*member](2_000),
	}
	for _, r := range o.Rooms {
		g.logical[r.ID] = r.Logical
	}
	return g
}

// wireGuild is a guild as GUILD_CREATE and the HTTP API give it.
type wireGuild struct {
	ID          string               `json:"id"`
	Name        string               `json:"name"`
	Owner       string               `json:"owner_id"`
	Unavailable bool                 `json:"unavailable"`
	Large       bool                 `json:"large"`
	Count       int                  `json:"member_count"`
	Roles       []*discordgo.Role    `json:"roles"`
	Channels    []*discordgo.Channel `json:"channels"`
	Threads     []*discordgo.Channel `json:"threads"`
	Members     []*discordgo.Member  `json:"members"`
}

// read takes the guild's roles and channels; members are met one by one.
func (g *guild) read(w wireGuild) {
	g.known, g.owner = true, w.Owner
	if w.Roles != nil {
		clear(g.roles)
	}
	for _, r := range w.Roles {
		g.putRole(r)
	}
	if w.Channels != nil {
		clear(g.channels)
	}
	for _, c := range slices.Concat(w.Channels, w.Threads) {
		g.putChannel(c)
	}
}

func (g *guild) putRole(r *discordgo.Role) {
	if r != nil && r.ID != "" {
		g.roles[r.ID] = r
	}
}

func (g *guild) putChannel(c *discordgo.Channel) *channel {
	if c == nil || c.ID == "" {
		return nil
	}
	out := &channel{
		id: c.ID, name: c.Name, kind: c.Type, last: c.LastMessageID, owner: c.OwnerID, overwrites: c.PermissionOverwrites,
		needsTag: c.Flags&discordgo.ChannelFlagRequireTag != 0,
	}
	if c.IsThread() {
		out.parent = c.ParentID
	}
	out.tags = c.AvailableTags
	g.channels[c.ID] = out
	return out
}

// talked tells whether messages go to the channel itself.
func (c *channel) talked() bool {
	switch c.kind {
	case discordgo.ChannelTypeGuildCategory, discordgo.ChannelTypeGuildForum, discordgo.ChannelTypeGuildMedia,
		discordgo.ChannelTypeGuildDirectory:
		return false
	}
	return true
}

func (c *channel) forum() bool {
	return c.kind == discordgo.ChannelTypeGuildForum || c.kind == discordgo.ChannelTypeGuildMedia
}

// room is the reference of a channel's or thread's id, and the configuration's name for it.
func (g *guild) room(id string) (ref chat.RoomRef, logical string) {
	if c := g.channels[id]; c != nil && c.parent != "" {
		return chat.RoomRef{Platform: chat.Discord, ID: c.parent, Thread: id}, g.logical[c.parent]
	}
	return chat.RoomRef{Platform: chat.Discord, ID: id}, g.logical[id]
}

// channelOf is the id that calls need.
func channelOf(room chat.RoomRef) string {
	if room.Thread != "" {
		return room.Thread
	}
	return room.ID
}

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
	return now, before
}

// part notes that somebody is gone; their name is remembered for a while.
func (g *guild) part(id string) {
	if m := g.members[id]; m != nil {
		delete(g.members, id)
		g.left.put(id, m)
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
	return slices.ContainsFunc(g.ignore, func(p string) bool { return globMatch(p, u.ID) || globMatch(p, u.Username) })
}

// actor is somebody as an event carries them: by what came with the event, completed by what is known.
func (g *guild) actor(u *discordgo.User, m *discordgo.Member) chat.Actor {
	known := g.members[u.ID]
	roles, joined, nick := []string(nil), time.Time{}, ""
	switch {
	case m != nil:
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
	} else if m, ok := g.left.get(id); ok {
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
