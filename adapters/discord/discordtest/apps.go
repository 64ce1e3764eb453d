package discordtest

// App is another program that people use in a channel, and that answers there under its own name.
type App struct {
	Account Person // of OtherBot
	Guild   string // the guild that installed it; empty: whoever uses it brought it along, and it is no member
	Slow    bool   // it thinks first: what it says comes with Server.Answer
}

// Use has a program say something by one of its commands. It gives the message's id.
func (p Person) Use(channelID string, app App, d Draft) (id string, err error) {
	err = p.in(channelID, func(s *Server, u *user, c *channel) *problem {
		if problem := s.mayUse(u, c, app); problem != nil {
			return problem
		}
		body := s.drafted(c, u, d)
		body.alias, body.webhook, body.kind = s.users[app.Account.ID], app.Account.ID, typeCommand
		body.metadata = s.used(u, app)
		if app.Slow {
			body.Content, body.Embeds, body.Components = "", nil, nil
		}
		m, problem := s.compose(u, c, body)
		if problem != nil {
			return problem
		}
		if app.Slow {
			m.flags |= flagLoading
		}
		s.append(m)
		id = m.id
		return nil
	})
	return id, err
}

// mayUse tells why what a program says for somebody is not shown to everybody.
func (s *Server) mayUse(u *user, c *channel, app App) *problem {
	need := UseCommands
	if app.Guild == "" {
		need |= UseExternalApps
	}
	if c.guild == nil {
		return nil
	}
	return s.need(u, c, need)
}

// used is the interaction that such a message answers: by whom, and who let the program in.
func (s *Server) used(u *user, app App) object {
	owners := object{"1": u.id}
	if app.Guild != "" {
		owners = object{"0": app.Guild}
	}
	return object{"id": s.ids.at(s.now()), "type": askCommand, "user": u.object(), "authorizing_integration_owners": owners}
}

// Answer ends the thinking of a program: its message says something now. Nobody changed it.
func (s *Server) Answer(channelID, id string, d Draft) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.channels[channelID].find(id)
	body := s.drafted(m.channel, m.author, d)
	m.content, m.embeds, m.components = body.Content, rich(body.Embeds), numbered(body.Components)
	m.flags = m.flags&^flagLoading | body.Flags
	s.tell("MESSAGE_UPDATE", m.channel.guild, m.channel, s.dispatched(m))
}
