// Package commands holds what moderators and members may ask of Palabre. A command is a pure function:
// it declares what it needs to read, the shell fetches that, and it answers with actions.
package commands

import (
	"time"

	"palabre/chat"
)

// Command is one command: one definition for typed commands, slash commands, menus and forms. What it is
// called in menus is the catalogue's commands.menu.<name>, what it does commands.help.<name>.
type Command struct {
	Name     string            // the English one, in lower case
	Names    map[string]string // in other languages ("fr"): typed, they work everywhere
	Standing chat.Standing     // the least standing that may call it
	Params   []Param
	Anyone   bool // its member may be somebody whom nobody knows: a ban is also for who has not come yet
	Menus    Menu // where it is offered beside typing; needs a first param of kind MemberParam among Params
	Reads    Read
	Run      func(Invocation) []chat.Action
}

// Menu says whose menu offers a command.
type Menu int8

// The menus of a platform. A message's menu names its author.
const (
	MemberMenu Menu = 1 << iota
	MessageMenu
)

// Param is one argument, in the order of typing. Optional ones come after required ones.
type Param struct {
	Name     string // in usage lines and in options; shown as the catalogue's commands.param.<name>, with its .help
	Kind     ParamKind
	Optional bool
	Ask      Ask
}

// Ask says whether a form asks for an argument that a call leaves out, where there are forms. The question
// is the catalogue's commands.param.<name>.ask.
type Ask int8

// When a form asks. Unasked is for arguments that are quickly given, or seldom.
const (
	Unasked    Ask = iota
	AskInMenus     // where the form is shown anyway: the call came from a menu
	AskAlways      // it is shown for this
)

// ParamKind tells how an argument is read.
type ParamKind int8

// The kinds of arguments. RestText takes everything that is left and comes last.
const (
	MemberParam ParamKind = iota
	DurationParam
	CaseParam
	WordParam
	RuleParam
	SwitchParam // on or off
	RestText
)

// Read says what the shell must fetch before Run.
type Read int8

// What a command may ask for.
const (
	ReadNothing Read = iota
	ReadCase         // the case whose number was given, else the newest of the member, else the newest: Known.Cases has at most that one
	ReadCases        // the ten newest cases, of the member if one was given
	ReadRules        // every rule with its counts, in the file's order
)

// Invocation is one call with its arguments read.
type Invocation struct {
	Event    chat.Event // its Body is a chat.CommandInvoked
	Desk     bool       // called in the moderators' room
	Member   chat.Actor // the member named, zero when none was
	LastSeen chat.RoomRef
	For      time.Duration
	Case     int
	Word     string
	On       bool // of a SwitchParam
	Text     string
	Known    Known
}

// Known is what the shell fetched.
type Known struct {
	Cases    []Case
	Rules    []Rule
	Commands []*Command // those that the caller may call
	// RaidUntil is when raid mode ends; zero while it is off. It is always known.
	RaidUntil time.Time
}

// Case is a case as commands see it.
type Case struct {
	No       int
	Member   chat.MemberRef
	Name     string
	Rule     string
	ByName   string // empty when a rule acted
	Why      string
	Reasons  []chat.Reason
	At       time.Time
	UndoneAt time.Time
	UndoneBy string
	UndoWhy  string
	Acts     []Act
}

// Act is one thing done in a case, and how it ended.
type Act struct {
	Label  string
	Points int    // of a strike; 0 for other acts
	State  string // an order's state; "done" for what needs no platform
	Reason string
}

// invoked is the command's body of the event.
func (inv Invocation) invoked() chat.CommandInvoked {
	body, _ := inv.Event.Body.(chat.CommandInvoked)
	return body
}

// done tells the caller how what stands before it ended, once it has.
func (inv Invocation) done() chat.Action { return chat.Confirm{} }

// open begins the case of a moderator's own act.
func (inv Invocation) open(rule string) chat.OpenCase {
	by := inv.Event.Actor
	return chat.OpenCase{
		Member: inv.Member.MemberRef, Name: inv.Member.Name, Rule: rule, By: by.MemberRef, ByName: by.Name,
		Why: inv.why(), Event: inv.Event.ID, Where: inv.Event.Room, Logical: inv.Event.Logical,
	}
}

// why is the moderator's reason, or the sentence that none was given.
func (inv Invocation) why() chat.Phrase {
	if inv.Text == "" {
		return chat.Say("commands.no_reason", nil)
	}
	return chat.Say("commands.reason", chat.Args{"reason": inv.Text})
}

func (inv Invocation) target() chat.Mention {
	return chat.Mention{Member: inv.Member.MemberRef, Name: inv.Member.Name}
}
