package rules

import (
	"time"

	"palabre/chat"
)

// Fact is what the history keeps of an event: who, where, when and how much, never what was said. Hashes are
// keyed, so that a copy of the journal does not tell which texts were written. It survives JSON unchanged.
type Fact struct {
	ID          string          `json:"id"`
	At          time.Time       `json:"at"`
	Kind        chat.EventKind  `json:"kind"`
	Room        chat.RoomRef    `json:"room,omitzero"`
	Logical     string          `json:"logical,omitempty"`
	Person      chat.Person     `json:"person,omitempty"` // empty: nobody whom rules could judge
	Message     chat.MessageRef `json:"message,omitzero"`
	Staff       uint64          `json:"staff,omitempty,string"` // of a moderator: the likeness of their name
	TextHash    uint64          `json:"text,omitempty,string"`
	Sketch      []uint32        `json:"sketch,omitempty"` // what is needed to tell how much two texts have in common
	LinkHashes  []uint64        `json:"links_to,omitempty"`
	Links       int             `json:"links,omitempty"`
	Mentions    int             `json:"mentions,omitempty"`
	Attachments int             `json:"attachments,omitempty"`
	Lines       int             `json:"lines,omitempty"`
	Chars       int             `json:"chars,omitempty"`
	Again       bool            `json:"again,omitempty"` // another title of a thread that was there: no thread more
}

// record is a fact in the history, with what became of its message.
type record struct {
	Fact
	gone   bool // the message was deleted, or its deletion was decided
	raised bool // an edit whose counts went into the message that it changes
}

// raise makes a message count for as much as its largest revision.
func (r *record) raise(edit *Fact) {
	r.Links = max(r.Links, edit.Links)
	r.Mentions = max(r.Mentions, edit.Mentions)
	r.Attachments = max(r.Attachments, edit.Attachments)
	r.Lines = max(r.Lines, edit.Lines)
}

// said tells whether the fact is of words in a room: a message, or another wording of one.
func (f *Fact) said() bool { return f.Kind == chat.KindMessage || f.Kind == chat.KindEdit }
