package chat

// The words about private messages.
const (
	ActDirect      ActionKind = "direct"
	ActAllowDirect ActionKind = "allow direct"
)

// Direct says something to one member in private. The guard lets it pass only in answer to what that very member just
// asked (a command, a button, a form), or when they allowed it before: nobody else is ever written to.
type Direct struct {
	Member   MemberRef `json:"member"`
	Name     string    `json:"name,omitempty"`
	Say      Phrase    `json:"-"`
	Text     Text      `json:"text"`
	Priority Priority  `json:"priority,omitempty"`
	Ref      string    `json:"ref,omitempty"`
}

// AllowDirect notes whether the event's actor wants private messages. The shell settles it itself, and for nobody else.
type AllowDirect struct {
	Member MemberRef
	Allow  bool
}

// ActionKind is the word for it.
func (Direct) ActionKind() ActionKind { return ActDirect }

// ActionKind is the word for it.
func (AllowDirect) ActionKind() ActionKind { return ActAllowDirect }
