package rules

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strconv"
	"strings"
	"time"

	"palabre/chat"
	"palabre/internal/human"
	"palabre/internal/yamlsrc"
	"palabre/text"
)

// Limits of a ruleset.
const (
	MostRules    = 500
	mostArticles = 100
	mostTests    = 50 // of one rule
)

// Sections are the keys of the configuration that Parse reads; each may be absent.
var Sections = []string{"netiquette", "include", "packs", "signals", "rules", "ladder"}

// Env is what the rest of the configuration says, as far as rules need it.
type Env struct {
	Rooms     []string                            // names of rooms; empty: any name is taken
	Groups    map[string][]string                 // names of groups to their rooms
	Platforms map[chat.Platform]chat.Capabilities // the platforms that are enabled
	Languages []string                            // that words may be written in; empty: en, fr
	Zone      *time.Location                      // of hours and weekdays; nil: UTC
	// Open reads a file that the rules name; the path is joined to the folder of the file that names it. Its error
	// need not repeat the path. Nil: no file can be read.
	Open func(path string) ([]byte, error)
}

// ParseFile reads a file that has only the sections of this package. The error is yamlsrc.Mistakes: all of them.
func ParseFile(file string, src []byte, env Env) (*Ruleset, error) {
	doc := yamlsrc.Parse(file, src)
	rs := Parse(doc, sectionsOf(doc, Sections...), env)
	return rs, doc.Err()
}

func sectionsOf(doc *yamlsrc.Doc, names ...string) map[string]yamlsrc.Value {
	sections := map[string]yamlsrc.Value{}
	if m, ok := doc.Root.Map(names...); ok {
		for _, f := range m.Fields() {
			sections[f.Name] = f.Value
		}
	}
	return sections
}

// Parse reads the sections of a file into a Ruleset, with the files and packs that they name. Every mistake goes into
// the doc, a panic of ours too; a ruleset with mistakes must not be used. The rules' own tests are not run: see Test.
func Parse(doc *yamlsrc.Doc, sections map[string]yamlsrc.Value, env Env) *Ruleset {
	rs := &Ruleset{env: env}
	doc.Guard(func() { rs = parse(doc, sections, env) })
	return rs
}

func parse(doc *yamlsrc.Doc, sections map[string]yamlsrc.Value, env Env) *Ruleset {
	if len(env.Languages) == 0 {
		env.Languages = []string{"en", "fr"}
	}
	p := &parser{ladders: &Ladder{}, conditions: conditions, consequences: consequences, env: env, doc: doc, articles: map[string]*article{}, names: map[string]yamlsrc.Value{}, search: text.NewSearch(), print: sha256.New()}
	for _, name := range Sections {
		fmt.Fprintf(p.print, "%s\x00", name)
		sections[name].Fingerprint(p.print)
	}
	fmt.Fprint(p.print, env.Rooms, env.Groups)
	sources := append([]source{{sections: sections}}, p.includes(sections["include"])...)
	for _, s := range sources {
		p.netiquette(s.sections["netiquette"])
	}
	for _, s := range p.packs(sections["packs"]) {
		p.netiquette(s.sections["netiquette"])
		sources = append(sources, s)
	}
	rs := &Ruleset{env: env, rules: p.all(sources), ladder: p.ladder(sections["ladder"])}
	*p.ladders = rs.ladder
	if doc.Err() != nil {
		return rs // of half a rule nobody can tell what it rests on
	}
	p.search.Compile()
	rs.plan = newPlan(rs.rules, p.search)
	p.finish(rs)
	return rs
}

// all reads the signals of every source, and then their rules, which may name any of them.
func (p *parser) all(sources []source) []*rule {
	for _, s := range sources {
		p.announce(s.sections["signals"])
	}
	for _, s := range p.signals {
		s.at.Key.Guard(func() { p.readSignal(s) })
	}
	var out []*rule
	for _, s := range sources {
		rules := p.rulesOf(s.sections["rules"])
		s.adopt(rules)
		out = append(out, rules...)
	}
	return out
}

// finish computes what the ruleset needs to know of all its rules.
func (p *parser) finish(rs *Ruleset) {
	rs.signals, rs.files, rs.needs, rs.acts, rs.horizon = p.signals, p.files, p.needs, p.acts, shortestIncident
	for _, r := range rs.rules {
		rs.horizon = max(rs.horizon, r.window, r.reach())
		r.hash = r.fingerprint()
	}
	rs.hash = hex.EncodeToString(p.print.Sum(nil)[:8])
	rs.remarks = slices.Compact(slices.Sorted(slices.Values(p.remarks)))
}

// parser holds what was read so far.
type parser struct {
	conditions   []conditionEntry
	consequences []consequenceEntry

	env       Env
	doc       *yamlsrc.Doc // the main file
	articles  map[string]*article
	names     map[string]yamlsrc.Value // of rules, to where they stand
	ladders   *Ladder                  // filled in after the rules, which may ask for it
	signals   []*signal
	packNames []string       // that are in use
	packDocs  []*yamlsrc.Doc // their files
	needs     needs
	acts      []chat.ActionKind // that consequences take
	remarks   []string
	files     []string     // that were read
	search    *text.Search // what all conditions look for in texts
	print     hash.Hash
}

func (p *parser) netiquette(v yamlsrc.Value) {
	entries, _ := v.List()
	if len(entries) > mostArticles {
		v.Errorf("nobody reads so many", "more than %d articles", mostArticles)
	}
	for _, e := range entries {
		m, ok := e.About("netiquette").Map("id", "text")
		if !ok || !m.Require("id", "text") {
			continue
		}
		id, ok := m.Get("id").Text()
		if ok && p.articles[id] != nil {
			m.Get("id").Errorf("give each article its own id", "the article %q stands there twice", id)
		}
		a := &article{id: id}
		a.text, _ = p.words(m.Get("text"))
		if ok {
			p.articles[id] = a
		}
	}
}

func (p *parser) articleIDs() []string {
	var out []string
	for id := range p.articles {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// words reads what the community says in its own words: one text, or one for each language. Only the given
// placeholders may stand in it.
func (p *parser) words(v yamlsrc.Value, placeholders ...string) (chat.Words, bool) {
	if v.Kind() != "map" {
		s, ok := v.Text()
		if ok {
			ok = plainWords(v, s, placeholders)
		}
		return chat.Words{p.env.Languages[0]: s}, ok
	}
	m, ok := v.MapOf("language", p.env.Languages...)
	if len(m.Fields()) == 0 {
		v.Errorf(`write { en: "…", fr: "…" }`, "the text is missing")
		return nil, false
	}
	out := chat.Words{}
	for _, f := range m.Fields() {
		s, good := f.Value.Text()
		good = good && plainWords(f.Value, s, placeholders)
		ok = ok && good
		out[f.Name] = s
	}
	return out, ok
}

// plainWords refuses placeholders that nobody would fill in.
func plainWords(v yamlsrc.Value, s string, placeholders []string) bool {
	for rest := s; ; {
		_, after, open := strings.Cut(rest, "{")
		name, tail, closed := strings.Cut(after, "}")
		if !open || !closed {
			return true
		}
		if !slices.Contains(placeholders, name) {
			hint := "no placeholder is filled in here"
			if len(placeholders) > 0 {
				hint = "filled in here: {" + strings.Join(placeholders, "}, {") + "}"
			}
			v.Errorf(hint, "unknown placeholder {%s}", strings.TrimLeft(name, "{"))
			return false
		}
		rest = tail
	}
}

// rooms reads rooms and groups of rooms into the set of rooms, at least one.
func (p *parser) rooms(v yamlsrc.Value) (set map[string]bool, names []string) {
	entries, ok := texts(v, "room")
	if !ok {
		return nil, nil
	}
	set = map[string]bool{}
	for i, name := range entries {
		switch group, isGroup := p.env.Groups[name]; {
		case isGroup:
			names = append(names, group...)
		case len(p.env.Rooms) == 0 || slices.Contains(p.env.Rooms, name):
			names = append(names, name)
		default:
			known := slices.Clone(p.env.Rooms)
			for g := range p.env.Groups {
				known = append(known, g)
			}
			slices.Sort(known)
			v.OneOrMany()[i].Errorf(yamlsrc.DidYouMean(name, known), "unknown room %q", name)
			ok = false
		}
	}
	if !ok {
		return nil, nil
	}
	for _, name := range names {
		set[name] = true
	}
	return set, names
}

func (p *parser) ladder(v yamlsrc.Value) Ladder {
	var l Ladder
	m, ok := v.About("ladder").Map("decay", "steps")
	if !ok {
		return l
	}
	l.points, l.per = p.decay(m.Get("decay"))
	fields, ok := m.Get("steps").Fields()
	if m.Require("steps") && ok && len(fields) == 0 {
		m.Get("steps").Errorf("write { 3: { timeout: 1h } }", "the ladder has no step")
	}
	places := map[int]yamlsrc.Value{}
	for _, f := range fields {
		at, ok := f.Key.Int(1, 10_000)
		if s, good := p.sanctionOf(f.Value); ok && good {
			l.steps = append(l.steps, step{at, s})
			places[at] = f.Key
		}
	}
	slices.SortStableFunc(l.steps, func(a, b step) int { return cmp.Compare(a.at, b.at) })
	for i := 1; i < len(l.steps); i++ {
		if a, b := l.steps[i-1], l.steps[i]; a.at < b.at && a.sanction.stronger(b.sanction) {
			places[b.at].Errorf("sanctions grow with the steps", "step %d is milder than step %d", b.at, a.at)
		}
	}
	return l
}

// decay reads "1 per 30d".
func (p *parser) decay(v yamlsrc.Value) (points int, per time.Duration) {
	if v.IsZero() {
		return 0, 0
	}
	const hint = `write it like "1 per 30d"`
	s, ok := v.Text()
	if !ok {
		return 0, 0
	}
	count, length, ok := strings.Cut(s, " per ")
	n, err := strconv.ParseUint(strings.TrimSpace(count), 10, 16)
	if !ok || err != nil || n == 0 {
		v.Errorf(hint, "must be a number of points per time, got %q", s)
		return 0, 0
	}
	per, err = human.Parse(length)
	if err != nil {
		v.Errorf(hint, "%v", err)
	}
	return int(n), per
}

// sanctionOf reads "ban" or { timeout: 1h }.
func (p *parser) sanctionOf(v yamlsrc.Value) (sanction, bool) {
	c, _, ok := p.consequence(v)
	s, is := c.(sanction)
	if ok && !is {
		v.Errorf("known here: timeout, kick, ban", "a step of the ladder is a sanction, not %s", c.name())
	}
	return s, ok && is
}
