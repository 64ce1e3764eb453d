package rules

import (
	"strings"

	"palabre/chat"
)

// kindSet is a set of the kinds of events that rules can judge.
type kindSet uint8

const (
	onMessage kindSet = 1 << iota
	onEdit
	onJoin
	onRenamed
	onReaction
	onThread

	onText = onMessage | onEdit
	onAll  = onText | onJoin | onRenamed | onReaction | onThread
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
