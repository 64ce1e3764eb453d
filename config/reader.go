package config

import (
	"slices"
	"strings"

	"palabre/activities"
	"palabre/chat"
	"palabre/internal/yamlsrc"
	"palabre/rules"
)

// reader fills a Config from the file's tree. Mistakes are noted in the tree's document, so reading always goes on.
type reader struct {
	cfg      *Config
	doc      *yamlsrc.Doc
	open     func(string) ([]byte, error) // reads the files that rules name; nil: they cannot be read
	lines    []string                     // the source, for mistakes that are found across files
	secret   secretPlace                  // where the token that is being read goes
	sections map[string]yamlsrc.Value     // those that other packages read
	examples []placedExample
}

// placedExample is how a key is written well, and where the file has it.
type placedExample struct {
	at   yamlsrc.Pos
	text string
	page string // of a key that another package reads: where the rest of it is told
}

// exampleAt is the hint for a mistake that came without: the example of the key that it belongs to.
func (r *reader) exampleAt(at yamlsrc.Pos) string {
	var best placedExample
	for _, e := range r.examples {
		if !before(at, e.at) && !before(e.at, best.at) {
			best = e
		}
	}
	switch {
	case best.text == "":
		return "begin with config.example.yaml"
	case best.page != "" && best.at.Line < at.Line:
		return best.page + " tells how it is written"
	}
	return "for example " + best.text
}

func before(a, b yamlsrc.Pos) bool {
	return a.Line < b.Line || a.Line == b.Line && a.Col < b.Col
}

// file reads the whole file. The tables are in the order in which later parts need earlier ones; rules and activities
// need them all.
func (r *reader) file(can Platforms) {
	r.sections = map[string]yamlsrc.Value{}
	r.read(r.doc.Root, fileKeys)
	r.cfg.Rules = rules.Parse(r.doc, r.sections, r.rulesEnv(can))
	r.cfg.Activities = activities.Parse(r.sections["activities"], r.activitiesEnv())
	if r.doc.Err() != nil {
		return
	}
	for _, result := range r.cfg.Rules.Test() {
		result.Report()
	}
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
			r.examples = append(r.examples, placedExample{f.Key.Pos(), k.name + ": " + k.example, k.page()})
			r.readKey(k, f.Value)
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
var otherPlatforms = []string{"irc", "mastodon", "mattermost", "revolt", "rocketchat", "signal", "slack", "telegram", "whatsapp", "xmpp", "zulip"}

const knownPlatforms = "this version knows matrix and discord; the console needs no line, it shows every room by its name"

func unknown(f yamlsrc.Field, keys []key) {
	if secretKey.MatchString(f.Name) || slices.Contains(names(keys), "token") { // a typo in "token" is likely here
		conceal(f.Value)
	}
	if slices.Contains(otherPlatforms, strings.ToLower(f.Name)) || f.Name == "console" {
		f.Key.Errorf(knownPlatforms, "unknown platform %q", f.Name)
		return
	}
	f.Key.Errorf(yamlsrc.DidYouMean(f.Name, names(keys)), "unknown key %q", f.Name)
}

// readKey reads one line of the file; what another package reads is kept for it.
func (r *reader) readKey(k key, v yamlsrc.Value) {
	if k.read == nil {
		r.sections[k.name] = v
		return
	}
	v.Guard(func() { k.read(r, v) })
}

func (r *reader) rulesEnv(can Platforms) rules.Env {
	return rules.Env{
		Rooms:     r.cfg.RoomNames(),
		Groups:    r.cfg.Groups,
		Platforms: r.cfg.enabled(can),
		Languages: r.cfg.spoken(),
		Zone:      r.cfg.Community.Zone,
		Open:      r.open,
	}
}

func (r *reader) activitiesEnv() activities.Env {
	return activities.Env{
		Rooms:     r.cfg.RoomNames(),
		Zone:      r.cfg.Community.Zone.String(),
		Languages: r.cfg.spoken(),
	}
}

// Enabled are the networks that the file turns on, Matrix first.
func (c *Config) Enabled() []chat.Platform {
	var on []chat.Platform
	if c.Matrix != nil && c.Matrix.Enabled {
		on = append(on, chat.Matrix)
	}
	if c.Discord != nil && c.Discord.Enabled {
		on = append(on, chat.Discord)
	}
	return on
}

// enabled is what the platforms that the file turns on can do; the console alone when it turns on none.
func (c *Config) enabled(can Platforms) Platforms {
	on := c.Enabled()
	if len(on) == 0 {
		on = []chat.Platform{chat.Console}
	}
	able := Platforms{}
	for _, platform := range on {
		if what, known := can[platform]; known {
			able[platform] = what
		}
	}
	return able
}

// spoken are the languages of texts, the community's own first: a text without a language is in that one.
func (c *Config) spoken() []string {
	own := c.Community.Language
	return append([]string{own}, slices.DeleteFunc(slices.Clone(languages), func(l string) bool { return l == own })...)
}
