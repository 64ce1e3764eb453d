package rules

import (
	"palabre/chat"
	"palabre/internal/yamlsrc"
)

type firstMessage struct{}

func parseFirstMessage(_ *parser, v yamlsrc.Value) (condition, bool) {
	yes, ok := v.Bool()
	if ok && !yes {
		v.Errorf("write not: { first_message: true }", "first_message can only be true")
	}
	return firstMessage{}, ok && yes
}

func (firstMessage) match(r *Reading, past *History) bool {
	first := past.Member(r.Fact.Person).First
	return first != "" && first == r.Fact.Message.ID
}

func (firstMessage) reason(*Reading, *History) chat.Reason {
	return chat.Reason{Say: chat.Say("reason.first_message", nil)}
}

func (c firstMessage) value(r *Reading, past *History) string {
	switch {
	case past.Member(r.Fact.Person).Joined.IsZero():
		return "nobody saw them join"
	case c.match(r, past):
		return "their first message"
	}
	return "they have written before"
}
