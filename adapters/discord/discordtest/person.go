package discordtest

import (
	"slices"
	"time"
)

// Person is somebody with an account, played without a client. What Discord does not let them do is an error
// that wraps ErrRefused.
type Person struct {
	server *Server
	ID     string
}

// Person gives the user of that name, with an account made at need two years ago.
func (s *Server) Person(name string) Person { return s.PersonAged(name, 2*365*24*time.Hour) }

// PersonAged gives the user of that name, with an account made at need so long ago.
func (s *Server) PersonAged(name string, age time.Duration) Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range s.users {
		if u.name == name && !u.bot {
			return Person{s, u.id}
		}
	}
	return Person{s, s.account(name, false, age).id}
}

// OtherBot gives the account of another bot.
func (s *Server) OtherBot(name string) Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Person{s, s.account(name, true, 2*365*24*time.Hour).id}
}

// Speak sets the language of somebody's client ("fr").
func (p Person) Speak(locale string) { p.with(func(_ *Server, u *user) { u.locale = locale }) }

// CloseMessages refuses private messages, from now on.
func (p Person) CloseMessages() { p.with(func(_ *Server, u *user) { u.closed = true }) }

func (p Person) with(do func(*Server, *user)) {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	do(p.server, p.server.users[p.ID])
}

// Join enters a guild.
func (p Person) Join(guildID string) error {
	return p.do(func(s *Server, u *user) *problem { return s.enter(u, s.guilds[guildID]) })
}

// Accept passes a guild's screening.
func (p Person) Accept(guildID string) error {
	return p.member(guildID, func(s *Server, g *guild, m *member) *problem {
		if m.pending {
			m.pending = false
			s.updated(g, m)
		}
		return nil
	})
}

// Leave goes from a guild.
func (p Person) Leave(guildID string) error {
	return p.member(guildID, func(s *Server, g *guild, m *member) *problem {
		s.part(g, m)
		return nil
	})
}

// Rename gives oneself another name in a guild.
func (p Person) Rename(guildID, nick string) error {
	return p.member(guildID, func(s *Server, g *guild, m *member) *problem { return s.rename(m.user, g, p.ID, nick, "") })
}

// Display changes the name that is shown everywhere.
func (p Person) Display(name string) error {
	return p.do(func(s *Server, u *user) *problem {
		u.display = name
		for _, g := range s.sorted() {
			if m := g.members[u.id]; m != nil {
				s.updated(g, m)
			}
		}
		return nil
	})
}

// do acts as the person; s.mu is held.
func (p Person) do(act func(*Server, *user) *problem) error {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	return act(p.server, p.server.users[p.ID]).err()
}

func (p Person) member(guildID string, act func(*Server, *guild, *member) *problem) error {
	return p.do(func(s *Server, _ *user) *problem {
		g := s.guilds[guildID]
		if g == nil || g.members[p.ID] == nil {
			return unknown(10007, "Member")
		}
		return act(s, g, g.members[p.ID])
	})
}

// Timeout silences a member by one's own client, until a moment; zero lifts it.
func (p Person) Timeout(guildID, target string, until time.Time, reason string) error {
	return p.member(guildID, func(s *Server, g *guild, m *member) *problem { return s.silence(m.user, g, target, until, reason) })
}

// Kick removes a member.
func (p Person) Kick(guildID, target, reason string) error {
	return p.member(guildID, func(s *Server, g *guild, m *member) *problem { return s.kick(m.user, g, target, reason) })
}

// Ban keeps somebody out and takes their messages of the last seconds away.
func (p Person) Ban(guildID, target string, seconds int, reason string) error {
	return p.member(guildID, func(s *Server, g *guild, m *member) *problem { return s.ban(m.user, g, target, seconds, reason) })
}

// Unban lets somebody come back.
func (p Person) Unban(guildID, target, reason string) error {
	return p.member(guildID, func(s *Server, g *guild, m *member) *problem { return s.unban(m.user, g, target, reason) })
}

// Give gives a member a role, and Take takes it.
func (p Person) Give(guildID, target, role string) error {
	return p.member(guildID, func(s *Server, g *guild, m *member) *problem { return s.grant(m.user, g, target, role, true, "") })
}

// Take takes a role from a member.
func (p Person) Take(guildID, target, role string) error {
	return p.member(guildID, func(s *Server, g *guild, m *member) *problem { return s.grant(m.user, g, target, role, false, "") })
}

// In tells whether somebody is in a guild, and May what they may do there, or in one channel of it.
func (p Person) In(guildID string) (in bool) {
	p.with(func(s *Server, u *user) { in = s.guilds[guildID].members[u.id] != nil })
	return in
}

// Roles are the ids of somebody's roles.
func (p Person) Roles(guildID string) (roles []string) {
	p.with(func(s *Server, u *user) {
		if m := s.guilds[guildID].members[u.id]; m != nil {
			roles = slices.Clone(m.roles)
		}
	})
	return roles
}
