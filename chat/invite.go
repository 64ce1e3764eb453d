package chat

// InviteRef names an invitation as it was written: a code on Discord, a room's alias or id on Matrix.
type InviteRef struct {
	Platform Platform `json:"platform"`
	Code     string   `json:"code"`
}

// Invite is what a platform told about an invitation.
type Invite struct {
	InviteRef
	State     InviteState `json:"state"`
	Community string      `json:"community,omitempty"` // id of the server, space or room that it leads to, when it leads
	Name      string      `json:"name,omitempty"`      // its name: data
	Own       bool        `json:"own,omitempty"`       // it leads to the community that Palabre serves
}

// InviteState is how far an invitation is known.
type InviteState string

// The states of an invitation that was asked for.
const (
	InviteLeads   InviteState = "leads"   // to Community
	InviteGone    InviteState = "gone"    // it expired, was revoked, or never was
	InviteUnclear InviteState = "unclear" // the platform did not say: an error, a limit, no answer in time
)

// ActLookUp is the word for asking where an invitation leads.
const ActLookUp ActionKind = "look up"

// LookUp asks the invitation's platform where it leads: Receipt.Invite says it. One that leads nowhere is ErrGone. It
// changes nothing there, and what is not known within a minute is not worth knowing.
type LookUp struct {
	Invite InviteRef `json:"invite"`
}

// ActionKind is the word for it.
func (LookUp) ActionKind() ActionKind { return ActLookUp }
