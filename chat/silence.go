package chat

import "time"

// The kinds of events about silences: those that somebody imposed in the platform's own client, and the echoes of our own.
const (
	KindSilenced   EventKind = "silenced"
	KindUnsilenced EventKind = "unsilenced"
)

// MemberSilenced: By silenced the Actor until a moment, zero where the platform does not tell it.
type MemberSilenced struct {
	By     Actor
	Until  time.Time
	Reason string
}

// MemberUnsilenced: By let the Actor speak again before their silence ended, or Here alone: in the event's room.
type MemberUnsilenced struct {
	By   Actor
	Here bool `json:",omitempty"`
}

// EventKind is the word for it.
func (MemberSilenced) EventKind() EventKind { return KindSilenced }

// EventKind is the word for it.
func (MemberUnsilenced) EventKind() EventKind { return KindUnsilenced }
