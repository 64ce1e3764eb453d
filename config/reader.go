package config

import (
	"slices"
	"strings"

	"palabre/internal/yamlsrc"
)

// reader fills a Config from the file's tree. Mistakes are noted in the tree's document, so reading always goes on.
type reader struct {
	cfg      *Config
	lines    []string // the source, for mistakes that are found across files
	sections map[string]yamlsrc.Value
	examples []placedExample
}

// placedExample is how a key is written well, and where the file has it.
type placedExample struct {
	at   yamlsrc.Pos
	text string
}

// exampleAt is the hint for a mistake that came without: the example of the key that it belongs to.
func (r *reader) exampleAt(at yamlsrc.Pos) string {
	var best placedExample
	for _, e := range r.examples {
		if !before(at, e.at) && !before(e.at, best.at) {
			best = e
		}
	}
	if best.text == "" {
		return ""
	}
	return "for example " + best.text
}

func before(a, b yamlsrc.Pos) bool {
	return a.Line < b.Line || a.Line == b.Line && a.Col < b.Col
}

// file reads the whole file. The tables are in the order in which later parts need earlier ones.
func (r *reader) file(root yamlsrc.Value) {
	r.sections = map[string]yamlsrc.Value{}
	r.read(root, fileKeys)
}

// read reads a map by its table.
func (r *reader) read(v yamlsrc.Value, keys []key) {
	fields, ok := v.Fields()
	if !ok {
		return
	}
	found := map[string]yamlsrc.Field{}
	for _, f := range fields {
		if !slices.Contains(names(keys), f.Name) {
			unknown(f, keys)
			continue
		}
		found[f.Name] = f
	}
	for _, k := range keys {
		f, given := found[k.name]
		switch {
		case given:
			r.examples = append(r.examples, placedExample{f.Key.Pos(), k.name + ": " + k.example})
			k.read(r, f.Value)
		case k.required:
			v.Errorf("add "+k.name+": "+k.example, "%q is missing", k.name)
		}
	}
}

func names(keys []key) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = k.name
	}
	return out
}

// Networks that people may look for here. Naming them makes a better hint than the nearest key does.
var otherPlatforms = []string{"discord", "irc", "mastodon", "mattermost", "revolt", "rocketchat", "signal", "slack", "telegram", "whatsapp", "xmpp", "zulip"}

const knownPlatforms = "this version knows matrix; the console needs no line, it shows every room by its name"

func unknown(f yamlsrc.Field, keys []key) {
	if secretKey.MatchString(f.Name) {
		f.Value.Conceal()
	}
	if slices.Contains(otherPlatforms, strings.ToLower(f.Name)) || f.Name == "console" {
		f.Key.Errorf(knownPlatforms, "unknown platform %q", f.Name)
		return
	}
	f.Key.Errorf(yamlsrc.DidYouMean(f.Name, names(keys)), "unknown key %q", f.Name)
}

func (r *reader) keepForRules(v yamlsrc.Value) {}

func (r *reader) activities(v yamlsrc.Value) {}
