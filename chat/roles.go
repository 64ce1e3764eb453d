package chat

import "time"

// The words about roles and nicknames.
const (
	ActGiveRole  ActionKind = "give role"
	ActTakeRole  ActionKind = "take role"
	ActResetName ActionKind = "reset name"

	KindRoles EventKind = "roles"
)

// GiveRole gives a member a role until a moment, for good when Until is zero. Role is its name or its id. A role
// that makes a moderator is given by people only: adapters refuse it with ErrForbidden.
type GiveRole struct {
	Member MemberRef `json:"member"`
	Name   string    `json:"name,omitempty"`
	Role   string    `json:"role"`
	Until  time.Time `json:"until,omitzero"` // the shell takes it away again
	Reason string    `json:"reason,omitempty"`
}

// TakeRole takes a role from a member.
type TakeRole struct {
	Member MemberRef `json:"member"`
	Name   string    `json:"name,omitempty"`
	Role   string    `json:"role"`
	Reason string    `json:"reason,omitempty"`
}

// ResetName takes a member's nickname away, so that the account's own name shows; To is shown instead of both when
// it is not empty.
type ResetName struct {
	Member MemberRef `json:"member"`
	Name   string    `json:"name,omitempty"`
	To     string    `json:"to,omitempty"`
	Reason string    `json:"reason,omitempty"`
}

// MemberRoles: the Actor's roles changed. Names of roles; the Actor has them as they are now.
type MemberRoles struct {
	By             Actor // zero when the platform does not tell
	Added, Removed []string
}

// ActionKind is the word for it.
func (GiveRole) ActionKind() ActionKind { return ActGiveRole }

// ActionKind is the word for it.
func (TakeRole) ActionKind() ActionKind { return ActTakeRole }

// ActionKind is the word for it.
func (ResetName) ActionKind() ActionKind { return ActResetName }

// EventKind is the word for it.
func (MemberRoles) EventKind() EventKind { return KindRoles }
