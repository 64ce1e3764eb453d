package rules

import (
	"strings"

	"palabre/chat"
)

// kindSet is a set of the kinds of events that rules can judge.
type kindSet uint16

const (
	onMessage kindSet = 1 << iota
	onEdit
	onJoin
	onRenamed
	onReaction
	onThread
	onReport
	onBlocked

	onText  = onMessage | onEdit
	onWords = onText | onThread | onBlocked // what has words that can be read
	onAll   = onWords | onJoin | onRenamed | onReaction | onReport
)

var kindNames = []struct {
	kind chat.EventKind
	bit  kindSet
}{
	{chat.KindMessage, onMessage},
	{chat.KindEdit, onEdit},
	{chat.KindJoin, onJoin},
	{chat.KindRenamed, onRenamed},
	{chat.KindReaction, onReaction},
	{chat.KindThread, onThread},
	{chat.KindReport, onReport},
	{chat.KindBlocked, onBlocked},
}

// kindBit is the set of one kind; empty for a kind that rules never judge.
func kindBit(k chat.EventKind) kindSet {
	for i := range kindNames {
		if kindNames[i].kind == k {
			return kindNames[i].bit
		}
	}
	return 0
}

func (s kindSet) String() string {
	var names []string
	for _, k := range kindNames {
		if s&k.bit != 0 {
			names = append(names, string(k.kind))
		}
	}
	return strings.Join(names, ", ")
}
