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

// count is how many bytes of a text leave one certain mark.
func count[T string | []byte](text T, mark charMask) int {
	n := 0
	for i := range len(text) {
		if ascii[text[i]].mask&mark != 0 {
			n++
		}
	}
	return n
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

// traces are what a text certainly leaves: a mask, and how many capitals and digits.
type traces struct {
	mask             charMask
	capitals, digits int
}

// within tells whether a message that left others may hold the text.
func (t traces) within(others *traces) bool {
	return t.mask&^others.mask == 0 && t.capitals <= others.capitals && t.digits <= others.digits
}

// telling tells whether few messages leave as much: many capitals or digits, or a certain sign.
func (t traces) telling() bool {
	const common = maskLetters | maskDigit | maskCapital | maskForeign
	return t.capitals+t.digits >= 4 || t.mask&^common != 0
}

func (t traces) and(u traces) traces {
	return traces{t.mask | u.mask, t.capitals + u.capitals, t.digits + u.digits}
}

func (t traces) or(u traces) traces {
	return traces{t.mask & u.mask, min(t.capitals, u.capitals), min(t.digits, u.digits)}
}

// tracesOf is what a rune leaves in a text or in its normal form, wherever it stands.
func tracesOf(r rune) traces {
	var buf [8]byte
	t := traces{mask: maskOfText(appendFold(buf[:0], r))}
	switch {
	case r > unicode.MaxASCII:
		t.mask |= maskForeign
	case 'A' <= r && r <= 'Z':
		t.mask, t.capitals = t.mask|maskCapital, 1
	case '0' <= r && r <= '9':
		t.digits = 1
	}
	return t
}

// neededBy gives what every text leaves in which the expression is found.
func neededBy(re *syntax.Regexp) traces {
	var t traces
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			if re.Flags&syntax.FoldCase != 0 {
				t = t.and(neededByClass(cases(r)))
			} else {
				t = t.and(tracesOf(r))
			}
		}
	case syntax.OpCharClass:
		t = neededByClass(re.Rune)
	case syntax.OpCapture, syntax.OpPlus:
		t = neededBy(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			t = t.and(neededBy(sub))
		}
	case syntax.OpAlternate:
		t = neededBy(re.Sub[0])
		for _, sub := range re.Sub[1:] {
			t = t.or(neededBy(sub))
		}
	}
	return t
}

// neededByClass gives what all runes of a class, given as pairs of first and last, leave.
func neededByClass(pairs []rune) traces {
	t := traces{mask: ^charMask(0), capitals: 1, digits: 1}
	for i := 0; i < len(pairs); i += 2 {
		from, to := pairs[i], pairs[i+1]
		if to-from > unicode.MaxASCII { // a large part of it lies beyond ASCII
			t = t.or(traces{mask: maskForeign})
			to = min(to, unicode.MaxASCII)
		}
		for r := from; r <= to; r++ {
			t = t.or(tracesOf(r))
		}
	}
	return t
}
