package chat

// The kinds of events about rooms that are met, on networks where who is banned or silent is a matter of each room.
const (
	KindEntered EventKind = "entered"
	KindMet     EventKind = "met"
)

// MemberEntered: the Actor entered one more room of the community, the event's.
type MemberEntered struct{}

// RoomMet: Palabre protects the event's room from now on; the Members were in it before.
type RoomMet struct{ Members []MemberRef }

// EventKind is the word for it.
func (MemberEntered) EventKind() EventKind { return KindEntered }

// EventKind is the word for it.
func (RoomMet) EventKind() EventKind { return KindMet }
