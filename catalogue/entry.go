package catalogue

import (
	"regexp"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// entry is one key in one language: a sentence by register, "" being the sentence that suits both.
type entry map[string]forms

// forms is a sentence by the number that its argument `count` gives. A sentence without plural has other alone.
type forms struct{ one, other template }

// template is a sentence cut at its placeholders.
type template []piece

// piece is a literal or, when name is set, the place of a value.
type piece struct{ literal, name string }

var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

// cut splits a sentence at its {placeholders}; any other brace is text.
func cut(sentence string) template {
	var t template
	from := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(sentence, -1) {
		if m[0] > from {
			t = append(t, piece{literal: sentence[from:m[0]]})
		}
		t = append(t, piece{name: sentence[m[2]:m[3]]})
		from = m[1]
	}
	if from < len(sentence) {
		t = append(t, piece{literal: sentence[from:]})
	}
	return t
}

// in is the sentence for a register: the one asked for, else the one that suits both, else the other one.
func (e entry) in(register string) forms {
	for _, r := range []string{register, "", "vous", "tu"} {
		if f, ok := e[r]; ok {
			return f
		}
	}
	return forms{}
}

// pick chooses the form for a number; hasCount is false when the phrase has no `count`.
func (f forms) pick(tongue string, count int, hasCount bool) template {
	if f.one == nil || !hasCount || !isOne(tongue, count) {
		return f.other
	}
	return f.one
}

// isOne asks CLDR: English counts 1 as one, French 0 and 1.
func isOne(tongue string, count int) bool {
	tag := language.English
	if tongue == "fr" {
		tag = language.French
	}
	return plural.Cardinal.MatchPlural(tag, max(count, -count), 0, 0, 0, 0) == plural.One
}

func (e entry) templates() []template {
	var all []template
	for _, f := range e {
		all = append(all, f.other)
		if f.one != nil {
			all = append(all, f.one)
		}
	}
	return all
}
