package rules

import "strconv"

// Trace is one rule's road to its answer, for a moderator who asks why.
type Trace struct {
	Rule    string
	Mode    Mode
	Verdict string // "matches", "does not match", or why the rule was not asked: "off", "not on join", "not in this room", "staff is spared"
	Matched bool
	Lines   []TraceLine // empty when the rule was not asked
}

// TraceLine is one condition, or a word that joins those below it.
type TraceLine struct {
	Depth     int
	Condition string // "caps", "any", "unless"
	Holds     bool
	Value     string // what was measured: "82% capitals"; empty for joining words
	Excerpt   string // the text that matched
}

// Explain tries every condition of every rule and tells what each measured. Like Decide it changes nothing.
func (rs *Ruleset) Explain(r *Reading, past *History) []Trace {
	clear(r.signals)
	out := make([]Trace, 0, len(rs.rules))
	for _, rule := range rs.rules {
		out = append(out, rule.trace(r, past))
	}
	return out
}

func (r *rule) trace(read *Reading, past *History) Trace {
	t := Trace{Rule: r.name, Mode: r.mode, Verdict: r.notAsked(read)}
	if t.Verdict != "" {
		return t
	}
	t.Lines = r.when.trace(read, past, 0, nil)
	if r.unless != nil {
		t.Lines = append(t.Lines, TraceLine{Condition: "unless", Holds: r.unless.match(read, past)})
		t.Lines = r.unless.trace(read, past, 1, t.Lines)
	}
	t.Verdict = "does not match"
	if t.Matched = r.matches(read, past); t.Matched {
		t.Verdict = "matches"
	}
	return t
}

func (r *rule) notAsked(read *Reading) string {
	switch {
	case r.mode == Off:
		return "off"
	case !read.Event.Actor.Kind.Judged():
		return "not a person"
	case r.on&kindBit(read.Fact.Kind) == 0:
		return "not on " + string(read.Fact.Kind)
	case r.rooms != nil && !r.rooms[read.Event.Logical]:
		return "not in this room"
	case r.spares(read):
		return "staff is spared"
	}
	return ""
}

func (n *node) trace(r *Reading, past *History, depth int, lines []TraceLine) []TraceLine {
	if n.op == leaf {
		line := TraceLine{Depth: depth, Condition: n.name, Holds: n.cond.match(r, past), Value: n.cond.value(r, past)}
		if line.Holds {
			line.Excerpt = n.cond.reason(r, past).Excerpt
		}
		lines = append(lines, line)
		if c, ok := n.cond.(named); ok {
			for _, s := range c {
				lines = s.when.trace(r, past, depth+1, lines)
			}
		}
		return lines
	}
	lines = append(lines, TraceLine{Depth: depth, Condition: operatorNames[n.op], Holds: n.match(r, past)})
	for _, k := range n.kids {
		lines = k.trace(r, past, depth+1, lines)
	}
	return lines
}

// counted is a number with its noun: "1 link", "2 links". The noun is given in the singular.
func counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}

// measured is a trace in a line for each condition: "account_age 9d".
func measured(traces []Trace) []string {
	var out []string
	for _, t := range traces {
		if len(t.Lines) == 0 {
			out = append(out, t.Verdict)
		}
		for _, l := range t.Lines {
			if l.Value != "" {
				out = append(out, l.Condition+": "+l.Value)
			}
		}
	}
	return out
}
