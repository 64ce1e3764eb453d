package main

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
)

// word makes a word that nobody says: three syllables or four.
func word(r *rand.Rand) string {
	const begins, middles = "bcdfghjklmnprstvwz", "aeiou"
	var b strings.Builder
	for range 3 + r.IntN(2) {
		b.WriteByte(begins[r.IntN(len(begins))])
		b.WriteByte(middles[r.IntN(len(middles))])
		if r.IntN(3) == 0 {
			b.WriteByte("nrstlxk"[r.IntN(7)])
		}
	}
	return b.String()
}

// listedWords makes entries of a list of words: of twenty, one phrase, two that may go on, one that may stand inside a word.
func listedWords(n int) []string {
	r := rand.New(rand.NewPCG(2, 2))
	out := make([]string, n)
	for i := range out {
		w := word(r)
		switch i % 20 {
		case 3:
			w += " " + word(r)
		case 7, 11:
			w += "*"
		case 17:
			w = "*" + w + "*"
		}
		out[i] = w
	}
	return out
}

// patternShapes are how moderators write patterns, with a word or two in each place. Of a hundred, 80 have certain
// letters in a row, 17 are written against disguises, and three have no letters at all.
var patternShapes = func() []string {
	var out []string
	for range 8 {
		out = append(out, fields(`(?i)\bWORDs?\b WORD\s+(WORD|WORD) (?i)WORD.{0,20}WORD https?://(www\.)?WORD\.(com|net)/\S+ (?i)(free|cheap)\s+WORD
			\bWORD(ing|ed|er)?\b (?i)WORD[\s._-]*WORD WORD!+ (?i)^WORD\b (?i)(WORD|WORD|WORD)\s+\d+`)...)
	}
	for range 5 {
		out = append(out, fields(`SPREAD (?i)SPREAD LEET`)...)
	}
	return append(out, "SPREAD", "(?i)SPREAD", `\d{4}[ -]\d{4}[ -]\d{4}`, `[A-Z]{12,}`, `[!?]{6,}`)
}()

// patternsOf makes patterns for moderators' rules.
func patternsOf(n int) []string {
	r := rand.New(rand.NewPCG(3, 3))
	out := make([]string, n)
	for i := range out {
		shape := patternShapes[i*37%len(patternShapes)]
		shape = strings.ReplaceAll(shape, "SPREAD", spread(word(r)))
		shape = strings.ReplaceAll(shape, "LEET", leet(word(r)))
		for strings.Contains(shape, "WORD") {
			shape = strings.Replace(shape, "WORD", word(r), 1)
		}
		out[i] = shape
	}
	return out
}

// spread matches a word with anything between its letters, each as often as one likes.
func spread(w string) string { return strings.Join(strings.Split(w, ""), `+[\W_]*`) + "+" }

// leet matches a word written with digits for letters.
func leet(w string) string {
	return strings.NewReplacer("a", "[a4@]", "e", "[e3]", "i", "[i1!]", "o", "[o0]", "s", "[s5$]").Replace(w)
}

func compiled(patterns []string) []*regexp.Regexp {
	out := make([]*regexp.Regexp, len(patterns))
	for i, p := range patterns {
		out[i] = regexp.MustCompile(p)
	}
	return out
}

// domainNames makes hosts.
func domainNames(n int) []string {
	r := rand.New(rand.NewPCG(4, 4))
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%s%d.%s", word(r), i, []string{"example", "test", "invalid.example"}[i%3])
	}
	return out
}

// conditionsBeside are what stands beside a list in a rule.
var conditionsBeside = fields(`account_age:"<30d" membership_age:">1h" length:">3" standing:"<trusted" caps:"<95%"`)

// ruleFile writes rules for words, 50 in one, and for patterns, 10 in one, each with a second condition; and rules
// of two conditions without either, until there are so many conditions.
func ruleFile(words, patterns []string, conditions int) string {
	var b strings.Builder
	b.WriteString("rules:\n")
	n := 0
	rule := func(when string) {
		beside := strings.Replace(conditionsBeside[n%len(conditionsBeside)], ":", ": ", 1)
		fmt.Fprintf(&b, "  - { name: r%d, when: { %s, %s }, do: [ delete ] }\n", n, when, beside)
		n++
	}
	for from := 0; from < len(words); from += 50 {
		rule("words: [" + quoted(words[from:min(from+50, len(words))]) + "]")
	}
	for from := 0; from < len(patterns); from += 10 {
		rule("pattern: [" + quoted(patterns[from:min(from+10, len(patterns))]) + "]")
	}
	others := fields(`mentions:">40" link:lookalike invite:foreign emoji:">50" lines:">60" attachments:">8" oddity:zalgo`)
	for 2*n < conditions {
		rule(strings.Replace(others[n%len(others)], ":", ": ", 1))
	}
	return b.String()
}

func quoted(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return strings.Join(out, ", ")
}
