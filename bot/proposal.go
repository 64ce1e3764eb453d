package bot

import (
	"encoding/json"
	"time"

	"palabre/chat"
)

// proposal is one act of a question, as the store keeps it until a moderator agrees. Exactly one field is set.
type proposal struct {
	Strike *chat.Strike    `json:"strike,omitempty"`
	Raid   *raidProposal   `json:"raid,omitempty"`
	Order  json.RawMessage `json:"order,omitempty"` // by chat.EncodeAction
}

// raidProposal is a chat.RaidMode with its words rendered.
type raidProposal struct {
	On    bool      `json:"on"`
	Until time.Time `json:"until,omitzero"`
	Why   string    `json:"why"`
}

// propose writes acts down as they were shown: what they say is rendered now.
func (l *lane) propose(acts []chat.Action) []proposal {
	var out []proposal
	for _, a := range acts {
		switch a := a.(type) {
		case chat.Strike:
			out = append(out, proposal{Strike: &a})
		case chat.RaidMode:
			out = append(out, proposal{Raid: &raidProposal{On: a.On, Until: a.Until, Why: l.plain(a.Why, 0)}})
		default:
			data, err := chat.EncodeAction(l.worded(a))
			if err != nil {
				l.log.Error("an act cannot be proposed", "action", a.ActionKind(), "error", err)
				continue
			}
			out = append(out, proposal{Order: data})
		}
	}
	return out
}

// worded is an action with its words rendered, as nobody can render them later.
func (l *lane) worded(a chat.Action) chat.Action {
	switch a := a.(type) {
	case chat.Send:
		return l.rendered(a, 0)
	case chat.StartThread:
		return l.renderedThread(a, 0)
	default:
		return a
	}
}

// acts reads what was proposed.
func (l *lane) acts(proposals []proposal) []chat.Action {
	var out []chat.Action
	for _, p := range proposals {
		switch {
		case p.Strike != nil:
			out = append(out, *p.Strike)
		case p.Raid != nil:
			out = append(out, chat.RaidMode{On: p.Raid.On, Until: p.Raid.Until, Why: said(p.Raid.Why)})
		default:
			a, err := chat.DecodeAction(p.Order)
			if err != nil {
				l.log.Error("a proposed act cannot be read", "error", err)
				continue
			}
			out = append(out, a)
		}
	}
	return out
}
