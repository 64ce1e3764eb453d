package rules

import (
	"palabre/chat"
	"palabre/internal/yamlsrc"
)

// mostMentions is far above what a message can hold.
const mostMentions = 1 << 20

type mentions struct {
	total, distinct, roles compare // zero: not asked for
	everyone               bool
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
	m, ok := v.Map("total", "distinct", "roles", "everyone")
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
		case "everyone":
			if c.everyone, good = f.Value.Bool(); good && !c.everyone {
				f.Value.Errorf("write not: { mentions: everyone }", "everyone can only be true")
				good = false
			}
		}
		ok = ok && good
	}
	if len(m.Fields()) == 0 {
		v.Errorf(`write mentions: "> 4"`, "what is counted is missing")
		return nil, false
	}
	return c, ok
}

func (c mentions) match(r *Reading, _ *History) bool {
	m := r.View.Mentions()
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

func (c mentions) reason(r *Reading, _ *History) chat.Reason {
	m := r.View.Mentions()
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

func (c mentions) value(r *Reading, _ *History) string {
	m := r.View.Mentions()
	all := ""
	if m.Everyone {
		all = ", everyone"
	}
	return counted(m.Total, "mention") + ", " + counted(m.Members, "member") + ", " + counted(m.Roles, "role") + all
}
