package rules_test

import (
	"slices"
	"testing"
	"time"

	"palabre/chat"
	"palabre/rules"
)

// The example, which most communities begin with, leaves newcomers alone who link to one of our own rooms, and not those who
// invite elsewhere.
func TestExampleSparesLinksToOurOwnRooms(t *testing.T) {
	able := chat.Capabilities{Actions: map[chat.ActionKind]chat.Support{}, AccountAge: true}
	for _, kind := range example(t).Acts() {
		able.Actions[kind] = chat.Support{Can: true}
	}
	rs := exampleOn(t, map[chat.Platform]chat.Capabilities{chat.Matrix: able, chat.Discord: able})
	for say, own := range map[string]bool{
		"see https://matrix.to/#/!ourroom/$event":   true,
		"ask in https://matrix.to/#/#help:ours.org": true,
		"https://discord.gg/ours":                   true,
		"https://matrix.to/#/#spam:elsewhere.org":   false,
		"join discord.gg/abc123":                    false,
	} {
		past := rules.NewHistory([16]byte{})
		ev := message("1", say, noon)
		ev.Logical, ev.Actor.Created, ev.Actor.Joined = "welcome", noon.Add(-time.Minute), noon.Add(-time.Minute)
		past.RestoreMember(rules.Member{Person: "bob", Joined: ev.Actor.Joined})
		r := rs.Read(ev, past)
		asked := false
		r.Invites = func(chat.InviteRef) (chat.Invite, bool) {
			asked = true
			return chat.Invite{State: chat.InviteLeads, Own: own, Community: "1"}, true
		}
		past.Fold(r.Fact)
		struck := slices.ContainsFunc(rs.Decide(r, past).Verdicts, func(v rules.Verdict) bool { return v.Rule == "new-account-invites" })
		if struck == own || !asked {
			t.Errorf("%s: struck %v, asked %v", say, struck, asked)
		}
		r.Release()
	}
}
