package text

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// WordList is a compiled list of words and phrases to look for. It may be shared between goroutines.
type WordList struct {
	exact     map[string]*entry   // whole words
	starts    map[string][]*entry // by their first part: phrases, and words open at the end
	startLens []int               // the lengths of the keys of starts
	ends      []*entry            // open at the beginning
	literals  []*entry            // with signs in them, or of scripts that put no space between words
}

// entry is one listed word.
type entry struct {
	written  string
	parts    []string // the words of a phrase; for a literal the one text to find
	openFrom bool     // written with `*` in front: may begin inside a word
	openTo   bool
}

// NewWordList compiles words and phrases. They are compared in their normal form (see Fold) and as whole words; `*` at
// either end lets the word go on there. Signs inside a word count as written. The error names the
// word that is empty or would match everything.
func NewWordList(words []string) (*WordList, error) {
	l := &WordList{exact: map[string]*entry{}, starts: map[string][]*entry{}}
	for i, w := range words {
		e, err := compile(w)
		if err != nil {
			return nil, fmt.Errorf("word %d: %w", i+1, err)
		}
		l.add(e)
	}
	slices.Sort(l.startLens)
	l.startLens = slices.Compact(l.startLens)
	return l, nil
}

func compile(word string) (*entry, error) {
	e := &entry{written: word}
	body := strings.TrimSpace(word)
	if body == "" {
		return nil, fmt.Errorf("%q is empty", word)
	}
	body, e.openFrom = strings.CutPrefix(body, "*")
	body, e.openTo = strings.CutSuffix(body, "*")
	folded := strings.TrimSpace(Fold(body))
	if strings.Trim(folded, "* ") == "" {
		return nil, fmt.Errorf("%q matches everything", word)
	}
	if literal(folded) {
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

func (l *WordList) add(e *entry) {
	switch {
	case literal(e.parts[0]):
		l.literals = append(l.literals, e)
	case e.openFrom:
		l.ends = append(l.ends, e)
	case len(e.parts) == 1 && !e.openTo:
		if l.exact[e.parts[0]] == nil {
			l.exact[e.parts[0]] = e
		}
	default:
		l.starts[e.parts[0]] = append(l.starts[e.parts[0]], e)
		l.startLens = append(l.startLens, len(e.parts[0]))
	}
}

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
