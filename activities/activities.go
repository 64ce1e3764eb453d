// Package activities brings a community to life: each activity answers to events with actions, and remembers
// between them what the shell keeps for it.
package activities

import "palabre/chat"

// Activity is one thing that livens rooms up. Its memory and wake keys begin with its name and a slash.
type Activity interface {
	// Name is the word for it in the configuration.
	Name() string
	// Keys are the memory keys that an event concerns; nil when the activity has nothing to do with it. It is called for every event.
	Keys(ev chat.Event) []string
	// Act answers to an event that Keys gave keys for. It is pure: what it must not forget it says with chat.Remember,
	// and when it wants to be called with chat.Wake.
	Act(ev chat.Event, mem Memory) []chat.Action
}

// Memory is what an activity remembered, for the keys that it asked for, and what the house knows.
type Memory interface {
	// Get reads a record into a pointer; false when there is none.
	Get(key string, into any) bool
	// Raid tells whether raid mode is on. Nobody keeps a copy of it: an activity that is out of the configuration
	// when raid mode begins or ends would keep a wrong one for ever.
	Raid() bool
}

// desk is the logical name under which everybody speaks of the moderators' room.
const desk = "desk"

// note is a line for the moderators.
func note(say chat.Phrase) chat.Action {
	return chat.Send{Logical: desk, As: "note", Say: say, Priority: chat.Log}
}
