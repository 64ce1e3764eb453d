package rules

import (
	"time"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

// deletion takes the message away; with it the messages of the burst, or what the member said of late.
type deletion struct {
	burst  bool
	recent time.Duration
}

func parseDelete(_ *parser, v yamlsrc.Value) (consequence, bool) {
	if v.IsZero() {
		return deletion{}, true
	}
	if v.Kind() != "map" {
		what, ok := v.Enum("extent of delete", "message", "burst")
		return deletion{burst: what == "burst"}, ok
	}
	m, ok := v.Map("recent")
	if !ok || !m.Require("recent") {
		return nil, false
	}
	d, ok := window(m.Get("recent"))
	return deletion{recent: d}, ok
}

func (deletion) name() string { return "delete" }

// reach is how far back the history must go.
func (d deletion) reach() time.Duration { return d.recent }

func (d deletion) add(u *union, r *rule) {
	if !u.joined {
		if d.burst {
			r.when.seen(u.read, u.past, func(f record) { u.delete(f.Message, f.Person) })
		}
		for _, f := range u.past.since(u.read.Fact.Person, u.read.Event.At, d.recent) {
			if f.said() {
				u.delete(f.Message, f.Person)
			}
		}
	}
	author, _ := u.subject()
	u.delete(u.read.Fact.Message, chat.PersonOf(author))
}

// delete takes a message away once, and not again when that was decided before.
func (u *union) delete(m chat.MessageRef, author chat.Person) {
	if m.IsZero() || u.past.Gone(author, m.ID) {
		return
	}
	if u.deletesMessage(m.ID) {
		return
	}
	if u.deleted == nil {
		u.deleted = map[string]struct{}{}
	}
	u.deleted[m.ID] = struct{}{}
	u.deletes = append(u.deletes, chat.Delete{Message: m, Author: author.Member()})
}

func (u *union) deletesMessage(id string) bool {
	_, deletes := u.deleted[id]
	return deletes
}
