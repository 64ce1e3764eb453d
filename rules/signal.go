package rules

import (
	"slices"
	"time"

	"palabre/internal/yamlsrc"
)

// mostSignals bounds the named detectors of a community.
const mostSignals = 200

// heaviest is the largest weight of a signal.
const heaviest = 100

// signal is a named detector with a weight. In one reading it is asked once, however many rules name it.
type signal struct {
	name   string
	number int // its place in the ruleset
	weight int
	when   *node
	kinds  kindSet // the events that all its conditions can judge
	at     yamlsrc.Field
	state  parseState
}

// parseState tells how far a signal is read, so that circles are found.
type parseState uint8

const (
	notRead parseState = iota
	beingRead
	wasRead
)

// holds asks the signal, or what it answered before in this reading.
func (s *signal) holds(r *Reading, past *History) bool {
	if s.when == nil || s.kinds&kindBit(r.Fact.Kind) == 0 {
		return false
	}
	if r.signals[s.number] == notAsked {
		r.signals[s.number] = absent
		if s.when.match(r, past) {
			r.signals[s.number] = present
		}
	}
	return r.signals[s.number] == present
}

// announce notes the names of the signals, which may be used before they are described.
func (p *parser) announce(v yamlsrc.Value) {
	fields, _ := v.About("signals").Fields()
	if len(p.signals)+len(fields) > mostSignals {
		v.Errorf("several conditions fit into one signal", "more than %d signals", mostSignals)
		return
	}
	for _, f := range fields {
		switch {
		case !ruleName.MatchString(f.Name):
			f.Key.Errorf("letters, digits, - and _, at most 64: short-link", "a signal cannot be named %q", f.Name)
		case p.findSignal(f.Name) != nil:
			f.Key.Errorf("give each signal its own name", "the signal %q stands there twice", f.Name)
		default:
			p.signals = append(p.signals, &signal{name: f.Name, number: len(p.signals), weight: 1, at: f})
		}
	}
}

func (p *parser) findSignal(name string) *signal {
	for _, s := range p.signals {
		if s.name == name {
			return s
		}
	}
	return nil
}

func (p *parser) signalNames() []string {
	out := make([]string, len(p.signals))
	for i, s := range p.signals {
		out[i] = s.name
	}
	return out
}

// readSignal reads what a signal looks for, and the signals that it rests on before.
func (p *parser) readSignal(s *signal) {
	if s.state != notRead {
		return
	}
	s.state = beingRead
	v := s.at.Value.About("signal %q", s.name)
	if m, ok := v.MapOf("condition", append(p.nodeNames(), "weight")...); ok {
		if weight := m.Get("weight"); !weight.IsZero() {
			s.weight, _ = weight.Int(-heaviest, heaviest)
		}
		inside := &rule{signal: s}
		s.when = p.whenFields(v, slices.DeleteFunc(m.Fields(), func(f yamlsrc.Field) bool { return f.Name == "weight" }), inside)
	}
	s.kinds = s.when.kinds()
	s.state = wasRead
}

// score is the sum of the weights of the signals that hold.
func score(signals []*signal, r *Reading, past *History) int {
	sum := 0
	for _, s := range signals {
		if s.holds(r, past) {
			sum += s.weight
		}
	}
	return sum
}

// looksBack is the longest window among the conditions of a node.
func (n *node) looksBack() time.Duration {
	var d time.Duration
	n.leaves(func(n *node) {
		if c, ok := n.cond.(windowed); ok {
			d = max(d, c.window())
		}
	})
	return d
}

// scope is the widest scope among the conditions of a node.
func (n *node) scope() scope {
	s := perMember
	n.leaves(func(n *node) {
		if c, ok := n.cond.(interface{ counts() scope }); ok {
			s = max(s, c.counts())
		}
	})
	return s
}

// reach is how far back the consequences of a rule look.
func (r *rule) reach() time.Duration {
	var d time.Duration
	for _, c := range append(r.do, r.reviewed()...) {
		if c, ok := c.(far); ok {
			d = max(d, c.reach())
		}
	}
	return d
}

// resolves tells whether a node asks where invitations lead.
func (n *node) resolves() bool {
	found := false
	n.leaves(func(n *node) {
		c, ok := n.cond.(interface{ resolves() bool })
		found = found || ok && c.resolves()
	})
	return found
}

// kinds are the events that all conditions of a node can judge.
func (n *node) kinds() kindSet {
	set := kindSet(onAll)
	n.leaves(func(n *node) { set &= n.can })
	return set
}
