package discordtest

import (
	"slices"
	"time"
)

// Guild is a community on the server.
type Guild struct {
	server *Server
	ID     string
	Owner  Person
}

// Guild makes a guild with an owner named "owner", an announced language, and the bot in it with the role
// "Palabre", above all roles made before, that may do what Moderation says.
func (s *Server) Guild(name string) Guild {
	owner := s.Person("owner")
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	g := &guild{id: s.ids.at(now), name: name, owner: owner.ID, members: map[string]*member{}, bans: map[string]string{}, locale: "en-US", joined: now}
	g.roles = []*role{{id: g.id, name: "@everyone", permissions: Everyone}}
	s.guilds[g.id] = g
	for _, id := range []string{owner.ID, s.app} {
		g.members[id] = &member{user: s.users[id], joined: now}
		g.order = append(g.order, id)
	}
	r := &role{id: s.ids.at(now), name: "Palabre", permissions: Moderation, position: 1, managed: true}
	g.roles, g.members[s.app].roles = append(g.roles, r), []string{r.id}
	for _, ses := range s.gateway.sessions {
		if !ses.dead && ses.has(g) {
			name, o := s.arrival(g, ses)
			s.event(ses, name, o)
		}
	}
	return Guild{s, g.id, owner}
}

// Text makes a text channel, Forum a forum and Voice a voice channel; each gives its id.
func (g Guild) Text(name string) (channel string)  { return g.open(kindText, name) }
func (g Guild) Forum(name string) (channel string) { return g.open(kindForum, name) }
func (g Guild) Voice(name string) (channel string) { return g.open(kindVoice, name) }

func (g Guild) open(kind int, name string) string {
	s := g.server
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.open(s.guilds[g.ID], kind, name)
	s.tell("CHANNEL_CREATE", c.guild, c, c.object())
	return c.id
}

// Tag gives a forum one more tag, and gives its id.
func (g Guild) Tag(forum, name string) (id string) {
	s := g.server
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[forum]
	id = s.ids.at(s.now())
	c.tags = append(c.tags, object{"id": id, "name": name, "moderated": false, "emoji_id": nil, "emoji_name": nil})
	s.tell("CHANNEL_UPDATE", c.guild, c, c.object())
	return id
}

// Role makes a role below the bot's and gives its id.
func (g Guild) Role(name string, permissions uint64) (id string) {
	s := g.server
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addRole(s.guilds[g.ID], name, permissions).id
}

// Place moves a role to a position: 1 is the lowest, 0 is @everyone's. Others stay where they are.
func (g Guild) Place(roleID string, position int) {
	g.setRole(roleID, func(r *role) { r.position = position })
}

// Allow changes what a role may do; the guild's own id names @everyone.
func (g Guild) Allow(roleID string, permissions uint64) {
	g.setRole(roleID, func(r *role) { r.permissions = permissions })
}

// Mentionable lets everybody notify a role.
func (g Guild) Mentionable(roleID string) { g.setRole(roleID, func(r *role) { r.mentionable = true }) }

func (g Guild) setRole(id string, change func(*role)) {
	s := g.server
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.guilds[g.ID].role(id)
	change(r)
	s.tell("GUILD_ROLE_UPDATE", s.guilds[g.ID], nil, object{"guild_id": g.ID, "role": r.object()})
}

// BotRole is the id of the bot's own role.
func (g Guild) BotRole() string {
	g.server.mu.Lock()
	defer g.server.mu.Unlock()
	return g.server.guilds[g.ID].roles[1].id
}

// BotMay changes what the bot's own role may do.
func (g Guild) BotMay(permissions uint64) { g.Allow(g.BotRole(), permissions) }

// Overwrite allows and denies a role (or a member) in one channel.
func (g Guild) Overwrite(channel, id string, member bool, allow, deny uint64) {
	s := g.server
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[channel]
	c.overwrites = slices.DeleteFunc(c.overwrites, func(o overwrite) bool { return o.id == id })
	c.overwrites = append(c.overwrites, overwrite{id, member, allow, deny})
	s.tell("CHANNEL_UPDATE", c.guild, c, c.object())
}

// Screening makes newcomers pending until they call Person.Accept.
func (g Guild) Screening(on bool) {
	g.server.mu.Lock()
	defer g.server.mu.Unlock()
	g.server.guilds[g.ID].screening = on
}

// Crowd counts more members than there are, where Discord tells about how many.
func (g Guild) Crowd(more int) {
	g.server.mu.Lock()
	defer g.server.mu.Unlock()
	g.server.guilds[g.ID].crowd = more
}

// Language changes the guild's announced language ("fr").
func (g Guild) Language(locale string) {
	g.server.mu.Lock()
	defer g.server.mu.Unlock()
	g.server.guilds[g.ID].locale = locale
}

// Outage makes a guild unavailable, or available again.
func (g Guild) Outage(on bool) {
	s := g.server
	s.mu.Lock()
	defer s.mu.Unlock()
	guild := s.guilds[g.ID]
	guild.gone = on
	for _, ses := range s.gateway.sessions {
		if !ses.dead && ses.has(guild) {
			name, o := s.arrival(guild, ses)
			s.event(ses, name, o)
		}
	}
}

// Expel takes the bot out of the guild, as an administrator would.
func (g Guild) Expel() {
	s := g.server
	s.mu.Lock()
	defer s.mu.Unlock()
	guild := s.guilds[g.ID]
	delete(guild.members, s.app)
	for _, ses := range s.gateway.sessions {
		if !ses.dead && ses.has(guild) {
			s.event(ses, "GUILD_DELETE", object{"id": g.ID})
		}
	}
}

// Moderator gives somebody who is in the guild with a role "Moderators" that may do what Moderators says.
func (g Guild) Moderator(name string) Person {
	id := ""
	g.server.mu.Lock()
	for _, r := range g.server.guilds[g.ID].roles {
		if r.name == "Moderators" {
			id = r.id
		}
	}
	g.server.mu.Unlock()
	if id == "" {
		id = g.Role("Moderators", Moderators)
	}
	p := g.Member(name)
	g.give(p.ID, id)
	return p
}

// Member gives somebody who is in the guild.
func (g Guild) Member(name string) Person {
	p := g.server.Person(name)
	if err := p.Join(g.ID); err != nil {
		panic(err) // a new member cannot be banned
	}
	return p
}

// Give gives a member a role, by the owner's hand.
func (g Guild) Give(p Person, role string) { g.give(p.ID, role) }

func (g Guild) give(id, role string) {
	s := g.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if problem := s.grant(s.users[g.Owner.ID], s.guilds[g.ID], id, role, true, ""); problem != nil {
		panic(problem.err()) // the owner may give every role that exists
	}
}

// account makes a user who came to Discord so long ago.
func (s *Server) account(name string, bot bool, age time.Duration) *user {
	u := &user{id: s.ids.past(s.now().Add(-age)), name: name, bot: bot, locale: "en-US"}
	s.users[u.id] = u
	return u
}
