package bot

import (
	"cmp"
	"errors"
	"time"

	"palabre/catalogue"
	"palabre/chat"
	"palabre/store"
)

// label is what an action is in a case's record.
func label(a chat.Action) string {
	switch a := a.(type) {
	case chat.Send:
		return cmp.Or(a.As, string(a.ActionKind()))
	case chat.React:
		return cmp.Or(a.As, string(a.ActionKind()))
	default:
		return string(a.ActionKind())
	}
}

// subject is what an action is about: the orders of one subject are carried out in order.
func subject(a chat.Action) string {
	switch a := a.(type) {
	case chat.Send:
		if a.Reply != "" {
			return "reply " + a.Reply
		}
		return roomSubject(a.Room, a.Priority)
	case chat.StartThread:
		return roomSubject(a.Room, a.Priority)
	case chat.OpenPoll:
		return roomSubject(a.Room, a.Priority)
	case chat.Edit, chat.Delete, chat.React, chat.Pin, chat.Unpin, chat.ClosePoll:
		return "message " + messageOf(a).ID
	case chat.Slowmode, chat.Lock, chat.Unlock:
		room := placeOf(a)
		return "calm " + string(room.Platform) + ":" + room.ID + "/" + room.Thread
	case chat.LookUp:
		return inviteKey(a.Invite)
	case chat.Direct:
		return "direct " + string(chat.PersonOf(a.Member))
	case chat.GiveRole, chat.TakeRole, chat.ResetName: // a ban does not wait for a role
		return "looks " + string(chat.PersonOf(memberOf(a)))
	default:
		return memberSubject(memberOf(a))
	}
}

// memberSubject is the subject of what is done against a member, and of what takes it back.
func memberSubject(m chat.MemberRef) string { return "member " + string(chat.PersonOf(m)) }

// roomSubject keeps the messages of a room in order, without letting a warning wait for a question of the week.
func roomSubject(r chat.RoomRef, p chat.Priority) string {
	return "room " + string(r.Platform) + ":" + r.ID + "/" + r.Thread + " " + string('0'+rune(p))
}

// about is whom an action is about, and their name; zero when it is about nobody.
func about(a chat.Action) (member chat.MemberRef, name string) {
	switch a := a.(type) {
	case chat.Timeout:
		return a.Member, a.Name
	case chat.LiftTimeout:
		return a.Member, a.Name
	case chat.Kick:
		return a.Member, a.Name
	case chat.Ban:
		return a.Member, a.Name
	case chat.Unban:
		return a.Member, a.Name
	case chat.GiveRole:
		return a.Member, a.Name
	case chat.TakeRole:
		return a.Member, a.Name
	case chat.ResetName:
		return a.Member, a.Name
	case chat.Direct:
		return a.Member, a.Name
	default:
		return chat.MemberRef{}, ""
	}
}

func memberOf(a chat.Action) chat.MemberRef {
	member, _ := about(a)
	return member
}

func memberName(a chat.Action) string {
	_, name := about(a)
	return name
}

// messageOf is the message that an action is about; zero when it is about none.
func messageOf(a chat.Action) chat.MessageRef {
	switch a := a.(type) {
	case chat.Edit:
		return a.Message
	case chat.Delete:
		return a.Message
	case chat.React:
		return a.Message
	case chat.Pin:
		return a.Message
	case chat.Unpin:
		return a.Message
	case chat.ClosePoll:
		return a.Message
	default:
		return chat.MessageRef{}
	}
}

// placeOf is the platform's side of an action that is not a message to a room.
func placeOf(a chat.Action) chat.RoomRef {
	switch a := a.(type) {
	case chat.Slowmode:
		return a.Room
	case chat.Lock:
		return a.Room
	case chat.Unlock:
		return a.Room
	default:
		if message := messageOf(a); !message.IsZero() {
			return message.Room
		}
		return chat.RoomRef{Platform: memberOf(a).Platform}
	}
}

func priority(a chat.Action) chat.Priority {
	switch a := a.(type) {
	case chat.Send:
		return a.Priority
	case chat.Edit:
		return a.Priority
	case chat.StartThread:
		return a.Priority
	case chat.OpenPoll:
		return a.Priority
	case chat.Direct:
		return a.Priority
	case chat.React, chat.LookUp:
		return chat.Interaction
	default:
		return chat.Safety
	}
}

// actPhrase names an action with its measure: "timeout 1 hour".
func actPhrase(a chat.Action, now time.Time) chat.Arg {
	name := chat.Say("act."+label(a), nil)
	switch a := a.(type) {
	case chat.Timeout:
		return lasting(name, a.Until, now)
	case chat.RaidMode:
		if !a.On {
			return chat.Say("act.raid mode.ended", nil)
		}
		return lasting(name, a.Until, now)
	case chat.Ban:
		return lasting(name, a.Until, now)
	case chat.Strike:
		return chat.Say("act.points", chat.Args{"count": a.Points})
	case chat.GiveRole:
		return lasting(withDetail(name, a.Role), a.Until, now)
	case chat.TakeRole:
		return withDetail(name, a.Role)
	case chat.React:
		return withDetail(name, a.Emoji)
	case chat.ResetName:
		if a.To != "" {
			return chat.Say("act.detail", chat.Args{"act": chat.Say("act.reset name.to", nil), "detail": a.To})
		}
		return name
	case chat.Slowmode:
		if a.Every == 0 {
			return chat.Say("act.slowmode.ended", nil)
		}
		return lasting(withDetail(name, a.Every), a.Until, now)
	case chat.Lock:
		return lasting(name, a.Until, now)
	default:
		return name
	}
}

func withDetail(name chat.Phrase, detail chat.Arg) chat.Phrase {
	return chat.Say("act.detail", chat.Args{"act": name, "detail": detail})
}

// endPhrase names what the end of a sanction leads to: a lift, or a shorter sanction that stood beside it.
func endPhrase(a chat.Action, now time.Time) chat.Arg {
	if shorter, ok := a.(chat.Timeout); ok {
		return chat.Say("act.shortened", chat.Args{"act": chat.Say("act.timeout", nil), "until": shorter.Until})
	}
	return actPhrase(a, now)
}

func lasting(name chat.Phrase, until, now time.Time) chat.Arg {
	if until.IsZero() {
		return name
	}
	return chat.Say("act.for", chat.Args{"act": name, "duration": until.Sub(now).Round(time.Second)})
}

func resolver(number int) catalogue.Resolver { return catalogue.Resolver{Case: number} }

func isNotFound(err error) bool { return errors.Is(err, store.ErrNotFound) }
