package discord

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/bwmarrin/discordgo"

	"palabre/adapters"
	"palabre/chat"
)

// use is a permission that Palabre needs: its bit, its name in the catalogue, and whether a channel may take it away.
type use struct {
	bit    int64
	right  string
	inRoom bool
}

// extras are permissions that only some acts take: see need.
var extras = []use{
	{1 << 49, "poll", true}, // the library does not know it
	{discordgo.PermissionManageChannels, "channel", true},
	{discordgo.PermissionManageRoles, "role", true},
	{discordgo.PermissionManageNicknames, "nick", false},
}

// uses are the permissions that Palabre needs in any case.
var uses = []use{
	{discordgo.PermissionViewChannel, "view", true},
	{discordgo.PermissionSendMessages, "send", true},
	{discordgo.PermissionReadMessageHistory, "history", true},
	{discordgo.PermissionAddReactions, "react", true},
	{discordgo.PermissionManageMessages, "delete", true},
	{1 << 51, "pin", true}, // split off from managing messages; the library does not know it
	{discordgo.PermissionCreatePublicThreads, "thread", true},
	{discordgo.PermissionSendMessagesInThreads, "thread.send", true},
	{discordgo.PermissionModerateMembers, "timeout", false},
	{discordgo.PermissionKickMembers, "kick", false},
	{discordgo.PermissionBanMembers, "ban", false},
	{discordgo.PermissionViewAuditLogs, "audit", false},
}

// used are the permissions that Palabre needs for these acts: the invitation asks for them and for no others.
func used(acts []chat.ActionKind) []use {
	return append(slices.Clone(uses), slices.DeleteFunc(slices.Clone(extras), func(u use) bool {
		return !slices.ContainsFunc(acts, func(act chat.ActionKind) bool { return slices.Contains(need[act], u.right) })
	})...)
}

// Flags of an application: an intent is granted, or granted while the bot is small.
const (
	flagMembers = 1<<14 | 1<<15
	flagContent = 1<<18 | 1<<19
)

// examination is what a doctor has learnt.
type examination struct {
	*Adapter
	guild     *guild
	self, app string
	found     []adapters.Finding
}

// Examine looks at the token, the intents, the guild, our permissions and our role, each configured channel and the
// commands, and gives the invitation. See adapters.Doctor.
func (a *Adapter) Examine(ctx context.Context) []adapters.Finding {
	e := &examination{Adapter: a, guild: newGuild(a.opts)}
	switch err := e.all(ctx); {
	case errors.Is(err, chat.ErrStopped):
		e.wrong("token", nil)
	case err != nil:
		e.wrong("unreachable", chat.Args{"error": chat.Excerpt(err.Error())})
	}
	if e.app != "" {
		e.ok("invite", chat.Args{"url": invitation(e.app, a.opts.Guild, used(a.opts.Acts))})
	}
	return e.found
}

// invitation is the page where a moderator lets the bot in.
func invitation(app, guild string, all []use) string {
	var permissions int64
	for _, u := range all {
		permissions |= u.bit
	}
	query := url.Values{
		"client_id": {app}, "guild_id": {guild}, "scope": {"bot applications.commands"}, "permissions": {strconv.FormatInt(permissions, 10)},
	}
	return "https://discord.com/oauth2/authorize?" + query.Encode()
}

func (e *examination) ok(what string, args chat.Args) {
	e.found = append(e.found, adapters.Finding{OK: true, What: chat.Say("doctor.discord."+what, args)})
}

func (e *examination) wrong(what string, args chat.Args) {
	key := "doctor.discord." + what
	e.found = append(e.found, adapters.Finding{What: chat.Say(key, args), Mend: chat.Say(key+".mend", args)})
}

// advise is for what is no mistake, but worth a thought.
func (e *examination) advise(what string, args chat.Args) {
	e.wrong(what, args)
	e.found[len(e.found)-1].OK = true
}

func (e *examination) get(ctx context.Context, path string, out any) error {
	return e.rest.do(ctx, call{method: http.MethodGet, path: path, out: out})
}

// all asks Discord one thing after the other. An error means that the rest cannot be asked.
func (e *examination) all(ctx context.Context) error {
	if err := e.account(ctx); err != nil {
		return err
	}
	there, err := e.presence(ctx)
	if err != nil || !there {
		return err
	}
	e.rights()
	e.rank()
	e.namedRoles()
	e.hiddenCommands()
	for _, r := range e.opts.Rooms {
		e.room(r)
	}
	e.otherRooms()
	return e.commands(ctx)
}

// account looks who we are, and at what the developer portal lets us hear.
func (e *examination) account(ctx context.Context) error {
	var me discordgo.User
	if err := e.get(ctx, "/users/@me", &me); err != nil {
		return err
	}
	var app struct {
		ID    string `json:"id"`
		Flags int    `json:"flags"`
	}
	if err := e.get(ctx, "/applications/@me", &app); err != nil {
		return err
	}
	e.self, e.app = me.ID, app.ID
	e.ok("bot", chat.Args{"name": displayName(&me, "")})
	e.granted("content", app.Flags&flagContent != 0)
	e.granted("members", app.Flags&flagMembers != 0)
	return nil
}

func (e *examination) granted(intent string, on bool) {
	if on {
		e.ok(intent, nil)
		return
	}
	e.wrong(intent+".off", nil)
}

// presence reads the guild, its channels and ourselves in it.
func (e *examination) presence(ctx context.Context) (there bool, err error) {
	path := "/guilds/" + e.opts.Guild
	var read wireGuild
	err = e.get(ctx, path+"?with_counts=true", &read)
	if errors.Is(err, chat.ErrGone) || errors.Is(err, chat.ErrForbidden) {
		e.wrong("guild.absent", chat.Args{"guild": chat.Excerpt(e.opts.Guild)})
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := e.get(ctx, path+"/channels", &read.Channels); err != nil {
		return false, err
	}
	var us discordgo.Member
	if err := e.get(ctx, path+"/members/"+e.self, &us); err != nil {
		return false, err
	}
	if us.User == nil {
		us.User = &discordgo.User{ID: e.self}
	}
	e.guild.read(read)
	e.guild.meet(&us)
	e.ok("guild", chat.Args{"guild": chat.Excerpt(read.Name)})
	if read.Approximate >= nearReview {
		e.advise("review", chat.Args{"count": read.Approximate})
	}
	return true, nil
}

// role is the name of our highest role.
func (e *examination) role() chat.Arg {
	if names := e.guild.names(e.guild.members[e.self].roles); len(names) > 0 {
		return chat.Excerpt(names[0])
	}
	return chat.Excerpt("Palabre")
}

// rights are what we may do in the guild as a whole.
func (e *examination) rights() {
	may := e.guild.permissions(e.self)
	if may == everything {
		e.advise("admin", chat.Args{"role": e.role()})
	}
	if rights, switches := e.missing(may, func(u use) bool { return !u.inRoom }); len(rights) > 0 {
		e.wrong("rights.missing", chat.Args{"rights": rights, "switches": switches, "role": e.role()})
		return
	}
	e.ok("rights", nil)
}

// rank lists the roles of ordinary members that stand as high as ours: against those who have them, Discord lets us
// do nothing.
func (e *examination) rank() {
	ours, id := e.guild.rank(e.self)
	var above []chat.Arg
	for _, r := range slices.SortedFunc(maps.Values(e.guild.roles), func(a, b *discordgo.Role) int { return b.Position - a.Position }) {
		staff := e.guild.standingBy("", r.Permissions) >= chat.StandingModerator || e.guild.named([]string{r.ID}) >= chat.StandingModerator
		if r.ID != e.opts.Guild && r.ID != id && !r.Managed && !staff && r.Position >= ours {
			above = append(above, chat.Excerpt(r.Name))
		}
	}
	if len(above) > 0 {
		e.wrong("rank.low", chat.Args{"roles": above, "role": e.role()})
		return
	}
	e.ok("rank", nil)
}

// namedRoles looks whether the roles that the configuration gives a standing exist.
func (e *examination) namedRoles() {
	named := e.opts.Standing
	for _, name := range slices.Concat(named.Trusted, named.Moderator, named.Admin) {
		known := e.guild.roles[name] != nil
		for _, r := range e.guild.roles {
			known = known || r.Name == name
		}
		if !known {
			e.wrong("role.unknown", chat.Args{"role": chat.Excerpt(name)})
		}
	}
}

// nearReview is the number of members from which the doctor speaks of Discord's review of the intents, which is due from
// 10,000 users on.
const nearReview = 8_000

// hiddenCommands lists the roles of moderators to whom Discord does not offer the slash commands, for lack of the permission
// that the commands are offered with.
func (e *examination) hiddenCommands() {
	const offered = discordgo.PermissionModerateMembers | discordgo.PermissionAdministrator
	var everyone int64
	if r := e.guild.roles[e.opts.Guild]; r != nil {
		everyone = r.Permissions
	}
	var hidden []chat.Arg
	for _, id := range sortedKeys(e.guild.roles) {
		r := e.guild.roles[id]
		if id == e.opts.Guild || r.Managed || e.guild.standingOf("", []string{id}) < chat.StandingModerator || (r.Permissions|everyone)&offered != 0 {
			continue
		}
		hidden = append(hidden, chat.Excerpt(r.Name))
	}
	if len(hidden) > 0 {
		e.advise("commands.hidden", chat.Args{"roles": hidden})
	}
}

// missing are the permissions, among some of those that we need, that we do not have: what they let us do, and what
// their switches are called.
func (e *examination) missing(may int64, among func(use) bool) (rights, switches []chat.Arg) {
	for _, u := range used(e.opts.Acts) {
		if among(u) && may&u.bit == 0 {
			rights = append(rights, chat.Say("doctor.right."+u.right, nil))
			switches = append(switches, chat.Say("doctor.switch."+u.right, nil))
		}
	}
	return rights, switches
}

// room looks at a channel that the configuration names.
func (e *examination) room(r adapters.Room) {
	args := chat.Args{"room": r.Logical, "id": chat.Excerpt(r.ID), "role": e.role()}
	c := e.guild.channels[r.ID]
	switch {
	case c == nil:
		e.wrong("room.unknown", args)
	case !c.talked() && !c.forum():
		e.wrong("room.kind", args)
	default:
		rights, switches := e.missing(e.guild.permissionsIn(e.self, c.id), func(u use) bool { return u.inRoom })
		if args["rights"], args["switches"] = rights, switches; len(rights) > 0 {
			e.wrong("room.rights", args)
			return
		}
		e.ok("room", args)
	}
}

// otherRooms lists the channels that nobody named and that we cannot see, which may be meant so, and those where rules
// see what is said and could do nothing about it.
func (e *examination) otherRooms() {
	var unseen, unguarded []chat.Arg
	for _, id := range slices.Sorted(maps.Keys(e.guild.channels)) {
		c := e.guild.channels[id]
		if _, named := e.guild.logical[id]; named || !c.talked() && !c.forum() {
			continue
		}
		switch may := e.guild.permissionsIn(e.self, id); {
		case may&discordgo.PermissionViewChannel == 0:
			unseen = append(unseen, chat.Excerpt("#"+c.name))
		case may&discordgo.PermissionManageMessages == 0:
			unguarded = append(unguarded, chat.Excerpt("#"+c.name))
		}
	}
	if len(unguarded) > 0 {
		e.wrong("unguarded", chat.Args{"rooms": unguarded, "role": e.role()})
	}
	if len(unseen) > 0 {
		e.advise("unread", chat.Args{"rooms": unseen, "role": e.role()})
	}
}

// commands counts the commands that the guild has from us.
func (e *examination) commands(ctx context.Context) error {
	var registered []struct{}
	err := e.get(ctx, "/applications/"+e.app+"/guilds/"+e.opts.Guild+"/commands", &registered)
	switch {
	case errors.Is(err, chat.ErrForbidden), err == nil && len(registered) == 0:
		e.wrong("commands.none", nil)
	case err != nil:
		return err
	default:
		e.ok("commands", chat.Args{"count": len(registered)})
	}
	return nil
}

var _ adapters.Doctor = (*Adapter)(nil)
