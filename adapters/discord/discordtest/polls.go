package discordtest

import (
	"net/http"
	"slices"
	"time"
)

// asked makes a poll of what a body says: its answers get their numbers, and its hours an end.
func asked(poll object, now time.Time) (object, *problem) {
	if poll == nil || poll["expiry"] != nil {
		return poll, nil
	}
	answers, _ := poll["answers"].([]any)
	if len(answers) < 1 || len(answers) > 10 {
		return nil, malformed("poll", "Must be between 1 and 10 in length.")
	}
	hours, ok := poll["duration"].(float64)
	if !ok {
		hours = 24
	}
	if hours < 1 || hours > 768 {
		return nil, malformed("poll", "Must be between 1 and 768.")
	}
	numbered := []object{}
	for i, a := range answers {
		answer, _ := a.(object)
		numbered = append(numbered, object{"answer_id": i + 1, "poll_media": answer["poll_media"]})
	}
	multiple, _ := poll["allow_multiselect"].(bool)
	return object{
		"question": poll["question"], "answers": numbered, "expiry": stamp(now.Add(time.Duration(hours) * time.Hour)), "allow_multiselect": multiple,
		"layout_type": 1, "results": object{"is_finalized": false, "answer_counts": []object{}},
	}, nil
}

// over tells whether nobody may vote in a poll any more.
func (m *message) over(now time.Time) bool {
	end, err := time.Parse(time.RFC3339Nano, m.poll["expiry"].(string))
	return err == nil && !now.Before(end)
}

// expirePoll ends a poll of the bot's.
func expirePoll(s *Server, a *ask, m *message) (any, *problem) {
	switch {
	case m.poll == nil:
		return nil, refuse(http.StatusBadRequest, 520006, "Cannot expire a non-poll message")
	case m.author != a.by:
		return nil, missingPermissions()
	case m.over(s.now()):
		return nil, refuse(http.StatusBadRequest, 520001, "Poll expired")
	}
	m.poll["expiry"] = stamp(s.now())
	s.effect(a.by, Effect{Kind: "poll end", Channel: m.channel.id, Message: m.id})
	s.tell("MESSAGE_UPDATE", m.channel.guild, m.channel, s.dispatched(m))
	return m.object(s.app), nil
}

// Vote chooses an answer of a poll, by its number, and Unvote takes that back.
func (p Person) Vote(channelID, id string, answer int) error {
	return p.on(channelID, id, func(s *Server, u *user, m *message) *problem { return s.vote(u, m, answer, true) })
}

// Unvote takes a vote back.
func (p Person) Unvote(channelID, id string, answer int) error {
	return p.on(channelID, id, func(s *Server, u *user, m *message) *problem { return s.vote(u, m, answer, false) })
}

func (s *Server) vote(u *user, m *message, answer int, chosen bool) *problem {
	if m.poll == nil || m.over(s.now()) {
		return refuse(http.StatusBadRequest, 520001, "Poll expired")
	}
	if m.votes == nil {
		m.votes = map[string][]int{}
	}
	if chosen && m.poll["allow_multiselect"] == false {
		for _, other := range slices.Clone(m.votes[u.id]) {
			s.voted(u, m, other, false)
		}
	}
	if chosen != slices.Contains(m.votes[u.id], answer) {
		s.voted(u, m, answer, chosen)
	}
	return nil
}

func (s *Server) voted(u *user, m *message, answer int, chosen bool) {
	name := "MESSAGE_POLL_VOTE_REMOVE"
	m.votes[u.id] = slices.DeleteFunc(m.votes[u.id], func(n int) bool { return n == answer })
	if chosen {
		name = "MESSAGE_POLL_VOTE_ADD"
		m.votes[u.id] = append(m.votes[u.id], answer)
	}
	s.tell(name, m.channel.guild, m.channel, object{
		"user_id": u.id, "channel_id": m.channel.id, "message_id": m.id, "guild_id": m.channel.guild.id, "answer_id": answer,
	})
}
