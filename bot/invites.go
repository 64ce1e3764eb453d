package bot

import (
	"fmt"
	"slices"
	"time"

	"palabre/chat"
	"palabre/store"
)

const (
	// How long an invitation's destination is known; what leads nowhere may lead somewhere soon.
	inviteKnown   = 24 * time.Hour
	inviteUnknown = 10 * time.Minute
	// mostInvites bounds what is remembered of invitations.
	mostInvites = 10_000
	// mostPostponed is how many messages wait for one invitation; the rest are judged when it is posted again.
	mostPostponed = 50
)

// invites are where invitations lead, as far as their platforms told of late.
type invites map[chat.InviteRef]learnt

type learnt struct {
	chat.Invite
	until time.Time
}

// put remembers an answer.
func (i invites) put(inv chat.Invite, now time.Time) {
	if len(i) >= mostInvites {
		clear(i)
	}
	keep := inviteUnknown
	if inv.State == chat.InviteLeads {
		keep = inviteKnown
	}
	i[inv.InviteRef] = learnt{inv, now.Add(keep)}
}

// whereTo lends the rules what is known of an invitation. One of a platform that cannot be asked leads elsewhere.
func (l *lane) whereTo(ref chat.InviteRef) (chat.Invite, bool) {
	adapter, connected := l.finders[ref.Platform]
	if !connected || !adapter.Capabilities().Actions[chat.ActLookUp].Can {
		return chat.Invite{InviteRef: ref, State: chat.InviteLeads}, true
	}
	known, found := l.invites[ref]
	return known.Invite, found && l.clock.Now().Before(known.until)
}

// inviteKey is where the messages are kept that wait for an invitation.
func inviteKey(ref chat.InviteRef) string { return "invite/" + string(ref.Platform) + "/" + ref.Code }

// postponed is a message that is judged again when it is known where its invitation leads. Exactly one of the bodies is set.
type postponed struct {
	Event  chat.Event          `json:"event"` // without its body
	Sent   *chat.MessageSent   `json:"sent,omitempty"`
	Edited *chat.MessageEdited `json:"edited,omitempty"`
}

func postpone(ev chat.Event) (p postponed, ok bool) {
	switch body := ev.Body.(type) {
	case chat.MessageSent:
		p.Sent = &body
	case chat.MessageEdited:
		p.Edited = &body
	default:
		return p, false
	}
	p.Event = ev
	p.Event.Body = nil
	return p, true
}

func (p postponed) event() chat.Event {
	ev := p.Event
	if p.Sent != nil {
		ev.Body = *p.Sent
	} else if p.Edited != nil {
		ev.Body = *p.Edited
	}
	return ev
}

// lookUp asks where invitations lead on which some rule's answer hangs. Their message waits; each invitation is asked for
// once at a time.
func (l *lane) lookUp(s *scope, refs []chat.InviteRef) {
	message, ok := postpone(s.ev)
	if !ok {
		return
	}
	for _, ref := range refs {
		waiting := l.postponedFor(ref)
		if len(waiting) == 0 {
			l.order(s, chat.LookUp{Invite: ref}, ref.Platform, store.Pending)
		}
		known := slices.ContainsFunc(waiting, func(p postponed) bool { return p.Event.ID == s.ev.ID })
		if len(waiting) < mostPostponed && !known {
			l.keep(chat.Remember{Key: inviteKey(ref), Value: append(waiting, message)})
		}
	}
}

// postponedFor are the messages that wait for an invitation.
func (l *lane) postponedFor(ref chat.InviteRef) []postponed {
	memory, err := l.memory([]string{inviteKey(ref)})
	if err != nil {
		return nil // stopping
	}
	var waiting []postponed
	memory.Get(inviteKey(ref), &waiting)
	return waiting
}

// lookedUp takes what a platform told about an invitation, and judges again what waited for it.
func (l *lane) lookedUp(settled chat.Settled) {
	asked, ok := settled.Act.(chat.LookUp)
	if !ok {
		return
	}
	answer := settled.Receipt.Invite
	switch {
	case settled.Outcome == chat.Done && settled.Receipt.Gone:
		answer.State = chat.InviteGone
	case settled.Outcome != chat.Done || answer.State == "":
		answer.State = chat.InviteUnclear
	}
	answer.InviteRef = asked.Invite
	l.invites.put(answer, l.clock.Now())
	waiting := l.postponedFor(asked.Invite)
	if len(waiting) > 0 {
		l.keep(chat.Remember{Key: inviteKey(asked.Invite)})
	}
	for _, p := range waiting {
		l.judgeAgain(p.event(), asked.Invite)
	}
}

// judgeAgain asks the rules about a message that was judged before, now that more is known. What they did then joins its
// incident and is not done twice.
func (l *lane) judgeAgain(ev chat.Event, now chat.InviteRef) {
	ev.Late = ev.Late || l.clock.Now().Sub(ev.At) > l.plan.Limits.Late
	d, err := l.ruleAgain(ev)
	if err != nil {
		l.quarantine(ev, err)
		return
	}
	d.source = "rules " + inviteKey(now)
	l.record(ev, d)
}

func (l *lane) ruleAgain(ev chat.Event) (d decided, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	reading := l.plan.Rules.Read(&ev, l.history)
	defer reading.Release()
	return l.askRules(reading), nil
}
