package rules_test

import (
	"slices"
	"strings"
	"testing"

	"palabre/rules"
)

// Patterns that together take too long in one text are left out by name; what is cheap is tried all the same.
func TestLeftOut(t *testing.T) {
	const slow = `(?:[a-z]{1,50}\s){10}z`
	rs, err := rules.ParseFile("rules.yaml", []byte("rules:\n"+
		"  - { name: slow, when: { pattern: '"+slow+"' }, do: [ delete ] }\n"+
		"  - { name: cheap, when: { pattern: 'free gift' }, do: [ delete ] }\n"), rules.Env{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(rs.Remarks(), func(s string) bool { return strings.Contains(s, "slow: it is tried last") }) {
		t.Errorf("nobody hears that a pattern is slow: %q", rs.Remarks())
	}
	for _, c := range []struct {
		name, say string
		leftOut   bool
	}{
		{"short", "a free gift z", false},
		{"long", strings.Repeat("abcdefghijklmnopqrstuvwxyz", 400) + " z free gift", true},
	} {
		past := rules.NewHistory([16]byte{})
		r := rs.Read(message("1", c.say, noon), past)
		d := rs.Decide(r, past)
		if got := slices.Equal(d.LeftOut, []string{slow}); got != c.leftOut || len(d.Verdicts) != 1 || d.Verdicts[0].Rule != "cheap" {
			t.Errorf("%s: left out %q, verdicts %+v", c.name, d.LeftOut, d.Verdicts)
		}
		r.Release()
	}
}

// A pattern that is tried everywhere is named; one that waits for letters, or for many digits, is not.
func TestRemarksAboutPatterns(t *testing.T) {
	rs, err := rules.ParseFile("rules.yaml", []byte(`rules: [ { name: a, when: { pattern: [ 'b[a4@]+d', 'free\s+gift', '\d{4}-\d{4}', 'w+[\W_]*o+[\W_]*r+[\W_]*d+' ] }, do: [ delete ] } ]`), rules.Env{})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{`pattern "b[a4@]+d": no required literal: costs about 0.3 µs on nearly every message`}; !slices.Equal(rs.Remarks(), want) {
		t.Errorf("remarks %q, want %q", rs.Remarks(), want)
	}
}
