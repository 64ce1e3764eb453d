package rules

import (
	"slices"
	"strconv"
	"strings"

	"palabre/chat"
	"palabre/internal/yamlsrc"
	"palabre/text"
)

type invite struct {
	is  string
	own []string
}

// inviteKinds are by platform, by how they are written, and by where they lead.
var inviteKinds = []string{"any", "discord", "matrix", "other", "hidden", "foreign", "own", "gone"}

func parseInvite(_ *parser, v yamlsrc.Value) (condition, bool) {
	c := invite{is: "any"}
	if v.Kind() != "map" {
		is, ok := v.Enum("kind of invitation", inviteKinds...)
		c.is = is
		return c, ok
	}
	m, ok := v.Map("is", "own")
	if !ok || !m.Require("is") {
		return nil, false
	}
	c.is, ok = m.Get("is").Enum("kind of invitation", inviteKinds...)
	if own := m.Get("own"); !own.IsZero() {
		list, good := texts(own, "invitation")
		c.own, ok = list, ok && good && bareCodes(own, list)
	}
	return c, ok
}

// bareCodes refuses addresses: an invitation is known by its code alone.
func bareCodes(v yamlsrc.Value, list []string) bool {
	ok := true
	for i, code := range list {
		if before, after, found := cutLast(strings.TrimRight(code, "/"), "/"); found && !strings.ContainsAny(code[:1], "#!") {
			v.OneOrMany()[i].Errorf("write only "+strconv.Quote(after), "%q is an address, not the code of an invitation: what comes before the code, %q, is left away", code, before+"/")
			ok = false
		}
	}
	return ok
}

// cutLast cuts a text around the last of a separator.
func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// resolves tells whether it matters where an invitation leads.
func (c invite) resolves() bool { return c.is == "foreign" || c.is == "own" || c.is == "gone" }

func (c invite) holds(r *Reading, i *text.Invite) bool {
	if !c.resolves() {
		return (c.is == "any" || c.is == i.Platform) && !slices.Contains(c.own, i.Code)
	}
	d := r.leads(i, c.own)
	if d == unsure {
		d = r.assumed
	}
	switch c.is {
	case "own":
		return d == leadsHome
	case "gone":
		return d == leadsNowhere
	}
	return d == leadsAway
}

func (c invite) find(r *Reading) *text.Invite {
	if c.is == "hidden" {
		if hidden := r.View.HiddenInvites(); len(hidden) > 0 {
			return &hidden[0]
		}
		return nil
	}
	invites := r.View.Invites()
	for i := range invites {
		if c.holds(r, &invites[i]) {
			return &invites[i]
		}
	}
	return nil
}

// grounds: every invitation stands in a link, except a hidden one.
func (c invite) grounds() grounds {
	if c.is == "hidden" {
		return grounds{}
	}
	return onTrait(traitInvites, 1)
}

func (c invite) match(r *Reading, _ *History) bool { return c.find(r) != nil }

func (c invite) reason(r *Reading, _ *History) chat.Reason {
	i := c.find(r)
	key := "reason.invite"
	if c.is == "gone" || c.is == "hidden" {
		key += "." + c.is
	}
	if c.resolves() && r.leads(i, c.own) == unsure {
		key = "reason.invite.unclear"
	}
	return chat.Reason{Say: chat.Say(key, chat.Args{"code": i.Code}), Excerpt: r.View.Original(i.Span)}
}

func (c invite) value(r *Reading, _ *History) string {
	i := c.find(r)
	switch {
	case i == nil:
		return counted(len(r.View.Invites()), "invitation") + ", none of this kind"
	case c.resolves() && r.leads(i, c.own) == unsure:
		return i.Platform + " invitation " + i.Code + ", and where it leads is not known"
	}
	return i.Platform + " invitation " + i.Code
}
