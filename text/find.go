package text

import (
	"bytes"
	"sort"
)

// stream is a row of tokens with the bytes that they point into; the text between them is that of norm.
type stream struct {
	b, norm []byte
	tokens  []token
	joined  bool // the tokens are the joined ones
}

// streams gives the words of the field as written, and those that are joined from pieces.
func (f *field) streams() (written, joined stream) {
	return stream{f.norm.b, f.norm.b, f.tokens, false}, stream{f.glued, f.norm.b, f.joined, true}
}

func (s stream) word(i int) []byte { return s.b[s.tokens[i].from:s.tokens[i].to] }

// at gives the token that holds the byte at an offset, -1 when none does.
func (s stream) at(offset int) int {
	i := sort.Search(len(s.tokens), func(i int) bool { return int(s.tokens[i].to) > offset })
	if i == len(s.tokens) || int(s.tokens[i].from) > offset {
		return -1
	}
	return i
}

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
