package rules_test

import (
	"testing"

	"palabre/rules"
)

// Another mode changes what a rule leads to, and neither its name nor what the file says of it.
func TestWithOtherModes(t *testing.T) {
	parse := func(src string) *rules.Ruleset {
		rs, err := rules.ParseFile("rules.yaml", []byte(src), rules.Env{})
		if err != nil {
			t.Fatal(err)
		}
		return rs
	}
	const src = "rules:\n  - { name: links, when: { link: any }, do: [ delete ], mode: shadow }\n  - { name: words, when: { words: [casino] }, do: [ delete ] }\n"
	written := parse(src)
	promoted := written.With(map[string]rules.Mode{"links": rules.Enforce, "gone": rules.Ask})
	before, after := written.Rules(), promoted.Rules()
	if before[0].Mode != rules.Shadow || after[0].Mode != rules.Enforce || after[1].Mode != rules.Enforce {
		t.Errorf("before %v, after %v", before, after)
	}
	if before[0].Hash != after[0].Hash || before[0].Hash == before[1].Hash {
		t.Errorf("hashes %s and %s of one rule, %s of another", before[0].Hash, after[0].Hash, before[1].Hash)
	}
	pack := func(said string) string { return parse("packs: { spam: " + said + " }\n").Rules()[0].Hash }
	if h := pack("{}"); h == pack("{ mode: enforce }") || h != pack("{ mode: shadow }") {
		t.Error("what is said about a pack does not tell its rules apart, or tells apart what is the same")
	}
	changed := parse("# moved\n" + src[:len("rules:\n  - { name: links")] + ", when: { link: any }, do: [ delete ], mode: ask }\n")
	if changed.Rules()[0].Hash == before[0].Hash {
		t.Error("a rule that says something else has the same hash")
	}
}
