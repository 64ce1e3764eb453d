package rules

import (
	"palabre/chat"
	"palabre/internal/yamlsrc"
)

// marks compares the marks on the member's record, less what the ladder has forgiven.
type marks struct {
	limit  compare
	ladder *Ladder
}

func parseStrikes(p *parser, v yamlsrc.Value) (condition, bool) {
	limit, ok := number(v, ">= 3", "", mostPoints*100)
	return marks{limit, p.ladders}, ok
}

func (c marks) count(r *Reading, past *History) int {
	return past.Strikes(r.Fact.Person, r.Event.At, *c.ladder)
}

func (c marks) match(r *Reading, past *History) bool { return c.limit.holds(int64(c.count(r, past))) }

func (c marks) reason(r *Reading, past *History) chat.Reason {
	return chat.Reason{Say: chat.Say("reason.strikes", chat.Args{"count": c.count(r, past)})}
}

func (c marks) value(r *Reading, past *History) string { return counted(c.count(r, past), "strike") }
