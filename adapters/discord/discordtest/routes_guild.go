package discordtest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

func getGuild(s *Server, a *ask, g *guild) (any, *problem) {
	o := g.object()
	if a.URL.Query().Get("with_counts") == "true" {
		o["approximate_member_count"], o["approximate_presence_count"] = len(g.members)+g.crowd, 1
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
