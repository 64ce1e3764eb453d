package rules

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

//go:embed packs/*.yaml
var packFiles embed.FS

// PackNames are the packs that come with Palabre.
func PackNames() []string {
	entries, err := packFiles.ReadDir("packs")
	if err != nil {
		panic(err) // they are part of the program
	}
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = strings.TrimSuffix(e.Name(), ".yaml")
	}
	return out
}

// Parameter is something that a community may change in a pack.
type Parameter struct{ Name, Value, About string }

// PackParameters are the parameters of a pack that PackNames knows, with their own values.
func PackParameters(pack string) []Parameter {
	_, f := readPack(pack)
	out := make([]Parameter, len(f.parameters))
	for i, p := range f.parameters {
		m, _ := p.Value.Map("value", "about")
		out[i] = Parameter{Name: p.Name, Value: m.Get("value").Shown(), About: m.Get("about").Raw()}
	}
	return out
}

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
	doc, own := readPack(name)
	p.doc.Include(doc)
	given := map[string]yamlsrc.Value{}
	for _, f := range own.parameters {
		given[f.Name] = own.value(f)
	}
	pk := &pack{name: name, mode: Shadow}
	if said.Kind() != "nothing" {
		p.sayings(pk, said.About("pack %q", name), given, own.rules)
	}
	doc.Define(given)
	if slices.ContainsFunc(p.packNames, func(other string) bool { return other == name }) {
		at.Errorf("keep one of them", "the pack %q stands there twice", name)
		return source{pack: pk}
	}
	p.packNames = append(p.packNames, name)
	return source{sections: own.sections, pack: pk}
}

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
			if want := given[f.Name].Kind(); f.Value.Kind() != want {
				f.Value.Errorf(fmt.Sprintf("the pack says %s", given[f.Name].Shown()), "must be a %s, not a %s", want, f.Value.Kind())
				continue
			}
			given[f.Name], pk.changed = f.Value, true
		}
	}
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

// packFile is what a pack's file says.
type packFile struct {
	about      chat.Words
	catches    chat.Words
	misses     chat.Words
	parameters []yamlsrc.Field
	sections   map[string]yamlsrc.Value
	rules      []string // their names
}

func readPack(name string) (*yamlsrc.Doc, packFile) {
	src, err := packFiles.ReadFile("packs/" + name + ".yaml")
	if err != nil {
		panic(err) // its name is one of PackNames
	}
	doc := yamlsrc.Parse("packs/"+name+".yaml", src)
	f := packFile{sections: sectionsOf(doc, "about", "catches", "misses", "parameters", "signals", "rules")}
	f.about, f.catches, f.misses = spoken(f.sections["about"]), spoken(f.sections["catches"]), spoken(f.sections["misses"])
	f.parameters, _ = f.sections["parameters"].Fields()
	for _, r := range f.sections["rules"].OneOrMany() {
		if m, ok := r.Map(ruleKeys...); ok {
			f.rules = append(f.rules, m.Get("name").Raw())
		}
	}
	return doc, f
}

// value is what a parameter is unless the community says otherwise.
func (packFile) value(f yamlsrc.Field) yamlsrc.Value {
	m, _ := f.Value.Map("value", "about")
	return m.Get("value")
}

// spoken reads words in several languages.
func spoken(v yamlsrc.Value) chat.Words {
	out := chat.Words{}
	fields, _ := v.Fields()
	for _, f := range fields {
		out[f.Name] = f.Value.Raw()
	}
	return out
}
