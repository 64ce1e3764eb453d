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

// repetition is what was counted.
type repetition struct{ times, members, rooms int }

// each visits one fact for each message that says the same. An edit is not one more message.
func (c repeat) each(r *Reading, past *History, yield func(*Fact)) {
	seen := make([]string, 0, 8)
	visit := func(f *Fact) {
		if c.same(r, f) && !slices.Contains(seen, f.Message.ID) {
			seen = append(seen, f.Message.ID)
			yield(f)
		}
	}
	if !c.says(r) {
		return
	}
	if !c.crowd() {
		facts := past.since(r.Fact.Person, r.Event.At, c.within)
		for i := range facts {
			visit(&facts[i].Fact)
		}
		return
	}
	facts := past.around(r.Event.At, c.within)
	for i := range facts {
		if facts[i].Staff == 0 || r.Fact.Staff != 0 {
			visit(&facts[i])
		}
	}
}

// atMost counts what says the same, edits too: never less than what each visits, and for nothing.
func (c repeat) atMost(r *Reading, past *History) int {
	n := 0
	if c.crowd() {
		facts := past.around(r.Event.At, c.within)
		for i := range facts {
			if c.same(r, &facts[i]) {
				n++
			}
		}
		return n
	}
	facts := past.since(r.Fact.Person, r.Event.At, c.within)
	for i := range facts {
		if c.same(r, &facts[i].Fact) {
			n++
		}
	}
	return n
}

func (c repeat) count(r *Reading, past *History) repetition {
	var n repetition
	var people []chat.Person
	var rooms []chat.RoomRef
	c.each(r, past, func(f *Fact) {
		n.times++
		if !slices.Contains(people, f.Person) {
			people = append(people, f.Person)
		}
		if !slices.Contains(rooms, f.Room.Parent()) {
			rooms = append(rooms, f.Room.Parent())
		}
	})
	n.members, n.rooms = len(people), len(rooms)
	return n
}

func (c repeat) match(r *Reading, past *History) bool {
	if !c.says(r) || c.atMost(r, past) < max(c.times, c.members, c.rooms) {
		return false
	}
	n := c.count(r, past)
	return n.times >= c.times && n.members >= c.members && n.rooms >= c.rooms
}

func (c repeat) seen(r *Reading, past *History, yield func(record)) {
	c.each(r, past, func(f *Fact) { yield(record{Fact: *f}) })
}

func (c repeat) reason(r *Reading, past *History) chat.Reason {
	what := "text"
	switch {
	case c.link:
		what = "link"
	case c.similar > 0:
		what = "alike"
	}
	n := c.count(r, past)
	say := chat.Say("reason.repeat."+what, chat.Args{"count": n.times, "window": c.within})
	if c.members > 1 {
		say = chat.Say("reason.repeat.members", chat.Args{"repeat": say, "count": n.members})
	} else if c.rooms > 1 {
		say = chat.Say("reason.repeat.rooms", chat.Args{"repeat": say, "count": n.rooms})
	}
	return chat.Reason{Say: say}
}

func (c repeat) value(r *Reading, past *History) string {
	n := c.count(r, past)
	value := "said " + counted(n.times, "time") + " in " + human.Format(c.within)
	if c.members > 1 {
		value += " by " + counted(n.members, "member")
	}
	if c.rooms > 1 {
		value += " in " + counted(n.rooms, "room")
	}
	return value
}
