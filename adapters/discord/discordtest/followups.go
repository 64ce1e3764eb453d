package discordtest

import (
	"net/http"
	"time"
)

// hooked finds the interaction of a webhook's path.
func (s *Server) hooked(a *ask) (*Interaction, *problem) {
	i := s.asked[a.PathValue("token")]
	if i == nil || a.PathValue("webhook") != s.app {
		return nil, unknown(10015, "Webhook")
	}
	if s.now().Sub(i.At) > tokenFor {
		return nil, refuse(http.StatusUnauthorized, 50027, "Invalid Webhook Token")
	}
	return i, nil
}

// followUp says one more thing; the first one after a deferral is the answer that was waited for.
func followUp(s *Server, a *ask) (any, *problem) {
	i, problem := s.hooked(a)
	if problem != nil {
		return nil, problem
	}
	if i.Answered.IsZero() {
		return nil, unknown(10015, "Webhook")
	}
	var d draft
	if problem := a.read(&d); problem != nil {
		return nil, problem
	}
	d.files = a.files
	if i.Thinking {
		return s.conclude(i, change{Content: &d.Content, Embeds: &d.Embeds, Components: &d.Components, Allowed: d.Allowed, files: d.files})
	}
	d = s.answering(i, d)
	d.kind = typeReply
	m, problem := s.say(a.by, i.channel, d)
	if problem != nil {
		return nil, problem
	}
	i.Said = append(i.Said, m.content)
	return m.object(s.app), nil
}

// conclude writes the answer that was deferred.
func (s *Server) conclude(i *Interaction, ch change) (any, *problem) {
	m := i.channel.find(i.Original)
	if m == nil {
		return nil, unknown(10008, "Message")
	}
	thinking := i.Thinking
	if ch.Allowed == nil {
		ch.Allowed = &allowed{Parse: []string{"users"}}
	}
	before := m.content
	if problem := s.edit(s.users[s.app], m, ch); problem != nil {
		return nil, problem
	}
	if thinking {
		m.edited = time.Time{}
	}
	if i.Thinking = false; thinking || m.content != before { // the same again shows nothing new
		i.Said = append(i.Said, m.content)
	}
	return m.object(s.app), nil
}

// answered finds the message that a webhook's path names.
func (s *Server) answered(a *ask) (*Interaction, *message, *problem) {
	i, problem := s.hooked(a)
	if problem != nil {
		return nil, nil, problem
	}
	id := a.PathValue("message")
	if id == "" {
		id = i.Original
	}
	m := i.channel.find(id)
	if m == nil || m.webhook != s.app && m != i.source {
		return nil, nil, unknown(10008, "Message")
	}
	return i, m, nil
}

func getAnswer(s *Server, a *ask) (any, *problem) {
	_, m, problem := s.answered(a)
	if problem != nil {
		return nil, problem
	}
	return m.object(s.app), nil
}

func editAnswer(s *Server, a *ask) (any, *problem) {
	i, m, problem := s.answered(a)
	if problem != nil {
		return nil, problem
	}
	var ch change
	if problem := a.read(&ch); problem != nil {
		return nil, problem
	}
	ch.files = a.files
	if m.id == i.Original {
		return s.conclude(i, ch)
	}
	if problem := s.edit(a.by, m, ch); problem != nil {
		return nil, problem
	}
	return m.object(s.app), nil
}

func deleteAnswer(s *Server, a *ask) (any, *problem) {
	_, m, problem := s.answered(a)
	if problem != nil {
		return nil, problem
	}
	return nil, s.remove(a.by, m, "")
}
