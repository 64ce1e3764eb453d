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
	place int // of the unit among rateUnits
	in    time.Duration
	per   scope
}

// scope tells whose events are counted together.
type scope uint8

const (
	perMember scope = iota
	perRoom
	perCommunity
)

var scopeNames = []string{"member", "room", "community"}

// rateUnit is something that can be counted over time.
type rateUnit struct {
	name  string
	most  int64   // what can be counted of one member
	kinds kindSet // the events that make it grow
	per   scope   // whose, when the rule does not say
	of    func(*Fact) int
}

func one(kinds ...chat.EventKind) func(*Fact) int {
	return func(f *Fact) int {
		for _, k := range kinds {
			if f.Kind == k {
				return 1
			}
		}
		return 0
	}
}

var rateUnits = [...]rateUnit{
	{"messages", MostFacts, onText, perMember, one(chat.KindMessage)},
	{"edits", MostFacts, onEdit, perMember, one(chat.KindEdit)},
	{"reactions", MostFacts, onReaction, perMember, one(chat.KindReaction)},
	{"threads", MostFacts, onThread, perMember, one(chat.KindThread)},
	{"links", mostMeasured, onText, perMember, func(f *Fact) int { return f.Links }},
	{"mentions", mostMeasured, onText, perMember, func(f *Fact) int { return f.Mentions }},
	{"attachments", mostMeasured, onText, perMember, func(f *Fact) int { return f.Attachments }},
	{"lines", mostMeasured, onText, perMember, func(f *Fact) int { return f.Lines }},
	{"renames", MostFacts, onRenamed, perMember, one(chat.KindRenamed)},
	{"joins", MostFacts, onJoin, perCommunity, one(chat.KindJoin)},
	{"comings and goings", MostFacts, onJoin, perCommunity, one(chat.KindJoin, chat.KindLeave)},
	{"reports", MostFacts, onReport, perCommunity, one(chat.KindReport)},
}

// inCrowd is how much a fact adds to what everybody does: an edit adds nothing to what stands in messages.
func (u *rateUnit) inCrowd(f *Fact) int {
	if u.inMessages() && f.Kind != chat.KindMessage {
		return 0
	}
	return u.of(f)
}

// inMessages tells whether a unit stands in messages: an edit's counts went into the message that it changes.
func (u *rateUnit) inMessages() bool { return u.most == mostMeasured }

const rateExample = "> 5 messages in 10s"

const rateHint = "write it like " + `"> 5 messages in 10s" or "> 30 messages in 10s per room"`

func parseRate(p *parser, v yamlsrc.Value) (condition, bool) {
	op, rest, ok := splitCompare(v, rateExample)
	if !ok {
		return nil, false
	}
	count, rest, _ := strings.Cut(rest, " ")
	unit, length, ok := strings.Cut(strings.TrimSpace(rest), " in ")
	n, err := strconv.ParseUint(count, 10, 31)
	if err != nil || !ok {
		v.Errorf(rateHint, "must be a number of something in a time, got %q", v.Raw())
		return nil, false
	}
	c := rate{limit: compare{op, int64(n)}}
	c.unit, c.place = findUnit(v, strings.TrimSpace(unit))
	length, per, scoped := strings.Cut(length, " per ")
	if c.in, err = human.Parse(length); err != nil {
		v.Errorf(rateHint, "%v", err)
		return nil, false
	}
	if c.unit == nil || !c.scoped(v, strings.TrimSpace(per), scoped) || !c.sensible(v) {
		return nil, false
	}
	p.needs.links = p.needs.links || c.unit.name == "links"
	p.needs.mentions = p.needs.mentions || c.unit.name == "mentions"
	p.needs.lines = p.needs.lines || c.unit.name == "lines"
	return c, true
}

func findUnit(v yamlsrc.Value, name string) (unit *rateUnit, place int) {
	var names []string
	for i, u := range rateUnits {
		if u.name == name || u.name == name+"s" {
			return &rateUnits[i], i
		}
		names = append(names, u.name)
	}
	v.Errorf(yamlsrc.DidYouMean(name, names), "cannot count %q", name)
	return nil, 0
}

// scoped reads whose events are counted together.
func (c *rate) scoped(v yamlsrc.Value, name string, given bool) bool {
	if c.per = c.unit.per; !given {
		return true
	}
	for i, known := range scopeNames {
		if name == known {
			c.per = scope(i)
			return c.possible(v)
		}
	}
	v.Errorf(yamlsrc.DidYouMean(name, scopeNames), "cannot count per %q", name)
	return false
}

func (c *rate) possible(v yamlsrc.Value) bool {
	wrong := c.per == perRoom && c.unit.kinds&inARoom == 0 || c.per != perCommunity && c.unit.name == "reports"
	if wrong {
		v.Errorf("leave the end away", "%s are not counted per %s", c.unit.name, scopeNames[c.per])
	}
	return !wrong
}

func (c rate) sensible(v yamlsrc.Value) bool {
	longest, most := time.Duration(longestWindow), c.unit.most
	if c.per != perMember {
		longest, most = longestCrowd, MostCrowd
	}
	switch {
	case c.in < time.Second || c.in > longest:
		v.Errorf("a rate looks back "+human.Format(longest)+" at most", "the time must be between 1s and %s, got %s", human.Format(longest), human.Format(c.in))
	case c.limit.op[0] == '<':
		v.Errorf(`write ">" or ">="`, "a rate is judged when it is exceeded")
	case c.limit.least() < 2:
		v.Errorf("use another number: this event counts too", "%q is always true", v.Raw())
	case c.limit.least() > most:
		v.Errorf("use a smaller number", "%s can be counted up to %d", c.unit.name, most)
	default:
		return true
	}
	return false
}

func (c rate) window() time.Duration { return c.in }
func (c rate) counts() scope         { return c.per }
func (c rate) judges() kindSet       { return c.unit.kinds }

func (c rate) count(r *Reading, past *History) int {
	if c.per != perMember {
		return c.together(r, past)
	}
	n := 0
	facts := past.since(r.Fact.Person, r.Event.At, c.in)
	for i := range facts {
		if c.unit.inMessages() && (facts[i].raised || !facts[i].said()) {
			continue
		}
		n += c.unit.of(&facts[i].Fact)
	}
	return n
}

// together counts what everybody did in the room or the community. What moderators do counts only when it is they who
// are judged.
func (c rate) together(r *Reading, past *History) int {
	var what tallied
	switch {
	case c.unit.name == "reports": // of one message, that is
		what.message = r.Fact.Message.ID
	case c.per == perRoom:
		what.room = roomKey(&r.Fact)
	}
	n := 0
	for _, what.staff = range [...]bool{false, true} {
		if t := past.crowd.tallies[what]; t != nil && (!what.staff || r.Fact.Staff != 0) {
			n += t.within(c.place, r.Event.At, c.in)
		}
	}
	return n
}

func (c rate) match(r *Reading, past *History) bool {
	return c.unit.kinds&kindBit(r.Fact.Kind) != 0 && c.limit.holds(int64(c.count(r, past)))
}

// seen gives the person's own records only, also where everybody's were counted: a lively room is not wiped out.
func (c rate) seen(r *Reading, past *History, yield func(record)) {
	for _, f := range past.since(r.Fact.Person, r.Event.At, c.in) {
		if c.unit.of(&f.Fact) > 0 {
			yield(f)
		}
	}
}

func (c rate) reason(r *Reading, past *History) chat.Reason {
	say := chat.Say("reason.rate."+c.unit.key(), chat.Args{"count": c.count(r, past), "window": c.in})
	if c.per != c.unit.per {
		say = chat.Say("reason.rate.per."+scopeNames[c.per], chat.Args{"rate": say})
	}
	return chat.Reason{Say: say}
}

// key is the unit's name in the catalogue.
func (u *rateUnit) key() string { return strings.ReplaceAll(u.name, " ", "_") }

func (c rate) value(r *Reading, past *History) string {
	value := counted(c.count(r, past), strings.TrimSuffix(c.unit.name, "s")) + " in " + human.Format(c.in)
	if c.per != c.unit.per {
		value += " per " + scopeNames[c.per]
	}
	return value
}
