package rules

import (
	"slices"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

type deletion struct{ burst bool }

func parseDelete(_ *parser, v yamlsrc.Value) (consequence, bool) {
	if v.IsZero() {
		return deletion{}, true
	}
	what, ok := v.Enum("extent of delete", "message", "burst")
	return deletion{burst: what == "burst"}, ok
}

func (deletion) name() string { return "delete" }

func (d deletion) add(u *union, r *rule) {
	if d.burst && !u.joined {
		r.when.seen(u.read, u.past, func(f record) { u.delete(f.Message, f.Person) })
	}
	u.delete(u.read.Fact.Message, u.read.Fact.Person)
}

// delete takes a message away once, and not again when that was decided before.
func (u *union) delete(m chat.MessageRef, author chat.Person) {
	if m.IsZero() || u.past.Gone(author, m.ID) {
		return
	}
	if u.deletesMessage(m.ID) {
		return
	}
	u.deletes = append(u.deletes, chat.Delete{Message: m, Author: author.Member()})
}

func (u *union) deletesMessage(id string) bool {
	return slices.ContainsFunc(u.deletes, func(d chat.Delete) bool { return d.Message.ID == id })
}
