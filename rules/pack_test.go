package rules_test

import (
	"os"
	"strings"
	"testing"

	"palabre/rules"
)

// The rules of every pack do what their own tests say, and every parameter changes something.
func TestPacks(t *testing.T) {
	for _, name := range rules.PackNames() {
		t.Run(name, func(t *testing.T) {
			rs := parse(t, "packs: { "+name+": { mode: enforce } }")
			results := rs.Test()
			for _, r := range results {
				if !r.OK {
					t.Errorf("%s: %s (%s)", r.Rule, r, strings.Join(r.Why, "; "))
				}
			}
			if len(results) < rs.Len() {
				t.Errorf("%d tests for %d rules", len(results), rs.Len())
			}
			src, err := os.ReadFile("packs/" + name + ".yaml")
			if err != nil {
				t.Fatal(err)
			}
			for _, parameter := range rules.PackParameters(name) {
				if !strings.Contains(string(src), "$"+parameter.Name+" ") && !strings.Contains(string(src), "$"+parameter.Name+",") {
					t.Errorf("nothing asks for the parameter %s", parameter.Name)
				}
				if parameter.About == "" {
					t.Errorf("nothing is said about the parameter %s", parameter.Name)
				}
			}
		})
	}
}

// A pack begins in shadow; what a community says about it holds for its rules.
func TestPackAsTheCommunityWantsIt(t *testing.T) {
	rs := parse(t, "packs: [spam]")
	for _, r := range rs.Rules() {
		if r.Mode != rules.Shadow {
			t.Errorf("%s begins in %s", r.Name, r.Mode)
		}
	}
	rs = parse(t, `
netiquette: [ { id: calm, text: Stay calm. } ]
packs:
  spam: { mode: ask, in: help, article: calm, without: [spam-wall], flood: "> 2 messages in 10s" }`)
	modes := map[string]rules.Mode{}
	for _, r := range rs.Rules() {
		modes[r.Name] = r.Mode
	}
	if modes["spam-flood"] != rules.Ask || modes["spam-wall"] != rules.Off {
		t.Errorf("modes %v", modes)
	}
	past := rules.NewHistory([16]byte{})
	for i, id := range []string{"1", "2", "3"} {
		ev := message(id, "x", noon)
		ev.Logical, ev.Room.ID = "help", "help"
		d := decide(rs, past, ev)
		if asked := d.Asked != nil; asked != (i == 2) {
			t.Errorf("message %s: asked %v", id, asked)
		}
	}
	if len(rs.Test()) != 0 {
		t.Error("the pack's own tests are run although its parameters are others")
	}
}

func TestMistakesAboutPacks(t *testing.T) {
	_, err := rules.ParseFile("rules.yaml", []byte(`packs:
  spam: { flood: 8, again: { cuont: 3, within: 1m }, wave: { has: link, members: 4, within: 2d }, without: [spam-wal] }
  spma: {}
`), env)
	first := `rules.yaml:2:18: pack "spam": must be a text, not a number
    2 |   spam: { flood: 8, again: { cuont: 3, within: 1m }, wave: { has: link, members: 4, within: 2d }, without: [spam-wal] }
      |                  ^
   hint: the pack says "> 8 messages in 10s"`
	if err == nil {
		t.Fatal("accepted")
	}
	for _, part := range []string{
		first,
		`rules.yaml:2:30: rule "spam-again": unknown key "cuont"`,
		`unknown rule of this pack "spam-wal"`,
		`rules.yaml:3:3: unknown pack "spma"`,
		`hint: did you mean "spam"?`,
		`rule "spam-wave": must be`,
	} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%s is missing in\n%v", part, err)
		}
	}
}
