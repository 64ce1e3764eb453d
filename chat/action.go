package chat

import "time"

// Action is one thing to do. Deciders return actions and never do them: the shell passes them through
// the guard, records them, and the outbox carries out those that a platform must do.
type Action interface {
	// ActionKind is the word for it in records, logs and tests.
	ActionKind() ActionKind
}

// ActionKind names a kind of Action.
type ActionKind string

// The kinds that a platform carries out.
const (
	ActSend        ActionKind = "send"
	ActEdit        ActionKind = "edit"
	ActDelete      ActionKind = "delete"
	ActReact       ActionKind = "react"
	ActTimeout     ActionKind = "timeout"
	ActLiftTimeout ActionKind = "lift timeout"
	ActKick        ActionKind = "kick"
	ActBan         ActionKind = "ban"
	ActUnban       ActionKind = "unban"
	ActStartThread ActionKind = "start thread"
	ActPin         ActionKind = "pin"
	ActUnpin       ActionKind = "unpin"
)

// The kinds that the shell settles itself.
const (
	ActAnswer   ActionKind = "answer"
	ActOpenCase ActionKind = "open case"
	ActStrike   ActionKind = "strike"
	ActUndo     ActionKind = "undo"
	ActRemember ActionKind = "remember"
	ActConfirm  ActionKind = "confirm"
	ActWake     ActionKind = "wake"
)

// Priority orders the outbox: lower goes first.
type Priority int8

// The priorities. Overload sheds from the end.
const (
	Safety Priority = iota
	Interaction
	Log
	Animation
)

// Send says something in a room. A decider names the room by Logical (the configuration's name) or by
// Room; the shell turns a logical room into one order per platform, and Say into Text.
type Send struct {
	Room     RoomRef  `json:"room"`
	Logical  string   `json:"logical,omitempty"`
	On       Platform `json:"on,omitempty"`       // of a logical room's places only the one there; empty: all
	ReplyTo  string   `json:"reply_to,omitempty"` // id of the message that this answers
	Say      Phrase   `json:"-"`
	Text     Text     `json:"text"`
	Card     *Card    `json:"card,omitempty"`
	As       string   `json:"as,omitempty"` // what the message is in the case's record: warn, remind, reply, alert, greet …
	Priority Priority `json:"priority,omitempty"`
	Ref      string   `json:"ref,omitempty"` // the decider's own reference, returned by Settled
	// Reply is the handle of the interaction that this answers (CommandInvoked.Reply), empty for other messages.
	// The first answer takes the place of the platform's waiting sign, later ones follow it.
	Reply string `json:"reply,omitempty"`
	// Private: shown to the caller alone. It has a meaning only with Reply.
	Private bool `json:"private,omitempty"`
	// Replaces: it takes the place of the first private answer, instead of following it.
	Replaces bool `json:"replaces,omitempty"`
	// For is whom alone this concerns, zero for everybody: they read it in private where they allowed that. Where they did not, it
	// goes where it is for; what is for the moderators' room tells them what the member could not be told.
	For MemberRef `json:"for,omitzero"`
}

// Edit replaces what a message of ours says, its card included: without a Card it has none any more.
type Edit struct {
	Message  MessageRef `json:"message"`
	Say      Phrase     `json:"-"`
	Text     Text       `json:"text"`
	Card     *Card      `json:"card,omitempty"`
	Priority Priority   `json:"priority,omitempty"`
	Ref      string     `json:"ref,omitempty"`
}

// Card is a message's set of choices. An adapter shows it as buttons, reactions or numbered lines; a
// press comes back as ButtonPressed with the card's Key.
type Card struct {
	Key     string    `json:"key"`
	Choices []Choice  `json:"choices"`
	Until   time.Time `json:"until,omitzero"`
}

// Choice is one option of a card.
type Choice struct {
	ID    string `json:"id"`
	Emoji string `json:"emoji"` // shown on buttons, and the reaction to press where there are none
	Say   Phrase `json:"-"`
	Label string `json:"label"` // rendered from Say by the shell
}

// Delete takes a message away.
type Delete struct {
	Message MessageRef `json:"message"`
	Author  MemberRef  `json:"author"`
	Reason  string     `json:"reason,omitempty"` // shown in the platform's own audit log
}

// React puts a reaction under a message. As is what it is in a case's record; empty: a reaction.
type React struct {
	Message MessageRef `json:"message"`
	Emoji   string     `json:"emoji"`
	As      string     `json:"as,omitempty"`
}

// Timeout silences a member until a moment, for ever when Until is zero; in the whole community, or in one Room.
type Timeout struct {
	Member MemberRef `json:"member"`
	Name   string    `json:"name,omitempty"`
	Until  time.Time `json:"until,omitzero"`
	Room   RoomRef   `json:"room,omitzero"`
	Where  RoomRef   `json:"where,omitzero"` // what it is for happened there: there first
	Reason string    `json:"reason,omitempty"`
}

// LiftTimeout lets a silenced member speak again.
type LiftTimeout struct {
	Member MemberRef `json:"member"`
	Name   string    `json:"name,omitempty"`
	Reason string    `json:"reason,omitempty"`
	Of     Imposed   `json:"of,omitzero"` // which silence; zero: whatever stands
}

// Imposed is a sanction of ours, by what tells it from one that somebody else has imposed since. A reversal of it leaves
// another alone, wherever the platform shows whose it is.
type Imposed struct {
	Until  time.Time `json:"until,omitzero"`
	Reason string    `json:"reason,omitempty"` // as the platform's own log shows it
}

// Kick removes a member, who may come back. Decided is when it was decided: who entered after that is not kicked.
type Kick struct {
	Member  MemberRef `json:"member"`
	Name    string    `json:"name,omitempty"`
	Where   RoomRef   `json:"where,omitzero"` // as in Timeout
	Reason  string    `json:"reason,omitempty"`
	Decided time.Time `json:"decided"`
}

// Ban removes a member and keeps them out until a moment, for ever when Until is zero. What they said in the last
// DeleteFor goes too, as far as the platform can: at most 7 days. It is the whole community's, or holds in one Room.
type Ban struct {
	Member    MemberRef     `json:"member"`
	Name      string        `json:"name,omitempty"`
	Until     time.Time     `json:"until,omitzero"`
	DeleteFor time.Duration `json:"delete_for,omitempty"`
	Room      RoomRef       `json:"room,omitzero"`
	Where     RoomRef       `json:"where,omitzero"` // as in Timeout
	Reason    string        `json:"reason,omitempty"`
}

// Unban lets a banned member come back, to the whole community or to one Room.
type Unban struct {
	Member MemberRef `json:"member"`
	Name   string    `json:"name,omitempty"`
	Room   RoomRef   `json:"room,omitzero"`
	Reason string    `json:"reason,omitempty"`
	Of     Imposed   `json:"of,omitzero"` // which ban; zero: whatever stands
}

// StartThread opens a thread in a room with its first message: a post where the room is a forum, with Tags by their
// names or ids; elsewhere they mean nothing. Room, Logical, Say, Text and Ref are as in Send.
type StartThread struct {
	Room     RoomRef  `json:"room"`
	Logical  string   `json:"logical,omitempty"`
	Title    string   `json:"title"` // rendered from TitleSay by the shell: plain text
	TitleSay Phrase   `json:"-"`
	Say      Phrase   `json:"-"`
	Text     Text     `json:"text"`
	Tags     []string `json:"tags,omitempty"`
	Priority Priority `json:"priority,omitempty"`
	Ref      string   `json:"ref,omitempty"`
}

// Pin keeps a message at hand in its room.
type Pin struct {
	Message MessageRef `json:"message"`
}

// Unpin takes a message from those that are at hand.
type Unpin struct {
	Message MessageRef `json:"message"`
}

// Answer replies to the command, form or button that caused the event: to its caller alone wherever the platform can
// do that. Private answers go to the moderators' room elsewhere.
type Answer struct {
	Say     Phrase
	Private bool
	Card    *Card // choices that are offered with it; nil for none
	// Replaces: it takes the place of the last answer, where the platform can do that.
	Replaces bool
}

// Confirm tells the caller of a command how the actions before it in the same list ended, once they have: a mark under a
// typed command, "done" where there is none, or why it was not done.
type Confirm struct{}

// OpenCase begins the record that the actions after it in the same list belong to. An incident that is
// still open (same Incident) goes on in its case instead.
type OpenCase struct {
	Member   MemberRef
	Name     string
	Rule     string    // the rule, or the command, that acts
	Incident string    // empty: always a case of its own
	By       MemberRef // the moderator; zero when a rule acts
	ByName   string
	Why      Phrase   // one sentence for people
	Reasons  []Reason // what was seen
	Event    string   // id of the event that caused it
	Where    RoomRef
	Logical  string
}

// Reason is one thing that a decider saw: a stable code for machines and a sentence for people.
type Reason struct {
	Code    string `json:"code"` // the condition's name, "invite"
	Say     Phrase `json:"-"`
	Text    string `json:"text"` // rendered from Say by the shell
	Excerpt string `json:"excerpt,omitempty"`
}

// Strike puts marks on a member's record. They decay by the ladder's rule, computed when read.
type Strike struct {
	Member MemberRef
	Points int
	Rule   string
}

// Undo takes a case back: its sanctions end, its strikes go, the record stays.
type Undo struct {
	Case   int
	Member MemberRef // whose case it is
	By     MemberRef
	ByName string
	Reason string
}

// Remember keeps a decider's memory under a key ("welcome/batch"); a nil Value forgets it.
type Remember struct {
	Key   string
	Value any
}

// Wake asks for a Tick at a moment. A second Wake with the same Key replaces the first; a zero At removes it.
type Wake struct {
	Key string
	At  time.Time
}

// ActionKind implementations: one line each, so that the table can be read.

func (Send) ActionKind() ActionKind        { return ActSend }
func (Edit) ActionKind() ActionKind        { return ActEdit }
func (Delete) ActionKind() ActionKind      { return ActDelete }
func (React) ActionKind() ActionKind       { return ActReact }
func (Timeout) ActionKind() ActionKind     { return ActTimeout }
func (LiftTimeout) ActionKind() ActionKind { return ActLiftTimeout }
func (Kick) ActionKind() ActionKind        { return ActKick }
func (Ban) ActionKind() ActionKind         { return ActBan }
func (Unban) ActionKind() ActionKind       { return ActUnban }
func (StartThread) ActionKind() ActionKind { return ActStartThread }
func (Pin) ActionKind() ActionKind         { return ActPin }
func (Unpin) ActionKind() ActionKind       { return ActUnpin }
func (Answer) ActionKind() ActionKind      { return ActAnswer }
func (Confirm) ActionKind() ActionKind     { return ActConfirm }
func (OpenCase) ActionKind() ActionKind    { return ActOpenCase }
func (Strike) ActionKind() ActionKind      { return ActStrike }
func (Undo) ActionKind() ActionKind        { return ActUndo }
func (Remember) ActionKind() ActionKind    { return ActRemember }
func (Wake) ActionKind() ActionKind        { return ActWake }

// Receipt is what a platform answered to an order.
type Receipt struct {
	Message MessageRef `json:"message,omitzero"`  // the message that was sent
	Thread  RoomRef    `json:"thread,omitzero"`   // the thread that was opened
	Gone    bool       `json:"gone,omitempty"`    // there was nothing left to do
	Foreign bool       `json:"foreign,omitempty"` // somebody else's stands by now, and was left alone
	Invite  Invite     `json:"invite,omitzero"`   // where the invitation leads that was looked up
	In      int        `json:"in,omitempty"`      // in how many rooms it was done …
	Of      int        `json:"of,omitempty"`      // … of how many, when some forbade it
}

// Capabilities are what a platform can do, as data, so that `check` can say before midnight what it cannot.
type Capabilities struct {
	Actions    map[ActionKind]Support
	AccountAge bool // the platform tells when an account was made
	Ephemeral  bool // an answer can be shown to one member alone
	Buttons    bool // cards have real buttons; else reactions
}

// Support tells how a platform carries an action out.
type Support struct {
	Can bool
	// Instead names the replacement in a sentence, or why there is none; empty when the platform has the action itself.
	Instead string
	// Once: the call must not be repeated when its answer is lost; an order in flight during a crash becomes uncertain.
	Once bool
}
