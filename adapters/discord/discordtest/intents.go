package discordtest

import (
	"maps"
	"slices"
)

// has tells whether a shard serves a guild.
func (ses *session) has(g *guild) bool {
	return g == nil && ses.shard[0] == 0 || g != nil && int(number(g.id)>>22)%ses.shard[1] == ses.shard[0]
}

// tell dispatches an event to all sessions that may hear of it; s.mu is held.
func (s *Server) tell(name string, g *guild, c *channel, d object) {
	if g != nil && (g.gone || g.members[s.app] == nil) {
		return
	}
	if c != nil && g != nil && g.permissions(g.members[s.app], c, s.now())&ViewChannel == 0 {
		return
	}
	for _, ses := range s.gateway.sessions {
		if ses.dead || !ses.has(g) || !ses.wants(name, g, d) {
			continue
		}
		s.event(ses, name, ses.redacted(name, s.app, g, d))
	}
}

// intents say which intent lets an event through; events that are not named need none.
var intents = map[string]int{
	"GUILD_CREATE": intentGuilds, "GUILD_UPDATE": intentGuilds, "GUILD_DELETE": intentGuilds, "GUILD_ROLE_CREATE": intentGuilds,
	"GUILD_ROLE_UPDATE": intentGuilds, "GUILD_ROLE_DELETE": intentGuilds, "CHANNEL_CREATE": intentGuilds, "CHANNEL_UPDATE": intentGuilds,
	"CHANNEL_DELETE": intentGuilds, "CHANNEL_PINS_UPDATE": intentGuilds, "THREAD_CREATE": intentGuilds, "THREAD_UPDATE": intentGuilds,
	"THREAD_DELETE": intentGuilds, "THREAD_LIST_SYNC": intentGuilds, "THREAD_MEMBER_UPDATE": intentGuilds, "THREAD_MEMBERS_UPDATE": intentGuilds,
	"GUILD_MEMBER_ADD": intentMembers, "GUILD_MEMBER_UPDATE": intentMembers, "GUILD_MEMBER_REMOVE": intentMembers,
	"GUILD_AUDIT_LOG_ENTRY_CREATE": intentModeration, "GUILD_BAN_ADD": intentModeration, "GUILD_BAN_REMOVE": intentModeration,
	"MESSAGE_CREATE": intentMessages, "MESSAGE_UPDATE": intentMessages, "MESSAGE_DELETE": intentMessages, "MESSAGE_DELETE_BULK": intentMessages,
	"MESSAGE_REACTION_ADD": intentReactions, "MESSAGE_REACTION_REMOVE": intentReactions, "MESSAGE_REACTION_REMOVE_ALL": intentReactions,
	"MESSAGE_REACTION_REMOVE_EMOJI": intentReactions, "TYPING_START": intentTyping, "INVITE_CREATE": intentInvites,
	"AUTO_MODERATION_ACTION_EXECUTION": intentAutoModActions, "AUTO_MODERATION_RULE_CREATE": intentAutoModRules,
	"AUTO_MODERATION_RULE_UPDATE": intentAutoModRules, "MESSAGE_POLL_VOTE_ADD": intentPolls, "MESSAGE_POLL_VOTE_REMOVE": intentPolls,
}

// private are the intents of the same events in private channels.
var private = map[int]int{intentMessages: intentDirectMessages, intentReactions: intentDirectReactions}

func (ses *session) wants(name string, g *guild, _ object) bool {
	need, ok := intents[name]
	if !ok {
		return true
	}
	if g == nil {
		need = private[need]
	}
	return need == 0 || ses.intents&need != 0
}

// redacted hides what members wrote from a session without the content intent, unless it wrote it itself or is
// mentioned in it.
func (ses *session) redacted(name, me string, g *guild, d object) object {
	if g == nil || ses.intents&intentContent != 0 || name != "MESSAGE_CREATE" && name != "MESSAGE_UPDATE" {
		return d
	}
	if author, _ := d["author"].(object); author["id"] == me {
		return d
	}
	mentioned, _ := d["mentions"].([]object)
	if slices.ContainsFunc(mentioned, func(u object) bool { return u["id"] == me }) {
		return d
	}
	return hidden(d)
}

// hidden is a message without its content.
func hidden(d object) object {
	out := maps.Clone(d)
	out["content"] = ""
	for _, key := range []string{"embeds", "attachments", "components"} {
		out[key] = []object{}
	}
	delete(out, "poll")
	if inner, ok := out["referenced_message"].(object); ok {
		out["referenced_message"] = hidden(inner)
	}
	delete(out, "message_snapshots")
	return out
}
