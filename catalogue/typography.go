package catalogue

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// The spaces that no line breaks at.
const (
	noBreak       = '\u00a0'
	narrowNoBreak = '\u202f'
)

// protected is what typography must not touch: code, link targets, addresses, :shortcodes: and placeholders.
var protected = regexp.MustCompile("`[^`]*`|\\]\\([^)]*\\)|[a-z]+://[^\\s\u00a0\u202f]+|:[a-z0-9_+-]+:|\\{[a-z_]+\\}")

// typeset puts the no-break spaces that French wants before : ; ! ? % and inside « ». Other languages are left
// alone. Doing it twice changes nothing.
func typeset(tongue, s string) string {
	if tongue != "fr" {
		return s
	}
	runes, kept := mask(s)
	var out []rune
	for i, r := range runes {
		before := last(out)
		switch {
		case kept[i]:
			out = append(out, r)
		case r == ' ' && (before == '«' || (i+1 < len(runes) && !kept[i+1] && closes(runes, i+1))):
			out = append(out, noBreak)
		case r == '«' && i+1 < len(runes) && !isSpace(runes[i+1]):
			out = append(out, r, noBreak)
		case closes(runes, i) && !attaches(before):
			out = append(out, noBreak, r)
		default:
			out = append(out, r)
		}
	}
	return string(out)
}

// mask tells for every rune whether it is protected.
func mask(s string) (runes []rune, kept []bool) {
	runes = []rune(s)
	kept = make([]bool, len(runes))
	for _, m := range protected.FindAllStringIndex(s, -1) {
		start := utf8.RuneCountInString(s[:m[0]])
		for i := range utf8.RuneCountInString(s[m[0]:m[1]]) {
			kept[start+i] = true
		}
	}
	return runes, kept
}

// closes tells whether a mark that wants a space before it ends a word here: not the colon of 18:30, nor the mark of !help.
func closes(runes []rune, i int) bool {
	if runes[i] == '»' {
		return true
	}
	if !strings.ContainsRune(":;!?%", runes[i]) {
		return false
	}
	return i+1 == len(runes) || isSpace(runes[i+1]) || strings.ContainsRune(`*_)"».,!?…`, runes[i+1])
}

// attaches tells whether a mark stands against what is before it without a space more.
func attaches(before rune) bool {
	return before == 0 || isSpace(before) || strings.ContainsRune("([{“\"':;!?%", before)
}

func isSpace(r rune) bool {
	return r == ' ' || r == '\n' || r == '\t' || r == noBreak || r == narrowNoBreak
}

// last is the last rune, 0 when there is none.
func last(runes []rune) rune {
	if len(runes) == 0 {
		return 0
	}
	return runes[len(runes)-1]
}
