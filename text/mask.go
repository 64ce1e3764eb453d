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

// row counts one sort of characters: how many there are, and how many follow each other.
type row struct {
	count, longest int
	first, last    int  // how many stand at the beginning, and at the end
	only           bool // there is nothing else
}

// rowOf counts the bytes of a text that leave a mark.
func rowOf[T string | []byte](text T, mark charMask) row {
	var r row
	here := 0
	for i := range len(text) {
		if ascii[text[i]].mask&mark == 0 {
			here = 0
			continue
		}
		r.count++
		here++
		r.longest = max(r.longest, here)
	}
	return r
}

// then is the row of one text before another.
func (r row) then(s row) row {
	out := row{r.count + s.count, max(r.longest, s.longest, r.last+s.first), r.first, s.last, r.only && s.only}
	if r.only {
		out.first += s.first
	}
	if s.only {
		out.last += r.last
	}
	return out
}

// or is what the rows of two texts have in common.
func (r row) or(s row) row {
	return row{min(r.count, s.count), min(r.longest, s.longest), min(r.first, s.first), min(r.last, s.last), r.only && s.only}
}

// The row of an empty text, and of one character.
var (
	noRow  = row{only: true}
	oneRow = row{1, 1, 1, 1, true}
)

// traces are what a text certainly leaves: a mask, and its capitals and digits.
type traces struct {
	mask             charMask
	capitals, digits row
}

// within tells whether a message that left others may hold the text.
func (t traces) within(others *traces) bool {
	return t.mask&^others.mask == 0 &&
		t.capitals.count <= others.capitals.count && t.capitals.longest <= others.capitals.longest &&
		t.digits.count <= others.digits.count && t.digits.longest <= others.digits.longest
}

// telling tells whether few messages leave as much: many capitals or digits, or a certain sign.
func (t traces) telling() bool {
	const common = maskLetters | maskDigit | maskCapital | maskForeign
	return t.capitals.count+t.digits.count >= 4 || t.mask&^common != 0
}

// then is what one text before another leaves.
func (t traces) then(u traces) traces {
	return traces{t.mask | u.mask, t.capitals.then(u.capitals), t.digits.then(u.digits)}
}

// or is what either text leaves.
func (t traces) or(u traces) traces {
	return traces{t.mask & u.mask, t.capitals.or(u.capitals), t.digits.or(u.digits)}
}

// tracesOf is what a rune leaves in a text or in its normal form, wherever it stands.
func tracesOf(r rune) traces {
	var buf [8]byte
	t := traces{mask: maskOfText(appendFold(buf[:0], r))}
	switch {
	case r > unicode.MaxASCII:
		t.mask |= maskForeign
	case 'A' <= r && r <= 'Z':
		t.mask, t.capitals = t.mask|maskCapital, oneRow
	case '0' <= r && r <= '9':
		t.digits = oneRow
	}
	return t
}

// neededBy gives what every text leaves in which the expression is found.
func neededBy(re *syntax.Regexp) traces {
	t := traces{capitals: noRow, digits: noRow}
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			if re.Flags&syntax.FoldCase != 0 {
				t = t.then(neededByClass(cases(r)))
			} else {
				t = t.then(tracesOf(r))
			}
		}
	case syntax.OpCharClass:
		t = neededByClass(re.Rune)
	case syntax.OpCapture:
		t = neededBy(re.Sub[0])
	case syntax.OpPlus: // once, and whatever follows
		t = neededBy(re.Sub[0]).then(traces{})
	case syntax.OpBeginText, syntax.OpEndText, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpWordBoundary, syntax.OpNoWordBoundary, syntax.OpEmptyMatch:
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			t = t.then(neededBy(sub))
		}
	case syntax.OpAlternate:
		t = neededBy(re.Sub[0])
		for _, sub := range re.Sub[1:] {
			t = t.or(neededBy(sub))
		}
	default:
		return traces{}
	}
	return t
}

// neededByClass gives what all runes of a class, given as pairs of first and last, leave.
func neededByClass(pairs []rune) traces {
	t := traces{^charMask(0), oneRow, oneRow}
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
