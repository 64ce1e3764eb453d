package rules_test

import (
	"slices"
	"testing"

	"palabre/rules"

	"pgregory.net/rapid"
)

const planned = `
rules:
  - { name: word, when: { words: [alpha] }, do: [ delete ] }
  - { name: word-or-link, when: { any: [ { words: [beta] }, { link: any } ] }, do: [ delete ] }
  - { name: word-and-pattern, when: { words: [alpha], pattern: 'b+eta' }, do: [ delete ] }
  - { name: no-word, when: { not: { words: [alpha] } }, do: [ delete ] }
  - { name: word-or-short, when: { any: [ { words: [alpha] }, { length: "< 6" } ] }, do: [ delete ] }
  - { name: unless-word, when: { link: any }, unless: { words: [alpha] }, do: [ delete ] }
  - { name: digits, when: { pattern: '\d\d' }, do: [ delete ] }
  - { name: edited, on: [edit], when: { words: [alpha] }, do: [ delete ] }
  - { name: calm, when: { mentions: { total: "< 2", distinct: "> 0" } }, do: [ delete ] }
  - { name: lines, when: { any: [ { lines: "> 1" }, { emoji: ">= 1" }, { oddity: bidi } ] }, do: [ delete ] }
  - { name: everyone, when: { mentions: everyone }, do: [ delete ] }
  - { name: short, when: { lines: "< 2", length: "> 20" }, do: [ delete ] }
  - { name: joined, on: [join], when: { account_age: "< 1d" }, do: [ kick ] }
`

// The rules that Decide does not ask are those that do not match: Explain asks every one.
func TestThePlanLosesNoRule(t *testing.T) {
	rs, err := rules.ParseFile("rules.yaml", []byte(planned), rules.Env{})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOf(rapid.SampledFrom([]string{"alpha", "beta", "bbeta", "42", "https://x.example/", "x", "\n", "😀", "\u202eab", "@bob:x.example", "@room"})).Draw(t, "pieces")
		say := ""
		for _, p := range pieces {
			say += p + " "
		}
		past, ev := rules.NewHistory([16]byte{}), message("1", say, noon)
		r := rs.Read(ev, past)
		defer r.Release()
		var decided, explained []string
		for _, v := range rs.Decide(r, past).Verdicts {
			decided = append(decided, v.Rule)
		}
		for _, trace := range rs.Explain(r, past) {
			if trace.Matched {
				explained = append(explained, trace.Rule)
			}
		}
		if !slices.Equal(decided, explained) {
			t.Fatalf("%q: decided %v, explained %v", say, decided, explained)
		}
	})
}
