package discordtest

import (
	"maps"
	"slices"
	"strconv"
	"time"
)

// What the API and the gateway show of the world. Each function gives a new object; s.mu is held.

func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return stamp(t)
}

func (u *user) object() object {
	o := object{
		"id": u.id, "username": u.name, "discriminator": "0", "global_name": null(u.display), "avatar": nil,
		"public_flags": 0, "flags": 0, "primary_guild": nil,
	}
	if u.bot {
		o["bot"], o["discriminator"] = true, "1234"
	}
	return o
}

func bits(p uint64) string { return strconv.FormatUint(p, 10) }

func (r *role) object() object {
	o := object{
		"id": r.id, "name": r.name, "permissions": bits(r.permissions), "position": r.position, "color": 0,
		"colors": object{"primary_color": 0, "secondary_color": nil, "tertiary_color": nil}, "hoist": false,
		"managed": r.managed, "mentionable": r.mentionable, "icon": nil, "unicode_emoji": nil, "flags": 0,
	}
	return o
}

// bare is a member without the user, as messages carry it.
func (m *member) bare() object {
	return object{
		"roles": list(m.roles), "nick": null(m.nick), "joined_at": stamp(m.joined), "pending": m.pending,
		"communication_disabled_until": moment(m.until), "deaf": false, "mute": false, "flags": m.flags,
		"avatar": nil, "banner": nil, "premium_since": nil,
	}
}

func (m *member) object() object {
	o := m.bare()
	o["user"] = m.user.object()
	return o
}

// list is never null.
func list[E any](s []E) []E {
	if s == nil {
		return []E{}
	}
	return slices.Clone(s)
}

func (g *guild) object() object {
	roles := []object{}
	for _, r := range g.roles {
		roles = append(roles, r.object())
	}
	features := []string{"COMMUNITY"}
	if g.screening {
		features = append(features, "MEMBER_VERIFICATION_GATE_ENABLED")
	}
	return object{
		"id": g.id, "name": g.name, "owner_id": g.owner, "roles": roles, "features": features, "preferred_locale": g.locale,
		"icon": nil, "description": nil, "home_header": nil, "splash": nil, "discovery_splash": nil, "banner": nil,
		"application_id": nil, "region": "deprecated", "afk_channel_id": nil, "afk_timeout": 300, "system_channel_id": nil,
		"system_channel_flags": 0, "widget_enabled": false, "widget_channel_id": nil, "verification_level": 1,
		"default_message_notifications": 0, "mfa_level": 0, "explicit_content_filter": 0, "max_presences": nil,
		"max_members": 500000, "max_stage_video_channel_users": 50, "max_video_channel_users": 25, "vanity_url_code": nil,
		"premium_tier": 0, "premium_subscription_count": 0, "rules_channel_id": nil, "safety_alerts_channel_id": nil,
		"public_updates_channel_id": nil, "premium_progress_bar_enabled": false, "nsfw": false, "nsfw_level": 0,
		"emojis": []object{}, "stickers": []object{}, "incidents_data": nil,
	}
}

func (o overwrite) object() object {
	kind := 0
	if o.member {
		kind = 1
	}
	return object{"id": o.id, "type": kind, "allow": bits(o.allow), "deny": bits(o.deny)}
}

func (c *channel) object() object {
	o := object{"id": c.id, "type": c.kind, "flags": 0, "last_message_id": null(c.last), "last_pin_timestamp": moment(c.lastPin)}
	if c.guild == nil {
		return o
	}
	o["guild_id"], o["name"], o["parent_id"] = c.guild.id, c.name, nil
	if c.parent != nil {
		o["parent_id"] = c.parent.id
	}
	if c.lastPin.IsZero() {
		delete(o, "last_pin_timestamp")
	}
	if c.thread() {
		maps.Copy(o, c.threaded())
		return o
	}
	overwrites := []object{}
	for _, w := range c.overwrites {
		overwrites = append(overwrites, w.object())
	}
	o["position"], o["permission_overwrites"], o["nsfw"] = c.position, overwrites, false
	o["topic"], o["rate_limit_per_user"] = null(c.topic), c.slowmode
	if c.kind == kindForum {
		o["available_tags"] = list(c.tags)
		o["default_reaction_emoji"], o["default_sort_order"], o["default_forum_layout"] = nil, nil, 0
	}
	return o
}

func (c *channel) threaded() object {
	return object{
		"owner_id": c.owner, "message_count": c.count, "member_count": min(len(c.members), 50), "total_message_sent": c.count,
		"rate_limit_per_user": c.slowmode, "applied_tags": list(c.applied), "thread_metadata": object{
			"archived": c.archived, "archive_timestamp": stamp(c.changed), "auto_archive_duration": c.archive,
			"locked": c.locked, "create_timestamp": stamp(c.created),
		},
	}
}

func (c *channel) memberObject(id string) object {
	return object{"id": c.id, "user_id": id, "join_timestamp": stamp(c.created), "flags": 0}
}

// object is a message as the bot sees it over HTTP; referenced is for replies, one deep.
func (m *message) object(me string) object { return m.shown(me, true) }

func (m *message) shown(me string, deep bool) object {
	mentioned := []object{}
	for _, u := range m.mentions.users {
		mentioned = append(mentioned, u.object())
	}
	o := object{
		"id": m.id, "channel_id": m.channel.id, "author": m.author.object(), "content": m.content, "type": m.kind,
		"timestamp": stamp(madeAt(m.id)), "edited_timestamp": moment(m.edited), "tts": false, "flags": m.flags,
		"mention_everyone": m.mentions.everyone, "mentions": mentioned, "mention_roles": list(m.mentions.roles),
		"attachments": list(m.attachments), "embeds": list(m.embeds), "components": list(m.components), "pinned": !m.pinned.IsZero(),
	}
	if m.nonce != nil {
		o["nonce"] = m.nonce
	}
	optional := map[string]any{"poll": m.poll, "message_reference": m.reference, "interaction_metadata": m.metadata}
	for key, value := range optional {
		if v := value.(object); v != nil {
			o[key] = v
		}
	}
	if m.webhook != "" {
		o["webhook_id"] = m.webhook
	}
	if m.metadata != nil {
		o["application_id"] = m.webhook
	}
	if len(m.stickers) > 0 {
		o["sticker_items"] = m.stickers
	}
	if len(m.forwarded) > 0 {
		o["message_snapshots"] = m.forwarded
	}
	if len(m.reactions) > 0 && deep {
		o["reactions"] = m.reacted(me)
	}
	if m.thread != nil {
		o["thread"] = m.thread.object()
	}
	if m.kind == typeReply && deep {
		o["referenced_message"] = m.answered(me)
	}
	return o
}

func (m *message) answered(me string) any {
	id, _ := m.reference["message_id"].(string)
	if to := m.channel.find(id); to != nil {
		return to.shown(me, false)
	}
	return nil
}

func (m *message) reacted(me string) []object {
	var out []object
	for _, r := range m.reactions {
		out = append(out, object{
			"emoji": r.emoji, "count": len(r.users), "count_details": object{"burst": 0, "normal": len(r.users)},
			"burst_colors": []string{}, "me_burst": false, "me": slices.Contains(r.users, me),
		})
	}
	return out
}

func (e *entry) object() object {
	o := object{"id": e.id, "action_type": e.action, "user_id": null(e.by), "target_id": null(e.target)}
	if e.reason != "" {
		o["reason"] = e.reason
	}
	if len(e.changes) > 0 {
		o["changes"] = e.changes
	}
	if e.options != nil {
		o["options"] = maps.Clone(e.options)
	}
	return o
}

func (s *Server) application() object {
	flags := 0
	for bit, flag := range map[int]int{intentPresences: 1 << 13, intentMembers: 1 << 15, intentContent: 1 << 19} {
		if s.options.Intents&bit != 0 && (bit != intentContent || !s.options.NoContent) {
			flags |= flag
		}
	}
	bot := s.users[s.app]
	return object{
		"id": s.app, "name": bot.name, "icon": nil, "description": "", "type": nil, "verify_key": "0000", "flags": flags,
		"flags_new": strconv.Itoa(flags), "redirect_uris": []string{}, "interactions_endpoint_url": nil,
		"role_connections_verification_url": nil, "owner": bot.object(), "approximate_guild_count": len(s.guilds),
		"approximate_user_install_count": 0, "approximate_user_authorization_count": 0, "explicit_content_filter": 0,
		"team": nil, "eligible_oauth2_scopes": []string{}, "bot": bot.object(), "bot_public": false, "bot_require_code_grant": false,
	}
}
