package catalogue

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func load(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestBothLanguagesSayTheSame(t *testing.T) {
	c := load(t)
	for _, key := range c.Keys() {
		if !c.Has(key) {
			t.Errorf("%s: a language lacks it", key)
			continue
		}
		if diff := cmp.Diff(c.Placeholders("en", key), c.Placeholders("fr", key)); diff != "" {
			t.Errorf("%s: placeholders differ (-en +fr):\n%s", key, diff)
		}
	}
}

// Every form of a key shows the same values; a plural may leave its number unsaid.
func TestEveryFormShowsEveryValue(t *testing.T) {
	c := load(t)
	for _, language := range languages {
		for key, e := range c.entries[language] {
			all := without(c.Placeholders(language, key), "count")
			for _, form := range e.templates() {
				if diff := cmp.Diff(all, without(names(form), "count"), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("%s %s: a form differs (-all +form):\n%s", language, key, diff)
				}
			}
		}
	}
}

func TestFrenchResolvesInBothRegisters(t *testing.T) {
	for key, e := range load(t).entries["fr"] {
		if _, both := e[""]; both {
			continue
		}
		for _, register := range []string{"tu", "vous"} {
			if _, ok := e[register]; !ok {
				t.Errorf("%s: no text for register %s", key, register)
			}
		}
	}
}

func TestRegistersDoNotMix(t *testing.T) {
	for key, e := range load(t).entries["fr"] {
		for register, f := range e {
			if word := familiar(f.one, f.other); word != "" && register != "tu" {
				t.Errorf("%s: %q in a text that is not for tu", key, word)
			}
			// Several people are vous in both registers: the plural form is free.
			single := f.one
			if single == nil {
				single = f.other
			}
			if word := formal(single); word != "" && register == "tu" {
				t.Errorf("%s: %q in the text for tu", key, word)
			}
		}
	}
}

func TestRegisterWords(t *testing.T) {
	cases := []struct{ text, familiar, formal string }{
		{"Peux-tu relire ?", "tu", ""},
		{"On t’écoute", "t", ""},
		{"Tes messages", "tes", ""},
		{"Y a-t-il une côte, une tête ?", "", ""},
		{"Pouvez-vous relire ?", "", "pouvez"},
		{"C'est votre salon", "", "votre"},
		{"C'est chez nous, assez loin", "", ""},
	}
	for _, tc := range cases {
		if got := familiar(cut(tc.text)); got != tc.familiar {
			t.Errorf("%q: familiar word %q, want %q", tc.text, got, tc.familiar)
		}
		if got := formal(cut(tc.text)); got != tc.formal {
			t.Errorf("%q: formal word %q, want %q", tc.text, got, tc.formal)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	cases := []struct{ name, src, want string }{
		{"twice", "a: x\nb: y\n", `fr/x.yaml:2: "b": the key exists already`},
		{"number", "a: 1\n", `fr/x.yaml:1: "a": line 1: expected a sentence`},
		{"empty", "a: \"\"\n", `fr/x.yaml:1: "a": line 1: expected a sentence`},
		{"half a plural", "a: { one: x }\n", `fr/x.yaml:1: "a": a plural has the forms one and other`},
		{"unknown register", "a: { tu: x, toi: y }\n", `fr/x.yaml:1: "a": unknown form "toi": a register is tu or vous`},
		{"list", "a: [x]\n", `fr/x.yaml:1: "a": line 1: expected a sentence or its forms`},
		{"no keys", "- x\n", "fr/x.yaml: expected keys and sentences"},
	}
	for _, tc := range cases {
		_, err := loadFrom(fstest.MapFS{
			"fr/b.yaml": {Data: []byte("b: x\n")},
			"fr/x.yaml": {Data: []byte(tc.src)},
		})
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", tc.name, err, tc.want)
		}
	}
}

// familiar is the first word of the templates that says tu, empty when there is none.
func familiar(ts ...template) string {
	return findWord(ts, func(word, after string) bool {
		if word == "t" { // "t'écoute", not "a-t-il"
			return strings.HasPrefix(after, "'") || strings.HasPrefix(after, "’")
		}
		return slices.Contains([]string{"tu", "toi", "ton", "ta", "tes", "te", "tien", "tienne"}, word)
	})
}

// formal is the first word of the templates that says vous.
func formal(ts ...template) string {
	return findWord(ts, func(word, _ string) bool {
		if slices.Contains([]string{"chez", "assez", "nez", "rez"}, word) {
			return false
		}
		return slices.Contains([]string{"vous", "votre", "vos"}, word) || (len(word) > 3 && strings.HasSuffix(word, "ez"))
	})
}

func findWord(ts []template, found func(word, after string) bool) string {
	for _, t := range ts {
		for _, p := range t {
			for rest := p.literal; rest != ""; {
				start := strings.IndexFunc(rest, unicode.IsLetter)
				if start < 0 {
					break
				}
				end := len(rest)
				if n := strings.IndexFunc(rest[start:], notLetter); n >= 0 {
					end = start + n
				}
				if word := strings.ToLower(rest[start:end]); found(word, rest[end:]) {
					return word
				}
				rest = rest[end:]
			}
		}
	}
	return ""
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

func names(t template) []string {
	var out []string
	for _, p := range t {
		if p.name != "" && !slices.Contains(out, p.name) {
			out = append(out, p.name)
		}
	}
	slices.Sort(out)
	return out
}

func without(list []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == name })
}
