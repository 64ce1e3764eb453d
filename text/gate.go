package text

import (
	"slices"

	"palabre/internal/match"
)

// gates tell which patterns are worth a try in a message: those of which certain letters stand in it.
type gates struct {
	squeezed   *match.Literals
	squeezedBy []int32 // the numbers in squeezed, to patterns
	everywhere []int32 // patterns without certain letters
}

// compileGates gives the pieces of the normal form that patterns wait for, and the pattern that waits for each.
func (s *Search) compileGates() (pieces []string, by []int32) {
	var squeezed []string
	for i, p := range s.patterns {
		switch {
		case p.texts == nil:
			s.everywhere = append(s.everywhere, int32(i))
			continue
		case p.squeezed:
			squeezed = append(squeezed, p.texts...)
		default:
			pieces = append(pieces, p.texts...)
		}
		for range p.texts {
			if p.squeezed {
				s.squeezedBy = append(s.squeezedBy, int32(i))
			} else {
				by = append(by, int32(i))
			}
		}
	}
	s.squeezed = match.NewLiterals(squeezed)
	return pieces, by
}

// worthTrying notes a pattern whose letters stand in the message.
func (r *results) worthTrying(number int32) {
	p := &r.search.patterns[number]
	if p.need.within(&r.left) {
		r.try.set(number)
		r.open.set(p.list)
	}
}

// gate notes the patterns that wait for what stands in a field, beyond those whose letters stand in its normal form.
func (s *Search) gate(f *field, r *results) {
	if len(f.norm.mixed) > 0 {
		s.pieces.Find(f.norm.mixed, func(piece, _ int) {
			if by := s.inside[piece]; by < 0 {
				r.worthTrying(^by)
			}
		})
	}
	if len(s.squeezedBy) == 0 {
		return
	}
	squeeze(s, f.raw, r)
	if !f.plain {
		squeeze(s, f.norm.b, r)
	}
}

// squeeze looks into the squeezed view of a text.
func squeeze[T string | []byte](s *Search, text T, r *results) {
	letters, sure := squeezed(r.squeezed[:0], text)
	if !sure {
		for _, by := range s.squeezedBy {
			r.worthTrying(by)
		}
		return
	}
	r.squeezed = letters
	s.squeezed.Find(letters, func(piece, _ int) { r.worthTrying(s.squeezedBy[piece]) })
}

// The runes beyond ASCII that differ from a letter of ASCII in case only.
const (
	kelvin = "\u212a"
	longS  = "\u017f"
)

// squeezed writes into dst the letters and digits of ASCII in a text, small, each run of one as one. It is not sure where a rune
// stands that a pattern may take for one of them.
func squeezed[T string | []byte](dst []byte, text T) (letters []byte, sure bool) {
	dst = slices.Grow(dst, len(text))[:len(text)]
	last, n := uint32(0), 0
	for i := range len(text) {
		c := uint32(kept[text[i]])
		if c == doubtful && (begins(text[i:], longS) || begins(text[i:], kelvin)) {
			return nil, false
		}
		if c&^doubtful == 0 { // in 32 bits, so that the compiler needs no jumps: nobody foresees where words end
			c = last
		}
		dst[n] = byte(c)
		if c != last {
			n++
		}
		last = c
	}
	return dst[:n], true
}

// kept is what the squeezed view keeps of a byte: 0 for nothing.
var kept = keptTable()

// doubtful is kept of the bytes with which longS and kelvin begin.
const doubtful = 0x80

func keptTable() (table [256]byte) {
	for c := range table {
		if wordByte(byte(c)) {
			table[c] = lowerByte(byte(c))
		}
	}
	table[longS[0]], table[kelvin[0]] = doubtful, doubtful
	return table
}

func begins[T string | []byte](text T, with string) bool {
	return len(text) >= len(with) && text[0] == with[0] && string(text[:len(with)]) == with
}
