package discord

import (
	"slices"
	"time"

	"github.com/bwmarrin/discordgo"

	"palabre/adapters"
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
	left     *adapters.Recent[*member]
	round    int  // of listings; members not in the last one are gone
	listed   bool // one listing came to its end
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
		left: adapters.NewRecent[*member](2_000),
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
	Approximate int                  `json:"approximate_member_count"` // when it was asked for
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
