package rules

import (
	"strconv"

	"palabre/chat"
	"palabre/internal/yamlsrc"
	"palabre/text"
)

// name looks at how the member calls themselves. All the given keys must hold.
type name struct {
	words   *words
	pattern *patterns
	staff   bool            // like that of a moderator who is somebody else
	like    map[string]bool // or like one of these, by their likeness
}

func parseName(p *parser, v yamlsrc.Value) (condition, bool) {
	m, ok := v.Map("words", "pattern", "like")
	if !ok {
		return nil, false
	}
	if len(m.Fields()) == 0 {
		v.Errorf("write name: { like: staff }", "what is looked for in the name is missing")
		return nil, false
	}
	var c name
	for _, f := range m.Fields() {
		good := false
		switch f.Name {
		case "words":
			var inner condition
			if inner, good = parseWords(p, f.Value); good {
				w := inner.(words)
				c.words = &w
			}
		case "pattern":
			var inner condition
			if inner, good = parsePattern(p, f.Value); good {
				w := inner.(patterns)
				c.pattern = &w
			}
		case "like":
			good = c.likes(f.Value)
		}
		ok = ok && good
	}
	return c, ok
}

// likes reads `staff`, or names that nobody else may wear.
func (c *name) likes(v yamlsrc.Value) bool {
	if c.staff = v.Raw() == "staff"; c.staff {
		return true
	}
	names, ok := texts(v, "name")
	c.like = map[string]bool{}
	for i, n := range names {
		like := text.Likeness(n)
		if ok && like == "" {
			v.OneOrMany()[i].Errorf("a name needs letters", "nothing looks like %q", n)
			ok = false
		}
		c.like[like] = true
	}
	return ok
}

// named is the member's name, read once.
func (r *Reading) named() *text.View {
	if r.name == nil {
		r.name = text.Read(chat.Content{Text: r.Event.Actor.Name})
	}
	return r.name
}

func (c name) match(r *Reading, past *History) bool {
	if c.words != nil {
		if _, _, ok := c.words.find(r.named()); !ok {
			return false
		}
	}
	if c.pattern != nil && !c.pattern.in(r.named()) {
		return false
	}
	if c.staff {
		who, ok := past.staff[past.likeness(r.Event.Actor.Name)]
		return ok && who != r.Fact.Person && r.Fact.Staff == 0
	}
	return c.like == nil || c.like[text.Likeness(r.Event.Actor.Name)]
}

func (c name) reason(r *Reading, _ *History) chat.Reason {
	key := "reason.name"
	if c.staff || c.like != nil {
		key = "reason.name.like"
	}
	return chat.Reason{Say: chat.Say(key, nil), Excerpt: r.named().Original(text.Span{End: len(r.Event.Actor.Name)})}
}

func (c name) value(r *Reading, _ *History) string { return strconv.Quote(r.Event.Actor.Name) }
