package rules

import (
	"regexp"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

var ruleKeys = []string{"name", "why", "article", "on", "in", "when", "unless", "do", "mode", "spare", "tests"}

var ruleName = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}_-]{0,63}$`)

func (p *parser) rulesOf(v yamlsrc.Value) []*rule {
	entries, _ := v.List()
	if len(entries) > MostRules {
		v.Errorf("several words or patterns fit into one rule", "%d rules: more than %d", len(entries), MostRules)
		return nil
	}
	var out []*rule
	for _, e := range entries {
		e.Guard(func() {
			if r := p.rule(e); r != nil {
				out = append(out, r)
			}
		})
	}
	return out
}

func (p *parser) rule(v yamlsrc.Value) *rule {
	fields, _ := v.Fields()
	for _, f := range fields {
		if f.Name == "name" && f.Value.Raw() != "" {
			v = v.About("rule %q", f.Value.Raw())
		}
	}
	m, ok := v.Map(ruleKeys...)
	if !ok {
		return nil
	}
	m.Require("name", "when", "do")
	r := &rule{at: v, on: onText, mode: Enforce}
	p.name(r, m.Get("name"))
	if why := m.Get("why"); !why.IsZero() {
		r.why, _ = p.words(why)
	}
	p.article(r, m.Get("article"))
	p.on(r, m.Get("on"))
	if in := m.Get("in"); !in.IsZero() {
		r.rooms, _ = p.rooms(in)
		p.possible(in, "in", inARoom, r.on)
	}
	r.when = p.when(m.Get("when"), r)
	r.unless = p.when(m.Get("unless"), r)
	p.do(r, m.Get("do"))
	p.mode(r, m.Get("mode"))
	if spare, ok := m.Get("spare").Enum("kind of people to spare", "staff", "nobody"); ok {
		r.staff = spare == "nobody"
	}
	r.window = max(r.when.looksBack(), r.unless.looksBack())
	r.scope = max(r.when.scope(), r.unless.scope())
	r.resolves = r.when.resolves() || r.unless.resolves()
	r.tests = p.tests(m.Get("tests"), r)
	return r
}

func (p *parser) name(r *rule, v yamlsrc.Value) {
	name, ok := v.Text()
	switch other, twice := p.names[name]; {
	case !ok:
	case !ruleName.MatchString(name):
		v.Errorf("letters, digits, - and _, at most 64: link-flood", "a rule cannot be named %q", name)
	case twice:
		v.Errorf("give each rule its own name", "a rule of this name stands already on line %d%s", other.Pos().Line, p.elsewhere(v, other))
	default:
		r.name, p.names[name] = name, v
	}
}

// elsewhere names the file of a value that stands in another one.
func (p *parser) elsewhere(here, there yamlsrc.Value) string {
	if here.Doc() == there.Doc() {
		return ""
	}
	return " of " + there.Doc().File
}

func (p *parser) article(r *rule, v yamlsrc.Value) {
	id, ok := v.Text()
	if !ok {
		return
	}
	switch r.article = p.articles[id]; {
	case r.article != nil:
	case len(p.articles) == 0:
		v.Errorf("write the article under netiquette:, or remove the line", "unknown article %q", id)
	default:
		v.Errorf(yamlsrc.DidYouMean(id, p.articleIDs()), "unknown article %q", id)
	}
}

func (p *parser) on(r *rule, v yamlsrc.Value) {
	if v.IsZero() {
		return
	}
	names := make([]string, len(kindNames))
	for i, k := range kindNames {
		names[i] = string(k.kind)
	}
	entries := v.OneOrMany()
	if len(entries) == 0 {
		v.Errorf("remove the line, or name an event", "the list is empty: the rule would never be asked")
		return
	}
	var set kindSet
	for _, e := range entries {
		if name, ok := e.Enum("event", names...); ok {
			set |= kindBit(chat.EventKind(name))
		}
	}
	if set != 0 {
		r.on = set
	}
}

func (p *parser) mode(r *rule, v yamlsrc.Value) {
	if mode, ok := v.Enum("mode", modeNames...); ok {
		r.mode = Mode(mode)
	}
}

// possible refuses what cannot be about one of the rule's events.
func (p *parser) possible(v yamlsrc.Value, what string, can, on kindSet) {
	switch wrong := on &^ can; {
	case wrong == 0:
	case wrong == on:
		v.Errorf("add on: ["+can.String()+"]", "%s is impossible on %s", what, wrong)
	default:
		v.Errorf("remove it, or take "+wrong.String()+" out of on:", "%s is impossible on %s", what, wrong)
	}
}

// when reads a map of conditions: all of them must hold. nil after a mistake, and for an absent map.
func (p *parser) when(v yamlsrc.Value, r *rule) *node {
	switch v.Kind() {
	case "list":
		v.Errorf("write the conditions without a - before them; any: and all: take lists", "the conditions must be a map, not a list")
		return nil
	case "nothing":
		v.Errorf("name a condition, such as words: [ … ]", "there is no condition here")
		return nil
	case "text":
		v.Errorf("write { "+p.exampleOf(v.Raw())+" }", "a condition says what it looks for: %s alone says nothing", v.Shown())
		return nil
	}
	m, ok := v.MapOf("condition", p.nodeNames()...)
	if !ok {
		return nil
	}
	return p.whenFields(v, m.Fields(), r)
}

// exampleOf is a condition as it is written: the one of that name, or any.
func (p *parser) exampleOf(name string) string {
	if e := p.findCondition(name); e != nil {
		return e.example
	}
	return "link: any"
}

func (p *parser) whenFields(v yamlsrc.Value, known []yamlsrc.Field, r *rule) *node {
	if len(known) == 0 {
		if fields, _ := v.Fields(); len(fields) == 0 || r.signal != nil {
			v.Errorf("name a condition, such as words: [ … ]", "there is no condition here")
			return nil
		}
	}
	var kids []*node
	for _, f := range known {
		if n := p.condition(f, r); n != nil {
			kids = append(kids, n)
		}
	}
	switch len(kids) {
	case 0:
		return nil // each condition has its mistake
	case 1:
		return kids[0]
	}
	return join(allOf, kids)
}

func (p *parser) condition(f yamlsrc.Field, r *rule) *node {
	switch f.Name {
	case "any":
		return p.several(f.Value, anyOf, r)
	case "all":
		return p.several(f.Value, allOf, r)
	case "not":
		if n := p.when(f.Value, r); n != nil {
			return join(noneOf, []*node{n})
		}
		return nil
	}
	e := p.findCondition(f.Name)
	p.possible(f.Key, f.Name, e.kinds, r.on)
	if f.Value.Kind() == "nothing" {
		f.Value.Errorf("write it like "+e.example, "%s says nothing", f.Name)
		return nil
	}
	c, ok := e.parse(p, f.Value)
	if !ok {
		return nil
	}
	n := &node{name: e.name, cond: c, cost: e.cost, can: e.kinds}
	if s, ok := c.(selective); ok {
		n.can &= s.judges()
		if n.can&r.on == 0 && r.signal == nil {
			f.Value.Errorf("add on: ["+n.can.String()+"]", "this is found on %s, but the rule is only asked on %s", n.can, r.on)
		}
	}
	if s, ok := c.(interface{ price() int }); ok {
		n.cost = s.price()
	}
	if a, ok := c.(ageOf); ok && a.account && r.signal == nil {
		p.remarkAge(r)
	}
	return n
}

func (p *parser) remarkAge(r *rule) {
	for platform, can := range p.env.Platforms {
		if !can.AccountAge {
			p.remarks = append(p.remarks, "rule "+r.name+": "+string(platform)+
				" does not tell when an account was made; the time since they joined is taken instead")
		}
	}
}

// several reads the list below any: or all:.
func (p *parser) several(v yamlsrc.Value, op operator, r *rule) *node {
	entries, ok := v.List()
	if !ok {
		return nil
	}
	if len(entries) == 0 {
		v.Errorf("name conditions, each after a -", "there is no condition here")
		return nil
	}
	var kids []*node
	for _, e := range entries {
		if n := p.when(e, r); n != nil {
			kids = append(kids, n)
		}
	}
	if len(kids) == 0 {
		return nil // each entry has its mistake
	}
	return join(op, kids)
}
