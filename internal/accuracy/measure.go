package accuracy

import (
	"fmt"
	"slices"
	"strings"

	"palabre/rules"
)

// Pack is a pack that is measured, with the labels that it is made for.
type Pack struct {
	Name   string
	Labels []string
	// Sets is what the names of the sets that it is made for end with: a pack for French is not asked about English.
	Sets string

	rules *rules.Ruleset
}

// aims are what each pack is made for.
var aims = map[string]Pack{
	"netiquette-en": {Labels: []string{"insult", "threat", "shouting"}, Sets: "-en"},
	"netiquette-fr": {Labels: []string{"insult", "threat", "shouting"}, Sets: "-fr"},
	"spam":          {Labels: []string{"scam", "spam", "flood"}},
	"links":         {Labels: []string{"invite", "link"}},
	"raid":          {Labels: []string{"raid"}},
	"newcomers":     {Labels: []string{"newcomer"}},
}

// Packs are the packs that come with Palabre, as they come.
func Packs() ([]Pack, error) {
	var out []Pack
	for _, name := range rules.PackNames() {
		rs, err := rules.ParseFile("pack", []byte("packs: ["+name+"]"), rules.Env{})
		if err != nil {
			return nil, err
		}
		p := aims[name]
		p.Name, p.rules = name, rs
		out = append(out, p)
	}
	return out, nil
}

// aimsAt tells whether a message is one that the pack is made for.
func (p Pack) aimsAt(m Message) bool {
	return slices.Contains(p.Labels, m.Label) && strings.HasSuffix(m.Source, p.Sets)
}

// Share is how many of some messages were matched.
type Share struct{ Matched, All int }

func (s Share) String() string { return fmt.Sprintf("%d of %d", s.Matched, s.All) }

func (s *Share) add(matched bool) {
	s.All++
	if matched {
		s.Matched++
	}
}

// Tally is how often a rule matched: messages of the labels that its pack is made for, messages with another fault,
// and clean ones.
type Tally struct{ Right, Beside, Wrong int }

// Precision is the share of matches that were not on clean messages, in percent; 100 without any.
func (t Tally) Precision() float64 {
	if all := t.Right + t.Beside + t.Wrong; all > 0 {
		return 100 * float64(t.Right+t.Beside) / float64(all)
	}
	return 100
}

// Alarm is a clean message that was matched.
type Alarm struct {
	Message
	Rules []string
}

// Result is what packs made of some sets.
type Result struct {
	Caught map[[3]string]*Share // by pack, label and folder of the set
	Rules  map[string]*Tally
	Clean  map[string]*Share // clean messages that any pack matched, by folder of the set
	Alarms map[string]int    // clean messages that a pack matched, by its name
	False  []Alarm
}

// Measure plays every message to every pack.
func Measure(packs []Pack, set []Message) Result {
	r := Result{Caught: map[[3]string]*Share{}, Rules: map[string]*Tally{}, Clean: map[string]*Share{}, Alarms: map[string]int{}}
	for _, m := range set {
		folder, _, _ := strings.Cut(m.Source, "/")
		var matched []string
		for _, p := range packs {
			names := Play(p.rules, m)
			matched = append(matched, names...)
			r.tally(p, m, names)
			if m.Label == Clean && len(names) > 0 {
				r.Alarms[p.Name]++
			}
			if p.aimsAt(m) {
				at(r.Caught, [3]string{p.Name, m.Label, folder}).add(len(names) > 0)
			}
		}
		if m.Label != Clean {
			continue
		}
		at(r.Clean, folder).add(len(matched) > 0)
		if len(matched) > 0 {
			r.False = append(r.False, Alarm{m, matched})
		}
	}
	return r
}

func (r Result) tally(p Pack, m Message, matched []string) {
	for _, rule := range matched {
		switch t := at(r.Rules, rule); {
		case m.Label == Clean:
			t.Wrong++
		case p.aimsAt(m):
			t.Right++
		default:
			t.Beside++
		}
	}
}

// at is the entry of a map, made when it is missing.
func at[K comparable, V any](m map[K]*V, key K) *V {
	if m[key] == nil {
		m[key] = new(V)
	}
	return m[key]
}
