package replay

import (
	"maps"
	"slices"
	"strings"

	"palabre/bot"
	"palabre/chat"
	"palabre/rules"
)

// Difference is what two configurations say differently about the same events under one rule's name.
type Difference struct {
	Rule      string  `json:"rule"` // empty: whatever the rule
	Both      int     `json:"both"` // events that it hits in both
	OnlyHere  int     `json:"only_here"`
	OnlyThere int     `json:"only_there"`
	Prevented int     `json:"prevented"`  // events that it hits in one, and that would not have happened with the other
	Acts      int     `json:"other_acts"` // events that both hit, about which something else is done
	Here      Samples `json:"here"`
	There     Samples `json:"there"`
}

// differences compares what two sides say of each event. Its zero pointer compares nothing.
type differences struct {
	sides     []*side
	byRule    map[string]*Difference
	said      [2]map[string]rules.Verdict // of the event at hand, by rule
	acts      [2][]string
	prevented [2]bool
}

// anyRule stands for the messages as a whole.
const anyRule = ""

func newDifferences(sides []*side) *differences {
	d := &differences{sides: sides, byRule: map[string]*Difference{anyRule: {}}}
	for _, s := range sides {
		for _, rule := range s.Rules {
			d.byRule[rule.Name] = &Difference{Rule: rule.Name}
		}
	}
	return d
}

func (d *differences) note(s *side, out bot.Rehearsed) {
	if d == nil {
		return
	}
	i := slices.Index(d.sides, s)
	d.said[i], d.acts[i], d.prevented[i] = nil, labels(out.Acts), out.Prevented
	for _, v := range out.Verdicts {
		if d.said[i] == nil {
			d.said[i] = map[string]rules.Verdict{}
		}
		d.said[i][v.Rule] = v
	}
}

// compare adds the event that both sides have noted.
func (d *differences) compare(r *run, ev *chat.Event) {
	if d == nil || d.said[0] == nil && d.said[1] == nil {
		return
	}
	d.whole()
	for name := range merged(d.said[0], d.said[1]) {
		here, isHere := d.said[0][name]
		there, isThere := d.said[1][name]
		diff := d.byRule[name]
		switch {
		case isHere && isThere:
			diff.Both++
			if strings.Join(actsOf(here, d.acts[0]), ",") != strings.Join(actsOf(there, d.acts[1]), ",") {
				diff.Acts++
			}
		case d.prevented[0] || d.prevented[1]:
			diff.Prevented++
		case isHere:
			diff.OnlyHere++
			diff.Here.add(r.Samples, ev.ID, func() Sample { return r.sample(ev, here.Reasons, actsOf(here, d.acts[0]), r.then(ev)) })
		default:
			diff.OnlyThere++
			diff.There.add(r.Samples, ev.ID, func() Sample { return r.sample(ev, there.Reasons, actsOf(there, d.acts[1]), r.then(ev)) })
		}
	}
}

// whole counts the event once, whatever the rules.
func (d *differences) whole() {
	all := d.byRule[anyRule]
	switch {
	case d.said[0] != nil && d.said[1] != nil:
		all.Both++
		if !slices.Equal(d.acts[0], d.acts[1]) {
			all.Acts++
		}
	case d.prevented[0] || d.prevented[1]:
		all.Prevented++
	case d.said[0] != nil:
		all.OnlyHere++
	default:
		all.OnlyThere++
	}
}

// actsOf is what a verdict leads to.
func actsOf(v rules.Verdict, together []string) []string {
	if v.Mode == rules.Enforce {
		return together
	}
	return bot.Labels(v.Would)
}

func merged(a, b map[string]rules.Verdict) map[string]rules.Verdict {
	all := maps.Clone(a)
	if all == nil {
		return b
	}
	maps.Copy(all, b)
	return all
}

// result lists the differences: of the whole first, then of each rule in the order of the files.
func (d *differences) result() []*Difference {
	if d == nil {
		return nil
	}
	out := []*Difference{d.byRule[anyRule]}
	for _, s := range d.sides {
		for _, rule := range s.Rules {
			diff := d.byRule[rule.Name]
			if !slices.Contains(out, diff) {
				diff.Here.sort()
				diff.There.sort()
				out = append(out, diff)
			}
		}
	}
	return out
}
