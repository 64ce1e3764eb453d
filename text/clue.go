package text

import (
	"math/bits"
	"regexp/syntax"
	"slices"
	"unicode"

	"palabre/internal/match"
)

// clue is what is known of every text that an expression matches, as a view of it shows it. The sets are never
// empty; an empty text in one says that nothing is known there.
type clue struct {
	exact       []string // it is one of these; nil: unknown
	first, last []string // it begins, it ends with one of these
	one         []string // one of these stands in it
}

// Bounds of the sets, so that reading a clue stays cheap.
const (
	mostExact = 32 // texts of one set
	mostRunes = 16 // of a class that is written out
	longClue  = 24 // bytes of one text
)

var nothing = []string{""}

// unknown is the clue of whatever may match anything.
var unknown = clue{first: nothing, last: nothing, one: nothing}

func exactly(texts []string) clue {
	slices.Sort(texts)
	texts = slices.Compact(texts)
	if len(texts) > mostExact || slices.ContainsFunc(texts, func(s string) bool { return len(s) > longClue }) {
		return clue{first: nothing, last: nothing, one: bounded(texts)}
	}
	return clue{exact: texts, first: texts, last: texts, one: texts}
}

// bounded gives up on a set that is too large.
func bounded(texts []string) []string {
	if len(texts) > 2*mostExact {
		return nothing
	}
	return texts
}

// worth estimates, in bits, how seldom any of the texts stands in a message. Many texts are worth a little less: each has to
// be looked for.
func worth(texts []string) int {
	const most = 56 // so that the sum over the largest set stays below 64 bits
	often := uint64(0)
	for _, s := range texts {
		often += 1 << (most - min(match.Rarity(s), most-8))
	}
	return most + 1 - bits.Len64(often) - 3*bits.Len(uint(len(texts)-1))/2
}

func rarest(sets ...[]string) []string {
	return slices.MaxFunc(sets, func(a, b []string) int { return worth(a) - worth(b) })
}

// projection is how a view shows what an expression speaks of.
type projection interface {
	// rune shows one rune; false when the view may show it in several ways.
	rune(r rune) (string, bool)
	// class shows the runes of a class, as pairs of first and last; false when they are too many.
	class(pairs []rune) ([]string, bool)
	// join shows one text after another.
	join(a, b string) string
	// repeats tells whether the text, repeated, is shown like the text once.
	repeats(s string) bool
}

// clueOf reads an expression.
func clueOf(re *syntax.Regexp, p projection) clue {
	switch re.Op {
	case syntax.OpLiteral:
		return literalClue(re, p)
	case syntax.OpCharClass:
		if texts, ok := p.class(re.Rune); ok {
			return exactly(texts)
		}
		return unknown
	case syntax.OpCapture:
		return clueOf(re.Sub[0], p)
	case syntax.OpConcat:
		c := exactly([]string{""})
		for _, sub := range re.Sub {
			c = c.then(clueOf(sub, p), p)
		}
		return c
	case syntax.OpAlternate:
		c := clueOf(re.Sub[0], p)
		for _, sub := range re.Sub[1:] {
			c = c.or(clueOf(sub, p))
		}
		return c
	case syntax.OpQuest, syntax.OpStar, syntax.OpPlus:
		return clueOf(re.Sub[0], p).repeated(re.Op, p)
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return exactly([]string{""})
	}
	return unknown
}

func literalClue(re *syntax.Regexp, p projection) clue {
	c := exactly([]string{""})
	for _, r := range re.Rune {
		next := unknown
		if re.Flags&syntax.FoldCase != 0 {
			if texts, ok := p.class(cases(r)); ok {
				next = exactly(texts)
			}
		} else if s, ok := p.rune(r); ok {
			next = exactly([]string{s})
		}
		c = c.then(next, p)
	}
	return c
}

// cases are the runes that differ from one in case only, as a class.
func cases(r rune) []rune {
	pairs := []rune{r, r}
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		pairs = append(pairs, next, next)
	}
	return pairs
}

// then is the clue of what c says followed by what d says.
func (c clue) then(d clue, p projection) clue {
	if c.exact != nil && d.exact != nil {
		if both, ok := product(c.exact, d.exact, p); ok {
			return exactly(both)
		}
	}
	out := clue{first: c.first, last: d.last, one: rarest(c.one, d.one)}
	if middle, ok := product(c.last, d.first, p); ok {
		out.one = rarest(out.one, middle)
	}
	if c.exact != nil {
		if first, ok := product(c.exact, d.first, p); ok {
			out.first = first
		}
	}
	if d.exact != nil {
		if last, ok := product(c.last, d.exact, p); ok {
			out.last = last
		}
	}
	return out
}

// product is every text of a before every text of b; false when they are too many or too long.
func product(a, b []string, p projection) ([]string, bool) {
	if len(a)*len(b) > mostExact {
		return nil, false
	}
	var out []string
	for _, x := range a {
		for _, y := range b {
			if len(x)+len(y) > longClue {
				return nil, false
			}
			out = append(out, p.join(x, y))
		}
	}
	return out, true
}

// or is the clue of what either says.
func (c clue) or(d clue) clue {
	if c.exact != nil && d.exact != nil {
		return exactly(slices.Concat(c.exact, d.exact))
	}
	return clue{
		first: either(c.first, d.first), last: either(c.last, d.last),
		one: bounded(slices.Concat(rarest(c.one, c.first, c.last), rarest(d.one, d.first, d.last))),
	}
}

func either(a, b []string) []string {
	if len(a)+len(b) > mostExact {
		return nothing
	}
	return slices.Concat(a, b)
}

// repeated is the clue of ?, * and +.
func (c clue) repeated(op syntax.Op, p projection) clue {
	same := c.exact != nil && (op == syntax.OpQuest || len(c.exact) == 1 && p.repeats(c.exact[0]))
	switch {
	case same && op == syntax.OpPlus:
		return c
	case same:
		return exactly(append(slices.Clone(c.exact), ""))
	case op == syntax.OpPlus:
		return clue{first: c.first, last: c.last, one: rarest(c.one, c.first, c.last)}
	}
	return unknown
}

// normalView shows texts in their normal form, look-alikes left alone.
type normalView struct{}

func (normalView) rune(r rune) (string, bool) { return string(appendFold(nil, r)), true }

func (normalView) class(pairs []rune) ([]string, bool) {
	var out []string
	for i := 0; i < len(pairs); i += 2 {
		for r := pairs[i]; r <= pairs[i+1]; r++ {
			if len(out) == mostRunes*2 {
				return nil, false
			}
			out = append(out, string(appendFold(nil, r)))
		}
	}
	return out, len(out) > 0
}

func (normalView) join(a, b string) string { return a + b }

func (normalView) repeats(s string) bool { return s == "" }

// beside tells whether a text with the rune is not looked at in the squeezed view.
func beside(r rune) bool { return string(r) == kelvin || string(r) == longS }

// squeezedView shows letters and digits of ASCII only, small, each run of one as one: see squeeze.
type squeezedView struct{}

func (squeezedView) rune(r rune) (string, bool) {
	if beside(r) {
		return "", false
	}
	if r <= unicode.MaxASCII && wordByte(byte(r)) {
		return string(lowerByte(byte(r))), true
	}
	return "", true
}

func (v squeezedView) class(pairs []rune) ([]string, bool) {
	var out []string
	show := func(s string) {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for i := 0; i < len(pairs); i += 2 {
		from, to := pairs[i], pairs[i+1]
		for r := from; r <= min(to, unicode.MaxASCII); r++ {
			s, _ := v.rune(r)
			show(s)
		}
		if to > unicode.MaxASCII && (from != to || !beside(to)) {
			show("")
		}
	}
	return out, len(out) > 0 && len(out) <= mostRunes
}

func (squeezedView) join(a, b string) string {
	if a != "" && b != "" && a[len(a)-1] == b[0] {
		return a + b[1:]
	}
	return a + b
}

func (squeezedView) repeats(s string) bool { return len(s) <= 1 }
