package chat

import (
	"strings"
	"time"
)

// Phrase is what to say before it is said: a key of the catalogue with its arguments, or words that
// the community wrote itself. The shell renders it once, when it records the order.
type Phrase struct {
	Key   string
	Args  Args
	Words Words // used when Key is empty
}

// Say makes a Phrase from a catalogue key and its arguments.
func Say(key string, args Args) Phrase { return Phrase{Key: key, Args: args} }

// IsZero tells whether there is nothing to say.
func (p Phrase) IsZero() bool { return p.Key == "" && len(p.Words) == 0 }

// Args are the named values of a Phrase. Strings are data: an adapter escapes them, so that a name or
// a text can never ping, format or command.
type Args map[string]Arg

// Arg is one value: string, int, time.Duration, time.Time, Mention, RoomName, CaseNumber, Excerpt, Phrase, Typed,
// []Arg for a list in a sentence, or Lines for one under the other.
type Arg any

// Lines are values that stand one under the other.
type Lines []Arg

// Mention names a member in a text. Only with Ping does the platform notify them.
type Mention struct {
	Member MemberRef
	Name   string
	Ping   bool
}

// RoomName is a room in a text: a link where the platform has one, else its name.
type RoomName struct {
	Room RoomRef
	Name string
}

// Excerpt is somebody's text, quoted: shown as code so that nothing in it acts.
type Excerpt string

// Typed is what somebody may type, in their language: shown as code.
type Typed struct{ Phrase }

// CaseNumber stands for the number of the case that the decision opens.
type CaseNumber struct{}

// Words are one text in several languages ("en", "fr"). They are written by the community's own
// moderators, in simple Markdown (bold, italics, links, lists).
type Words map[string]string

// In gives the words in the language asked for, else in English, else in any (the first by name).
func (w Words) In(language string) string {
	if s, ok := w[language]; ok {
		return s
	}
	if s, ok := w["en"]; ok {
		return s
	}
	first := ""
	for l := range w {
		if first == "" || l < first {
			first = l
		}
	}
	return w[first]
}

// Text is what is said, ready for an adapter: spans that each platform shows and escapes in its own way.
type Text []Span

// Span is a piece of a Text.
type Span struct {
	Kind   SpanKind  `json:"k,omitempty"`
	Text   string    `json:"t,omitempty"`
	Member MemberRef `json:"m,omitzero"`
	Room   RoomRef   `json:"r,omitzero"`
	At     time.Time `json:"at,omitzero"`
}

// SpanKind tells how a span may be shown.
type SpanKind string

// The kinds of spans.
const (
	Markdown  SpanKind = ""        // our own or the community's words: bold, italics, links, lists, line breaks
	Data      SpanKind = "data"    // a value: shown literally
	Quote     SpanKind = "quote"   // somebody's text: shown as code
	Ping      SpanKind = "ping"    // a member, notified
	NameOnly  SpanKind = "name"    // a member, not notified; Text is the name: data
	RoomLink  SpanKind = "room"    // a room; Text is its name: data
	Timestamp SpanKind = "instant" // a moment; Text is the fallback in the community's zone
)

// Plain is the text as a terminal shows it, nothing escaped.
func (t Text) Plain() string {
	var b strings.Builder
	for _, s := range t {
		switch s.Kind {
		case Ping:
			b.WriteString("@" + s.Text)
		case RoomLink:
			b.WriteString("#" + s.Text)
		case Quote:
			b.WriteString("“" + s.Text + "”")
		case Markdown, Data, NameOnly, Timestamp:
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

// Pings are the members that the text notifies.
func (t Text) Pings() []MemberRef {
	var out []MemberRef
	for _, s := range t {
		if s.Kind == Ping {
			out = append(out, s.Member)
		}
	}
	return out
}
