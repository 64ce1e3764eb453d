package rules

import (
	"math/bits"

	"palabre/text"
)

// plan finds the few rules that have something to say about an event, so that the number of the others costs next to
// nothing: those that rest on a word, a pattern or a link are asked only about texts in which one was found.
type plan struct {
	search  *text.Search
	always  [kindBits]ruleSet // by kind of event: rules that rest on nothing of this sort
	resting [kindBits]ruleSet // by kind of event: the others
	linked  ruleSet           // rules that rest on a link
	found   []ruleSet         // by target of the search: rules that rest on it; nil for none
}

// kindBits is how many kinds a kindSet can hold.
const kindBits = 8

// ruleSet is a set of places in Ruleset.rules.
type ruleSet []uint64

func (s ruleSet) set(i int) { s[i/64] |= 1 << (i % 64) }

// grounds is what must be found in a text for a condition to hold: one of the targets, or a link.
type grounds struct {
	targets []int
	link    bool
}

// grounded is a condition that may hold only for texts in which something was found; false: this one holds for others too.
type grounded interface{ grounds() (grounds, bool) }

func newPlan(rules []*rule, search *text.Search) plan {
	p := plan{search: search, found: make([]ruleSet, search.Targets())}
	words := (len(rules) + 63) / 64
	p.linked = make(ruleSet, words)
	for kind := range p.always {
		p.always[kind], p.resting[kind] = make(ruleSet, words), make(ruleSet, words)
	}
	for i, r := range rules {
		rests, on := r.when.grounds()
		for kind := range p.always {
			if r.on&(1<<kind) == 0 {
				continue
			}
			if rests {
				p.resting[kind].set(i)
			} else {
				p.always[kind].set(i)
			}
		}
		if on.link {
			p.linked.set(i)
		}
		for _, target := range on.targets {
			if p.found[target] == nil {
				p.found[target] = make(ruleSet, words)
			}
			p.found[target].set(i)
		}
	}
	return p
}

// asked gives the rules that may match, in the file's order. They are valid until the reading asks again.
func (rs *Ruleset) asked(r *Reading, bit kindSet) []*rule {
	kind := bits.TrailingZeros(uint(bit))
	r.may = append(r.may[:0], rs.plan.always[kind]...)
	if r.View != nil {
		rs.plan.ground(r, rs.plan.resting[kind])
	}
	r.asked = r.asked[:0]
	for i, word := range r.may {
		for ; word != 0; word &= word - 1 {
			r.asked = append(r.asked, rs.rules[64*i+bits.TrailingZeros64(word)])
		}
	}
	return r.asked
}

// ground adds the rules of a set that rest on what stands in the text.
func (p *plan) ground(r *Reading, set ruleSet) {
	add := func(rules ruleSet) {
		for i, word := range rules {
			r.may[i] |= word & set[i]
		}
	}
	r.View.EachFound(p.search, func(target int) { add(p.found[target]) })
	if len(r.View.Links()) > 0 {
		add(p.linked)
	}
}

// grounds tells whether a node holds only for texts in which something was found, and what.
func (n *node) grounds() (bool, grounds) {
	if n == nil {
		return false, grounds{}
	}
	switch n.op {
	case leaf:
		if c, ok := n.cond.(grounded); ok {
			on, rests := c.grounds()
			return rests, on
		}
	case allOf:
		for _, k := range n.kids {
			if rests, on := k.grounds(); rests {
				return true, on
			}
		}
	case anyOf:
		var all grounds
		for _, k := range n.kids {
			rests, on := k.grounds()
			if !rests {
				return false, grounds{}
			}
			all.targets, all.link = append(all.targets, on.targets...), all.link || on.link
		}
		return len(n.kids) > 0, all
	}
	return false, grounds{}
}
