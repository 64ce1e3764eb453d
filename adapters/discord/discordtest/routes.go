package discordtest

import (
	"net/http"
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
	{kind: "invite", method: "GET", path: "/invites/{code}", handle: getInvite},
	{kind: "invites", method: "GET", path: "/guilds/{guild}/invites", handle: inGuild(nothingYet)},

	{kind: "channel", method: "GET", path: "/channels/{channel}", handle: inChannel(getChannel)},
	{kind: "channel edit", method: "PATCH", path: "/channels/{channel}", handle: inChannel(patchChannel)},
	{kind: "channel delete", method: "DELETE", path: "/channels/{channel}", handle: inChannel(deleteChannel)},
	{kind: "overwrite", method: "PUT", path: "/channels/{channel}/permissions/{overwrite}", handle: inChannel(putOverwrite)},
	{kind: "overwrite", method: "DELETE", path: "/channels/{channel}/permissions/{overwrite}", handle: inChannel(dropOverwrite)},
	{kind: "poll end", method: "POST", path: "/channels/{channel}/polls/{message}/expire", handle: onMessage(expirePoll)},
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
