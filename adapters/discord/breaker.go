package discord

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bwmarrin/discordgo"

	"palabre/chat"
)

const (
	maxRefusals    = 5 // of one cause, before no more calls are made for it
	refusalsWithin = 10 * time.Minute
	refusedFor     = 10 * time.Minute // unless permissions change before
)

// breaker keeps calls from being made that Discord would refuse again, which it counts against us. It settles nothing: an
// order that meets it waits until it closes. What it counts together has one cause: a permission that we lack, as we compute
// it ourselves, or else one channel, or one member. So nobody pays for somebody else's rank.
type breaker map[string]*refusals

// refusals are those of one cause.
type refusals struct {
	at    []time.Time
	until time.Time
	last  error
}

// errOpen: the call was not made, since it would be refused.
var errOpen = errors.New("no call is made: it was refused too often")

// cause is what a refusal of an action is counted under.
func (a *Adapter) cause(act chat.Action) string {
	room := roomOf(act)
	switch u, lacks := a.lacks(act, false); {
	case lacks:
		return "right " + u.right + " in " + room
	case room != "":
		return string(act.ActionKind()) + " in " + room
	default:
		return string(act.ActionKind()) + " of " + memberIn(act)
	}
}

// mayTry tells whether an action may be tried now. The caller holds mu.
func (a *Adapter) mayTry(act chat.Action) error {
	now := a.opts.Clock()
	f := a.refused[a.cause(act)]
	if f == nil || !now.Before(f.until) {
		return nil
	}
	var explained *chat.Explained
	waits := &chat.RetryError{After: f.until.Sub(now), Limited: true, Err: errOpen}
	if errors.As(f.last, &explained) {
		return &chat.Explained{Say: explained.Say, Err: waits}
	}
	return waits
}

// tried counts a refusal for lack of a permission, of which the next call would meet another. The caller holds mu.
func (a *Adapter) tried(act chat.Action, err error) {
	cause := a.cause(act)
	if err == nil {
		delete(a.refused, cause)
		return
	}
	if !hasCode(err, codeMissingPermission) && !hasCode(err, codeMissingAccess) {
		return
	}
	f := a.refused[cause]
	if f == nil {
		f = &refusals{}
		a.refused[cause] = f
	}
	now := a.opts.Clock()
	f.at, f.last = append(f.at, now), err
	for now.Sub(f.at[0]) > refusalsWithin {
		f.at = f.at[1:]
	}
	if len(f.at) >= maxRefusals {
		f.at, f.until = nil, now.Add(refusedFor)
	}
	if len(a.refused) > maxBuckets {
		clear(a.refused) // it is learnt again
	}
}

// permitted forgets refusals: the permissions of the guild, of a channel or of ours have changed.
func (a *Adapter) permitted() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.refused)
}

// regraded forgets what was refused because of a member's roles, once those have changed. Ours are everybody's.
func (a *Adapter) regraded(d dispatch) {
	var m discordgo.Member
	if json.Unmarshal(d.Data, &m) != nil || m.User == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	known := a.book.guild.members[m.User.ID]
	switch {
	case known != nil && slices.Equal(slices.Sorted(slices.Values(known.roles)), slices.Sorted(slices.Values(m.Roles))):
	case m.User.ID == a.book.self:
		clear(a.refused)
	default:
		for _, kind := range chat.Carried() {
			delete(a.refused, fmt.Sprintf("%s of %s", kind, m.User.ID))
		}
	}
}

// memberIn is the member that an action is about, empty when it is about none.
func memberIn(act chat.Action) string {
	switch act := act.(type) {
	case chat.Timeout:
		return act.Member.ID
	case chat.LiftTimeout:
		return act.Member.ID
	case chat.Kick:
		return act.Member.ID
	case chat.Ban:
		return act.Member.ID
	case chat.Unban:
		return act.Member.ID
	case chat.GiveRole:
		return act.Member.ID
	case chat.TakeRole:
		return act.Member.ID
	case chat.ResetName:
		return act.Member.ID
	case chat.Direct:
		return act.Member.ID
	default:
		return ""
	}
}
