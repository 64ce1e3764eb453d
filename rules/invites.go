package rules

import (
	"slices"

	"palabre/chat"
	"palabre/text"
)

// Resolver tells what is known of an invitation; false: nobody has asked its platform yet.
type Resolver func(chat.InviteRef) (chat.Invite, bool)

// How the shell lends what it knows of invitations. It sets Reading.Invites before Decide. When a rule's answer
// hangs on an invitation that nobody has asked for, the rule says nothing and Decision.Unresolved names it: the shell
// asks the platform and decides about the same event again, with the same Reading.Invites knowing more. What a
// platform could not tell (chat.InviteUnclear) punishes nobody: an enforced rule that hangs on it asks the moderators.
// Without a Resolver, and for platforms that Palabre is not on, every invitation that is not listed under `own` is foreign.

// destination is where an invitation leads, as far as a rule may know.
type destination uint8

const (
	leadsAway destination = iota
	leadsHome
	leadsNowhere
	leadsUnknown // nobody knows: not asked yet, or the platform could not tell
)

// leads tells where an invitation leads. own are codes and ids of communities that count as home.
func (r *Reading) leads(i *text.Invite, own []string) destination {
	if slices.Contains(own, i.Code) {
		return leadsHome
	}
	if r.Invites == nil || !r.onPlatform(i.Platform) {
		return leadsAway
	}
	known, ok := r.Invites(chat.InviteRef{Platform: chat.Platform(i.Platform), Code: i.Code})
	switch {
	case !ok:
		r.unresolved = append(r.unresolved, chat.InviteRef{Platform: chat.Platform(i.Platform), Code: i.Code})
		return leadsUnknown
	case known.State == chat.InviteGone:
		return leadsNowhere
	case known.State != chat.InviteLeads:
		r.unclear = true
		return leadsUnknown
	case known.Own || slices.Contains(own, known.Community):
		return leadsHome
	}
	return leadsAway
}
