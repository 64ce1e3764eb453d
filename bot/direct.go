package bot

import (
	"encoding/json"

	"palabre/chat"
)

// directPrefix + a person is where the memory keeps that they allowed private messages.
const directPrefix = "direct/"

// allowDirect keeps whether somebody wants private messages.
func (l *lane) allowDirect(a chat.AllowDirect) {
	keep := chat.Remember{Key: directPrefix + string(chat.PersonOf(a.Member))}
	if a.Allow {
		keep.Value = true
	}
	l.keep(keep)
}

// allowsDirect tells whether somebody allowed private messages.
func (l *lane) allowsDirect(member chat.MemberRef) bool {
	key := directPrefix + string(chat.PersonOf(member))
	memory, err := l.memory([]string{key})
	var allowed bool
	return err == nil && json.Unmarshal(memory[key], &allowed) == nil && allowed
}

// asked tells whether a member asked for an answer by this very event.
func asked(ev chat.Event, member chat.MemberRef) bool {
	switch ev.Body.(type) {
	case chat.CommandInvoked, chat.ButtonPressed, chat.FormSubmitted:
		return ev.Actor.Kind == chat.Human && ev.Actor.MemberRef == member
	default:
		return false
	}
}
