package rules_test

import (
	"regexp"
	"strings"
	"testing"

	"palabre/rules"
)

// Every pack can be used as it comes, alone and with the others, and its rules do what their tests expect.
func TestPacks(t *testing.T) {
	for _, name := range rules.PackNames() {
		t.Run(name, func(t *testing.T) {
			rs, err := rules.ParseFile("rules.yaml", []byte("packs: ["+name+"]"), rules.Env{})
			if err != nil {
				t.Fatal(err)
			}
			tested := map[string]bool{}
			for _, r := range rs.Test() {
				tested[r.Rule] = true
				if !r.OK {
					t.Errorf("%s: %s (%s)", r.Rule, r, strings.Join(r.Why, "; "))
				}
			}
			for _, rule := range rules.PackRules(name) {
				if !tested[rule] && !untestable[rule] {
					t.Errorf("the rule %s has no test", rule)
				}
			}
		})
	}
	if _, err := rules.ParseFile("rules.yaml", []byte("packs: ["+strings.Join(rules.PackNames(), ", ")+"]"), rules.Env{}); err != nil {
		t.Error(err)
	}
}

// untestable are rules about files and crowds, which a rule's own tests cannot have. internal/accuracy plays them.
var untestable = map[string]bool{
	"spam-file": true, "newcomers-program": true, "links-blocked": true, "raid-arrivals": true, "raid-chorus": true,
}

// What a pack says of itself is there in both languages, and so is every parameter's meaning.
func TestPacksSpeakBothLanguages(t *testing.T) {
	for _, language := range []string{"en", "fr"} {
		page := rules.PackReference(language)
		for _, gap := range []string{":** \n", "|  |", "\n\n\n"} {
			if strings.Contains(page, gap) {
				t.Errorf("%s: something is missing near %q", language, page[max(0, strings.Index(page, gap)-100):strings.Index(page, gap)])
			}
		}
		for _, name := range rules.PackNames() {
			if rules.PackAbout(name, language) == "" {
				t.Errorf("%s says nothing about itself in %s", name, language)
			}
		}
	}
}

// Words may be given as a list where the pack reads them from a file, and consequences too are parameters.
func TestPackWords(t *testing.T) {
	rs := parse(t, "packs: { netiquette-en: { insults: [blockhead], insult_do: [remind] } }")
	d := decide(rs, rules.NewHistory([16]byte{}), message("1", "you blockhead", noon))
	if len(d.Verdicts) != 1 || d.Verdicts[0].Rule != "en-insult" {
		t.Errorf("verdicts %+v", d.Verdicts)
	}
}

// Whatever a pack calls a parameter is asked for by one of its rules.
func TestPackParametersAreUsed(t *testing.T) {
	for _, name := range rules.PackNames() {
		src, _ := rules.PackSource(name)
		for _, parameter := range rules.PackParameters(name) {
			if !regexp.MustCompile(`\$` + parameter.Name + `\b`).Match(src) {
				t.Errorf("%s: nothing asks for the parameter %s", name, parameter.Name)
			}
		}
	}
}

func TestPackSource(t *testing.T) {
	if src, ok := rules.PackSource("raid"); !ok || !strings.HasPrefix(string(src), "about:\n") {
		t.Errorf("raid: %v %.20q", ok, src)
	}
	if _, ok := rules.PackSource("../pack"); ok {
		t.Error("a file that is no pack is shown")
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

// The patterns of all packs together are tried in a long message of a usual kind.
func TestPacksJudgeLongMessages(t *testing.T) {
	rs := parse(t, "packs: ["+strings.Join(rules.PackNames(), ", ")+"]")
	for _, sentence := range []string{
		"You are right, and so were the people who wrote that the door closes at ten. ",
		"Tu es venu avec un ami et un chien, on a dit que la porte fermait à dix heures. ",
	} {
		past := rules.NewHistory([16]byte{})
		r := rs.Read(message("1", strings.Repeat(sentence, 24), noon), past)
		rs.Decide(r, past)
		if left := r.View.LeftOut(); len(left) > 0 {
			t.Errorf("not tried in %q …: %q", sentence, left)
		}
		r.Release()
	}
}
