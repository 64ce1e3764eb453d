package rules

import (
	"slices"
	"time"

	"palabre/chat"
)

// condition is one test of an event against its text, its author and the past. Its match allocates nothing;
// reason is asked only after a match.
type condition interface {
	match(r *Reading, past *History) bool
	reason(r *Reading, past *History) chat.Reason
	// value is what was measured, for a moderator who asks why a rule did or did not match.
	value(r *Reading, past *History) string
}

// windowed is a condition that looks back.
type windowed interface {
	window() time.Duration
	// seen gives the records that it counted, so that the messages of a burst can be deleted.
	seen(r *Reading, past *History, yield func(record))
}

// selective is a condition that judges fewer events than others of its name: a rate of edits judges edits.
type selective interface{ judges() kindSet }

type operator uint8

const (
	leaf operator = iota
	allOf
	anyOf
	noneOf // not: a map is AND, so not means "not all of these"
)

var operatorNames = [...]string{leaf: "", allOf: "all", anyOf: "any", noneOf: "not"}

// node is a condition, or several joined by all, any or not.
type node struct {
	op   operator
	kids []*node // in the file's order
	fast []*node // the same, the cheap ones first

	name string // of the leaf's condition
	cond condition
	cost int
	can  kindSet // the events that it can judge
}

func join(op operator, kids []*node) *node {
	n := &node{op: op, kids: kids, fast: slices.Clone(kids)}
	slices.SortStableFunc(n.fast, func(a, b *node) int { return a.cost - b.cost })
	for _, k := range kids {
		n.cost = max(n.cost, k.cost)
	}
	return n
}

func (n *node) match(r *Reading, past *History) bool {
	switch n.op {
	case anyOf:
		for _, k := range n.fast {
			if k.match(r, past) {
				return true
			}
		}
		return false
	case allOf, noneOf:
		for _, k := range n.fast {
			if !k.match(r, past) {
				return n.op == noneOf
			}
		}
		return n.op == allOf
	default:
		return n.cond.match(r, past)
	}
}

// matching visits the conditions that hold and that the match rests on: none below a not.
func (n *node) matching(r *Reading, past *History, visit func(*node)) {
	if n.op == noneOf || !n.match(r, past) {
		return
	}
	if n.op == leaf {
		visit(n)
	}
	for _, k := range n.kids {
		k.matching(r, past, visit)
	}
}

// seen gives the records that the conditions counted which the match rests on.
func (n *node) seen(r *Reading, past *History, yield func(record)) {
	n.matching(r, past, func(n *node) {
		if c, ok := n.cond.(windowed); ok {
			c.seen(r, past, yield)
		}
	})
}

// leaves visits every condition, below a not too.
func (n *node) leaves(visit func(*node)) {
	if n == nil {
		return
	}
	if n.op == leaf {
		visit(n)
	}
	for _, k := range n.kids {
		k.leaves(visit)
	}
}

func (n *node) reasons(r *Reading, past *History) []chat.Reason {
	var out []chat.Reason
	n.matching(r, past, func(leaf *node) {
		reason := leaf.cond.reason(r, past)
		reason.Code = leaf.name
		out = append(out, reason)
	})
	if len(out) == 0 { // the match rests on a not alone
		out = append(out, chat.Reason{Code: "not", Say: chat.Say("reason.not", nil)})
	}
	return out
}
