package text

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"

	"palabre/chat"
)

// patternList compiles patterns that are looked for by themselves.
func patternList(sources ...string) *PatternList {
	s := NewSearch()
	var list []*regexp.Regexp
	for _, src := range sources {
		list = append(list, regexp.MustCompile(src))
	}
	l := s.Patterns(list)
	s.Compile()
	return l
}

// What a pattern waits for: the rarest letters that every text that it is found in must have.
func TestWhatPatternsWaitFor(t *testing.T) {
	for pattern, want := range map[string]string{
		`free\s+nitro`:                      "nitro",
		`(?i)FREE nitro`:                    "free nitro",
		`gr[aâ]tuit`:                        "gratuit",
		`(?i)stra(ß|ss)e`:                   "strasse",
		`colou?r`:                           "color colour",
		`(free|gratuit)\s+(crypto|bitcoin)`: "bitcoin crypto",
		`fu+ck`:                             "uck",
		`\bhttps?://evil\.example/\w+`:      "http://evil.example/ https://evil.example/",
		`f+[\W_]*u+[\W_]*c+[\W_]*k+`:        "squeezed: fuck",
		`(?i)s[\W_]*c[\W_]*a[\W_]*m`:        "squeezed: scam",
		`b[a4@]+d`:                          "",
		`\d{4}-\d{4}`:                       "",
		`[A-Z]{10,}`:                        "",
		`.+`:                                "",
		`[;={}]|^[^:]{1,20}:\s|(\pL+,\s+){3}|\p{Cherokee}`:                      "",
		`https?://[^\s/]+/\S*\.(exe|scr|msi|bat|cmd|pif|vbs|jar|apk)([?#\s]|$)`: "http:// https://",
	} {
		p := newPattern(regexp.MustCompile(pattern), 0)
		got := strings.Join(p.texts, " ")
		if p.squeezed {
			got = "squeezed: " + got
		}
		if got != want {
			t.Errorf("%s waits for %q, want %q", pattern, got, want)
		}
	}
}

// What a text must be written with before a pattern is tried in it.
func TestWhatPatternsNeed(t *testing.T) {
	for pattern, want := range map[string]string{
		`\d{4}-\d{4}`:      "-0 digits 8 in rows of 4",
		`[A-Z]{3,}`:        "capitals 3 in rows of 3",
		`\b[A-Z]{2}|XYZ\d`: "capitals 2 in rows of 2",
		`[A-Z][A-Z]+ A`:    "a capitals 3 in rows of 2",
		`[а-я]+`:           "",
		`(?i)k`:            "k",
		`a|ab`:             "a",
		`x?\s`:             "",
		`(\$|€)\d`:         "0 digits 1 in rows of 1",
	} {
		tree, err := syntax.Parse(pattern, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		need := neededBy(tree.Simplify())
		got := ""
		for c := byte('!'); c < 0x7f; c++ {
			if m := maskOfByte(c); m&maskCapital == 0 && need.mask&m == m && (c <= '0' || c > '9') {
				got += string(c)
			}
		}
		got += tellRow("capitals", need.capitals) + tellRow("digits", need.digits)
		if got = strings.TrimSpace(got); got != want {
			t.Errorf("%s needs %q, want %q", pattern, got, want)
		}
	}
}

func tellRow(what string, r row) string {
	if r.count == 0 {
		return ""
	}
	return fmt.Sprintf(" %s %d in rows of %d", what, r.count, r.longest)
}

// What an expression without certain letters is looked for by: the classes that follow one another for certain.
func TestChains(t *testing.T) {
	for _, c := range []struct{ pattern, stands, not string }{
		{`\d{4}[ -]\d{4}`, "call 1234-5678", "12345 678-1234"},
		{`[!?]{6,}`, "what?!?!?!", "what?! no?!"},
		{`^[A-Z]+\d\b`, "ABC7", "AB C"},
		{`(?:\d[xy])+[!?]`, "1x2y!", "x1!"},
		{`[^a]\d\d`, "99", "9a9"},
	} {
		tree, err := syntax.Parse(c.pattern, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		chain := chainOf(tree.Simplify())
		if !stands(chain, c.stands) || stands(chain, c.not) {
			t.Errorf("%s: in %q %v, in %q %v", c.pattern, c.stands, stands(chain, c.stands), c.not, stands(chain, c.not))
		}
	}
	if chainOf(&syntax.Regexp{Op: syntax.OpAnyChar}) != nil {
		t.Error("anything has a chain")
	}
}

// FuzzPattern compares with trying the patterns one by one.
func FuzzPattern(f *testing.F) {
	for _, seed := range [][2]string{
		{"f+[\\W_]*u+ck\nfree\\s+(gift|money)", "FREE  money"},
		{"(?i)straße|K+", "STRASSE \u212a"},
		{"[а-я]+п\n\\x{430}b", "аb привет"},
		{"(?i)[sk]a[\\W_]*m+a", "\u017fam.mA"},
		{"a.{0,3}b\n^x$", "a..b"},
		{"é?t{2,3}[^a-z]", "eétt1"},
		{"\\d{2}[ -]\\d+x\n[!?]{3,}\n(?:[A-Z]\\d)+[xyz]\n[^a]\\d[sk]", "11-222x!?! A1B2z é7s"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, sources, say string) {
		s := NewSearch()
		var lists []*PatternList
		var alone []*regexp.Regexp
		for src := range strings.SplitSeq(sources, "\n") {
			if re, err := regexp.Compile(src); err == nil && len(src) < 100 {
				alone, lists = append(alone, re), append(lists, s.Patterns([]*regexp.Regexp{re}))
			}
		}
		s.Compile()
		v := Read(chat.Content{Text: say})
		defer v.Release()
		normal := Fold(say)
		for i, re := range alone {
			_, _, got := v.FindPattern(lists[i])
			if want := re.MatchString(say) || re.MatchString(normal); got != want && len(v.LeftOut()) == 0 {
				t.Errorf("%s in %q: found %v, want %v", re, say, got, want)
			}
		}
	})
}
