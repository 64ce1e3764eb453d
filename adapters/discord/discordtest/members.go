package discordtest

import (
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

func itoa(n int) string { return strconv.Itoa(n) }

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// The audit log's kinds of actions.
const (
	auditChannelNew   = 10
	auditKick         = 20
	auditBan          = 22
	auditUnban        = 23
	auditMember       = 24
	auditMemberRoles  = 25
	auditDelete       = 72
	auditBulk         = 73
	auditPin          = 74
	auditUnpin        = 75
	auditThreadNew    = 110
	auditThread       = 111
	auditThreadGone   = 112
	auditAutoModBlock = 143
)

// note writes into the audit log and tells who may read it.
func (s *Server) note(g *guild, e entry) {
	if g == nil {
		return
	}
	e.id = s.ids.at(s.now())
	g.entries = append(g.entries, &e)
	o := e.object()
	o["guild_id"] = g.id
	if g.permissions(g.members[s.app], nil, s.now())&ViewAuditLog != 0 {
		s.tell("GUILD_AUDIT_LOG_ENTRY_CREATE", g, nil, o)
	}
}

// target gives the member that somebody with a permission may act upon.
func (s *Server) target(by *user, g *guild, id string, need uint64) (*member, *problem) {
	m := g.members[id]
	if g.permissions(g.members[by.id], nil, s.now())&need == 0 {
		return m, missingPermissions()
	}
	if m == nil {
		if s.users[id] == nil {
			return nil, unknown(10013, "User")
		}
		return nil, unknown(10007, "Member")
	}
	if by.id != id && !g.above(by.id, id) {
		return m, missingPermissions()
	}
	return m, nil
}

const timeoutAtMost = 28 * 24 * time.Hour

// silence times a member out until a moment, zero to end it.
func (s *Server) silence(by *user, g *guild, id string, until time.Time, reason string) *problem {
	m, problem := s.target(by, g, id, ModerateMembers)
	if problem != nil {
		return problem
	}
	if id == by.id || id == g.owner || !until.IsZero() && g.permissions(m, nil, time.Time{})&Administrator != 0 {
		return missingPermissions()
	}
	if until.Sub(s.now()) > timeoutAtMost+time.Minute {
		return malformed("communication_disabled_until", "The timeout must be no more than 28 days in the future.")
	}
	before := m.until
	if m.until = until; before.Equal(until) {
		return nil
	}
	s.effect(by, Effect{Kind: "timeout", Target: id, Until: until, Reason: reason})
	s.note(g, entry{by: by.id, target: id, action: auditMember, reason: reason, changes: []object{changed("communication_disabled_until", moment(before), moment(until))}})
	s.updated(g, m)
	return nil
}

func changed(key string, before, after any) object {
	o := object{"key": key}
	if before != nil {
		o["old_value"] = before
	}
	if after != nil {
		o["new_value"] = after
	}
	return o
}

// updated tells that a member changed.
func (s *Server) updated(g *guild, m *member) {
	o := m.object()
	o["guild_id"] = g.id
	s.tell("GUILD_MEMBER_UPDATE", g, nil, o)
}

const nickAtMost = 32

// rename gives a member another name in the guild, empty for none.
func (s *Server) rename(by *user, g *guild, id, nick, reason string) *problem {
	m := g.members[id]
	if by.id != id {
		var problem *problem
		if m, problem = s.target(by, g, id, ManageNicknames); problem != nil {
			return problem
		}
	}
	if m == nil {
		return unknown(10007, "Member")
	}
	if utf8.RuneCountInString(nick) > nickAtMost {
		return malformed("nick", "Must be 32 or fewer in length.")
	}
	before := m.nick
	if m.nick = nick; before == nick {
		return nil
	}
	s.effect(by, Effect{Kind: "nick", Target: id, Text: nick, Reason: reason})
	s.note(g, entry{by: by.id, target: id, action: auditMember, reason: reason, changes: []object{changed("nick", null(before), null(nick))}})
	s.updated(g, m)
	return nil
}

// grant gives a member a role, or takes it.
func (s *Server) grant(by *user, g *guild, id, roleID string, give bool, reason string) *problem {
	r := g.role(roleID)
	actor := g.members[by.id]
	if g.permissions(actor, nil, s.now())&ManageRoles == 0 {
		return missingPermissions()
	}
	if r == nil || r.id == g.id {
		return unknown(10011, "Role")
	}
	m := g.members[id]
	if m == nil {
		return unknown(10007, "Member")
	}
	if r.managed || by.id != g.owner && !g.over(g.ranked(actor)[0], r) {
		return missingPermissions()
	}
	i := slices.Index(m.roles, roleID)
	if give == (i >= 0) {
		return nil
	}
	key := "$add"
	if give {
		m.roles = append(slices.Clone(m.roles), roleID)
	} else {
		m.roles, key = slices.Delete(slices.Clone(m.roles), i, i+1), "$remove"
	}
	s.effect(by, Effect{Kind: "role " + key[1:], Target: id, Text: r.name, Reason: reason})
	s.note(g, entry{by: by.id, target: id, action: auditMemberRoles, reason: reason,
		changes: []object{{"key": key, "new_value": []object{{"id": r.id, "name": r.name}}}}})
	s.updated(g, m)
	return nil
}

// setRoles gives a member exactly these roles.
func (s *Server) setRoles(by *user, g *guild, id string, want []string, reason string) *problem {
	m := g.members[id]
	if m == nil {
		return unknown(10007, "Member")
	}
	for _, r := range slices.Clone(m.roles) {
		if !slices.Contains(want, r) {
			if problem := s.grant(by, g, id, r, false, reason); problem != nil {
				return problem
			}
		}
	}
	for _, r := range want {
		if problem := s.grant(by, g, id, r, true, reason); problem != nil {
			return problem
		}
	}
	return nil
}

// kick removes a member.
func (s *Server) kick(by *user, g *guild, id, reason string) *problem {
	m, problem := s.target(by, g, id, KickMembers)
	if problem != nil {
		return problem
	}
	if id == by.id {
		return missingPermissions()
	}
	s.effect(by, Effect{Kind: "kick", Target: id, Reason: reason})
	s.part(g, m)
	s.note(g, entry{by: by.id, target: id, action: auditKick, reason: reason})
	return nil
}

// part takes a member out of a guild.
func (s *Server) part(g *guild, m *member) {
	delete(g.members, m.user.id)
	s.tell("GUILD_MEMBER_REMOVE", g, nil, object{"guild_id": g.id, "user": m.user.object()})
}

const historyAtMost = 7 * 24 * 3600

// ban keeps somebody out, member or not, and takes the messages of their last seconds away.
func (s *Server) ban(by *user, g *guild, id string, seconds int, reason string) *problem {
	if g.permissions(g.members[by.id], nil, s.now())&BanMembers == 0 {
		return missingPermissions()
	}
	u := s.users[id]
	if u == nil {
		return unknown(10013, "User")
	}
	if seconds < 0 || seconds > historyAtMost {
		return malformed("delete_message_seconds", "int value should be less than or equal to 604800.")
	}
	m := g.members[id]
	if id == by.id || m != nil && !g.above(by.id, id) {
		return missingPermissions()
	}
	if _, already := g.bans[id]; already {
		return nil
	}
	g.bans[id] = reason
	s.effect(by, Effect{Kind: "ban", Target: id, Reason: reason})
	s.tell("GUILD_BAN_ADD", g, nil, object{"guild_id": g.id, "user": u.object()})
	if m != nil {
		s.part(g, m)
	}
	s.note(g, entry{by: by.id, target: id, action: auditBan, reason: reason})
	s.sweep(g, id, time.Duration(seconds)*time.Second)
	return nil
}

// sweep takes away what somebody said lately, as a ban does.
func (s *Server) sweep(g *guild, id string, since time.Duration) {
	if since == 0 {
		return
	}
	for _, c := range s.channels {
		if c.guild != g {
			continue
		}
		gone := []string{}
		for _, m := range c.messages {
			if !m.deleted && m.author.id == id && s.now().Sub(madeAt(m.id)) <= since {
				s.take(m)
				gone = append(gone, m.id)
			}
		}
		if len(gone) > 0 {
			s.tell("MESSAGE_DELETE_BULK", g, c, object{"ids": gone, "channel_id": c.id, "guild_id": g.id})
		}
	}
}

// unban lets somebody come back.
func (s *Server) unban(by *user, g *guild, id, reason string) *problem {
	if g.permissions(g.members[by.id], nil, s.now())&BanMembers == 0 {
		return missingPermissions()
	}
	if _, banned := g.bans[id]; !banned {
		return unknown(10026, "Ban")
	}
	delete(g.bans, id)
	s.effect(by, Effect{Kind: "unban", Target: id, Reason: reason})
	s.tell("GUILD_BAN_REMOVE", g, nil, object{"guild_id": g.id, "user": s.users[id].object()})
	s.note(g, entry{by: by.id, target: id, action: auditUnban, reason: reason})
	return nil
}

const bulkBanAtMost = 200

func (s *Server) bulkBan(by *user, g *guild, wanted []string, seconds int, reason string) (any, *problem) {
	may := g.permissions(g.members[by.id], nil, s.now())
	if may&BanMembers == 0 || may&ManageGuild == 0 {
		return nil, missingPermissions()
	}
	if len(wanted) == 0 || len(wanted) > bulkBanAtMost {
		return nil, malformed("user_ids", "Must be between 1 and 200 in length.")
	}
	done, failed := []string{}, []string{}
	for _, id := range wanted {
		_, already := g.bans[id]
		if already || s.ban(by, g, id, seconds, reason) != nil {
			failed = append(failed, id)
			continue
		}
		done = append(done, id)
	}
	if len(done) == 0 {
		return nil, refuse(http.StatusBadRequest, 500000, "Failed to ban users")
	}
	return object{"banned_users": done, "failed_users": failed}, nil
}

// enter makes somebody a member.
func (s *Server) enter(u *user, g *guild) *problem {
	if _, banned := g.bans[u.id]; banned {
		return refuse(http.StatusForbidden, 40007, "The user is banned from this guild.")
	}
	if g.members[u.id] != nil {
		return nil
	}
	m := &member{user: u, joined: s.now(), pending: g.screening && !u.bot}
	g.members[u.id] = m
	if !slices.Contains(g.order, u.id) {
		g.order = append(g.order, u.id)
	}
	o := m.object()
	o["guild_id"] = g.id
	s.tell("GUILD_MEMBER_ADD", g, nil, o)
	return nil
}
