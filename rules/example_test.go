package rules_test

import (
	"os"
	"testing"

	"palabre/chat"
	"palabre/internal/yamlsrc"
	"palabre/rules"
)

// example parses the rules of the shipped configuration.
func example(tb testing.TB) *rules.Ruleset {
	tb.Helper()
	return exampleOn(tb, nil)
}

// exampleOn is the example on some platforms.
func exampleOn(tb testing.TB, platforms map[chat.Platform]chat.Capabilities) *rules.Ruleset {
	tb.Helper()
	src, err := os.ReadFile("../config.example.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	doc := yamlsrc.Parse("config.example.yaml", src)
	fields, _ := doc.Root.Fields()
	sections := map[string]yamlsrc.Value{}
	for _, f := range fields {
		sections[f.Name] = f.Value
	}
	env := rules.Env{
		Rooms:  []string{"general", "help", "welcome", "debates", "moderators"},
		Groups: map[string][]string{"talk": {"general", "help"}},

		Platforms: platforms,
	}
	rs := rules.Parse(doc, sections, env)
	if err := doc.Err(); err != nil {
		tb.Fatal(err)
	}
	return rs
}

func TestExampleConfiguration(t *testing.T) {
	results := example(t).Test()
	if len(results) != 5 {
		t.Errorf("%d tests ran, want 5", len(results))
	}
	for _, res := range results {
		if !res.OK {
			t.Errorf("rule %s: %s (%v)", res.Rule, res, res.Why)
		}
	}
}
