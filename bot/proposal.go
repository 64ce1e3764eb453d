package bot

import (
	"encoding/json"

	"palabre/chat"
)

// proposal is one act of a question, as the store keeps it until a moderator agrees. Exactly one field is set.
type proposal struct {
	Strike *chat.Strike    `json:"strike,omitempty"`
	Order  json.RawMessage `json:"order,omitempty"` // by chat.EncodeAction
}

// propose writes acts down as they were shown: what they say is rendered now.
func (l *lane) propose(acts []chat.Action) []proposal {
	var out []proposal
	for _, a := range acts {
		if strike, ok := a.(chat.Strike); ok {
			out = append(out, proposal{Strike: &strike})
			continue
		}
		data, err := chat.EncodeAction(l.worded(a))
		if err != nil {
			l.log.Error("an act cannot be proposed", "action", a.ActionKind(), "error", err)
			continue
		}
		out = append(out, proposal{Order: data})
	}
	return out
}

// worded is an action with its words rendered, as nobody can render them later.
func (l *lane) worded(a chat.Action) chat.Action {
	if send, ok := a.(chat.Send); ok {
		return l.rendered(send, 0)
	}
	return a
}

// acts reads what was proposed.
func (l *lane) acts(proposals []proposal) []chat.Action {
	var out []chat.Action
	for _, p := range proposals {
		if p.Strike != nil {
			out = append(out, *p.Strike)
			continue
		}
		a, err := chat.DecodeAction(p.Order)
		if err != nil {
			l.log.Error("a proposed act cannot be read", "error", err)
			continue
		}
		out = append(out, a)
	}
	return out
}
