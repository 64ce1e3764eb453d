package rules

import (
	"slices"
	"strings"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

type standing struct{ limit compare }

var standings = []string{"member", "trusted", "moderator", "admin"}

func parseStanding(_ *parser, v yamlsrc.Value) (condition, bool) {
	s, ok := v.Text()
	if !ok {
		return nil, false
	}
	op, name := "=", s
	if strings.ContainsAny(s[:1], "<>") {
		if op, name, ok = splitCompare(v, ">= trusted"); !ok {
			return nil, false
		}
	}
	st, known := chat.ParseStanding(name)
	if !known {
		v.Errorf(yamlsrc.DidYouMean(name, standings), "unknown standing %q", name)
		return nil, false
	}
	c := compare{op, int64(st)}
	return standing{c}, op == "=" || sensible(v, c, int64(chat.StandingAdmin))
}

func (c standing) match(r *Reading, _ *History) bool {
	s := int64(r.Event.Actor.Standing)
	if c.limit.op == "=" {
		return s == c.limit.n
	}
	return c.limit.holds(s)
}

func (c standing) reason(r *Reading, _ *History) chat.Reason {
	return chat.Reason{Say: chat.Say("reason.standing", chat.Args{"standing": chat.Say("reason.standing."+r.Event.Actor.Standing.String(), nil)})}
}

func (c standing) value(r *Reading, _ *History) string { return r.Event.Actor.Standing.String() }

type role struct{ any []string }

func parseRole(_ *parser, v yamlsrc.Value) (condition, bool) {
	names, ok := texts(v, "role")
	return role{names}, ok
}

// texts reads a text or a list of texts, at least one.
func texts(v yamlsrc.Value, what string) ([]string, bool) {
	entries, ok := v.OneOrMany(), true
	out := make([]string, 0, len(entries))
	for _, e := range entries {
		s, good := e.Text()
		ok = ok && good
		out = append(out, s)
	}
	if len(out) == 0 {
		v.Errorf("name at least one "+what, "the list is empty: it stands for nobody and nothing")
		return nil, false
	}
	return out, ok
}

func (c role) find(r *Reading) (string, bool) {
	for _, name := range r.Event.Actor.Roles {
		if slices.Contains(c.any, name) {
			return name, true
		}
	}
	return "", false
}

func (c role) match(r *Reading, _ *History) bool {
	_, ok := c.find(r)
	return ok
}

func (c role) reason(r *Reading, _ *History) chat.Reason {
	name, _ := c.find(r)
	return chat.Reason{Say: chat.Say("reason.role", chat.Args{"role": name})}
}

func (c role) value(r *Reading, _ *History) string {
	if len(r.Event.Actor.Roles) == 0 {
		return "no role"
	}
	return strings.Join(r.Event.Actor.Roles, ", ")
}
