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
			f := &v.fields[i]
			if f.read(); f.norm.kinds.odd() {
				v.oddities |= oddities(f.raw)
			}
		}
	}
	return v.oddities
}

// odd tells whether a text of runes of these kinds may have an oddity.
func (k kinds) odd() bool {
	return k&(kindHidden|kindMark) != 0 || k.has(kindLatin|kindAlike)
}

func oddities(raw string) Oddity {
	var w wordWatch
	var piles pileCount
	for i, r := range raw {
		if r == override || r == '\u202d' {
			w.seen |= Bidi
		}
		if invisible(r) {
			w.hidden = w.hidden || hides(r, w.prev)
			continue
		}
		piles.next(raw, i, r)
		w.next(r)
	}
	piles.next(raw, len(raw), ' ')
	if n := max(piles.heaped, piles.many); n >= zalgoBases && n*zalgoShare >= piles.bases {
		w.seen |= Zalgo
	}
	return w.seen
}

// wordWatch looks at how the present word is written.
type wordWatch struct {
	seen         Oddity
	prev         rune // the last rune that is shown
	hidden       bool // something invisible stands after it
	latin, other bool // the scripts of the word so far
}

func (w *wordWatch) next(r rune) {
	inWord := wordRune(w.prev)
	w.prev = r
	if !wordRune(r) {
		w.hidden, w.latin, w.other = false, false, false
		return
	}
	if w.hidden && inWord {
		w.seen |= ZeroWidth
	}
	w.hidden = false
	if r < 0x250 {
		w.latin = w.latin || r > '9'
	} else if _, alike := lookalike(unicode.ToLower(r)); alike {
		w.other = true
	}
	if w.latin && w.other {
		w.seen |= MixedScript
	}
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
	zalgoShare = 8 // and one letter in so many is such a one: some scripts pile marks up here and there
)

// pileCount counts the letters with too many marks.
type pileCount struct {
	base         int
	marks        int
	accents      int
	bases        int // letters so far
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
	if unicode.IsLetter(r) {
		p.bases++
	}
	*p = pileCount{base: i, bases: p.bases, many: p.many, heaped: p.heaped}
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
