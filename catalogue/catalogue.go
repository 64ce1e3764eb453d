// Package catalogue holds every sentence that Palabre says, in English and in French, and turns a
// chat.Phrase into a chat.Text: in a language, in a register, with its arguments kept as data.
package catalogue

import (
	"embed"
	"maps"
	"slices"
	"time"
)

//go:embed en/*.yaml fr/*.yaml
var files embed.FS

// The languages that every key exists in. The first serves when another lacks a key.
var languages = []string{"en", "fr"}

// Languages lists what Palabre can speak: "en", "fr".
func Languages() []string { return slices.Clone(languages) }

// Voice is how a community is spoken to.
type Voice struct {
	Language string         // "en" or "fr"; anything else is spoken to in English
	Register string         // "tu" or "vous"; only French texts differ by it
	Zone     *time.Location // of times in texts; nil is UTC
}

// Resolver knows what only the shell knows when a decision is recorded.
type Resolver struct {
	Case int // the number that chat.CaseNumber stands for; 0 when no case was opened, shown as "#?"
}

// Catalogue is the loaded sentences. It never changes after Load, so goroutines may share it.
type Catalogue struct {
	entries map[string]map[string]entry // by language, then key
}

// Load reads the embedded sentences. An error names the file, the line and the key; it is a defect of the
// program, which the package's own tests catch.
func Load() (*Catalogue, error) { return loadFrom(files) }

// Keys lists every key that at least one language has, sorted.
func (c *Catalogue) Keys() []string {
	all := map[string]bool{}
	for _, entries := range c.entries {
		for key := range entries {
			all[key] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// Has tells whether every language has the key: what a test asks of the keys that its package says.
func (c *Catalogue) Has(key string) bool {
	for _, language := range languages {
		if _, ok := c.entries[language][key]; !ok {
			return false
		}
	}
	return true
}

// Placeholders lists the names of the values that the key's sentences show in a language, sorted.
func (c *Catalogue) Placeholders(language, key string) []string {
	names := map[string]bool{}
	for _, t := range c.entries[language][key].templates() {
		for _, p := range t {
			if p.name != "" {
				names[p.name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// find is the entry in the voice's language, else in English.
func (c *Catalogue) find(v Voice, key string) (entry, bool) {
	if e, ok := c.entries[v.Language][key]; ok {
		return e, true
	}
	e, ok := c.entries[languages[0]][key]
	return e, ok
}
