package rules

import (
	"palabre/chat"
	"palabre/internal/yamlsrc"
)

// firstMessage holds for the first message of somebody whom Palabre saw join; with must be in it too.
type firstMessage struct{ with string }

// firstWith are what a first message may be asked to hold.
var firstWith = map[string]func(*Reading) bool{
	"anything": func(*Reading) bool { return true },
	"link":     func(r *Reading) bool { return len(r.View.Links()) > 0 },
	"media":    func(r *Reading) bool { return len(r.View.Content().Attachments) > 0 },
}

func parseFirstMessage(_ *parser, v yamlsrc.Value) (condition, bool) {
	if v.Kind() == "yes or no" {
		return firstMessage{"anything"}, yes(v, "first_message")
	}
	with, ok := v.Enum("content of a first message", "link", "media")
	return firstMessage{with}, ok
}

func (c firstMessage) match(r *Reading, past *History) bool {
	first := past.Member(r.Fact.Person).First
	return first != "" && first == r.Fact.Message.ID && firstWith[c.with](r)
}

func (c firstMessage) reason(*Reading, *History) chat.Reason {
	key := "reason.first_message"
	if c.with != "anything" {
		key += "." + c.with
	}
	return chat.Reason{Say: chat.Say(key, nil)}
}

func (c firstMessage) value(r *Reading, past *History) string {
	m := past.Member(r.Fact.Person)
	switch {
	case m.Joined.IsZero():
		return "nobody saw them join"
	case m.First != r.Fact.Message.ID:
		return "they have written before"
	case !c.match(r, past):
		return "their first message, without " + c.with
	}
	return "their first message"
}
