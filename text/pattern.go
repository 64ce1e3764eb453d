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
	source   string
	matcher  *matcher
	list     int32
	need     traces   // it leaves these at least
	texts    []string // one of them stands in the text, in the view that squeezed tells; nil: unknown
	squeezed bool
	chain    *chain // where texts are unknown; nil: unknown too
	size     int    // of its program, in instructions
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

// newPattern reads an expression that regexp.Compile takes.
func newPattern(re *regexp.Regexp, list int32) pattern {
	p := pattern{source: re.String(), list: list}
	tree, err := syntax.Parse(p.source, syntax.Perl)
	if err != nil {
		panic(err) // it was compiled in another syntax
	}
	tree = tree.Simplify()
	if p.matcher, err = newMatcher(tree); err != nil {
		panic(err)
	}
	p.size = len(p.matcher.inst)
	p.need = neededBy(tree)
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

// usual is a message like most.
const usual = "I think the second debate was better: nobody interrupted, and we learnt a lot."

// stepTakes is how long a step of the matcher takes, about.
const stepTakes = 7 * time.Nanosecond

// usually is what trying the pattern in a usual message takes.
func (p *pattern) usually() time.Duration {
	var t threads
	find(p.matcher, usual, &t, mostSteps)
	return time.Duration(t.steps) * stepTakes
}

// Costs gives the patterns of the list that are worth a remark.
func (l *PatternList) Costs() []Cost {
	var out []Cost
	for _, p := range l.search.patterns[l.from:l.to] {
		c := Cost{p.source, p.texts == nil && !p.need.telling(), p.slow(), p.usually()}
		if c.Everywhere || c.Slow {
			out = append(out, c)
		}
	}
	return out
}

// slow tells whether a pattern alone could use up, in a long message, a good part of what all may take.
func (p *pattern) slow() bool { return p.size > slowSize }

// slowSize is so many instructions that, were all of them followed at each place of the longest message of Discord, nothing
// would be left.
const slowSize = 220

// FindPattern looks for the listed patterns in the message's original text and in its normal form. It gives where one
// of them stands and how it is written.
func (v *View) FindPattern(l *PatternList) (Span, string, bool) {
	r := v.results(l.search)
	if h := r.of(l.number); h != nil {
		return h.span, l.search.patterns[h.which].source, true
	}
	if !r.open.has(l.number) {
		return Span{}, "", false
	}
	for i := r.try.next(l.from, l.to); i >= 0; i = r.try.next(i+1, l.to) {
		p := &l.search.patterns[i]
		if span, ok := v.tryPattern(p, i); ok {
			r.add(hit{l.number, i, span})
			return span, p.source, true
		}
		r.try.remove(i)
	}
	r.open.remove(l.number)
	return Span{}, "", false
}

// mostSteps is what all patterns together may take in one message, in steps of the matcher: about 5 ms.
const mostSteps = 700_000

// tryPattern looks for one pattern in every field, unless that takes too much. Each may take half of what is left, so that
// no pattern crowds out the others.
func (v *View) tryPattern(p *pattern, number int32) (Span, bool) {
	r := &v.searched
	for i := range v.fields {
		f := &v.fields[i]
		same := p.need.capitals.count > 0 || string(f.norm.b) == f.raw // a normal form has no capitals
		from, to, done := tried(r, p, f.raw)
		if from >= 0 {
			return Span{from, to, i}, true
		}
		if done && !same {
			if from, to, done = tried(r, p, f.norm.b); from >= 0 {
				start, end := f.norm.origin(f.raw, from, to)
				return Span{start, end, i}, true
			}
		}
		if !done {
			r.leftOut = append(r.leftOut, number)
			return Span{}, false
		}
	}
	return Span{}, false
}

// tried looks for one pattern in one text.
func tried[T string | []byte](r *results, p *pattern, text T) (from, to int, done bool) {
	r.steps += len(text) / 8
	if !stands(p.chain, text) {
		return -1, 0, true
	}
	from, to, done = find(p.matcher, text, &r.threads, max(0, mostSteps-r.steps)/2)
	r.steps += r.threads.steps
	return from, to, done
}

// LeftOut gives the patterns that were asked for and not tried to the end, because the message is so long, or so well made, that
// the patterns together would have taken more than about 5 ms.
func (v *View) LeftOut() []string {
	var out []string
	for _, number := range v.searched.leftOut {
		out = append(out, v.searched.search.patterns[number].source)
	}
	return out
}
