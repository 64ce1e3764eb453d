package discordtest

import (
	"math"
	"slices"
)

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
