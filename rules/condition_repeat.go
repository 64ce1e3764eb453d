package rules

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"palabre/chat"
	"palabre/internal/human"
	"palabre/internal/yamlsrc"
)

// shortestRepeat is how many characters a text needs by default before saying it again is a repetition, and
// shortestAlike before saying something like it is.
const (
	shortestRepeat = 8
	shortestAlike  = 20
)

type repeat struct {
	times, members, rooms int // of messages, of who said them, of where; at least
	within                time.Duration
	link                  bool // the same link, whatever else is said
	minLength             int
	similar               int // the share of words that like texts have in common, in percent; 0: the same text
}

func parseRepeat(p *parser, v yamlsrc.Value) (condition, bool) {
	m, ok := v.Map("count", "members", "rooms", "within", "has", "similar", "min_length")
	if !ok || !m.Require("within") {
		return nil, false
	}
	c := repeat{times: 2, members: 1, rooms: 1, minLength: shortestRepeat}
	if !m.Has("count") && !m.Has("members") && !m.Has("rooms") {
		v.Errorf("add count: 3, members: 3 or rooms: 3", "how often is missing")
		return nil, false
	}
	for _, f := range m.Fields() {
		ok = c.option(f) && ok
	}
	if c.crowd() && c.within > longestCrowd {
		m.Get("within").Errorf("what several members say is kept for an hour", "must be at most %s, got %s", human.Format(longestCrowd), human.Format(c.within))
		return nil, false
	}
	if c.link && c.similar > 0 {
		m.Get("similar").Errorf("two links are the same or they are not: remove it", "a link is not similar to another")
		return nil, false
	}
	if c.similar > 0 && !m.Has("min_length") {
		c.minLength = shortestAlike
	}
	p.needs.links = p.needs.links || c.link
	p.needs.text = p.needs.text || !c.link
	p.needs.sketch = p.needs.sketch || c.similar > 0
	return c, ok
}

// option reads one of the keys of a repetition.
func (c *repeat) option(f yamlsrc.Field) (ok bool) {
	switch f.Name {
	case "count":
		c.times, ok = f.Value.Int(2, MostFacts)
	case "members":
		c.members, ok = f.Value.Int(2, MostFacts)
	case "rooms":
		c.rooms, ok = f.Value.Int(2, 100)
	case "within":
		c.within, ok = window(f.Value)
	case "min_length":
		c.minLength, ok = f.Value.Int(1, mostMeasured)
	case "similar":
		c.similar, ok = similarity(f.Value)
	case "has":
		var what string
		what, ok = f.Value.Enum("thing to repeat", "text", "link")
		c.link = what == "link"
	}
	return ok
}

// similarity reads "80%".
func similarity(v yamlsrc.Value) (percent int, ok bool) {
	digits, found := strings.CutSuffix(v.Raw(), "%")
	percent, err := strconv.Atoi(digits)
	if v.Kind() != "text" || !found || err != nil || percent < 50 || percent > 99 {
		v.Errorf(`write it like "80%"`, "must be a share from 50%% to 99%%, got %s", v.Shown())
		return 0, false
	}
	return percent, true
}

func (c repeat) window() time.Duration { return c.within }

// crowd tells whether what others say counts too.
func (c repeat) crowd() bool { return c.members > 1 }

func (c repeat) counts() scope {
	if c.crowd() {
		return perCommunity
	}
	return perMember
}

// same tells whether a fact repeats what the reading says.
func (c repeat) same(r *Reading, f *Fact) bool {
	switch {
	case !f.said():
		return false
	case c.similar > 0:
		return f.TextHash == r.Fact.TextHash || f.Chars >= c.minLength && alike(f.Sketch, r.Fact.Sketch) >= c.similar
	case !c.link:
		return f.TextHash == r.Fact.TextHash
	}
	return slices.ContainsFunc(f.LinkHashes, func(h uint64) bool { return slices.Contains(r.Fact.LinkHashes, h) })
}

func (c repeat) says(r *Reading) bool {
	if c.link {
		return len(r.Fact.LinkHashes) > 0
	}
	return r.Fact.TextHash != 0 && r.Fact.Chars >= c.minLength
}

// repetition is what was counted.
type repetition struct{ times, members, rooms int }

// each visits one fact for each message that says the same, until visit has enough. An edit is not one more message.
func (c repeat) each(r *Reading, past *History, visit func(*Fact) bool) {
	met := &past.met
	clear(met.messages)
	once := func(f *Fact) bool {
		if _, again := met.messages[f.Message.ID]; again {
			return true
		}
		met.messages[f.Message.ID] = struct{}{}
		return visit(f)
	}
	if c.crowd() {
		c.others(r, past, once)
		return
	}
	facts := past.since(r.Fact.Person, r.Event.At, c.within)
	for i := range facts {
		if f := &facts[i].Fact; c.same(r, f) && !once(f) {
			return
		}
	}
}

// others visits what everybody said that says the same, several times as much of it as the rule asks for: of each text the
// latest first.
func (c repeat) others(r *Reading, past *History, visit func(*Fact) bool) {
	left := max(fewestCounted, 4*max(c.times, c.members, c.rooms))
	each := func(f *Fact) bool {
		left--
		return left >= 0 && (f.Staff != 0 && r.Fact.Staff == 0 || visit(f))
	}
	latest := func(v *voice, all bool) bool {
		return v == nil || v.latest(r.Event.At, c.within, func(f *Fact) bool { return !all && f.Chars < c.minLength || each(f) })
	}
	switch own := past.crowd.texts[r.Fact.TextHash]; {
	case c.link:
		for _, hash := range r.Fact.LinkHashes {
			if !latest(past.crowd.links[hash], true) {
				return
			}
		}
	case latest(own, true) && c.similar > 0 && len(r.Fact.Sketch) > 0:
		past.crowd.alike(r.Fact.Sketch, c.similar, r.Event.At.Add(-c.within), func(v *voice) bool { return v == own || latest(v, false) })
	}
}

// count counts at least as far as the rule asks and as far as least, in whatever is looked at.
func (c repeat) count(r *Reading, past *History, least int) repetition {
	n := repetition{}
	if !c.says(r) {
		return n
	}
	met := &past.met
	clear(met.people)
	clear(met.rooms)
	c.each(r, past, func(f *Fact) bool {
		met.people[f.Person], met.rooms[f.Room.Parent()] = struct{}{}, struct{}{}
		n = repetition{n.times + 1, len(met.people), len(met.rooms)}
		return n.times < least || !c.enough(n)
	})
	return n
}

func (c repeat) enough(n repetition) bool {
	return n.times >= c.times && n.members >= c.members && n.rooms >= c.rooms
}

func (c repeat) match(r *Reading, past *History) bool { return c.enough(c.count(r, past, 0)) }

func (c repeat) seen(r *Reading, past *History, yield func(record)) {
	if !c.says(r) {
		return
	}
	var said []*Fact
	c.each(r, past, func(f *Fact) bool {
		said = append(said, f)
		return true
	})
	slices.Reverse(said)
	slices.SortStableFunc(said, func(a, b *Fact) int { return a.At.Compare(b.At) })
	for _, f := range said {
		yield(record{Fact: *f})
	}
}

func (c repeat) reason(r *Reading, past *History) chat.Reason {
	what := "text"
	switch {
	case c.link:
		what = "link"
	case c.similar > 0:
		what = "alike"
	}
	n := c.count(r, past, MostFacts)
	say := chat.Say("reason.repeat."+what, chat.Args{"count": n.times, "window": c.within})
	if c.members > 1 {
		say = chat.Say("reason.repeat.members", chat.Args{"repeat": say, "count": n.members})
	} else if c.rooms > 1 {
		say = chat.Say("reason.repeat.rooms", chat.Args{"repeat": say, "count": n.rooms})
	}
	return chat.Reason{Say: say}
}

func (c repeat) value(r *Reading, past *History) string {
	n := c.count(r, past, MostFacts)
	value := "said " + counted(n.times, "time") + " in " + human.Format(c.within)
	if c.members > 1 {
		value += " by " + counted(n.members, "member")
	}
	if c.rooms > 1 {
		value += " in " + counted(n.rooms, "room")
	}
	return value
}
