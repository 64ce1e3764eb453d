package text

import (
	"math/bits"
	"regexp/syntax"
	"unicode"
)

// chain is a row of single characters of which one after the other stands in every text where an expression is found. For
// expressions without certain letters (`\d{4}-\d{4}`) looking for it takes a tenth of trying them.
type chain struct {
	at   [256]uint64 // the places of the chain where a byte may stand, as bits
	last uint64      // the bit of its last place
}

// stands tells whether the chain may stand in a text; nil stands everywhere.
func stands[T string | []byte](c *chain, text T) bool {
	if c == nil {
		return true
	}
	ends := uint64(0) // the places that are reached: all links up to there stand right before
	for i := range len(text) {
		if ends = (ends<<1 | 1) & c.at[text[i]]; ends&c.last != 0 {
			return true
		}
	}
	return false
}

// link is what may stand at one place: a set of ASCII.
type link [2]uint64

// worth is how much a link tells, in bits.
func (l link) worth() int { return 7 - bits.Len(uint(bits.OnesCount64(l[0])+bits.OnesCount64(l[1])-1)) }

// longestChain is how many places the bits of a word can tell apart.
const longestChain = 64

// chainOf gives the chain of an expression that tells most; nil when it has none.
func chainOf(tree *syntax.Regexp) *chain {
	var m chainMaker
	m.read(tree)
	m.cut()
	if len(m.best) == 0 {
		return nil
	}
	c := &chain{last: 1 << (len(m.best) - 1)}
	for place, l := range m.best {
		for b := range 128 {
			if l[b/64]&(1<<(b%64)) != 0 {
				c.at[b] |= 1 << place
			}
		}
	}
	return c
}

// chainMaker walks over an expression from left to right.
type chainMaker struct {
	links, best []link
	worth, most int
}

// cut ends the present chain.
func (m *chainMaker) cut() {
	if m.worth > m.most {
		m.best, m.most = m.links, m.worth
	}
	m.links, m.worth = nil, 0
}

// add goes on with one of the runes of a class, given as pairs of first and last.
func (m *chainMaker) add(pairs []rune) {
	var l link
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] > unicode.MaxASCII {
			m.cut()
			return
		}
		for r := pairs[i]; r <= pairs[i+1]; r++ {
			l[r/64] |= 1 << (r % 64)
		}
	}
	if len(m.links) == longestChain {
		m.cut()
	}
	m.links, m.worth = append(m.links, l), m.worth+l.worth()
}

func (m *chainMaker) read(re *syntax.Regexp) {
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			if re.Flags&syntax.FoldCase != 0 {
				m.add(cases(r))
			} else {
				m.add([]rune{r, r})
			}
		}
	case syntax.OpCharClass:
		m.add(re.Rune)
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range re.Sub {
			m.read(sub)
		}
	case syntax.OpPlus: // its first goes on with what stands before, its last begins what follows
		m.read(re.Sub[0])
		m.cut()
		if re.Sub[0].Op == syntax.OpCharClass || re.Sub[0].Op == syntax.OpLiteral {
			m.read(re.Sub[0])
		}
	case syntax.OpBeginText, syntax.OpEndText, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpWordBoundary, syntax.OpNoWordBoundary, syntax.OpEmptyMatch:
	default:
		m.cut()
	}
}
