package text

import (
	"regexp"
	"regexp/syntax"
	"time"
)

// PatternList is a compiled list of regular expressions of which one is to be found. It may be shared between goroutines.
type PatternList struct {
	target
	from, to int32 // its patterns in the search
}

// pattern is one regular expression, and what a text must have before it is worth a try.
type pattern struct {
	re       *regexp.Regexp
	list     int32
	need     traces   // it leaves these at least
	texts    []string // one of them stands in the text, in the view that squeezed tells; nil: unknown
	squeezed bool
	chain    *chain // where texts are unknown; nil: unknown too
	perByte  int    // what trying it costs, in steps
}

// Patterns adds a list of patterns.
func (s *Search) Patterns(list []*regexp.Regexp) *PatternList {
	l := &PatternList{s.target(), int32(len(s.patterns)), 0}
	for _, re := range list {
		s.patterns = append(s.patterns, newPattern(re, l.number))
	}
	l.to = int32(len(s.patterns))
	return l
}

// How rare, in bits, the texts are that a pattern waits for.
const (
	telling = 9  // at least
	plenty  = 12 // enough not to look further
)

func newPattern(re *regexp.Regexp, list int32) pattern {
	p := pattern{re: re, list: list, perByte: fewestSteps}
	tree, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		return p // it was compiled in another syntax: nothing is known of it
	}
	tree = tree.Simplify()
	p.need, p.perByte = neededBy(tree), stepsPerByte(tree)
	p.texts = clueOf(tree, normalView{}).one
	if worth(p.texts) < plenty {
		squeezed := clueOf(tree, squeezedView{}).one
		if p.squeezed = worth(squeezed) > worth(p.texts); p.squeezed {
			p.texts = squeezed
		}
	}
	if worth(p.texts) < telling {
		p.texts, p.squeezed, p.chain = nil, false, chainOf(tree)
	}
	return p
}

// Cost is what a pattern takes, as far as can be told beforehand.
type Cost struct {
	Pattern    string
	Everywhere bool          // no letters are certain to stand in what it matches, so it is tried in nearly every message
	Slow       bool          // it may use only half of what the patterns may take in one message, so that the others are tried
	Each       time.Duration // in a message of usual length, about
}

// usualLength is how long most messages are, in bytes.
const usualLength = 80

// Costs gives the patterns of the list that are worth a remark.
func (l *PatternList) Costs() []Cost {
	var out []Cost
	for _, p := range l.search.patterns[l.from:l.to] {
		c := Cost{p.re.String(), p.texts == nil && !p.need.telling(), p.slow(), time.Duration(usualLength * p.perByte)}
		if c.Everywhere || c.Slow {
			out = append(out, c)
		}
	}
	return out
}

// slow tells whether a pattern alone could use up, in a long message, a good part of what all may take.
func (p *pattern) slow() bool { return p.perByte > mostSteps/longMessage/4 }

// longMessage is the longest message of Discord, in bytes.
const longMessage = 4000

// FindPattern looks for the listed patterns in the message's original text and in its normal form. It gives where one
// of them stands and how it is written.
func (v *View) FindPattern(l *PatternList) (Span, string, bool) {
	r := v.results(l.search)
	if h := r.of(l.number); h != nil {
		return h.span, l.search.patterns[h.which].re.String(), true
	}
	if !r.open.has(l.number) {
		return Span{}, "", false
	}
	for i := r.try.next(l.from, l.to); i >= 0; i = r.try.next(i+1, l.to) {
		p := &l.search.patterns[i]
		if span, ok := v.tryPattern(p, i); ok {
			r.add(hit{l.number, i, span})
			return span, p.re.String(), true
		}
		r.try.remove(i)
	}
	r.open.remove(l.number)
	return Span{}, "", false
}

// mostSteps is what all patterns together may cost in one message; a step is about a nanosecond.
const mostSteps = 4_000_000

// tryPattern looks for one pattern in every field, unless that would cost too much.
func (v *View) tryPattern(p *pattern, number int32) (Span, bool) {
	r := &v.searched
	for i := range v.fields {
		f := &v.fields[i]
		same := p.need.capitals.count > 0 || string(f.norm.b) == f.raw // a normal form has no capitals
		inRaw, inForm := stands(p.chain, f.raw), !same && stands(p.chain, f.norm.b)
		r.steps += len(f.raw) + len(f.norm.b)
		steps := 0
		if inRaw {
			steps += len(f.raw) * p.perByte
		}
		if inForm {
			steps += len(f.norm.b) * p.perByte
		}
		if r.steps+steps > mostSteps || p.slow() && r.steps+steps > mostSteps/2 {
			r.leftOut = append(r.leftOut, number)
			return Span{}, false
		}
		r.steps += steps
		if inRaw {
			if m := p.re.FindStringIndex(f.raw); m != nil {
				return Span{m[0], m[1], i}, true
			}
		}
		if inForm {
			if m := p.re.FindIndex(f.norm.b); m != nil {
				start, end := f.norm.origin(f.raw, m[0], m[1])
				return Span{start, end, i}, true
			}
		}
	}
	return Span{}, false
}

// LeftOut gives the patterns that were asked for and not tried, because the message is so long, or so well made, that the patterns
// together would have taken more than about 4 ms.
func (v *View) LeftOut() []string {
	var out []string
	for _, number := range v.searched.leftOut {
		out = append(out, v.searched.search.patterns[number].re.String())
	}
	return out
}

// stepsPerByte estimates what an expression costs for each byte of a text: its states may all be alive at once.
func stepsPerByte(tree *syntax.Regexp) int {
	prog, err := syntax.Compile(tree)
	if err != nil {
		return fewestSteps
	}
	return fewestSteps + len(prog.Inst)
}

// fewestSteps is what the shortest expression costs for each byte.
const fewestSteps = 30
