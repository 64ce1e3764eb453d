package rules

import (
	"palabre/chat"
	"palabre/internal/yamlsrc"
)

// written is a yes-or-no question about how a message is written.
type written struct {
	name string // of its reason's key
	is   func(*Reading) bool
}

// yes reads a condition that can only be true; what is false is said with not.
func yes(v yamlsrc.Value, name string) bool {
	value, ok := v.Bool()
	if ok && !value {
		v.Errorf("write not: { "+name+": true }", "%s can only be true", name)
	}
	return ok && value
}

func parseQuestion(_ *parser, v yamlsrc.Value) (condition, bool) {
	return written{"question", func(r *Reading) bool { return r.View.Question() }}, yes(v, "question")
}

func parseQuoted(_ *parser, v yamlsrc.Value) (condition, bool) {
	return written{"quoted", func(r *Reading) bool { return r.View.Quoted() > 0 }}, yes(v, "quoted")
}

func parseCode(_ *parser, v yamlsrc.Value) (condition, bool) {
	return written{"code", func(r *Reading) bool { return r.View.Code() }}, yes(v, "code")
}

func (c written) match(r *Reading, _ *History) bool { return c.is(r) }

func (c written) reason(*Reading, *History) chat.Reason {
	return chat.Reason{Say: chat.Say("reason."+c.name, nil)}
}

func (c written) value(r *Reading, _ *History) string {
	if c.is(r) {
		return "yes"
	}
	return "no"
}
