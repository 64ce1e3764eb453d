package replay

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"palabre/chat"
	"palabre/rules"
)

// mostParts is how many rooms the printed report names.
const mostParts = 20

// printer writes a report for people.
type printer struct {
	out  io.Writer
	say  func(chat.Phrase) string
	zone *time.Location
	rep  *Report
}

// Print writes the report for people: say renders sentences, zone is that of its times.
func (r *Report) Print(out io.Writer, say func(chat.Phrase) string, zone *time.Location) {
	p := printer{out: out, say: say, zone: cmp.Or(zone, time.UTC), rep: r}
	if r.Events == 0 {
		p.line(0, "replay.empty", nil)
	} else {
		p.head()
		p.rules(r.Sides[0])
		p.differences()
	}
	p.notes()
}

func (p printer) line(depth int, key string, args chat.Args) {
	p.text(depth, p.say(chat.Say(key, args)))
}

func (p printer) text(depth int, text string) {
	fmt.Fprintf(p.out, "%s%s\n", strings.Repeat("  ", depth), strings.TrimRight(text, " "))
}

func count(key string, n int) chat.Phrase { return chat.Say(key, chat.Args{"count": n}) }

func (p printer) minute(t time.Time) string { return t.In(p.zone).Format("2006-01-02 15:04") }

func (p printer) head() {
	p.line(0, "replay.title", chat.Args{
		"messages": count("replay.messages", p.rep.Messages), "members": count("replay.members", p.rep.Members),
		"from": p.minute(p.rep.From), "to": p.minute(p.rep.To),
	})
	parts := p.rep.Survey.Parts
	for i, part := range parts {
		if i == mostParts {
			p.line(1, "replay.more", chat.Args{"rooms": len(parts) - mostParts})
			break
		}
		key := "replay.part"
		switch {
		case part.Logical != "" && part.ByName:
			key = "replay.part.named"
		case part.Logical != "":
			key = "replay.part.known"
		}
		p.line(1, key, chat.Args{
			"file": part.File, "room": "#" + Harmless(part.Room), "logical": part.Logical, "messages": count("replay.messages", part.Messages),
		})
	}
	for _, s := range p.rep.Sides {
		key := "replay.config"
		if s.Cases == 0 {
			key = "replay.config.quiet"
		}
		p.line(0, key, chat.Args{"config": s.Config, "cases": count("replay.cases", s.Cases), "acts": p.acts(s.Acts)})
	}
}

func (p printer) rules(s *Side) {
	for _, rule := range s.Rules {
		fmt.Fprintln(p.out)
		p.line(0, "replay.rule", chat.Args{"rule": rule.Name, "mode": chat.Say("mode."+rule.Mode, nil)})
		if rule.Hits == 0 {
			p.line(1, "replay.rule.silent", nil)
		} else {
			p.rule(rule)
		}
		if rule.Then != (Done{}) {
			p.line(1, "replay.rule.then", chat.Args{"cases": count("replay.cases", rule.Then.Cases), "undone": rule.Then.Undone, "hits": rule.Then.Hits})
		}
		p.samples(1, rule.Samples)
	}
}

func (p printer) rule(rule *Rule) {
	p.line(1, "replay.rule.counts", chat.Args{
		"hits": count("replay.hits", rule.Hits), "members": count("replay.members", rule.Members), "incidents": count("replay.incidents", rule.Incidents),
	})
	p.hours(rule.Hours)
	key := "replay.rule.would"
	if rule.Mode == string(rules.Enforce) {
		key = "replay.rule.enforce"
	}
	p.line(1, key, chat.Args{"acts": p.acts(rule.Acts)})
	if len(rule.Ladder) > 0 {
		p.line(1, "replay.rule.ladder", chat.Args{"acts": p.acts(rule.Ladder)})
	}
}

func (p printer) hours(hours map[int64]int) {
	c := newChart(p.rep.From, p.rep.To, hours)
	p.line(1, "replay.days", chat.Args{"bars": c.bars(), "from": p.minute(c.from), "width": c.width, "most": c.most})
}

func (p printer) samples(depth int, few Samples) {
	for _, s := range few.list {
		p.text(depth, fmt.Sprintf("· %s #%s %s: “%s”", p.minute(s.At), s.Room, s.Member, s.Text))
		why := strings.Join(s.Reasons, " · ")
		if len(s.Acts) > 0 {
			why += " → " + p.acts(tally(s.Acts))
		}
		p.text(depth+1, why)
		for _, t := range s.Then {
			p.then(depth+1, t)
		}
	}
}

func (p printer) then(depth int, t Then) {
	key := "replay.then"
	if t.Undone != "" {
		key = "replay.then.undone"
	}
	p.line(depth, key, chat.Args{"case": t.Case, "rule": t.Rule, "acts": p.acts(tally(t.Acts)), "by": Harmless(t.Undone), "reason": Harmless(t.Why)})
}

// order is that of acts in a list; others follow by name.
var order = []string{"delete", "remind", "warn", "reply", "alert", "strike", "timeout", "kick", "ban"}

// acts are kinds of acts with their numbers: "delete ×12, warn and strike".
func (p printer) acts(acts map[string]int) string {
	names := slices.SortedFunc(maps.Keys(acts), func(a, b string) int {
		return cmp.Or(cmp.Compare(uint(slices.Index(order, a)), uint(slices.Index(order, b))), strings.Compare(a, b))
	})
	if len(names) == 0 {
		return p.say(chat.Say("replay.rule.nothing", nil))
	}
	var list []string
	for _, name := range names {
		phrase := chat.Say("act."+name, nil)
		if acts[name] > 1 {
			phrase = chat.Say("replay.acts", chat.Args{"act": phrase, "times": acts[name]})
		}
		list = append(list, p.say(phrase))
	}
	return strings.Join(list, ", ")
}

func tally(acts []string) map[string]int {
	out := map[string]int{}
	for _, a := range acts {
		out[a]++
	}
	return out
}

func (p printer) differences() {
	if len(p.rep.Differences) == 0 {
		return
	}
	fmt.Fprintln(p.out)
	p.line(0, "replay.diff", chat.Args{"here": p.rep.Sides[0].Config, "there": p.rep.Sides[1].Config})
	for _, d := range p.rep.Differences {
		key := "replay.diff.rule"
		switch {
		case d.Rule == anyRule:
			key = "replay.diff.whole"
		case d.OnlyHere+d.OnlyThere+d.Prevented+d.Acts == 0:
			key = "replay.diff.same"
		}
		p.line(0, key, chat.Args{"rule": d.Rule, "both": d.Both, "here": d.OnlyHere, "there": d.OnlyThere, "acts": d.Acts})
		if d.Prevented > 0 {
			p.text(1, p.say(count("replay.diff.prevented", d.Prevented)))
		}
		p.only("replay.diff.here", d.Here)
		p.only("replay.diff.there", d.There)
	}
}

func (p printer) only(key string, few Samples) {
	if len(few.list) > 0 {
		p.line(1, key, nil)
		p.samples(2, few)
	}
}
