package chat

import "time"

// The words about calming a room.
const (
	ActSlowmode ActionKind = "slowmode"
	ActLock     ActionKind = "lock"
	ActUnlock   ActionKind = "unlock"
)

// Slowmode lets each member say one message in every so long; zero ends it. Room and Logical are as in Send.
type Slowmode struct {
	Room    RoomRef       `json:"room"`
	Logical string        `json:"logical,omitempty"`
	Every   time.Duration `json:"every"`
	Until   time.Time     `json:"until,omitzero"` // the shell ends it then; zero: nobody does
	Reason  string        `json:"reason,omitempty"`
}

// Lock leaves a room's word to its moderators. Room and Logical are as in Send.
type Lock struct {
	Room    RoomRef   `json:"room"`
	Logical string    `json:"logical,omitempty"`
	Until   time.Time `json:"until,omitzero"` // the shell unlocks then; zero: nobody does
	Reason  string    `json:"reason,omitempty"`
}

// Unlock gives back what Lock took, and nothing else: who could not speak before cannot after.
type Unlock struct {
	Room    RoomRef `json:"room"`
	Logical string  `json:"logical,omitempty"`
	Reason  string  `json:"reason,omitempty"`
}

// ActionKind is the word for it.
func (Slowmode) ActionKind() ActionKind { return ActSlowmode }

// ActionKind is the word for it.
func (Lock) ActionKind() ActionKind { return ActLock }

// ActionKind is the word for it.
func (Unlock) ActionKind() ActionKind { return ActUnlock }
