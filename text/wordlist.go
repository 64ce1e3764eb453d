package text

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// WordList is a compiled list of words and phrases to look for. It may be shared between goroutines.
type WordList struct{ target }

// NewWordList compiles a list that is looked for by itself. See Search.Words.
func NewWordList(words []string) (*WordList, error) {
	s := NewSearch()
	l, err := s.Words(words)
	s.Compile()
	return l, err
}

// entry is one listed word.
type entry struct {
	list     int32
	written  string
	parts    []string // the words of a phrase; for a literal the one text to find
	literal  bool     // with signs in it, or of a script that puts no space between words
	openFrom bool     // written with `*` in front: may begin inside a word
	openTo   bool
}

// parseEntry reads a listed word. The error names one that is empty or would match everything.
func parseEntry(word string) (entry, error) {
	e := entry{written: word}
	body := strings.TrimSpace(word)
	if body == "" {
		return e, fmt.Errorf("%q is empty", word)
	}
	body, e.openFrom = strings.CutPrefix(body, "*")
	body, e.openTo = strings.CutSuffix(body, "*")
	folded := strings.TrimSpace(Fold(body))
	if strings.Trim(folded, "* ") == "" {
		return e, fmt.Errorf("%q matches everything", word)
	}
	if e.literal = literal(folded); e.literal {
		e.parts = []string{folded}
		return e, nil
	}
	e.parts = strings.FieldsFunc(folded, func(r rune) bool { return !wordRune(r) })
	return e, nil
}

// literal tells whether a word must be looked for as a piece of text, not word by word.
func literal(folded string) bool {
	for _, r := range folded {
		if !wordRune(r) && !strings.ContainsRune(" '-\t\n\r", r) || unspaced(r) {
			return true
		}
	}
	return !strings.ContainsFunc(folded, wordRune)
}

// unspaced tells whether a rune belongs to a script that is written without spaces between words.
func unspaced(r rune) bool {
	return r > 0xe00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao,
		unicode.Khmer, unicode.Myanmar)
}

// begins tells whether the entry's first part is a whole word, so that it can be looked up by its hash.
func (e *entry) begins() bool { return !e.literal && !e.openFrom && (!e.openTo || len(e.parts) > 1) }

// bounded tells whether the literal found at b[from:to] stands as a word of its own: where it begins or ends with a
// letter, no letter may go on.
func (e *entry) bounded(b []byte, from, to int) bool {
	first, _ := utf8.DecodeRune(b[from:to])
	before, _ := utf8.DecodeLastRune(b[:from])
	if !e.openFrom && goesOn(before, first) {
		return false
	}
	last, _ := utf8.DecodeLastRune(b[from:to])
	after, _ := utf8.DecodeRune(b[to:])
	return e.openTo || !goesOn(last, after)
}

func goesOn(a, b rune) bool {
	return wordRune(a) && wordRune(b) && !unspaced(a) && !unspaced(b)
}
