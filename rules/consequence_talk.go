package rules

import (
	"palabre/chat"
	"palabre/internal/yamlsrc"
)

type (
	move       struct{ room string }
	openThread struct{ title, say chat.Words }
	logged     struct{}
	review     struct{ do []consequence }
)

func parseMove(p *parser, v yamlsrc.Value) (consequence, bool) {
	if v.Kind() == "list" {
		v.Errorf("name one room", "a message can be moved to one room only")
		return nil, false
	}
	_, names := p.rooms(v)
	if len(names) > 1 {
		v.Errorf("name one room", "%q is a group of rooms", v.Raw())
	}
	if len(names) != 1 {
		return nil, false
	}
	return move{names[0]}, true
}

func parseOpenThread(p *parser, v yamlsrc.Value) (consequence, bool) {
	m, ok := v.Map("title", "say")
	if !ok || !m.Require("title", "say") {
		return nil, false
	}
	var c openThread
	c.title, ok = p.words(m.Get("title"))
	say, good := p.words(m.Get("say"), "name", "room")
	c.say = say
	return c, ok && good
}

// parseReview reads the consequences that wait for a moderator.
func parseReview(p *parser, v yamlsrc.Value) (consequence, bool) {
	var c review
	ok := true
	for _, e := range v.OneOrMany() {
		inner, entry, good := p.consequence(e)
		if ok = ok && good; !good {
			continue
		}
		if _, nested := inner.(review); nested {
			e.Errorf("write only what waits for them", "a review inside a review")
			return nil, false
		}
		p.platforms(e, "", entry)
		c.do = append(c.do, inner)
	}
	if len(c.do) == 0 && ok {
		v.Errorf("write it like review: [ban]", "nothing waits for the moderators")
		return nil, false
	}
	return c, ok
}

func (move) name() string       { return "move" }
func (openThread) name() string { return "open_thread" }
func (logged) name() string     { return "log" }
func (review) name() string     { return "review" }

func (openThread) together() bool { return true }
func (openThread) talks()         {}
func (move) talks()               {}

func (c move) add(u *union, _ *rule) {
	u.moves = append(u.moves, chat.Say("rules.move", chat.Args{"member": u.mention(true), "room": chat.RoomName{Name: c.room}}))
}

func (c openThread) add(u *union, _ *rule) {
	ev := u.read.Event
	u.also(chat.StartThread{
		Room: ev.Room.Parent(), Logical: ev.Logical, TitleSay: chat.Phrase{Words: c.title}, Priority: chat.Interaction,
		Say: chat.Phrase{Words: c.say, Args: u.placeholders()},
	})
}

func (logged) add(u *union, _ *rule) { u.logged = true }

// add does nothing: what waits is added to the question, see Ruleset.Decide.
func (review) add(*union, *rule) {}

// reviewed are the consequences of a rule that wait for a moderator.
func (r *rule) reviewed() []consequence {
	for _, c := range r.do {
		if c, ok := c.(review); ok {
			return c.do
		}
	}
	return nil
}
