package rules

import (
	"time"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

type (
	roleChange struct {
		role   string
		take   bool
		length time.Duration // of a role that is given; zero: for good
	}
	resetName struct{ to string }
	react     struct{ emoji string }
)

func parseRoleChange(_ *parser, v yamlsrc.Value) (consequence, bool) {
	m, ok := v.Map("give", "take", "for")
	if !ok {
		return nil, false
	}
	if m.Has("give") == m.Has("take") {
		v.Errorf("write role: { give: muted, for: 1d }, or role: { take: newcomer }", "either give or take a role")
		return nil, false
	}
	c := roleChange{take: m.Has("take")}
	if c.take {
		c.role, ok = m.Get("take").Text()
	} else {
		c.role, ok = m.Get("give").Text()
	}
	if length := m.Get("for"); !length.IsZero() {
		d, good := length.Duration(time.Minute, longestSanction)
		c.length, ok = d, ok && good
		if c.take {
			length.Errorf("remove it", "a role that is taken stays taken")
			return nil, false
		}
	}
	return c, ok
}

func parseResetName(_ *parser, v yamlsrc.Value) (consequence, bool) {
	if v.IsZero() {
		return resetName{}, true
	}
	to, ok := v.Text()
	if ok && len([]rune(to)) > 32 {
		v.Errorf("the most is 32", "the name has more than 32 characters")
		return nil, false
	}
	return resetName{to}, ok
}

func parseReact(_ *parser, v yamlsrc.Value) (consequence, bool) {
	emoji, ok := v.Text()
	return react{emoji}, ok
}

func (roleChange) name() string { return "role" }
func (resetName) name() string  { return "reset_name" }
func (react) name() string      { return "react" }

func (c roleChange) add(u *union, r *rule) {
	a := &u.read.Event.Actor
	if c.take {
		u.also(chat.TakeRole{Member: a.MemberRef, Name: a.Name, Role: c.role, Reason: r.name})
		return
	}
	give := chat.GiveRole{Member: a.MemberRef, Name: a.Name, Role: c.role, Reason: r.name}
	if c.length > 0 {
		give.Until = u.read.Event.At.Add(c.length)
	}
	u.also(give)
}

func (c resetName) add(u *union, r *rule) {
	a := &u.read.Event.Actor
	u.also(chat.ResetName{Member: a.MemberRef, Name: a.Name, To: c.to, Reason: r.name})
}

func (c react) add(u *union, _ *rule) {
	u.also(chat.React{Message: u.read.Fact.Message, Emoji: c.emoji})
}
