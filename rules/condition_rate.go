package rules

import (
	"strconv"
	"strings"
	"time"

	"palabre/chat"
	"palabre/internal/human"
	"palabre/internal/yamlsrc"
)

type rate struct {
	limit compare
	unit  *rateUnit
	in    time.Duration
}

// rateUnit is something that can be counted over time.
type rateUnit struct {
	name  string
	most  int64   // what can be counted at all
	kinds kindSet // the events that make it grow
	of    func(*record) int
}

func one(k chat.EventKind) func(*record) int {
	return func(r *record) int {
		if r.Kind == k {
			return 1
		}
		return 0
	}
}

// inMessages counts what is in a person's messages; an edit's counts went into the message that it changes.
func inMessages(of func(*record) int) func(*record) int {
	return func(r *record) int {
		if r.raised {
			return 0
		}
		return of(r)
	}
}

var rateUnits = []rateUnit{
	{"messages", MostFacts, onText, one(chat.KindMessage)},
	{"edits", MostFacts, onEdit, one(chat.KindEdit)},
	{"reactions", MostFacts, onReaction, one(chat.KindReaction)},
	{"threads", MostFacts, onThread, one(chat.KindThread)},
	{"links", mostMeasured, onText, inMessages(func(r *record) int { return r.Links })},
	{"mentions", mostMeasured, onText, inMessages(func(r *record) int { return r.Mentions })},
	{"attachments", mostMeasured, onText, inMessages(func(r *record) int { return r.Attachments })},
	{"lines", mostMeasured, onText, inMessages(func(r *record) int { return r.Lines })},
}

const rateExample = "> 5 messages in 10s"

func parseRate(p *parser, v yamlsrc.Value) (condition, bool) {
	op, rest, ok := splitCompare(v, rateExample)
	if !ok {
		return nil, false
	}
	count, rest, _ := strings.Cut(rest, " ")
	unit, length, ok := strings.Cut(strings.TrimSpace(rest), " in ")
	n, err := strconv.ParseUint(count, 10, 31)
	if err != nil || !ok {
		v.Errorf("write it like "+strconv.Quote(rateExample), "must be a number of something in a time, got %q", v.Raw())
		return nil, false
	}
	c := rate{limit: compare{op, int64(n)}, unit: findUnit(v, strings.TrimSpace(unit))}
	d, err := human.Parse(length)
	if err != nil {
		v.Errorf("write it like "+strconv.Quote(rateExample), "%v", err)
		return nil, false
	}
	c.in = d
	if c.unit == nil || !c.sensible(v) {
		return nil, false
	}
	p.needs.links = p.needs.links || c.unit.name == "links"
	p.needs.mentions = p.needs.mentions || c.unit.name == "mentions"
	p.needs.lines = p.needs.lines || c.unit.name == "lines"
	return c, true
}

func findUnit(v yamlsrc.Value, name string) *rateUnit {
	var names []string
	for i, u := range rateUnits {
		if u.name == name || u.name == name+"s" {
			return &rateUnits[i]
		}
		names = append(names, u.name)
	}
	v.Errorf(yamlsrc.DidYouMean(name, names), "cannot count %q", name)
	return nil
}

func (c rate) sensible(v yamlsrc.Value) bool {
	switch {
	case c.in < time.Second || c.in > longestWindow:
		v.Errorf("a rule looks back a day at most", "the time must be between 1s and 1d, got %s", human.Format(c.in))
	case c.limit.op[0] == '<':
		v.Errorf(`write ">" or ">="`, "a rate is judged when it is exceeded")
	case c.limit.least() < 2:
		v.Errorf("use another number: this event counts too", "%q is always true", v.Raw())
	case c.limit.least() > c.unit.most:
		v.Errorf("use a smaller number", "%s can be counted up to %d", c.unit.name, c.unit.most)
	default:
		return true
	}
	return false
}

func (c rate) window() time.Duration { return c.in }

func (c rate) count(r *Reading, past *History) int {
	n := 0
	facts := past.since(r.Fact.Person, r.Event.At, c.in)
	for i := range facts {
		n += c.unit.of(&facts[i])
	}
	return n
}

func (c rate) match(r *Reading, past *History) bool {
	return c.unit.kinds&kindBit(r.Fact.Kind) != 0 && c.limit.holds(int64(c.count(r, past)))
}

func (c rate) seen(r *Reading, past *History, yield func(record)) {
	for _, f := range past.since(r.Fact.Person, r.Event.At, c.in) {
		if c.unit.of(&f) > 0 {
			yield(f)
		}
	}
}

func (c rate) reason(r *Reading, past *History) chat.Reason {
	return chat.Reason{Say: chat.Say("reason.rate."+c.unit.name, chat.Args{"count": c.count(r, past), "window": c.in})}
}

func (c rate) value(r *Reading, past *History) string {
	return counted(c.count(r, past), strings.TrimSuffix(c.unit.name, "s")) + " in " + human.Format(c.in)
}
