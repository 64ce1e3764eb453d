package adapters_test

import (
	"strings"
	"testing"

	"palabre/adapters"
)

// Globs match whole names, and none is expensive.
func TestIgnored(t *testing.T) {
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{
		{"@_discord_*:*", "@_discord_123:example.org", true},
		{"@_discord_*:*", "@discord_123:example.org", false},
		{"*", "", true},
		{"@bot?:hs", "@bot1:hs", true},
		{"@bot?:hs", "@bot12:hs", false},
		{"@a*b*c:hs", "@a_b_b_c:hs", true},
		{"", "@a:hs", false},
		{strings.Repeat("*a", 200), strings.Repeat("a", 199), false},
	} {
		if got := adapters.Ignored([]string{"nobody", c.pattern}, c.s); got != c.want {
			t.Errorf("%q on %q: %v", c.pattern, c.s, got)
		}
	}
}
