package rules

import (
	"cmp"
	"strings"
	"time"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

// named holds when one of the named signals does.
type named []*signal

func parseSignal(p *parser, v yamlsrc.Value) (condition, bool) {
	var out named
	names, ok := texts(v, "signal")
	for i, name := range names {
		s := p.findSignal(name)
		switch {
		case s == nil:
			v.OneOrMany()[i].Errorf(cmp.Or(yamlsrc.DidYouMean(name, p.signalNames()), "describe it under signals:"), "unknown signal %q", name)
		case s.state == beingRead:
			v.OneOrMany()[i].Errorf("say what it looks for without it", "the signal %q rests on itself", name)
		default:
			p.readSignal(s)
			out = append(out, s)
		}
		ok = ok && len(out) == i+1
	}
	return out, ok
}

func (c named) match(r *Reading, past *History) bool {
	for _, s := range c {
		if s.holds(r, past) {
			return true
		}
	}
	return false
}

func (c named) reason(r *Reading, past *History) chat.Reason {
	return chat.Reason{Say: chat.Say("reason.signal", chat.Args{"signals": namesOf(c, r, past)}), Excerpt: excerptOf(c, r, past)}
}

func (c named) value(r *Reading, past *History) string {
	if names := namesOf(c, r, past); names != "" {
		return names
	}
	return "absent"
}

func (c named) window() time.Duration { return longestOf(c) }
func (c named) resolves() bool        { return anyResolves(c) }
func (c named) counts() scope         { return widest(c) }

func (c named) seen(r *Reading, past *History, yield func(record)) { seenBy(c, r, past, yield) }

func (c named) grounds() grounds {
	all := c[0].when.grounds()
	for _, s := range c[1:] {
		all = all.or(s.when.grounds())
	}
	return all
}

// price is what the signals cost together.
func (c named) price() int { return dearest(c) }

// judges are the events that any of the signals judges.
func (c named) judges() kindSet { return judgedBy(c) }

// summed compares the sum of the weights of all signals that hold.
type summed struct {
	limit   compare
	signals []*signal
}

func parseScore(p *parser, v yamlsrc.Value) (condition, bool) {
	most := 0
	for _, s := range p.signals {
		if s.state == beingRead {
			v.Errorf("name the signals that it rests on with signal:", "a signal cannot ask for the score that it is part of")
			return nil, false
		}
		p.readSignal(s)
		most += max(0, s.weight)
	}
	if len(p.signals) == 0 {
		v.Errorf("describe them under signals:", "there are no signals to sum up")
		return nil, false
	}
	limit, ok := number(v, ">= 3", "", int64(most))
	return summed{limit, p.signals}, ok
}

func (c summed) match(r *Reading, past *History) bool {
	return c.limit.holds(int64(score(c.signals, r, past)))
}

func (c summed) reason(r *Reading, past *History) chat.Reason {
	args := chat.Args{"score": score(c.signals, r, past), "signals": namesOf(c.signals, r, past)}
	return chat.Reason{Say: chat.Say("reason.score", args), Excerpt: excerptOf(c.signals, r, past)}
}

func (c summed) value(r *Reading, past *History) string {
	return strings.TrimSuffix(counted(score(c.signals, r, past), "point")+": "+namesOf(c.signals, r, past), ": ")
}

func (c summed) window() time.Duration { return longestOf(c.signals) }
func (c summed) resolves() bool        { return anyResolves(c.signals) }
func (c summed) counts() scope         { return widest(c.signals) }

func (c summed) seen(r *Reading, past *History, yield func(record)) {
	seenBy(c.signals, r, past, yield)
}

func (c summed) price() int      { return dearest(c.signals) }
func (c summed) judges() kindSet { return judgedBy(c.signals) }

// namesOf names the signals that hold.
func namesOf(signals []*signal, r *Reading, past *History) string {
	var names []string
	for _, s := range signals {
		if s.holds(r, past) {
			names = append(names, s.name)
		}
	}
	return strings.Join(names, ", ")
}

// excerptOf is the first piece of text that made a signal hold.
func excerptOf(signals []*signal, r *Reading, past *History) string {
	for _, s := range signals {
		if !s.holds(r, past) {
			continue
		}
		for _, reason := range s.when.reasons(r, past) {
			if reason.Excerpt != "" {
				return reason.Excerpt
			}
		}
	}
	return ""
}

func longestOf(signals []*signal) time.Duration {
	var d time.Duration
	for _, s := range signals {
		d = max(d, s.when.looksBack())
	}
	return d
}

func anyResolves(signals []*signal) bool {
	for _, s := range signals {
		if s.when.resolves() {
			return true
		}
	}
	return false
}

func seenBy(signals []*signal, r *Reading, past *History, yield func(record)) {
	for _, s := range signals {
		if s.holds(r, past) {
			s.when.seen(r, past, yield)
		}
	}
}

func dearest(signals []*signal) int {
	most := costEvent
	for _, s := range signals {
		if s.when != nil {
			most = max(most, s.when.cost)
		}
	}
	return most
}

func judgedBy(signals []*signal) kindSet {
	var set kindSet
	for _, s := range signals {
		set |= s.kinds
	}
	return set
}

func widest(signals []*signal) scope {
	per := perMember
	for _, s := range signals {
		per = max(per, s.when.scope())
	}
	return per
}
