package rules

import (
	"cmp"
	"slices"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

// do reads the list of a rule's consequences.
func (p *parser) do(r *rule, v yamlsrc.Value) {
	if v.Kind() == "nothing" {
		v.Errorf("name a consequence, such as delete", "the rule does nothing")
		return
	}
	entries := v.OneOrMany()
	if !v.IsZero() && len(entries) == 0 {
		v.Errorf("name a consequence, such as delete", "the rule does nothing")
	}
	for _, e := range entries {
		c, entry, ok := p.consequence(e)
		if entry != nil {
			p.possible(e, entry.name, entry.kinds, r.on)
		}
		if ok && p.fits(r, c, e) {
			p.platforms(e, r.name, entry)
			r.do = append(r.do, c)
		}
	}
}

// consequence reads "warn" or { timeout: 1h }. The entry is nil when the name is unknown.
func (p *parser) consequence(v yamlsrc.Value) (consequence, *consequenceEntry, bool) {
	if v.Kind() != "map" {
		name, ok := v.Enum("consequence", p.consequenceNames()...)
		if !ok {
			return nil, nil, false
		}
		return p.parseConsequence(v, name, yamlsrc.Value{})
	}
	m, ok := v.MapOf("consequence", p.consequenceNames()...)
	if fields, _ := v.Fields(); len(fields) != 1 {
		v.Errorf("begin each one with a -, or separate them with commas inside [ ]", "each consequence stands alone, %d stand here", len(fields))
		return nil, nil, false
	}
	if !ok || len(m.Fields()) == 0 {
		return nil, nil, false
	}
	f := m.Fields()[0]
	return p.parseConsequence(f.Key, f.Name, f.Value)
}

func (p *parser) parseConsequence(at yamlsrc.Value, name string, v yamlsrc.Value) (consequence, *consequenceEntry, bool) {
	e := p.findConsequence(name)
	if v.IsZero() && !e.bare() {
		at.Errorf("write it like "+e.example, "%s needs a value", name)
		return nil, e, false
	}
	if e.needs != "" && !slices.Contains(p.acts, e.needs) {
		p.acts = append(p.acts, e.needs)
	}
	c, ok := e.parse(p, v)
	return c, e, ok
}

// fits refuses what the rule says twice, and a second sanction, which would be lost.
func (p *parser) fits(r *rule, c consequence, v yamlsrc.Value) bool {
	_, sanctions := c.(sanction)
	for _, other := range r.do {
		_, also := other.(sanction)
		switch {
		case other.name() == c.name():
			v.Errorf("keep one of them", "%s stands there twice", c.name())
			return false
		case sanctions && also:
			v.Errorf("keep the stronger one", "one sanction is enough: %s stands beside %s", c.name(), other.name())
			return false
		}
	}
	return true
}

// platforms checks a consequence against what the configured platforms can do.
func (p *parser) platforms(v yamlsrc.Value, rule string, e *consequenceEntry) {
	if e.needs == "" {
		return
	}
	able := 0
	var unable []string
	for platform, can := range p.env.Platforms {
		s := can.Actions[e.needs]
		switch {
		case !s.Can:
			unable = append(unable, string(platform))
		case s.Instead != "":
			p.remarks = append(p.remarks, "rule "+rule+": "+string(platform)+" has no "+e.name+"; "+s.Instead)
			able++
		default:
			able++
		}
	}
	slices.Sort(unable)
	for _, platform := range unable {
		if able == 0 {
			v.Errorf("remove it, or use another consequence", "%s cannot %s", platform, kindVerb(e.needs))
			return
		}
		p.remarks = append(p.remarks, "rule "+rule+": "+platform+" cannot "+kindVerb(e.needs))
	}
}

// bare tells whether the consequence may stand without a value.
func (e *consequenceEntry) bare() bool {
	switch e.name {
	case "timeout", "reply", "react", "move", "open_thread", "review", "role", "slowmode", "raid_mode":
		return false
	}
	return true
}

// verbs are what a platform cannot do, where the action's own name reads badly.
var verbs = map[chat.ActionKind]string{
	chat.ActTimeout: "time a member out", chat.ActSend: "send a message", chat.ActGiveRole: "give roles",
	chat.ActResetName: "reset a name", chat.ActSlowmode: "slow a room down", chat.ActLock: "lock a room",
	chat.ActStartThread: "open a thread",
}

func kindVerb(k chat.ActionKind) string { return cmp.Or(verbs[k], string(k)) }
