package rules

import (
	"slices"

	"palabre/internal/yamlsrc"
)

// pack is a set of rules that comes with Palabre, as one community wants it.
type pack struct {
	name    string
	mode    Mode
	rooms   map[string]bool
	article *article
	without []string // names of its rules that the community does not want
	changed bool     // a parameter is not the pack's own: its tests no longer say what is right
}

// packKeys are what a community may say about any pack, besides its own parameters.
var packKeys = []string{"mode", "in", "article", "without"}

// packs reads which packs the community wants: a list of names, or a map from names to what is said about each.
func (p *parser) packs(v yamlsrc.Value) []source {
	var out []source
	if v.Kind() == "list" {
		for _, e := range v.OneOrMany() {
			if name, ok := e.Enum("pack", PackNames()...); ok {
				out = append(out, p.pack(name, e, yamlsrc.Value{}))
			}
		}
		return out
	}
	m, _ := v.MapOf("pack", PackNames()...)
	for _, f := range m.Fields() {
		out = append(out, p.pack(f.Name, f.Key, f.Value))
	}
	return out
}

// pack reads one pack with the community's parameters. at is where its name stands.
func (p *parser) pack(name string, at, said yamlsrc.Value) source {
	own := readPack(name)
	p.doc.Include(own.doc)
	p.packDocs = append(p.packDocs, own.doc)
	given := own.defaults()
	pk := &pack{name: name, mode: Shadow}
	if said.Kind() != "nothing" {
		p.sayings(pk, said.About("pack %q", name), given, own.ruleNames())
	}
	own.doc.Define(given)
	if slices.ContainsFunc(p.packNames, func(other string) bool { return other == name }) {
		at.Errorf("keep one of them", "the pack %q stands there twice", name)
		return source{pack: pk}
	}
	p.packNames = append(p.packNames, name)
	return source{sections: own.sections, pack: pk}
}

// inPack tells whether a value stands in the file of a pack.
func (p *parser) inPack(v yamlsrc.Value) bool { return slices.Contains(p.packDocs, v.Doc()) }

// sayings reads what the community says about a pack; rules are the names of those that it has.
func (p *parser) sayings(pk *pack, said yamlsrc.Value, given map[string]yamlsrc.Value, rules []string) {
	names := slices.Clone(packKeys)
	for name := range given {
		names = append(names, name)
	}
	slices.Sort(names)
	m, _ := said.MapOf("parameter", names...)
	for _, f := range m.Fields() {
		switch f.Name {
		case "mode":
			if mode, ok := f.Value.Enum("mode", modeNames...); ok {
				pk.mode = Mode(mode)
			}
		case "in":
			pk.rooms, _ = p.rooms(f.Value)
		case "article":
			r := &rule{}
			p.article(r, f.Value)
			pk.article = r.article
		case "without":
			for _, e := range f.Value.OneOrMany() {
				rule, _ := e.Enum("rule of this pack", rules...)
				pk.without = append(pk.without, rule)
			}
		default:
			if want := given[f.Name]; !maySay(want.Kind(), f.Value.Kind()) {
				f.Value.Errorf("the pack says "+want.Shown(), "must be a %s, not a %s", want.Kind(), f.Value.Kind())
				continue
			}
			given[f.Name], pk.changed = f.Value, true
		}
	}
}

// maySay tells whether a value of one kind may stand for one of another: what a list may say, a map may say too.
func maySay(a, b string) bool {
	several := func(kind string) bool { return kind == "list" || kind == "map" }
	return a == b || several(a) && several(b)
}

// adopt makes a pack's rules follow what the community says about it.
func (pk *pack) adopt(rules []*rule) {
	for _, r := range rules {
		r.mode = pk.mode
		if slices.Contains(pk.without, r.name) {
			r.mode = Off
		}
		if pk.rooms != nil && r.on&inARoom == r.on {
			r.rooms = pk.rooms
		}
		if pk.article != nil {
			r.article = pk.article
		}
		if pk.changed {
			r.tests = nil
		}
	}
}
