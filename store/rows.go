package store

import (
	"time"

	"palabre/chat"
)

// Group is everything that one turn of the loop writes: it is committed whole or not at all.
type Group struct {
	Events     []Event
	Verdicts   []Verdict
	Cases      []Case     // new ones
	Questions  []Question // new ones, and old ones as they stand now
	Undone     []Undone
	Strikes    []Strike
	Sanctions  []Sanction // new ones, and old ones with their end
	Memory     []Memory
	Wakes      []Wake
	Orders     []Order
	Updates    []Update
	Members    []Member
	Cursors    []Cursor
	Quarantine []Quarantined
	Archive    []Archived
	Taken      []Taken
}

// Event is the journal's row of an event that was decided.
type Event struct {
	ID   string
	At   time.Time
	Kind chat.EventKind
	Fact []byte // rules.Fact as JSON
}

// Verdict is what one rule answered about one event. Reasons and Would are for people, rendered.
type Verdict struct {
	Event    string
	At       time.Time
	Rule     string
	Mode     string
	Person   chat.Person
	Incident string
	Joined   bool
	Case     int
	Reasons  []chat.Reason
	Would    []string // what a rule in shadow or ask would have done
	Question string   // the question that a rule in mode ask led to; empty for none
}

// Case is one moderation matter.
type Case struct {
	No         int
	Incident   string
	Member     chat.MemberRef
	Person     chat.Person
	Name       string
	Rule       string
	By         chat.MemberRef
	ByName     string
	Why        string
	Reasons    []chat.Reason
	Event      string
	Logical    string
	OpenedAt   time.Time
	UndoneAt   time.Time // zero while it stands
	UndoneBy   string
	UndoReason string
}

// Undone takes a case back, with the strikes that it gave.
type Undone struct {
	Case   int
	At     time.Time
	By     string
	Reason string
}

// Strike is a mark on a member's record.
type Strike struct {
	Person chat.Person
	Points int
	Rule   string
	At     time.Time
	Case   int
}

// Sanction is a silence or a ban. Until is zero for one without end; EndedAt is zero while it stands.
type Sanction struct {
	ID        int
	Member    chat.MemberRef
	Name      string
	Kind      chat.ActionKind // chat.ActTimeout or chat.ActBan; their lifting, where Room is excepted from what stands elsewhere
	Room      string          // the platform's id of the only room where it holds; empty: in the whole community
	Until     time.Time
	Case      int
	ImposedAt time.Time
	EndedAt   time.Time
}

// Memory is what an activity keeps under a key; a nil Value forgets it.
type Memory struct {
	Key   string
	Value []byte
}

// Wake is a durable timer; a zero At removes it.
type Wake struct {
	Key string
	At  time.Time
}

// State is where an order stands.
type State string

// The states of an order. Those of chat.Outcome are final.
const (
	Pending   State = "pending"
	Sending   State = "sending" // in flight, and not repeatable
	Held      State = "held"    // over a ceiling: waits for an operator
	Done            = State(chat.Done)
	Blocked         = State(chat.Blocked)
	Dead            = State(chat.Dead)
	Uncertain       = State(chat.Uncertain)
	Cancelled       = State(chat.Cancelled)
)

// Order is one action for one platform, recorded before it is carried out.
type Order struct {
	Seq       int64 // the store's own order; set when read
	Key       string
	Event     string
	Case      int
	Label     string // what it is in the case's record: "delete", "warn", "timeout" …
	Subject   string // orders of one subject are carried out one after the other
	Priority  chat.Priority
	Platform  chat.Platform
	Action    chat.Action
	State     State
	Attempts  int
	NextAt    time.Time
	Deadline  time.Time // zero: never given up
	CreatedAt time.Time
	SettledAt time.Time
	Receipt   chat.Receipt
	Reason    string // why it failed or is held, for people
	// Why is the Reason of the last try before it is put into words, and Doubtful that a try may have worked although its
	// answer was lost. Neither is stored.
	Why      chat.Phrase
	Doubtful bool
}

// Update moves an order on.
type Update struct {
	Key      string
	State    State
	Attempts int
	NextAt   time.Time
	Deadline time.Time
	At       time.Time // when it settled; zero while it is open
	Receipt  chat.Receipt
	Reason   string
}

// Member is what rules must know of a member for longer than the journal reaches.
type Member struct {
	Person chat.Person
	Name   string
	Joined time.Time // zero: was there before Palabre came
	First  string    // id of their first message; empty: none seen
}

// Cursor is where an adapter stopped reading; an empty Token removes it.
type Cursor struct {
	Platform chat.Platform
	Name     string
	Token    string
}

// Quarantined is an event that made a decider fail.
type Quarantined struct {
	Event   string
	At      time.Time
	Why     string
	Payload []byte // the event as JSON, for whoever mends the decider
}
