package rules

import (
	"embed"
	"fmt"
	"path"
	"strings"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

//go:embed packs/*.yaml packs/words/*.txt
var packFiles embed.FS

// packFolder is where the packs stand among our own files.
const packFolder = "packs"

// PackNames are the packs that come with Palabre.
func PackNames() []string {
	entries, err := packFiles.ReadDir(packFolder)
	if err != nil {
		panic(err) // they are part of the program
	}
	var out []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".yaml"); ok {
			out = append(out, name)
		}
	}
	return out
}

// PackSource is the file of a pack, as one could write it for oneself; false when there is no such pack.
func PackSource(name string) (src []byte, ok bool) {
	src, err := packFiles.ReadFile(path.Join(packFolder, name+".yaml"))
	return src, err == nil
}

// PackAbout says in one paragraph what a pack is for.
func PackAbout(name, language string) string { return readPack(name).about[language] }

// Parameter is something that a community may change in a pack.
type Parameter struct{ Name, Value, About string }

// PackParameters are the parameters of a pack that PackNames knows, with their own values.
func PackParameters(pack string) []Parameter {
	var out []Parameter
	for _, p := range readPack(pack).parameters {
		out = append(out, Parameter{p.name, p.value.Shown(), p.about["en"]})
	}
	return out
}

// PackRules are the names of a pack's rules.
func PackRules(name string) []string { return readPack(name).ruleNames() }

// packFile is what a pack's file says. What it catches and what it misses is told to moderators before they install it.
type packFile struct {
	doc                    *yamlsrc.Doc
	about, catches, misses chat.Words
	parameters             []parameter
	sections               map[string]yamlsrc.Value
}

// parameter is what a community may change in a pack by its name.
type parameter struct {
	name  string
	value yamlsrc.Value // unless the community says otherwise
	about chat.Words
}

// readPack reads the file of one of PackNames.
func readPack(name string) packFile {
	src, ok := PackSource(name)
	if !ok {
		panic("no pack " + name)
	}
	f := packFile{doc: yamlsrc.Parse(path.Join(packFolder, name+".yaml"), src)}
	f.sections = sectionsOf(f.doc, "about", "catches", "misses", "parameters", "netiquette", "signals", "rules")
	f.about, f.catches, f.misses = told(f.sections["about"]), told(f.sections["catches"]), told(f.sections["misses"])
	fields, _ := f.sections["parameters"].Fields()
	for _, field := range fields {
		if m, ok := field.Value.Map("value", "about"); ok {
			f.parameters = append(f.parameters, parameter{field.Name, m.Get("value"), told(m.Get("about"))})
		}
	}
	return f
}

// told reads a text in several languages.
func told(v yamlsrc.Value) chat.Words {
	out := chat.Words{}
	fields, _ := v.Fields()
	for _, l := range fields {
		out[l.Name] = l.Value.Raw()
	}
	return out
}

// defaults are what stands for the parameters unless the community says otherwise.
func (f packFile) defaults() map[string]yamlsrc.Value {
	out := map[string]yamlsrc.Value{}
	for _, p := range f.parameters {
		out[p.name] = p.value
	}
	return out
}

// each visits the rules of the pack as they are written.
func (f packFile) each(visit func(name string, rule yamlsrc.Map)) {
	for _, r := range f.sections["rules"].OneOrMany() {
		if m, ok := r.Map(ruleKeys...); ok {
			visit(m.Get("name").Raw(), m)
		}
	}
}

func (f packFile) ruleNames() []string {
	var out []string
	f.each(func(name string, _ yamlsrc.Map) { out = append(out, name) })
	return out
}

// openPack reads a list that a pack names.
func openPack(v yamlsrc.Value, name string) (full string, src []byte, ok bool) {
	full = path.Join(packFolder, name)
	src, err := packFiles.ReadFile(full)
	if err != nil {
		v.Errorf("", "%v", err)
	}
	return full, src, err == nil
}

// packWords are the headings of the page about packs.
type packWords struct{ catches, misses, parameters, rules string }

var packHeadings = map[string]packWords{
	"en": {"It catches", "It does not catch", "| parameter | without it | means |", "| rule | why | does |"},
	"fr": {"Il attrape", "Il n'attrape pas", "| paramètre | sans lui | sens |", "| règle | pourquoi | fait |"},
}

// PackReference is the part of the page about packs that is made from their files, in one language.
func PackReference(language string) string {
	var b strings.Builder
	say := packHeadings[language]
	for _, name := range PackNames() {
		f := readPack(name)
		f.doc.Define(f.defaults())
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n**%s:** %s\n\n**%s:** %s\n\n%s\n|---|---|---|\n",
			name, f.about[language], say.catches, f.catches[language], say.misses, f.misses[language], say.parameters)
		for _, p := range f.parameters {
			fmt.Fprintf(&b, "| `%s` | `%s` | %s |\n", p.name, shortened(p.value.Shown()), p.about[language])
		}
		fmt.Fprintf(&b, "\n%s\n|---|---|---|\n", say.rules)
		f.each(func(name string, rule yamlsrc.Map) {
			fmt.Fprintf(&b, "| `%s` | %s | `%s` |\n", name, told(rule.Get("why"))[language], rule.Get("do").Shown())
		})
	}
	return b.String()
}

// longestShown is how much of a parameter the page shows, in characters.
const longestShown = 80

func shortened(s string) string {
	if r := []rune(s); len(r) > longestShown {
		return string(r[:longestShown]) + " …"
	}
	return s
}
