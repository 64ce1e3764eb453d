package rules

import (
	"slices"

	"palabre/chat"
	"palabre/internal/yamlsrc"
	"palabre/text"
)

type invite struct {
	is  string // any, discord, matrix, foreign, own
	own []string
}

var inviteKinds = []string{"any", "discord", "matrix", "foreign", "own"}

func parseInvite(_ *parser, v yamlsrc.Value) (condition, bool) {
	c := invite{is: "any"}
	if v.Kind() != "map" {
		is, ok := v.Enum("kind of invitation", inviteKinds...)
		if ok && is == "own" {
			v.Errorf("write invite: { is: own, own: [ … ] }", "which invitations are our own is missing")
			return nil, false
		}
		c.is = is
		return c, ok
	}
	m, ok := v.Map("is", "own")
	if !ok || !m.Require("is", "own") {
		return nil, false
	}
	c.is, ok = m.Get("is").Enum("kind of invitation", inviteKinds...)
	own, good := texts(m.Get("own"), "invitation")
	c.own = own
	return c, ok && good
}

func (c invite) holds(i *text.Invite) bool {
	switch c.is {
	case "discord", "matrix":
		return i.Platform == c.is && !slices.Contains(c.own, i.Code)
	case "own":
		return slices.Contains(c.own, i.Code)
	}
	return !slices.Contains(c.own, i.Code)
}

func (c invite) find(r *Reading) *text.Invite {
	invites := r.View.Invites()
	for i := range invites {
		if c.holds(&invites[i]) {
			return &invites[i]
		}
	}
	return nil
}

func (c invite) match(r *Reading, _ *History) bool { return c.find(r) != nil }

func (c invite) reason(r *Reading, _ *History) chat.Reason {
	i := c.find(r)
	return chat.Reason{Say: chat.Say("reason.invite", chat.Args{"code": i.Code}), Excerpt: r.View.Original(i.Span)}
}

func (c invite) value(r *Reading, _ *History) string {
	if i := c.find(r); i != nil {
		return i.Platform + " invitation " + i.Code
	}
	return counted(len(r.View.Invites()), "invitation") + ", none of this kind"
}
