package rules

import (
	"palabre/chat"
	"palabre/internal/yamlsrc"
)

type (
	remind struct{}
	warn   struct{}
	alert  struct{}
	reply  struct{ words chat.Words }
)

func parseReply(p *parser, v yamlsrc.Value) (consequence, bool) {
	if v.IsZero() {
		return nil, false
	}
	w, ok := p.words(v, "name", "room")
	return reply{w}, ok
}

func (remind) name() string { return "remind" }
func (warn) name() string   { return "warn" }
func (alert) name() string  { return "alert" }
func (reply) name() string  { return "reply" }

func (remind) add(u *union, r *rule) { u.remind = first(u.remind, r) }
func (warn) add(u *union, r *rule)   { u.warn = first(u.warn, r) }
func (alert) add(u *union, r *rule)  { u.alert = first(u.alert, r) }
func (c reply) add(u *union, _ *rule) {
	u.replies = append(u.replies, chat.Phrase{Words: c.words, Args: u.placeholders()})
}

// placeholders are what is filled into the community's own words.
func (u *union) placeholders() chat.Args {
	return chat.Args{"name": u.mention(true), "room": chat.RoomName{Room: u.read.Event.Room, Name: u.read.Event.Logical}}
}

func (alert) together() bool { return true }
func (reply) talks()         {}

// first keeps the rule that spoke first: a member is warned once, whatever number of rules match.
func first(a, b *rule) *rule {
	if a != nil {
		return a
	}
	return b
}

func (u *union) mention(ping bool) chat.Mention {
	a := &u.read.Event.Actor
	return chat.Mention{Member: a.MemberRef, Name: a.Name, Ping: ping}
}

// sends are the messages of the union: a warning makes a reminder needless.
func (u *union) sends() []chat.Action {
	var out []chat.Action
	switch {
	case u.warn != nil:
		out = append(out, u.answer("warn", u.notice("rules.warn", u.warn)))
	case u.remind != nil:
		out = append(out, u.answer("remind", u.notice("rules.remind", u.remind)))
	}
	for _, say := range u.replies {
		out = append(out, u.answer("reply", say))
	}
	for _, say := range u.moves {
		out = append(out, u.answer("move", say))
	}
	if u.alert != nil {
		out = append(out, chat.Send{Logical: "desk", As: "alert", Priority: chat.Interaction, Say: u.alarm(u.alert)})
	}
	return out
}

// answer is a message where the member reads it: in the room of the event, referring to their message while that stands; in
// the thread that they opened, since a forum takes no messages itself.
func (u *union) answer(as string, say chat.Phrase) chat.Send {
	s := chat.Send{Room: u.read.Event.Room, Logical: u.read.Event.Logical, As: as, Say: say, Priority: chat.Interaction}
	if len(u.deletes) == 0 && !u.cleaned {
		s.ReplyTo = u.read.Fact.Message.ID
	}
	if opened, ok := u.read.Event.Body.(chat.ThreadOpened); ok && !opened.Thread.IsZero() {
		s.Room = opened.Thread
	}
	if blocked, never := u.neverShown(); never {
		s.For = u.read.Event.Actor.MemberRef
		if blocked.Posts {
			s.Room, s.Logical = chat.RoomRef{}, "desk"
		}
	}
	return s
}

// neverShown tells whether nobody has seen what the event is about: the platform's own filter stopped it.
func (u *union) neverShown() (chat.MessageBlocked, bool) {
	blocked, ok := u.read.Event.Body.(chat.MessageBlocked)
	return blocked, ok && blocked.Message.IsZero()
}

// notice tells a member what is wrong, which article says so, and what to do. It promises no deletion: the platform may
// refuse that.
func (u *union) notice(key string, r *rule) chat.Phrase {
	next := "rules.next.kept"
	_, never := u.neverShown()
	switch {
	case never:
		next = "rules.next.blocked"
	case len(u.deletes) > 0 || u.cleaned:
		next = "rules.next.deleted"
	case u.read.Event.Body.EventKind() == chat.KindReaction:
		next = "rules.next.reaction"
	}
	return chat.Say(key, chat.Args{"member": u.mention(true), "why": r.cited(), "next": chat.Say(next, nil)})
}

// cited is the rule's sentence, with its article when that says something else.
func (r *rule) cited() chat.Phrase {
	if r.article == nil || len(r.why) == 0 {
		return r.because()
	}
	return chat.Say("rules.cited", chat.Args{"why": r.because(), "article": chat.Phrase{Words: r.article.text}})
}

func (u *union) alarm(r *rule) chat.Phrase {
	member, name := u.subject()
	args := chat.Args{"member": chat.Mention{Member: member, Name: name}, "rule": r.name, "why": r.because()}
	for _, reason := range u.reasons {
		if reason.Excerpt != "" {
			args["excerpt"] = chat.Excerpt(reason.Excerpt)
			return chat.Say("rules.alert.quote", args)
		}
	}
	return chat.Say("rules.alert", args)
}
