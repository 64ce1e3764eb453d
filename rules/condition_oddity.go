package rules

import (
	"strings"

	"palabre/chat"
	"palabre/internal/yamlsrc"
	"palabre/text"
)

type oddity struct{ any text.Oddity }

var oddities = []struct {
	name string
	bit  text.Oddity
}{
	{"zalgo", text.Zalgo},
	{"bidi", text.Bidi},
	{"invisible", text.ZeroWidth},
	{"mixed_script", text.MixedScript},
}

func oddityNames() []string {
	out := make([]string, len(oddities))
	for i, o := range oddities {
		out[i] = o.name
	}
	return out
}

func parseOddity(_ *parser, v yamlsrc.Value) (condition, bool) {
	names := oddityNames()
	c, ok := oddity{}, true
	for _, e := range v.OneOrMany() {
		name, good := e.Enum("oddity", names...)
		ok = ok && good
		for _, o := range oddities {
			if o.name == name {
				c.any |= o.bit
			}
		}
	}
	if ok && c.any == 0 {
		v.Errorf("known here: "+strings.Join(names, ", "), "the list of oddities is empty")
		return nil, false
	}
	return c, ok
}

func (c oddity) grounds() grounds { return onTrait(traitOddities, 1) }

func (c oddity) match(r *Reading, _ *History) bool { return r.View.Oddities()&c.any != 0 }

func (c oddity) reason(r *Reading, past *History) chat.Reason {
	for _, o := range oddities {
		if r.View.Oddities()&c.any&o.bit != 0 {
			return chat.Reason{Say: chat.Say("reason.oddity."+o.name, nil)}
		}
	}
	return chat.Reason{}
}

func (c oddity) value(r *Reading, _ *History) string {
	var found []string
	for _, o := range oddities {
		if r.View.Oddities()&o.bit != 0 {
			found = append(found, o.name)
		}
	}
	if len(found) == 0 {
		return "nothing odd"
	}
	return strings.Join(found, ", ")
}
