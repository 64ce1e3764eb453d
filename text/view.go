// Package text reads what a message says: its normal form, words, links, invites, mentions and emoji, each with
// the way back to where it stood. It decides nothing.
package text

import (
	"sync"
	"unicode/utf8"

	"palabre/chat"
)

// View is one message, read. Everything in it is computed when first asked for and kept until Release.
// A View belongs to one goroutine.
type View struct {
	content chat.Content
	fields  []field // text, formatted text, then names and descriptions of attachments
	shown   int     // the field that people see
	written int     // the fields before this one are what the author wrote; after it come attachments

	searched results
	scanner  scanner
	links    []Link
	bare     []Link
	invites  []Invite
	mentions Mentions
	skeleton string
	upper    int
	cased    int
	length   int
	emoji    int
	oddities Oddity
	done     asked
}

// asked tells which parts of a View are already computed.
type asked uint8

const (
	askedLinks asked = 1 << iota
	askedInvites
	askedMentions
	askedSkeleton
	askedCaps
	askedLength
	askedEmoji
	askedOddities
)

// first tells whether the part is asked for the first time, and notes it.
func (v *View) first(part asked) bool {
	if v.done&part != 0 {
		return false
	}
	v.done |= part
	return true
}

// Span is a piece of the original of one field of the message: byte offsets, End not included.
type Span struct {
	Start, End int
	field      int
}

var pool = sync.Pool{New: func() any { return new(View) }}

// Read takes a message's content in. The View and all that it gave out may not be used after Release.
func Read(c chat.Content) *View {
	v := pool.Get().(*View)
	v.content = c
	v.add(c.Text)
	if c.Formatted != "" && c.Formatted != c.Text {
		v.add(c.Formatted)
		v.shown = 1
	}
	v.written = len(v.fields)
	for _, a := range c.Attachments {
		if a.Name != "" {
			v.add(a.Name)
		}
		if a.Alt != "" {
			v.add(a.Alt)
		}
	}
	return v
}

// Release gives the View back for the next message.
func (v *View) Release() {
	fields, links, bare, invites, sc := v.fields, v.links, v.bare, v.invites, v.scanner
	for i := range fields {
		fields[i].raw = ""
	}
	clear(links)
	clear(bare)
	clear(invites)
	sc.reset("", 0)
	v.searched.reset(nil)
	*v = View{fields: fields[:0], links: links[:0], bare: bare[:0], invites: invites[:0], scanner: sc, searched: v.searched}
	pool.Put(v)
}

// add appends a field, reusing the buffers that an earlier message left behind.
func (v *View) add(raw string) {
	if n := len(v.fields); n < cap(v.fields) {
		v.fields = v.fields[:n+1]
	} else {
		v.fields = append(v.fields, field{})
	}
	v.fields[len(v.fields)-1].reset(raw)
}

// seen is the text that people see.
func (v *View) seen() string { return v.fields[v.shown].raw }

// excerptRunes is how much of the original an excerpt keeps, in runes.
const excerptRunes = 80

// Original is what stood at the span, cut to 80 runes.
func (v *View) Original(s Span) string {
	if s.field >= len(v.fields) {
		return ""
	}
	raw := v.fields[s.field].raw
	if s.Start < 0 || s.End > len(raw) || s.Start > s.End {
		return ""
	}
	out := raw[s.Start:s.End]
	n := 0
	for i := range out {
		if n == excerptRunes {
			return out[:i]
		}
		n++
	}
	return out
}

// field is one text of the message with its normal form.
type field struct {
	raw     string
	folded  bool
	plain   bool // see plain; known once it is folded
	marked  bool // marks of markup stand in it
	singles int  // words of one rune
	left    traces
	norm    form
	tokens  []token
	joined  []token
	glued   []byte // the bytes of joined tokens
}

func (f *field) reset(raw string) {
	f.norm.reset()
	*f = field{raw: raw, norm: f.norm, tokens: f.tokens[:0], joined: f.joined[:0], glued: f.glued[:0]}
}

// form is a rewritten text with the way back to the original.
type form struct {
	b     []byte
	at    []int32  // where the rune of each byte begins in the original; empty when nothing moved
	mixed []byte   // what b was before look-alikes were replaced; empty when none was
	mask  charMask // of the original; only where the form is not plain
	kinds kinds    // what the runes of the original are; none of a plain text
}

func (f *form) reset() { *f = form{b: f.b[:0], at: f.at[:0], mixed: f.mixed[:0]} }

// origin gives the smallest piece of raw that the bytes from a to b of the form come from.
func (f *form) origin(raw string, a, b int) (start, end int) {
	if len(f.at) == 0 {
		return a, b
	}
	start = len(raw)
	for i := a; i < b; i++ {
		at := int(f.at[i])
		_, n := utf8.DecodeRuneInString(raw[at:])
		start, end = min(start, at), max(end, at+n)
	}
	return min(start, end), end
}

// Content is what was read. It may not be changed.
func (v *View) Content() *chat.Content { return &v.content }
