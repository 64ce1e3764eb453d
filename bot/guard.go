package bot

import (
	"time"

	"palabre/chat"
)

// guard is the last gate before anything is recorded. It may hold back or drop what deciders want; it
// never adds anything.
type guard struct {
	sanctions []time.Time // moments of the sanctions of the last hour, those ordered before a restart too
	// allows tells whether a member allowed private messages.
	allows func(chat.MemberRef) bool
}

// ruling is what the guard says of one action.
type ruling int8

const (
	pass ruling = iota
	drop        // not done at all: whom it would hit is safe, or it is too late
	hold        // recorded, and kept for the operator
)

// judge rules on one action that an event led to. target is who would be hit, as far as it is known. now is when it would be
// done: the ceilings are about what we do, whatever time its cause bears.
func (g *guard) judge(limits Limits, now time.Time, ev chat.Event, a chat.Action, target *chat.Actor) ruling {
	switch {
	case g.unwanted(ev, a), barred(ev, a, target):
		return drop
	case isSanction(a) && !g.room(limits, now):
		return hold
	default:
		return pass
	}
}

// unwanted tells whether nobody asked for an action that only those concerned may ask for, or that calms a room too late.
func (g *guard) unwanted(ev chat.Event, a chat.Action) bool {
	switch a := a.(type) {
	case chat.Direct:
		return !asked(ev, a.Member) && !g.allows(a.Member)
	case chat.AllowDirect:
		return a.Member != ev.Actor.MemberRef
	case chat.Slowmode, chat.Lock, chat.RaidMode:
		return ev.Late
	default:
		return false
	}
}

// barred tells whether an action must not be done at all: whom it would hit is safe, or it comes too late.
func barred(ev chat.Event, a chat.Action, target *chat.Actor) bool {
	if !punishes(a) {
		return false
	}
	return target != nil && (!mayHit(ev, *target) || nobodysWords(*target, a)) || ev.Late && tooLateFor(a)
}

// nobodysWords tells whether an action would punish somebody for words behind which stands no member that we know: only
// the words can go.
func nobodysWords(target chat.Actor, a chat.Action) bool {
	_, isDelete := a.(chat.Delete)
	return target.Kind == chat.Nobody && !isDelete
}

// punishes tells whether an action is against somebody, or may be: a role can be a power or a mark.
func punishes(a chat.Action) bool {
	switch a := a.(type) {
	case chat.Timeout, chat.Kick, chat.Ban, chat.Strike, chat.Delete, chat.GiveRole, chat.TakeRole, chat.ResetName:
		return true
	case chat.Send:
		return a.As == "warn" || a.As == "remind" || a.As == "reply"
	default:
		return false
	}
}

// isSanction tells whether an action counts against the ceilings.
func isSanction(a chat.Action) bool {
	switch a.(type) {
	case chat.Timeout, chat.Kick, chat.Ban:
		return true
	default:
		return false
	}
}

// mayHit tells whether the event's actor (the rules, when it is about their own message) may act against
// somebody: never against programs, and never against anybody who does not stand strictly below.
func mayHit(ev chat.Event, target chat.Actor) bool {
	if target.Kind == chat.Self || target.Kind == chat.System {
		return false
	}
	if ev.Actor.MemberRef == target.MemberRef {
		return target.Standing < chat.StandingModerator
	}
	return target.Standing < ev.Actor.Standing
}

// tooLateFor tells whether an action comes too late for an old event: cleaning up never does.
func tooLateFor(a chat.Action) bool {
	_, isDelete := a.(chat.Delete)
	return !isDelete
}

// room counts a sanction, unless a ceiling is reached.
func (g *guard) room(limits Limits, now time.Time) bool {
	kept := g.sanctions[:0]
	minute := 0
	for _, at := range g.sanctions {
		if now.Sub(at) < time.Hour {
			kept = append(kept, at)
		}
		if now.Sub(at) < time.Minute {
			minute++
		}
	}
	g.sanctions = kept
	if full(minute, limits.PerMinute) || full(len(kept), limits.PerHour) {
		return false
	}
	g.sanctions = append(g.sanctions, now)
	return true
}

func full(count, ceiling int) bool { return ceiling > 0 && count >= ceiling }
