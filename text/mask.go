package text

import (
	"regexp/syntax"
	"unicode"
)

// charMask is a set of what a text is written with: small letters, digits as one, each sign of ASCII, and two marks
// of the original, capitals and anything beyond ASCII.
type charMask uint64

const (
	maskDigit charMask = 1 << (26 + iota)
	maskCapital
	maskForeign
	maskSigns // and the bits above

	maskLetters charMask = 1<<26 - 1
)

// maskOfText is the mask of all bytes of a text.
func maskOfText[T string | []byte](text T) charMask {
	m := charMask(0)
	for i := range len(text) {
		m |= ascii[text[i]].mask
	}
	return m
}

// maskOfByte is the mask of one byte of a text.
func maskOfByte(c byte) charMask {
	switch {
	case 'a' <= c && c <= 'z':
		return 1 << (c - 'a')
	case 'A' <= c && c <= 'Z':
		return 1<<(c-'A') | maskCapital
	case digitByte(c):
		return maskDigit
	case c > unicode.MaxASCII:
		return maskForeign
	case c <= ' ' || c == 0x7f:
		return 0
	}
	sign := 0
	for d := byte('!'); d < c; d++ {
		if !wordByte(d) {
			sign++
		}
	}
	return maskSigns << sign
}

// maskOf is what a rune, wherever it stands, leaves in the mask of a text and its normal form.
func maskOf(r rune) charMask {
	var buf [8]byte
	m := charMask(0)
	for _, c := range appendFold(buf[:0], r) {
		m |= ascii[c].mask
	}
	if r > unicode.MaxASCII {
		return m | maskForeign
	}
	return m | ascii[r].mask
}

// neededBy gives what certainly stands in the mask of a text in which the expression is found.
func neededBy(re *syntax.Regexp) charMask {
	switch re.Op {
	case syntax.OpLiteral:
		m := charMask(0)
		for _, r := range re.Rune {
			if re.Flags&syntax.FoldCase != 0 {
				m |= neededByClass(cases(r))
			} else {
				m |= maskOf(r)
			}
		}
		return m
	case syntax.OpCharClass:
		return neededByClass(re.Rune)
	case syntax.OpCapture, syntax.OpPlus:
		return neededBy(re.Sub[0])
	case syntax.OpConcat:
		m := charMask(0)
		for _, sub := range re.Sub {
			m |= neededBy(sub)
		}
		return m
	case syntax.OpAlternate:
		m := ^charMask(0)
		for _, sub := range re.Sub {
			m &= neededBy(sub)
		}
		return m
	}
	return 0
}

// neededByClass gives what all runes of a class, given as pairs of first and last, have in common.
func neededByClass(pairs []rune) charMask {
	m := ^charMask(0)
	for i := 0; i < len(pairs); i += 2 {
		from, to := pairs[i], pairs[i+1]
		if to-from > unicode.MaxASCII { // a large part of it lies beyond ASCII
			m &= maskForeign
			to = unicode.MaxASCII
		}
		for r := from; r <= to; r++ {
			m &= maskOf(r)
		}
	}
	return m
}
