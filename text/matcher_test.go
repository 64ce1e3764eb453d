package text

import (
	"math"
	"regexp"
	"regexp/syntax"
	"testing"
)

func matcherOf(t testing.TB, pattern string) *matcher {
	t.Helper()
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		t.Fatal(err)
	}
	m, err := newMatcher(tree.Simplify())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// matchesAlike tells whether a pattern is found where Go's own engine finds it, in a text and in its bytes, with one room
// for all, and whether counting twice counts the same.
func matchesAlike(t *testing.T, room *threads, pattern, say string) {
	t.Helper()
	m, want := matcherOf(t, pattern), []int{-1, 0}
	if at := regexp.MustCompile(pattern).FindStringIndex(say); at != nil {
		want = at
	}
	from, to, done := find(m, say, room, math.MaxInt)
	steps := room.steps
	if !done || from != want[0] || from >= 0 && to != want[1] {
		t.Fatalf("%q in %q: %d to %d, want %v", pattern, say, from, to, want)
	}
	if f, e, done := find(m, []byte(say), room, math.MaxInt); !done || f != from || e != to || room.steps != steps {
		t.Fatalf("%q in the bytes of %q: %d to %d in %d steps, want %d to %d in %d", pattern, say, f, e, room.steps, from, to, steps)
	}
	if _, _, done := find(m, say, room, steps/2-len(m.inst)*2-2); done && steps > 4*len(m.inst)+8 {
		t.Fatalf("%q in %q: done in half of %d steps", pattern, say, steps)
	}
}

var matched = []string{
	`free\s+(gift|money)`, `(?i)\bidiot\b`, `insult\w*`, `a*?b`, `(a|ab)(c|bcd)`, `^x`, `x$`, `(?m)^x$`, `\Bx`, `[^a-z\s]{2,}`, `(?s)a.b`, `a.b`,
	`(?i)stra(ß|ss)e`, `(?i)k`, `\pL+,`, `x{2,5}y?`, `(?:[a-z]{1,3}\s){2}z`, `\x{FFFD}`, `é|è`, `(|a)b`, `\bx|y\b`, `a+b+c`, `.`, `[[:^ascii:]]x`,
}

func TestMatcherFindsWhatGoFinds(t *testing.T) {
	var room threads
	for _, pattern := range matched {
		for _, say := range []string{
			"", "x", "a free  gift here", "You IDIOT!", "idiotic", "insulting words", "aaab", "abcd", "x\nx", "yx", "say:x;;", "a\nb axb", "STRASSE Straße",
			"\u212a", "Zoé, ok", "xxxxxxy", "ab cd z", "\xffx\xc3", "é", "b ab", "xy y", "aabbc abc aab", "日本x", "\xe6\x97", "ſ", "xx", "12 ?? !!",
		} {
			matchesAlike(t, &room, pattern, say)
		}
	}
}

func FuzzMatcher(f *testing.F) {
	for _, pattern := range matched {
		f.Add(pattern, "a free gift, aab \xff é x\nx")
	}
	f.Fuzz(func(t *testing.T, pattern, say string) {
		if _, err := regexp.Compile(pattern); err != nil || len(pattern) > 100 || len(say) > 500 {
			return
		}
		matchesAlike(t, new(threads), pattern, say)
	})
}
