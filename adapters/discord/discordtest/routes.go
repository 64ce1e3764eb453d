package discordtest

import (
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	reactionPath = "/channels/{channel}/messages/{message}/reactions"
	webhookPath  = "/webhooks/{webhook}/{token}"
	commandsPath = "/applications/{app}/commands"
	guildOnly    = "/applications/{app}/guilds/{guild}/commands"
)

// routes is everything that the server answers.
var routes = []route{
	{kind: "gateway", method: "GET", path: "/gateway", open: true, handle: gatewayURL},
	{kind: "gateway bot", method: "GET", path: "/gateway/bot", handle: gatewayBot},
	{kind: "me", method: "GET", path: "/users/@me", handle: me},
	{kind: "my guilds", method: "GET", path: "/users/@me/guilds", handle: myGuilds},
	{kind: "private channel", method: "POST", path: "/users/@me/channels", handle: privateChannel},
	{kind: "user", method: "GET", path: "/users/{user}", handle: getUser},
	{kind: "application", method: "GET", path: "/applications/@me", handle: application},
	{kind: "application", method: "GET", path: "/oauth2/applications/@me", handle: application},

	{kind: "guild", method: "GET", path: "/guilds/{guild}", handle: inGuild(getGuild)},
	{kind: "channels", method: "GET", path: "/guilds/{guild}/channels", handle: inGuild(getChannels)},
	{kind: "channel new", method: "POST", path: "/guilds/{guild}/channels", handle: inGuild(newChannel)},
	{kind: "active threads", method: "GET", path: "/guilds/{guild}/threads/active", handle: inGuild(activeThreads)},
	{kind: "roles", method: "GET", path: "/guilds/{guild}/roles", handle: inGuild(getRoles)},
	{kind: "role new", method: "POST", path: "/guilds/{guild}/roles", handle: inGuild(newRole)},
	{kind: "members", method: "GET", path: "/guilds/{guild}/members", handle: inGuild(getMembers)},
	{kind: "member search", method: "GET", path: "/guilds/{guild}/members/search", handle: inGuild(searchMembers)},
	{kind: "member", method: "GET", path: "/guilds/{guild}/members/{user}", handle: inGuild(getMember)},
	{kind: "timeout", method: "PATCH", path: "/guilds/{guild}/members/{user}", handle: inGuild(patchMember)},
	{kind: "own nick", method: "PATCH", path: "/guilds/{guild}/members/@me", handle: inGuild(patchMe)},
	{kind: "kick", method: "DELETE", path: "/guilds/{guild}/members/{user}", handle: inGuild(kickMember)},
	{kind: "role add", method: "PUT", path: "/guilds/{guild}/members/{user}/roles/{role}", handle: inGuild(addRole)},
	{kind: "role remove", method: "DELETE", path: "/guilds/{guild}/members/{user}/roles/{role}", handle: inGuild(removeRole)},
	{kind: "bans", method: "GET", path: "/guilds/{guild}/bans", handle: inGuild(getBans)},
	{kind: "ban get", method: "GET", path: "/guilds/{guild}/bans/{user}", handle: inGuild(getBan)},
	{kind: "ban", method: "PUT", path: "/guilds/{guild}/bans/{user}", handle: inGuild(banUser)},
	{kind: "unban", method: "DELETE", path: "/guilds/{guild}/bans/{user}", handle: inGuild(unbanUser)},
	{kind: "bulk ban", method: "POST", path: "/guilds/{guild}/bulk-ban", handle: inGuild(bulkBan)},
	{kind: "audit log", method: "GET", path: "/guilds/{guild}/audit-logs", handle: inGuild(auditLog)},
	{kind: "automod rules", method: "GET", path: "/guilds/{guild}/auto-moderation/rules", handle: inGuild(nothingYet)},
	{kind: "invites", method: "GET", path: "/guilds/{guild}/invites", handle: inGuild(nothingYet)},

	{kind: "channel", method: "GET", path: "/channels/{channel}", handle: inChannel(getChannel)},
	{kind: "channel edit", method: "PATCH", path: "/channels/{channel}", handle: inChannel(patchChannel)},
	{kind: "channel delete", method: "DELETE", path: "/channels/{channel}", handle: inChannel(deleteChannel)},
	{kind: "typing", method: "POST", path: "/channels/{channel}/typing", handle: inChannel(typing)},
	{kind: "messages", method: "GET", path: "/channels/{channel}/messages", handle: inChannel(getMessages)},
	{kind: "send", method: "POST", path: "/channels/{channel}/messages", handle: inChannel(postMessage)},
	{kind: "bulk delete", method: "POST", path: "/channels/{channel}/messages/bulk-delete", handle: inChannel(bulkDelete)},
	{kind: "message", method: "GET", path: "/channels/{channel}/messages/{message}", handle: onMessage(getMessage)},
	{kind: "edit", method: "PATCH", path: "/channels/{channel}/messages/{message}", handle: onMessage(patchMessage)},
	{kind: "delete", method: "DELETE", path: "/channels/{channel}/messages/{message}", handle: onMessage(deleteMessage)},
	{kind: "thread", method: "POST", path: "/channels/{channel}/threads", handle: inChannel(newThread)},
	{kind: "thread", method: "POST", path: "/channels/{channel}/messages/{message}/threads", handle: onMessage(threadFrom)},
	{kind: "archived", method: "GET", path: "/channels/{channel}/threads/archived/public", handle: inChannel(archived)},
	{kind: "thread join", method: "PUT", path: "/channels/{channel}/thread-members/@me", handle: inChannel(joinThread)},
	{kind: "thread members", method: "GET", path: "/channels/{channel}/thread-members", handle: inChannel(threadMembers)},
	{kind: "react", method: "PUT", path: reactionPath + "/{emoji}/@me", handle: onMessage(putReaction)},
	{kind: "unreact", method: "DELETE", path: reactionPath + "/{emoji}/@me", handle: onMessage(dropReaction)},
	{kind: "unreact", method: "DELETE", path: reactionPath + "/{emoji}/{user}", handle: onMessage(dropReaction)},
	{kind: "reactions", method: "GET", path: reactionPath + "/{emoji}", handle: onMessage(getReactions)},
	{kind: "unreact all", method: "DELETE", path: reactionPath, handle: onMessage(dropReactions)},
	{kind: "unreact all", method: "DELETE", path: reactionPath + "/{emoji}", handle: onMessage(dropReactions)},
	{kind: "pins", method: "GET", path: "/channels/{channel}/pins", handle: inChannel(getPinsOld)},
	{kind: "pins", method: "GET", path: "/channels/{channel}/messages/pins", handle: inChannel(getPins)},
	{kind: "pin", method: "PUT", path: "/channels/{channel}/pins/{message}", handle: onMessage(putPin)},
	{kind: "pin", method: "PUT", path: "/channels/{channel}/messages/pins/{message}", handle: onMessage(putPin)},
	{kind: "unpin", method: "DELETE", path: "/channels/{channel}/pins/{message}", handle: onMessage(dropPin)},
	{kind: "unpin", method: "DELETE", path: "/channels/{channel}/messages/pins/{message}", handle: onMessage(dropPin)},

	{kind: "commands", method: "GET", path: commandsPath, handle: getCommands},
	{kind: "commands put", method: "PUT", path: commandsPath, handle: putCommands},
	{kind: "command new", method: "POST", path: commandsPath, handle: postCommand},
	{kind: "command delete", method: "DELETE", path: commandsPath + "/{command}", handle: dropCommand},
	{kind: "commands", method: "GET", path: guildOnly, handle: getCommands},
	{kind: "commands put", method: "PUT", path: guildOnly, handle: putCommands},
	{kind: "command new", method: "POST", path: guildOnly, handle: postCommand},
	{kind: "command delete", method: "DELETE", path: guildOnly + "/{command}", handle: dropCommand},

	{kind: "callback", method: "POST", path: "/interactions/{interaction}/{token}/callback", open: true, free: true, handle: callback},
	{kind: "follow-up", method: "POST", path: webhookPath, open: true, free: true, handle: followUp},
	{kind: "original", method: "GET", path: webhookPath + "/messages/@original", open: true, free: true, handle: getAnswer},
	{kind: "original", method: "PATCH", path: webhookPath + "/messages/@original", open: true, free: true, handle: editAnswer},
	{kind: "original", method: "DELETE", path: webhookPath + "/messages/@original", open: true, free: true, handle: deleteAnswer},
	{kind: "follow-up edit", method: "GET", path: webhookPath + "/messages/{message}", open: true, free: true, handle: getAnswer},
	{kind: "follow-up edit", method: "PATCH", path: webhookPath + "/messages/{message}", open: true, free: true, handle: editAnswer},
	{kind: "follow-up edit", method: "DELETE", path: webhookPath + "/messages/{message}", open: true, free: true, handle: deleteAnswer},
}

type handler = func(*Server, *ask) (any, *problem)

// inGuild finds the guild of a path.
func inGuild(do func(*Server, *ask, *guild) (any, *problem)) handler {
	return func(s *Server, a *ask) (any, *problem) {
		g := s.guilds[a.PathValue("guild")]
		if g == nil || g.members[s.app] == nil {
			return nil, unknown(10004, "Guild")
		}
		if g.gone {
			return nil, refuse(http.StatusInternalServerError, 0, "500: Internal Server Error")
		}
		return do(s, a, g)
	}
}

// inChannel finds the channel of a path, which the bot must be able to see.
func inChannel(do func(*Server, *ask, *channel) (any, *problem)) handler {
	return func(s *Server, a *ask) (any, *problem) {
		c := s.channels[a.PathValue("channel")]
		if c == nil {
			return nil, unknown(10003, "Channel")
		}
		if c.guild != nil && c.guild.permissions(c.guild.members[s.app], c, s.now())&ViewChannel == 0 {
			return nil, missingAccess()
		}
		return do(s, a, c)
	}
}

// onMessage finds the message of a path.
func onMessage(do func(*Server, *ask, *message) (any, *problem)) handler {
	return inChannel(func(s *Server, a *ask, c *channel) (any, *problem) {
		m := c.find(a.PathValue("message"))
		if m == nil || m.private != "" {
			return nil, unknown(10008, "Message")
		}
		return do(s, a, m)
	})
}

func gatewayURL(_ *Server, a *ask) (any, *problem) { return object{"url": "ws://" + a.Host}, nil }

func gatewayBot(s *Server, a *ask) (any, *problem) {
	return object{"url": "ws://" + a.Host, "shards": 1, "session_start_limit": object{
		"total": 1000, "remaining": s.gateway.remaining, "reset_after": (14 * time.Hour).Milliseconds(), "max_concurrency": 1,
	}}, nil
}

func me(s *Server, a *ask) (any, *problem) {
	o := a.by.object()
	o["mfa_enabled"], o["locale"], o["verified"], o["email"] = false, "en-US", true, nil
	return o, nil
}

func myGuilds(s *Server, _ *ask) (any, *problem) {
	out := []object{}
	for _, g := range s.sorted() {
		if m := g.members[s.app]; m != nil {
			out = append(out, object{"id": g.id, "name": g.name, "icon": nil, "banner": nil, "owner": g.owner == s.app,
				"permissions": bits(g.permissions(m, nil, s.now())), "features": []string{}})
		}
	}
	return out, nil
}

func privateChannel(s *Server, a *ask) (any, *problem) {
	var body struct {
		Recipient string `json:"recipient_id"`
	}
	if problem := a.read(&body); problem != nil {
		return nil, problem
	}
	u := s.users[body.Recipient]
	if u == nil || u.bot {
		return nil, refuse(http.StatusBadRequest, 50033, "Invalid Recipient(s)")
	}
	c := s.direct(u)
	o := c.object()
	o["recipients"] = []object{u.object()}
	return o, nil
}

// direct gives the private channel of the bot with somebody.
func (s *Server) direct(u *user) *channel {
	for _, c := range s.channels {
		if c.recipient == u.id {
			return c
		}
	}
	c := &channel{id: s.ids.at(s.now()), kind: kindDM, recipient: u.id, created: s.now()}
	s.channels[c.id] = c
	return c
}

func getUser(s *Server, a *ask) (any, *problem) {
	u := s.users[a.PathValue("user")]
	if u == nil {
		return nil, unknown(10013, "User")
	}
	return u.object(), nil
}

func application(s *Server, _ *ask) (any, *problem) { return s.application(), nil }

func getGuild(s *Server, a *ask, g *guild) (any, *problem) {
	o := g.object()
	if a.URL.Query().Get("with_counts") == "true" {
		o["approximate_member_count"], o["approximate_presence_count"] = len(g.members), 1
	}
	return o, nil
}

func getChannels(_ *Server, _ *ask, g *guild) (any, *problem) {
	out := []object{}
	for _, c := range g.channels {
		out = append(out, c.object())
	}
	return out, nil
}

func newChannel(s *Server, a *ask, g *guild) (any, *problem) {
	if g.permissions(g.members[a.by.id], nil, s.now())&ManageChannels == 0 {
		return nil, missingPermissions()
	}
	var body struct {
		Name  string `json:"name"`
		Type  int    `json:"type"`
		Topic string `json:"topic"`
	}
	if problem := a.read(&body); problem != nil {
		return nil, problem
	}
	c := s.open(g, body.Type, body.Name)
	c.topic = body.Topic
	s.tell("CHANNEL_CREATE", g, c, c.object())
	s.note(g, entry{by: a.by.id, target: c.id, action: auditChannelNew, reason: a.reason})
	return made{http.StatusCreated, c.object()}, nil
}

func activeThreads(s *Server, _ *ask, g *guild) (any, *problem) {
	threads, members := []object{}, []object{}
	for _, t := range s.threads(g) {
		if t.archived || g.permissions(g.members[s.app], t, s.now())&ViewChannel == 0 {
			continue
		}
		threads = append(threads, t.object())
		if slices.Contains(t.members, s.app) {
			members = append(members, t.memberObject(s.app))
		}
	}
	return object{"threads": threads, "members": members, "has_more": false}, nil
}

func getRoles(_ *Server, _ *ask, g *guild) (any, *problem) { return g.object()["roles"], nil }

func newRole(s *Server, a *ask, g *guild) (any, *problem) {
	if g.permissions(g.members[a.by.id], nil, s.now())&ManageRoles == 0 {
		return nil, missingPermissions()
	}
	var body struct {
		Name string `json:"name"`
	}
	if problem := a.read(&body); problem != nil {
		return nil, problem
	}
	r := s.addRole(g, body.Name, 0)
	return r.object(), nil
}

// addRole puts a new role just above @everyone.
func (s *Server) addRole(g *guild, name string, permissions uint64) *role {
	for _, r := range g.roles[1:] {
		r.position++
	}
	r := &role{id: s.ids.at(s.now()), name: name, permissions: permissions, position: 1}
	g.roles = append(g.roles, r)
	s.tell("GUILD_ROLE_CREATE", g, nil, object{"guild_id": g.id, "role": r.object()})
	return r
}

func getMembers(s *Server, a *ask, g *guild) (any, *problem) {
	if s.options.Intents&intentMembers == 0 {
		return nil, missingAccess()
	}
	after, limit := number(a.URL.Query().Get("after")), a.number("limit", 1, 1, 1000)
	var ids []uint64
	for id := range g.members {
		if n := number(id); n > after {
			ids = append(ids, n)
		}
	}
	slices.Sort(ids)
	out := []object{}
	for _, id := range ids[:min(limit, len(ids))] {
		out = append(out, g.members[bits(id)].object())
	}
	return out, nil
}

// named tells whether a member's name begins in a way.
func named(m *member, query string) bool {
	for _, name := range []string{m.user.name, m.user.display, m.nick} {
		if strings.HasPrefix(strings.ToLower(name), strings.ToLower(query)) {
			return true
		}
	}
	return false
}

func searchMembers(s *Server, a *ask, g *guild) (any, *problem) {
	query := a.URL.Query().Get("query")
	if query == "" {
		return nil, malformed("query", "This field is required")
	}
	found, _ := s.wanted(g, &query, a.number("limit", 1, 1, 1000), nil)
	return found, nil
}

func getMember(s *Server, a *ask, g *guild) (any, *problem) {
	id := a.PathValue("user")
	m := g.members[id]
	switch {
	case m != nil:
		return m.object(), nil
	case s.users[id] == nil:
		return nil, unknown(10013, "User")
	}
	return nil, unknown(10007, "Member")
}

// patch is the body of a change of a member; what is absent stays.
type patch struct {
	Nick  *string          `json:"nick"`
	Roles *[]string        `json:"roles"`
	Until *json.RawMessage `json:"communication_disabled_until"`
}

func patchMember(s *Server, a *ask, g *guild) (any, *problem) {
	var raw map[string]json.RawMessage
	if problem := a.read(&raw); problem != nil {
		return nil, problem
	}
	var body patch
	if problem := a.read(&body); problem != nil {
		return nil, problem
	}
	id := a.PathValue("user")
	if until, told := raw["communication_disabled_until"]; told {
		var at *time.Time
		if json.Unmarshal(until, &at) != nil {
			return nil, malformed("communication_disabled_until", "Could not parse. Should be ISO8601.")
		}
		if at == nil {
			at = &time.Time{}
		}
		if problem := s.silence(a.by, g, id, at.UTC(), a.reason); problem != nil {
			return nil, problem
		}
	}
	if _, told := raw["nick"]; told {
		nick := ""
		if body.Nick != nil {
			nick = *body.Nick
		}
		if problem := s.rename(a.by, g, id, nick, a.reason); problem != nil {
			return nil, problem
		}
	}
	if body.Roles != nil {
		if problem := s.setRoles(a.by, g, id, *body.Roles, a.reason); problem != nil {
			return nil, problem
		}
	}
	return getMember(s, a, g)
}

func patchMe(s *Server, a *ask, g *guild) (any, *problem) {
	var body patch
	if problem := a.read(&body); problem != nil {
		return nil, problem
	}
	if body.Nick != nil {
		if problem := s.rename(a.by, g, a.by.id, *body.Nick, a.reason); problem != nil {
			return nil, problem
		}
	}
	return g.members[a.by.id].object(), nil
}

func kickMember(s *Server, a *ask, g *guild) (any, *problem) {
	return nil, s.kick(a.by, g, a.PathValue("user"), a.reason)
}

func addRole(s *Server, a *ask, g *guild) (any, *problem) {
	return nil, s.grant(a.by, g, a.PathValue("user"), a.PathValue("role"), true, a.reason)
}

func removeRole(s *Server, a *ask, g *guild) (any, *problem) {
	return nil, s.grant(a.by, g, a.PathValue("user"), a.PathValue("role"), false, a.reason)
}

func (s *Server) banObject(g *guild, id string) object {
	return object{"user": s.users[id].object(), "reason": null(g.bans[id])}
}

func getBans(s *Server, a *ask, g *guild) (any, *problem) {
	if g.permissions(g.members[a.by.id], nil, s.now())&BanMembers == 0 {
		return nil, missingPermissions()
	}
	q := a.URL.Query()
	after, before, limit := number(q.Get("after")), number(q.Get("before")), a.number("limit", 1000, 1, 1000)
	var ids []uint64
	for id := range g.bans {
		if n := number(id); n > after && (before == 0 || n < before) {
			ids = append(ids, n)
		}
	}
	slices.Sort(ids)
	out := []object{}
	for _, id := range ids[:min(limit, len(ids))] {
		out = append(out, s.banObject(g, bits(id)))
	}
	return out, nil
}

func getBan(s *Server, a *ask, g *guild) (any, *problem) {
	if g.permissions(g.members[a.by.id], nil, s.now())&BanMembers == 0 {
		return nil, missingPermissions()
	}
	if _, banned := g.bans[a.PathValue("user")]; !banned {
		return nil, unknown(10026, "Ban")
	}
	return s.banObject(g, a.PathValue("user")), nil
}

// punishment is the body of a ban.
type punishment struct {
	Seconds int      `json:"delete_message_seconds"`
	Days    int      `json:"delete_message_days"`
	Users   []string `json:"user_ids"`
}

func banUser(s *Server, a *ask, g *guild) (any, *problem) {
	var body punishment
	if problem := a.read(&body); problem != nil {
		return nil, problem
	}
	return nil, s.ban(a.by, g, a.PathValue("user"), max(body.Seconds, body.Days*24*3600), a.reason)
}

func unbanUser(s *Server, a *ask, g *guild) (any, *problem) {
	return nil, s.unban(a.by, g, a.PathValue("user"), a.reason)
}

func bulkBan(s *Server, a *ask, g *guild) (any, *problem) {
	var body punishment
	if problem := a.read(&body); problem != nil {
		return nil, problem
	}
	return s.bulkBan(a.by, g, body.Users, body.Seconds, a.reason)
}

const auditFor = 45 * 24 * time.Hour

func auditLog(s *Server, a *ask, g *guild) (any, *problem) {
	if g.permissions(g.members[a.by.id], nil, s.now())&ViewAuditLog == 0 {
		return nil, missingPermissions()
	}
	q := a.URL.Query()
	limit := a.number("limit", 50, 1, 100)
	after, before, forward := number(q.Get("after")), number(q.Get("before")), q.Has("after")
	var found []*entry
	for _, e := range g.entries {
		n := number(e.id)
		kind := q.Get("action_type") == "" || q.Get("action_type") == itoa(e.action)
		who := q.Get("user_id") == "" || q.Get("user_id") == e.by
		if n > after && (before == 0 || n < before) && kind && who && s.now().Sub(madeAt(e.id)) < auditFor {
			found = append(found, e)
		}
	}
	if !forward {
		slices.Reverse(found) // newest first, unless it is asked for what came after something
	}
	return s.auditObject(found[:min(limit, len(found))]), nil
}

func (s *Server) auditObject(found []*entry) object {
	entries, users, seen := []object{}, []object{}, map[string]bool{}
	for _, e := range found {
		entries = append(entries, e.object())
		for _, id := range []string{e.by, e.target} {
			if u := s.users[id]; u != nil && !seen[id] {
				seen[id] = true
				users = append(users, u.object())
			}
		}
	}
	o := object{"audit_log_entries": entries, "users": users}
	for _, key := range []string{"integrations", "webhooks", "guild_scheduled_events", "threads", "application_commands", "auto_moderation_rules"} {
		o[key] = []object{}
	}
	return o
}

func nothingYet(*Server, *ask, *guild) (any, *problem) { return []object{}, nil }

func getChannel(s *Server, _ *ask, c *channel) (any, *problem) {
	o := c.object()
	if c.recipient != "" {
		o["recipients"] = []object{s.users[c.recipient].object()}
	}
	return o, nil
}

func patchChannel(s *Server, a *ask, c *channel) (any, *problem) {
	var body struct {
		Name     *string   `json:"name"`
		Topic    *string   `json:"topic"`
		Slowmode *int      `json:"rate_limit_per_user"`
		Archived *bool     `json:"archived"`
		Locked   *bool     `json:"locked"`
		Archive  *int      `json:"auto_archive_duration"`
		Tags     *[]string `json:"applied_tags"`
	}
	if problem := a.read(&body); problem != nil {
		return nil, problem
	}
	need := ManageChannels
	if c.thread() {
		need = ManageThreads
	}
	if c.owner != a.by.id || body.Locked != nil {
		if problem := s.need(a.by, c, need); problem != nil {
			return nil, problem
		}
	}
	set(&c.name, body.Name)
	set(&c.topic, body.Topic)
	set(&c.slowmode, body.Slowmode)
	set(&c.locked, body.Locked)
	set(&c.archive, body.Archive)
	set(&c.applied, body.Tags)
	if body.Archived != nil && *body.Archived != c.archived {
		c.archived, c.changed = *body.Archived, s.now()
	}
	if c.slowmode < 0 || c.slowmode > 21600 {
		return nil, malformed("rate_limit_per_user", "int value should be between 0 and 21600.")
	}
	name := "CHANNEL_UPDATE"
	if c.thread() {
		name = "THREAD_UPDATE"
		s.note(c.guild, entry{by: a.by.id, target: c.id, action: auditThread, reason: a.reason})
	}
	s.tell(name, c.guild, c, c.object())
	return c.object(), nil
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func deleteChannel(s *Server, a *ask, c *channel) (any, *problem) {
	need, name := ManageChannels, "CHANNEL_DELETE"
	o := c.object()
	if c.thread() {
		need, name = ManageThreads, "THREAD_DELETE"
		o = object{"id": c.id, "guild_id": c.guild.id, "parent_id": c.parent.id, "type": c.kind}
	}
	if problem := s.need(a.by, c, need); problem != nil {
		return nil, problem
	}
	full := c.object()
	s.tell(name, c.guild, c, o)
	if c.thread() {
		s.note(c.guild, entry{by: a.by.id, target: c.id, action: auditThreadGone, reason: a.reason})
	}
	delete(s.channels, c.id)
	c.guild.channels = slices.DeleteFunc(c.guild.channels, func(o *channel) bool { return o == c })
	return full, nil
}

func typing(*Server, *ask, *channel) (any, *problem) { return nil, nil }

// getMessages pages through a channel: newest first; before, after and around say where.
func getMessages(s *Server, a *ask, c *channel) (any, *problem) {
	if c.guild != nil && c.guild.permissions(c.guild.members[a.by.id], c, s.now())&ReadMessageHistory == 0 {
		return []object{}, nil
	}
	q := a.URL.Query()
	limit := a.number("limit", 50, 1, 100)
	after, before := number(q.Get("after")), number(q.Get("before"))
	if around := number(q.Get("around")); around != 0 {
		return s.around(c, around, limit), nil
	}
	if before == 0 {
		before = math.MaxUint64
	}
	var found []*message
	for _, m := range c.messages {
		if n := number(m.id); !m.deleted && m.private == "" && n > after && n < before {
			found = append(found, m)
		}
	}
	if q.Has("after") {
		found = found[:min(limit, len(found))]
	} else {
		found = found[max(0, len(found)-limit):]
	}
	out := []object{}
	for _, m := range slices.Backward(found) {
		out = append(out, s.fetched(m))
	}
	return out, nil
}

// fetched is a message as a call gives it: without its content where the application may not read it.
func (s *Server) fetched(m *message) object {
	o := m.object(s.app)
	if s.options.NoContent && m.author.id != s.app && m.channel.guild != nil {
		return hidden(o)
	}
	return o
}

func (s *Server) around(c *channel, id uint64, limit int) []object {
	out := []object{}
	for i, m := range slices.Backward(c.messages) {
		near := i >= 0 && number(m.id) <= id+(1<<40)
		if near && !m.deleted && m.private == "" && len(out) < limit {
			out = append(out, s.fetched(m))
		}
	}
	return out
}

func postMessage(s *Server, a *ask, c *channel) (any, *problem) {
	var d draft
	if problem := a.read(&d); problem != nil {
		return nil, problem
	}
	d.files = a.files
	d.Flags &^= flagEphemeral
	m, problem := s.say(a.by, c, d)
	if problem != nil {
		return nil, problem
	}
	o := m.object(s.app)
	if d.Nonce != nil {
		o["nonce"] = d.Nonce
	}
	return o, nil
}

func bulkDelete(s *Server, a *ask, c *channel) (any, *problem) {
	var body struct {
		Messages []string `json:"messages"`
	}
	if problem := a.read(&body); problem != nil {
		return nil, problem
	}
	return nil, s.bulk(a.by, c, body.Messages, a.reason)
}

func getMessage(s *Server, a *ask, m *message) (any, *problem) {
	if g := m.channel.guild; g != nil && g.permissions(g.members[a.by.id], m.channel, s.now())&ReadMessageHistory == 0 {
		return nil, missingPermissions()
	}
	return s.fetched(m), nil
}

func patchMessage(s *Server, a *ask, m *message) (any, *problem) {
	var ch change
	if problem := a.read(&ch); problem != nil {
		return nil, problem
	}
	ch.files = a.files
	if problem := s.edit(a.by, m, ch); problem != nil {
		return nil, problem
	}
	return m.object(s.app), nil
}

func deleteMessage(s *Server, a *ask, m *message) (any, *problem) {
	return nil, s.remove(a.by, m, a.reason)
}

func newThread(s *Server, a *ask, c *channel) (any, *problem) { return s.createThread(a, c, nil) }

func threadFrom(s *Server, a *ask, m *message) (any, *problem) {
	return s.createThread(a, m.channel, m)
}

func (s *Server) createThread(a *ask, c *channel, from *message) (any, *problem) {
	var d threadDraft
	if problem := a.read(&d); problem != nil {
		return nil, problem
	}
	if d.Message != nil {
		d.Message.files = a.files
	}
	t, first, problem := s.thread(a.by, c, from, d)
	if problem != nil {
		return nil, problem
	}
	o := t.object()
	o["member"] = t.memberObject(a.by.id)
	if first != nil {
		o["message"] = first.object(s.app)
	}
	return made{http.StatusCreated, o}, nil
}

func archived(s *Server, a *ask, c *channel) (any, *problem) {
	threads := []object{}
	for _, t := range slices.Backward(s.threads(c.guild)) {
		if t.parent == c && t.archived && t.kind != kindPrivate {
			threads = append(threads, t.object())
		}
	}
	return object{"threads": threads, "members": []object{}, "has_more": false}, nil
}

func joinThread(s *Server, a *ask, c *channel) (any, *problem) {
	if !c.thread() {
		return nil, refuse(http.StatusBadRequest, 50024, "Cannot execute action on this channel type")
	}
	s.enterThread(c, a.by.id)
	return nil, nil
}

func threadMembers(_ *Server, _ *ask, c *channel) (any, *problem) {
	out := []object{}
	for _, id := range c.members {
		out = append(out, c.memberObject(id))
	}
	return out, nil
}

func putReaction(s *Server, a *ask, m *message) (any, *problem) {
	return nil, s.react(a.by, m, a.PathValue("emoji"))
}

func dropReaction(s *Server, a *ask, m *message) (any, *problem) {
	whose := a.PathValue("user")
	if whose == "" {
		whose = a.by.id
	}
	return nil, s.unreact(a.by, m, a.PathValue("emoji"), whose)
}

func getReactions(s *Server, a *ask, m *message) (any, *problem) {
	out := []object{}
	for _, r := range m.reactions {
		for _, id := range r.users {
			if r.key == a.PathValue("emoji") && number(id) > number(a.URL.Query().Get("after")) {
				out = append(out, s.users[id].object())
			}
		}
	}
	return out[:min(len(out), a.number("limit", 25, 1, 100))], nil
}

func dropReactions(s *Server, a *ask, m *message) (any, *problem) {
	return nil, s.unreactAll(a.by, m, a.PathValue("emoji"))
}

func (s *Server) pinnedIn(c *channel) []*message {
	var out []*message
	for _, m := range c.messages {
		if !m.deleted && !m.pinned.IsZero() {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b *message) int { return b.pinned.Compare(a.pinned) })
	return out
}

func getPinsOld(s *Server, _ *ask, c *channel) (any, *problem) {
	out := []object{}
	for _, m := range s.pinnedIn(c) {
		out = append(out, s.fetched(m))
	}
	return out[:min(50, len(out))], nil
}

func getPins(s *Server, a *ask, c *channel) (any, *problem) {
	items := []object{}
	for _, m := range s.pinnedIn(c) {
		items = append(items, object{"pinned_at": stamp(m.pinned), "message": s.fetched(m)})
	}
	limit := a.number("limit", 50, 1, 50)
	return object{"items": items[:min(limit, len(items))], "has_more": len(items) > limit}, nil
}

func putPin(s *Server, a *ask, m *message) (any, *problem)  { return nil, s.pin(a.by, m, a.reason) }
func dropPin(s *Server, a *ask, m *message) (any, *problem) { return nil, s.unpin(a.by, m, a.reason) }
