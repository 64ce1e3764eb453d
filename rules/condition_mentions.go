package rules

import (
	"palabre/chat"
	"palabre/internal/yamlsrc"
	"palabre/text"
)

// mostMentions is far above what a message can hold.
const mostMentions = 1 << 20

type mentions struct {
	total, distinct, roles compare // zero: not asked for
	everyone               bool
	replies, self          bool // a reply's own ping, and calls of oneself, count too
}

func parseMentions(_ *parser, v yamlsrc.Value) (condition, bool) {
	var c mentions
	if v.Raw() == "everyone" {
		return mentions{everyone: true}, true
	}
	if v.Kind() != "map" {
		total, ok := number(v, "> 4", "", mostMentions)
		return mentions{total: total}, ok
	}
	m, ok := v.Map("total", "distinct", "roles", "everyone", "count_replies", "count_self")
	if !ok {
		return nil, false
	}
	for _, f := range m.Fields() {
		good := false
		switch f.Name {
		case "total":
			c.total, good = number(f.Value, "> 4", "", mostMentions)
		case "distinct":
			c.distinct, good = number(f.Value, "> 4", "", mostMentions)
		case "roles":
			c.roles, good = number(f.Value, "> 1", "", mostMentions)
		case "count_replies":
			c.replies, good = f.Value.Bool()
		case "count_self":
			c.self, good = f.Value.Bool()
		case "everyone":
			if c.everyone, good = f.Value.Bool(); good && !c.everyone {
				f.Value.Errorf("write not: { mentions: everyone }", "everyone can only be true")
				good = false
			}
		}
		ok = ok && good
	}
	if ok && c.total.op == "" && c.distinct.op == "" && c.roles.op == "" && !c.everyone {
		v.Errorf(`write mentions: "> 4"`, "what is counted is missing")
		return nil, false
	}
	return c, ok
}

// grounds: whoever counts members, roles or everybody needs a call at least.
func (c mentions) grounds() grounds {
	least := max(c.total.least(), min(1, c.distinct.least()), min(1, c.roles.least()))
	switch {
	case least > 0:
		return onTrait(traitMentions, least)
	case c.everyone:
		return onTrait(traitMentions, 1)
	}
	return grounds{}
}

// count is who is called. Neither a reply's own ping nor a call of oneself disturbs anybody, so they count only when
// the rule says so.
func (c mentions) count(r *Reading, past *History) text.Mentions {
	m := r.View.Mentions()
	if m.Members == 0 {
		return m
	}
	if !c.self {
		written, pinged := r.View.Calls(r.Event.Actor.MemberRef)
		m = m.Without(written, pinged)
	}
	answered := r.View.Content().ReplyTo
	if author, known := past.authors[answered]; known && !c.replies && author != r.Fact.Person {
		if written, pinged := r.View.Calls(author.Member()); written == 0 && pinged {
			m = m.Without(0, true)
		}
	}
	return m
}

func (c mentions) match(r *Reading, past *History) bool {
	m := c.count(r, past)
	for _, asked := range [...]struct {
		compare
		n int
	}{{c.total, m.Total}, {c.distinct, m.Members}, {c.roles, m.Roles}} {
		if asked.op != "" && !asked.holds(int64(asked.n)) {
			return false
		}
	}
	return m.Everyone || !c.everyone
}

func (c mentions) reason(r *Reading, past *History) chat.Reason {
	m := c.count(r, past)
	switch {
	case c.total.op != "":
		return chat.Reason{Say: chat.Say("reason.mentions", chat.Args{"count": m.Total})}
	case c.distinct.op != "":
		return chat.Reason{Say: chat.Say("reason.mentions.distinct", chat.Args{"count": m.Members})}
	case c.roles.op != "":
		return chat.Reason{Say: chat.Say("reason.mentions.roles", chat.Args{"count": m.Roles})}
	}
	return chat.Reason{Say: chat.Say("reason.mentions.everyone", nil)}
}

func (c mentions) value(r *Reading, past *History) string {
	m := c.count(r, past)
	all := ""
	if m.Everyone {
		all = ", everyone"
	}
	return counted(m.Total, "mention") + ", " + counted(m.Members, "member") + ", " + counted(m.Roles, "role") + all
}
