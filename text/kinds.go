package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// kinds is a set of what runes are. What no rune of a text is, need not be looked for in it.
type kinds uint8

const (
	kindWord    kinds = 1 << iota // belongs to a word
	kindHidden                    // shows nothing by itself
	kindMark                      // stands on the letter before it
	kindLatin                     // may be taken for a Latin letter, or becomes one in the normal form
	kindAlike                     // of another script, and looks like a Latin letter
	kindPicture                   // may be an emoji, or make one of what stands beside it
	kindDot                       // a dot that programs take for that of an address
)

// has tells whether all of the kinds are in the set.
func (k kinds) has(all kinds) bool { return k&all == all }

// facts are what is known of one rune beforehand.
type facts struct {
	fold  string
	kinds kinds
}

// early are the facts of the runes of the alphabets of Europe, with their accents, of Hebrew and of Arabic.
var early = earlyFacts()

func earlyFacts() (table [0x700]facts) {
	for r := range rune(len(table)) {
		fold := appendFoldAny(nil, r)
		table[r] = facts{string(fold), kindsByFold(r, fold)}
	}
	return table
}

// kindsOf gives what a rune is.
func kindsOf(r rune) kinds {
	switch {
	case int(r) < len(early):
		return early[r].kinds
	case whole(r):
		return kindWord
	}
	var buf [32]byte
	return kindsByFold(r, appendFoldAny(buf[:0], r))
}

// kindsByFold finds the kinds of a rune and its normal form without a table.
func kindsByFold(r rune, fold []byte) kinds {
	k := kinds(0)
	add := func(is bool, kind kinds) {
		if is {
			k |= kind
		}
	}
	add(!punctuation(r) && letter(r), kindWord)
	add(hidden(r), kindHidden)
	add(unicode.Is(unicode.M, r), kindMark)
	add(!calm(r), kindPicture)
	add(strings.ContainsRune(strangeDots, r), kindDot)
	add(r < 0x250 && letter(r), kindLatin)
	for _, q := range string(fold) {
		add(q < utf8.RuneSelf && letterByte(byte(q)), kindLatin)
		_, alike := lookalike(q)
		add(alike, kindAlike)
	}
	_, alike := lookalike(unicode.ToLower(r))
	add(alike, kindAlike)
	return k
}
