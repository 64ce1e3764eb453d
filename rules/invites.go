package rules

import (
	"slices"

	"palabre/chat"
	"palabre/text"
)

// Resolver tells what is known of an invitation; false: nobody has asked its platform yet.
//
// The shell lends what it knows by setting Reading.Invites before Decide. When a rule's answer hangs on an
// invitation that nobody has asked for, the rule says nothing and Decision.Unresolved names it: the shell asks the
// platform, and decides about the same event again when Reading.Invites knows more. What a platform could not tell
// (chat.InviteUnclear) punishes nobody: an enforced rule that hangs on it asks the moderators. Without a Resolver,
// and for platforms that Palabre is not on, every invitation that is not listed under `own` is foreign.
type Resolver func(chat.InviteRef) (chat.Invite, bool)

// destination is where an invitation leads.
type destination uint8

const (
	leadsAway destination = iota
	leadsHome
	leadsNowhere
	unsure // nobody knows; whoever asks takes Reading.assumed instead
)

// leads tells where an invitation leads. own are the codes, and the ids of communities, that count as home.
func (r *Reading) leads(i *text.Invite, own []string) destination {
	if slices.Contains(own, i.Code) {
		return leadsHome
	}
	platform := chat.Platform(i.Platform)
	if _, here := r.platforms[platform]; r.Invites == nil || !here {
		return leadsAway
	}
	ref := chat.InviteRef{Platform: platform, Code: i.Code}
	known, asked := r.Invites(ref)
	switch {
	case !asked:
		r.unresolved = append(r.unresolved, ref)
		return unsure
	case known.State == chat.InviteGone:
		return leadsNowhere
	case known.State != chat.InviteLeads:
		r.unclear = true
		return unsure
	case known.Own || slices.Contains(own, known.Community):
		return leadsHome
	}
	return leadsAway
}

// judgement is a rule's answer about a reading.
type judgement uint8

const (
	doesNotMatch judgement = iota
	matches
	matchesPerhaps // it hangs on an invitation of which the platform could not say where it leads
)

// judge asks a rule. Where invitations are unknown it is asked once for each thing that they could be, and answers
// only what is true of all; the reading then assumes what made it match.
func (r *rule) judge(read *Reading, past *History) judgement {
	if !r.resolves || len(read.View.Invites()) == 0 {
		return certain(r.matches(read, past))
	}
	asked := len(read.unresolved)
	read.unclear = false
	yes, no, matching := 0, 0, leadsAway
	for _, assumed := range []destination{leadsNowhere, leadsHome, leadsAway} {
		read.assume(assumed)
		if r.matches(read, past) {
			yes, matching = yes+1, assumed
		} else {
			no++
		}
	}
	read.assume(matching)
	switch {
	case yes == 0 || no == 0:
		read.unresolved = read.unresolved[:asked]
		return certain(yes > 0)
	case len(read.unresolved) > asked:
		return doesNotMatch
	}
	return matchesPerhaps
}

func certain(match bool) judgement {
	if match {
		return matches
	}
	return doesNotMatch
}

// assume takes unknown invitations to lead somewhere, and forgets what was found out with another assumption.
func (r *Reading) assume(d destination) {
	r.assumed = d
	clear(r.signals)
}

// unknown are the invitations that the decision waits for, each once.
func (r *Reading) unknown() []chat.InviteRef {
	if len(r.unresolved) == 0 {
		return nil
	}
	var out []chat.InviteRef
	for _, ref := range r.unresolved {
		if !slices.Contains(out, ref) {
			out = append(out, ref)
		}
	}
	return out
}
