package rules

import (
	"slices"
	"time"

	"palabre/chat"
	"palabre/internal/human"
	"palabre/internal/yamlsrc"
)

// shortestRepeat is how many characters a text needs by default before saying it again is a repetition.
const shortestRepeat = 8

type repeat struct {
	times     int
	within    time.Duration
	link      bool // the same link, whatever else is said
	minLength int
}

func parseRepeat(p *parser, v yamlsrc.Value) (condition, bool) {
	m, ok := v.Map("count", "within", "has", "min_length")
	if !ok || !m.Require("count", "within") {
		return nil, false
	}
	c := repeat{minLength: shortestRepeat}
	var good [2]bool
	c.times, good[0] = m.Get("count").Int(2, MostFacts)
	c.within, good[1] = window(m.Get("within"))
	ok = good[0] && good[1]
	if has := m.Get("has"); !has.IsZero() {
		what, good := has.Enum("thing to repeat", "text", "link")
		c.link, ok = what == "link", ok && good
	}
	if least := m.Get("min_length"); !least.IsZero() {
		n, good := least.Int(1, mostMeasured)
		c.minLength, ok = n, ok && good
	}
	p.needs.links = p.needs.links || c.link
	p.needs.text = p.needs.text || !c.link
	return c, ok
}

func (c repeat) window() time.Duration { return c.within }

// same tells whether a record repeats what the reading says.
func (c repeat) same(r *Reading, f *record) bool {
	if !c.link {
		return f.TextHash == r.Fact.TextHash
	}
	for _, h := range f.LinkHashes {
		if slices.Contains(r.Fact.LinkHashes, h) {
			return true
		}
	}
	return false
}

func (c repeat) says(r *Reading) bool {
	if c.link {
		return len(r.Fact.LinkHashes) > 0
	}
	return r.Fact.TextHash != 0 && r.Fact.Chars >= c.minLength
}

// each visits one record for each message that says the same. An edit is not one more message.
func (c repeat) each(r *Reading, past *History, yield func(*record)) {
	facts := past.since(r.Fact.Person, r.Event.At, c.within)
	for i := range facts {
		if c.same(r, &facts[i]) && !c.counted(r, facts[:i], facts[i].Message.ID) {
			yield(&facts[i])
		}
	}
}

func (c repeat) counted(r *Reading, before []record, message string) bool {
	for i := range before {
		if before[i].Message.ID == message && c.same(r, &before[i]) {
			return true
		}
	}
	return false
}

func (c repeat) count(r *Reading, past *History) int {
	if !c.says(r) {
		return 0
	}
	n := 0
	c.each(r, past, func(*record) { n++ })
	return n
}

func (c repeat) match(r *Reading, past *History) bool { return c.count(r, past) >= c.times }

func (c repeat) seen(r *Reading, past *History, yield func(record)) {
	if c.says(r) {
		c.each(r, past, func(f *record) { yield(*f) })
	}
}

func (c repeat) reason(r *Reading, past *History) chat.Reason {
	key := "reason.repeat.text"
	if c.link {
		key = "reason.repeat.link"
	}
	return chat.Reason{Say: chat.Say(key, chat.Args{"count": c.count(r, past), "window": c.within})}
}

func (c repeat) value(r *Reading, past *History) string {
	return "said " + counted(c.count(r, past), "time") + " in " + human.Format(c.within)
}
