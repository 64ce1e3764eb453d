package rules_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"palabre/rules"
)

// longMessage is the longest message of Discord, in bytes.
const longMessage = 4000

func allPacks(t *testing.T) *rules.Ruleset {
	return parse(t, "packs: ["+strings.Join(rules.PackNames(), ", ")+"]")
}

// judgedBy gives the names of the rules that match, and the patterns that were left out.
func judgedBy(rs *rules.Ruleset, say string) (names, leftOut []string) {
	past := rules.NewHistory([16]byte{})
	r := rs.Read(message("1", say, noon), past)
	defer r.Release()
	d := rs.Decide(r, past)
	for _, v := range d.Verdicts {
		names = append(names, v.Rule)
	}
	return names, d.LeftOut
}

// An insult is found after whatever length of ordinary talk, and nobody is told that the message was not judged.
func TestInsultsInLongMessages(t *testing.T) {
	rs := allPacks(t)
	for _, c := range []struct{ talk, insult, rule string }{
		{"We had to peel the carrots, slice the leeks and let it all simmer for an hour. ", "You are such an idiot", "en-insult"},
		{"You go out for a walk, you are back by noon, and then you eat what you have made. ", "You are such an idiot", "en-insult"},
		{"Il a fallu couper les poireaux en rondelles et laisser mijoter pendant une bonne heure. ", "tu es un abruti", "fr-insult"},
		{"Tu sais, on a marché jusqu'au port, et tu étais déjà parti quand vous êtes arrivés. ", "tu es un abruti", "fr-insult"},
	} {
		for length := 0; length < longMessage; length += len(c.talk) {
			talk := strings.Repeat(c.talk, length/len(c.talk))
			if names, leftOut := judgedBy(rs, talk+c.insult); len(leftOut) > 0 || strings.Join(names, " ") != c.rule {
				t.Errorf("%q after %d bytes of %q: %q, left out %q", c.insult, length, c.talk[:20], names, leftOut)
			}
			if names, leftOut := judgedBy(rs, talk); len(names)+len(leftOut) > 0 {
				t.Errorf("%d bytes of %q: %q, left out %q", length, c.talk[:20], names, leftOut)
			}
		}
	}
}

// Whatever people write in earnest, as long as a message may be, is judged by every pattern of the packs.
func TestProseIsJudgedWhole(t *testing.T) {
	rs := allPacks(t)
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil || len(pages) < 10 {
		t.Fatal(pages, err)
	}
	for _, page := range append(pages, "../README.md", "../README.fr.md") {
		src, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for from := 0; from+longMessage < len(src); from += longMessage {
			say := strings.ToValidUTF8(string(src[from:from+longMessage]), "")
			if _, leftOut := judgedBy(rs, say); len(leftOut) > 0 {
				t.Errorf("%s at %d: left out %q", page, from, leftOut)
			}
		}
	}
}

// What is made to be costly is left out rather than judged slowly; however it is written, the same text is always judged the
// same, and what costs little is judged beside it.
func TestCostlyTextsAreJudgedAlike(t *testing.T) {
	rs := parse(t, `rules:
  - { name: a, when: { pattern: '(?:[a-z]{1,50}\s){10}z' }, do: [ delete ] }
  - { name: b, when: { pattern: '(a?){200}b' }, do: [ delete ] }
  - { name: c, when: { pattern: '(\pL{1,40}\s?){20}q' }, do: [ delete ] }
  - { name: d, when: { pattern: 'nobody' }, do: [ delete ] }
`)
	some := false
	for _, piece := range []string{"a", "abcdefghij", "é", "word ", "aaaa b ", "語", "\u0430 ", "a\u200b"} {
		say := strings.Repeat(piece, longMessage/len(piece)) + " nobody"
		if !utf8.ValidString(say) {
			t.Fatal(piece)
		}
		names, leftOut := judgedBy(rs, say)
		if again, also := judgedBy(rs, say); strings.Join(names, " ") != strings.Join(again, " ") || strings.Join(leftOut, " ") != strings.Join(also, " ") {
			t.Errorf("%q: %q and %q are left out, then %q and %q", piece, names, leftOut, again, also)
		}
		if len(names) == 0 || names[len(names)-1] != "d" {
			t.Errorf("%q: a cheap pattern is not found beside costly ones: %q", piece, names)
		}
		some = some || len(leftOut) > 0
	}
	if !some {
		t.Error("nothing was costly enough to be left out")
	}
}
