package chat

import "time"

// Event is one thing that happened. Deciders see nothing else of the present.
type Event struct {
	// ID is the same when the platform repeats itself, and different for every revision of a message.
	// It begins with the platform's name ("matrix:$abc"); the shell drops repeats.
	ID string
	// At is the time of the event: the only clock that deciders know. Where the sender's server tells it, as on Matrix, it is
	// when the event arrived: whoever sets a clock must not choose what is counted together, and what is too old.
	At time.Time
	// Lag is how long before At the sender's server says that it happened, where that is not believed; zero elsewhere.
	Lag time.Duration
	// CutOff names a server whose members' events of some time arrive together with a lag: it was cut off, and nobody there
	// was hasty. What counts over time asks the moderators then. Empty elsewhere.
	CutOff string
	// Room is where it happened; zero for what belongs to the whole community.
	Room RoomRef
	// Logical is the configuration's name of the room (of the parent room for a thread), empty when it has none.
	Logical string
	Actor   Actor
	// Late marks what was learnt too long after it happened (a gap, a federation lag): it is judged,
	// but nobody is sanctioned late for it.
	Late bool
	Body Body
}

// Body is what happened. The set is closed: see the types below.
type Body interface {
	// EventKind is the word for it in the journal and in rules (`on: [message, edit]`).
	EventKind() EventKind
}

// EventKind names a kind of Body.
type EventKind string

// The kinds of events.
const (
	KindMessage   EventKind = "message"
	KindEdit      EventKind = "edit"
	KindDeleted   EventKind = "deleted"
	KindJoin      EventKind = "join"
	KindLeave     EventKind = "leave"
	KindPresent   EventKind = "present"
	KindRenamed   EventKind = "renamed"
	KindBanned    EventKind = "banned"
	KindUnbanned  EventKind = "unbanned"
	KindReaction  EventKind = "reaction"
	KindUnreact   EventKind = "unreact"
	KindThread    EventKind = "thread"
	KindCommand   EventKind = "command"
	KindPress     EventKind = "press"
	KindForm      EventKind = "form"
	KindReport    EventKind = "report"
	KindUnread    EventKind = "unreadable"
	KindTick      EventKind = "tick"
	KindSettled   EventKind = "settled"
	KindStarted   EventKind = "started"
	KindGap       EventKind = "gap"
	KindQuarantin EventKind = "quarantined"
)

// Content is what a message says.
type Content struct {
	Text        string       // as written, the platform's markup kept
	Formatted   string       // the formatted text flattened to what people see, when it differs from Text
	Links       []Link       // links that the platform's markup hides behind words
	Mentions    []MemberRef  // members that the platform says are pinged
	MentionsAll bool         // @everyone, @here, @room
	Attachments []Attachment // files, images, voice, stickers
	ReplyTo     string       // id of the message that this one answers, empty otherwise
	Poll        bool         `json:",omitempty"` // it asks for votes
	Forwarded   bool         `json:",omitempty"` // it shows a message from elsewhere
	Notice      bool         `json:",omitempty"` // it is sent as programs send theirs: judged like any other, and never answered
}

// Link is a masked link: the words shown and where they lead.
type Link struct{ Label, URL string }

// Attachment is a file sent with a message.
type Attachment struct {
	Name, MIME, Alt string
	Size            int64 // bytes; 0 when unknown
	// Not a file that somebody chose, but one of these.
	Sticker bool `json:",omitempty"`
	Voice   bool `json:",omitempty"`
}

// MessageSent: a member said something.
type MessageSent struct {
	Message MessageRef
	Content Content
}

// MessageEdited: the author changed a message; Revision tells revisions of one message apart.
type MessageEdited struct {
	Message  MessageRef
	Revision string
	Content  Content
}

// MessageDeleted: a message went away; the Actor is who took it away.
type MessageDeleted struct {
	Message MessageRef
	Author  MemberRef // zero when unknown
}

// MemberJoined: the Actor entered the community (not merely one more of its rooms).
type MemberJoined struct{}

// MemberPresent: the Actor was already there when Palabre arrived.
type MemberPresent struct{}

// MemberLeft: the Actor is no longer in the community. By is who removed them, zero when they left themselves.
type MemberLeft struct {
	By     MemberRef
	Reason string
}

// MemberRenamed: the Actor changed their display name from Old.
type MemberRenamed struct{ Old string }

// MemberBanned: By banned the Actor, in the whole community or Here alone: in the event's room, where bans belong to rooms.
type MemberBanned struct {
	By     Actor
	Reason string
	Here   bool `json:",omitempty"`
}

// MemberUnbanned: By lifted the Actor's ban, or Here alone: in the event's room, while it stands in others.
type MemberUnbanned struct {
	By   Actor
	Here bool `json:",omitempty"`
}

// ReactionAdded: the Actor put a reaction under a message.
type ReactionAdded struct {
	Message MessageRef
	Emoji   string
	ID      string // the reaction's own id, for taking it back
}

// ReactionRemoved: the Actor took a reaction back.
type ReactionRemoved struct {
	Message MessageRef
	Emoji   string
}

// ThreadOpened: the Actor opened a thread, or gave one another title.
type ThreadOpened struct {
	Thread  RoomRef
	Title   string
	Renamed bool
}

// CommandInvoked: the Actor called a command, as typed ("timeout", "@bob 1h shouting") or chosen from a menu.
type CommandInvoked struct {
	Name    string
	Args    string
	Message MessageRef // the message that carried the command; zero for slash commands
	ReplyTo string     // the message it was said in answer to, or whose menu it was chosen from
	// Options are the typed values of a slash command or a menu, by the parameter's Name; a member's is
	// the account's id. Nil when Args were typed.
	Options map[string]string
	// Reply is the platform's handle for answering, given back in Send; empty for typed commands.
	Reply string
}

// ButtonPressed: the Actor chose an option of a card.
type ButtonPressed struct {
	Card    string // the card's key
	Choice  string
	Message MessageRef
	Reply   string // as in CommandInvoked; empty where choices are reactions
}

// FormSubmitted: the Actor filled in the form of a command.
type FormSubmitted struct {
	Form string // the form's key: the command's Name
	// Fields are what was written, by the field's ID, and the options that the call already had.
	Fields  map[string]string
	Reply   string     // as in CommandInvoked
	Message MessageRef // the message whose menu or button opened the form; zero when none did
}

// Reported: the Actor reported a message to the moderators.
type Reported struct {
	Message MessageRef
	Author  MemberRef
	Reason  string
}

// RoomUnreadable: Palabre is in the room but cannot read it (encrypted, history hidden).
type RoomUnreadable struct{ Why string }

// GapFound: Missed events of a room could not be fetched; what happened there is unknown.
type GapFound struct{ Why string }

// Tick: a Wake is due. Due is when it should have come; Event.At is when it came.
type Tick struct {
	Key string
	Due time.Time
}

// Settled: an order reached its end.
type Settled struct {
	Order   string // the order's key
	Ref     string // the decider's own reference, as given in the action
	Act     Action
	Outcome Outcome
	Receipt Receipt
	Reason  string // why it failed: the platform's sentence, for operators
	Case    int    // the case the order belongs to; 0 for none
	// Doubtful: it ended without success, and one of its tries may have worked all the same.
	Doubtful bool
}

// Started: the shell begins to work with a plan, at start and after each reload.
type Started struct{ Reload bool }

// Quarantined: an event made a decider fail; it was set aside and nothing was done about it.
type Quarantined struct{ Event, Why string }

// Outcome is how an order ended.
type Outcome string

// The outcomes. Done includes "was already so".
const (
	Done      Outcome = "done"
	Blocked   Outcome = "blocked"   // the platform forbids it
	Dead      Outcome = "dead"      // refused as malformed, unsupported, or past its deadline
	Uncertain Outcome = "uncertain" // in flight during a crash and not repeatable
	Cancelled Outcome = "cancelled" // no longer wanted
)

// EventKind implementations: one line each, so that the table can be read.

func (MessageSent) EventKind() EventKind     { return KindMessage }
func (MessageEdited) EventKind() EventKind   { return KindEdit }
func (MessageDeleted) EventKind() EventKind  { return KindDeleted }
func (MemberJoined) EventKind() EventKind    { return KindJoin }
func (MemberPresent) EventKind() EventKind   { return KindPresent }
func (MemberLeft) EventKind() EventKind      { return KindLeave }
func (MemberRenamed) EventKind() EventKind   { return KindRenamed }
func (MemberBanned) EventKind() EventKind    { return KindBanned }
func (MemberUnbanned) EventKind() EventKind  { return KindUnbanned }
func (ReactionAdded) EventKind() EventKind   { return KindReaction }
func (ReactionRemoved) EventKind() EventKind { return KindUnreact }
func (ThreadOpened) EventKind() EventKind    { return KindThread }
func (CommandInvoked) EventKind() EventKind  { return KindCommand }
func (ButtonPressed) EventKind() EventKind   { return KindPress }
func (FormSubmitted) EventKind() EventKind   { return KindForm }
func (Reported) EventKind() EventKind        { return KindReport }
func (RoomUnreadable) EventKind() EventKind  { return KindUnread }
func (Tick) EventKind() EventKind            { return KindTick }
func (Settled) EventKind() EventKind         { return KindSettled }
func (Started) EventKind() EventKind         { return KindStarted }
func (GapFound) EventKind() EventKind        { return KindGap }
func (Quarantined) EventKind() EventKind     { return KindQuarantin }
