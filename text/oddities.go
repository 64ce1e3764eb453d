package text

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Oddity is a set of strange things about how a text is written. None is an offence by itself.
type Oddity uint8

// The oddities.
const (
	ZeroWidth   Oddity = 1 << iota // an invisible rune inside a word
	Bidi                           // the direction of reading is overridden
	MixedScript                    // a word mixes Latin letters with look-alikes of another script
	Zalgo                          // marks are piled up on letters
)

// Oddities tells what is strange about the text.
func (v *View) Oddities() Oddity {
	if v.first(askedOddities) {
		for i := range v.written {
			if raw := v.fields[i].raw; !plain(raw) {
				v.oddities |= oddities(raw)
			}
		}
	}
	return v.oddities
}

func oddities(raw string) Oddity {
	var o Oddity
	var piles pileCount
	prev := ' '
	hidden, latin, other := false, false, false
	for i, r := range raw {
		switch {
		case r == override || r == '\u202d':
			o |= Bidi
		case invisible(r):
			hidden = hidden || hides(r, prev)
			continue
		}
		piles.next(raw, i, r)
		if !wordRune(r) {
			hidden, latin, other = false, false, false
			prev = r
			continue
		}
		if hidden && prev != ' ' {
			o |= ZeroWidth
		}
		hidden = false
		if r < 0x250 {
			latin = latin || r > '9'
		} else if _, alike := lookalikes[unicode.ToLower(r)]; alike {
			other = true
		}
		if latin && other {
			o |= MixedScript
		}
		prev = r
	}
	piles.next(raw, len(raw), ' ')
	if piles.heaped >= zalgoBases || piles.many >= zalgoBases {
		o |= Zalgo
	}
	return o
}

// hides tells whether an invisible rune after prev has no place in honest spelling there. Joiners have one in
// many scripts but not between Latin letters, and selectors have one after signs.
func hides(r, prev rune) bool {
	if !wordRune(prev) {
		return false
	}
	return prev < 0x250 || r != joiner && r != '\u200c' && !unicode.Is(unicode.Variation_Selector, r)
}

// A text is zalgo when this many letters carry a heap of marks.
const (
	zalgoBases = 3
	zalgoMarks = 3 // more marks than this of any script
	zalgoLoose = 2 // or this many general ones that no letter is spelled with
)

// pileCount counts the letters with too many marks.
type pileCount struct {
	base         int
	marks        int
	accents      int
	many, heaped int
}

// next takes the rune at offset i in; a rune that is no mark closes the letter before it.
func (p *pileCount) next(raw string, i int, r rune) {
	if r >= 0x300 && unicode.Is(unicode.M, r) {
		p.marks++
		if accent(r) {
			p.accents++
		}
		return
	}
	if p.marks > zalgoMarks {
		p.many++
	}
	if p.accents >= zalgoLoose && leftover(raw[p.base:i]) >= zalgoLoose {
		p.heaped++
	}
	*p = pileCount{base: i, many: p.many, heaped: p.heaped}
}

// leftover counts the general marks that do not become part of a letter when the text is composed.
func leftover(s string) int {
	n := 0
	for composed := norm.NFC.String(s); composed != ""; {
		r, size := utf8.DecodeRuneInString(composed)
		if accent(r) {
			n++
		}
		composed = composed[size:]
	}
	return n
}
