package chat

import "time"

// Platform names a network: "console", "matrix", "discord".
type Platform string

// The networks that Palabre has adapters for.
const (
	Console Platform = "console"
	Matrix  Platform = "matrix"
	Discord Platform = "discord"
)

// Platforms are all of them.
var Platforms = []Platform{Console, Matrix, Discord}

// RoomRef points at one place on one network where messages go.
// Thread is the platform's id of a thread inside the room, empty outside of one.
type RoomRef struct {
	Platform Platform `json:"platform"`
	ID       string   `json:"id"`
	Thread   string   `json:"thread,omitempty"`
}

// IsZero tells whether the reference points nowhere.
func (r RoomRef) IsZero() bool { return r == RoomRef{} }

// Parent is the room that holds the thread, or the room itself.
func (r RoomRef) Parent() RoomRef { return RoomRef{Platform: r.Platform, ID: r.ID} }

// MemberRef points at one account on one network.
type MemberRef struct {
	Platform Platform `json:"platform"`
	ID       string   `json:"id"`
}

// IsZero tells whether the reference points at nobody.
func (m MemberRef) IsZero() bool { return m == MemberRef{} }

// Person is the stable id of one or more linked members. Journeys, strikes and budgets belong to
// persons. While nobody has linked accounts, a person is one member.
type Person string

// PersonOf is the person of a member whose accounts are not linked.
func PersonOf(m MemberRef) Person { return Person(string(m.Platform) + ":" + m.ID) }

// Member is the account of a person whose accounts are not linked: the inverse of PersonOf.
func (p Person) Member() MemberRef {
	for i := range len(p) {
		if p[i] == ':' {
			return MemberRef{Platform: Platform(p[:i]), ID: string(p[i+1:])}
		}
	}
	return MemberRef{}
}

// MessageRef points at one message.
type MessageRef struct {
	Room RoomRef `json:"room"`
	ID   string  `json:"id"`
}

// IsZero tells whether the reference points at no message.
func (m MessageRef) IsZero() bool { return m == MessageRef{} }

// Standing is how much a community trusts a member, by the platform's own truth (roles, power levels).
type Standing int8

// The standings, lowest first. A decider compares them with < and >=.
const (
	StandingMember Standing = iota
	StandingTrusted
	StandingModerator
	StandingAdmin
)

var standingNames = [...]string{"member", "trusted", "moderator", "admin"}

// String is the glossary's word for the standing.
func (s Standing) String() string {
	if s < 0 || int(s) >= len(standingNames) {
		return "member"
	}
	return standingNames[s]
}

// ParseStanding reads a standing's name.
func ParseStanding(s string) (Standing, bool) {
	for i, name := range standingNames {
		if name == s {
			return Standing(i), true
		}
	}
	return StandingMember, false
}

// ActorKind tells people from programs.
type ActorKind int8

// Who may cause an event. Only a Human is ever judged as somebody; Self is Palabre's own account, Puppet an
// account that a bridge speaks through, System the shell itself (ticks, receipts). Behind the words of Nobody stands no
// member whom we know, a webhook for example: they are judged and may go, and nobody is punished for them.
const (
	Human ActorKind = iota
	Bot
	Puppet
	Self
	System
	Nobody
)

// Judged tells whether rules look at what somebody of this kind says.
func (k ActorKind) Judged() bool { return k == Human || k == Nobody }

// Actor is who caused an event, as the platform knew them when it happened.
type Actor struct {
	MemberRef
	Person   Person
	Name     string // display name: data, never a command nor a ping
	Kind     ActorKind
	Standing Standing
	Roles    []string  // names of roles, in the platform's order
	Joined   time.Time // when they joined the community; zero when the platform does not tell
	Created  time.Time // when the account was made; zero when the platform does not tell
}
