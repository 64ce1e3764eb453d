package text

import (
	"bytes"
	"regexp"
)

// FindWord looks for the listed words in the message and in the names and descriptions of its attachments. It gives
// where the first one stands and the word as the list writes it.
func (v *View) FindWord(l *WordList) (Span, string, bool) {
	for i := range v.fields {
		f := &v.fields[i]
		f.read()
		if e, from, to := l.find(f); e != nil {
			start, end := f.norm.origin(f.raw, from, to)
			return Span{start, end, i}, e.written, true
		}
		if e, span := l.findShown(f.raw); e != nil {
			span.field = i
			return span, e.written, true
		}
	}
	return Span{}, "", false
}

// FindPattern looks for a regular expression in the message's original text and in its normal form.
func (v *View) FindPattern(re *regexp.Regexp) (Span, bool) {
	for i := range v.fields {
		f := &v.fields[i]
		if m := re.FindStringIndex(f.raw); m != nil {
			return Span{m[0], m[1], i}, true
		}
		f.read()
		if m := re.FindIndex(f.norm.b); m != nil {
			start, end := f.norm.origin(f.raw, m[0], m[1])
			return Span{start, end, i}, true
		}
	}
	return Span{}, false
}

// find gives the first entry in a field with its place in the normal form, or nil.
func (l *WordList) find(f *field) (e *entry, from, to int) {
	if e, from, to = l.findIn(f.norm.b, f.norm.b, f.tokens); e != nil {
		return e, from, to
	}
	if e, from, to = l.findIn(f.glued, f.norm.b, f.joined); e != nil {
		return e, from, to
	}
	for _, e := range l.literals {
		if at := e.literalIn(f.norm.b); at >= 0 {
			return e, at, at + len(e.parts[0])
		}
	}
	return nil, 0, 0
}

// findIn tries every token. Their bytes are in b; the text between them is that of norm.
func (l *WordList) findIn(b, norm []byte, tokens []token) (e *entry, from, to int) {
	s := stream{b, norm, tokens}
	for i, t := range tokens {
		e := l.exact[string(b[t.from:t.to])]
		last := i
		if e == nil {
			e, last = l.openAt(s, i)
		}
		if e != nil {
			return e, int(t.at), int(tokens[last].end)
		}
	}
	return nil, 0, 0
}

// openAt gives the phrase or open word that begins at a token, and its last token.
func (l *WordList) openAt(s stream, i int) (*entry, int) {
	word := s.word(i)
	for _, n := range l.startLens {
		if n > len(word) {
			break
		}
		for _, e := range l.starts[string(word[:n])] {
			if s.holds(e, i) {
				return e, i + len(e.parts) - 1
			}
		}
	}
	for _, e := range l.ends {
		if s.holds(e, i) {
			return e, i + len(e.parts) - 1
		}
	}
	return nil, i
}

// stream is a row of tokens with the bytes that they point into.
type stream struct {
	b, norm []byte
	tokens  []token
}

func (s stream) word(i int) []byte { return s.b[s.tokens[i].from:s.tokens[i].to] }

// holds tells whether the entry's parts stand one after the other from token i on.
func (s stream) holds(e *entry, i int) bool {
	last := len(e.parts) - 1
	if i+last >= len(s.tokens) {
		return false
	}
	for k, part := range e.parts {
		if k > 0 && !s.continues(i+k) {
			return false
		}
		if !fits(s.word(i+k), part, e.openFrom && k == 0, e.openTo && k == last) {
			return false
		}
	}
	return true
}

// continues tells whether token i follows the one before it in the same sentence.
func (s stream) continues(i int) bool {
	from, to := s.tokens[i-1].end, s.tokens[i].at
	return from <= to && !bytes.ContainsAny(s.norm[from:to], ".!?;:") || from+1 == to
}

func fits(word []byte, part string, openFrom, openTo bool) bool {
	switch {
	case openFrom && openTo:
		return bytes.Contains(word, []byte(part))
	case openFrom:
		return bytes.HasSuffix(word, []byte(part))
	case openTo:
		return bytes.HasPrefix(word, []byte(part))
	}
	return string(word) == part
}

// literalIn gives where the literal stands in b, -1 when it does not.
func (e *entry) literalIn(b []byte) int {
	text := []byte(e.parts[0])
	for from := 0; ; {
		at := bytes.Index(b[from:], text)
		if at < 0 {
			return -1
		}
		at += from
		if e.bounded(b, at, at+len(text)) {
			return at
		}
		from = at + 1
	}
}
