package rules

import (
	"math/bits"

	"palabre/text"
)

// plan finds the few rules that have something to say about an event, so that the number of the others costs next to
// nothing: a rule that rests on a word, a pattern, a link … is asked only about messages that have it.
type plan struct {
	search *text.Search
	always [kindBits]ruleSet // by kind of event: rules that may match whatever the message has
	others [kindBits]ruleSet // by kind of event: the rest
	found  []ruleSet         // by target of the search: rules that rest on it; nil for none
	sizes  [len(traits)]resting
}

// resting are the rules that rest on a trait, and the least of it that one of them needs.
type resting struct {
	rules ruleSet
	least int64
}

// kindBits is how many kinds a kindSet can hold.
const kindBits = 16

// ruleSet is a set of places in Ruleset.rules.
type ruleSet []uint64

// with adds a place, making room when it is the first.
func (s ruleSet) with(i, rules int) ruleSet {
	if s == nil {
		s = make(ruleSet, (rules+63)/64)
	}
	s[i/64] |= 1 << (i % 64)
	return s
}

func newPlan(rules []*rule, search *text.Search) plan {
	p := plan{search: search, found: make([]ruleSet, search.Targets())}
	for i, r := range rules {
		on := r.when.grounds()
		for kind := range p.always {
			switch {
			case r.on&(1<<kind) == 0:
			case on.none():
				p.always[kind] = p.always[kind].with(i, len(rules))
			default:
				p.others[kind] = p.others[kind].with(i, len(rules))
			}
		}
		for _, target := range on.targets {
			p.found[target] = p.found[target].with(i, len(rules))
		}
		for _, size := range on.traits {
			p.sizes[size.trait].add(i, len(rules), size.least)
		}
	}
	return p
}

func (s *resting) add(i, rules int, least int64) {
	if s.rules == nil {
		s.least = least
	}
	s.rules, s.least = s.rules.with(i, rules), min(s.least, least)
}

// asked gives the rules that may match, in the file's order. They are valid until the reading asks again.
func (rs *Ruleset) asked(r *Reading, bit kindSet) []*rule {
	kind := bits.TrailingZeros(uint(bit))
	r.may = append(r.may[:0], make(ruleSet, (len(rs.rules)+63)/64)...)
	copy(r.may, rs.plan.always[kind])
	if others := rs.plan.others[kind]; others != nil && r.View != nil {
		rs.plan.ground(r, others)
	}
	r.asked = r.asked[:0]
	for i, word := range r.may {
		for ; word != 0; word &= word - 1 {
			r.asked = append(r.asked, rs.rules[64*i+bits.TrailingZeros64(word)])
		}
	}
	return r.asked
}

// ground adds the rules of a set that rest on what the message has.
func (p *plan) ground(r *Reading, set ruleSet) {
	add := func(rules ruleSet) {
		for i, word := range rules {
			r.may[i] |= word & set[i]
		}
	}
	r.View.EachFound(p.search, func(target int) { add(p.found[target]) })
	for t := range p.sizes {
		if size := &p.sizes[t]; size.rules != nil && int64(traits[t](r)) >= size.least {
			add(size.rules)
		}
	}
}
