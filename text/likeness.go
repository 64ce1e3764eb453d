package text

import (
	"strings"
	"unicode/utf8"
)

// twins are signs and letters that are taken for another letter in names, beside the look-alikes of other scripts.
var twins = map[rune]byte{
	'0': 'o', '1': 'l', '3': 'e', '4': 'a', '5': 's', '7': 't', '8': 'b', '@': 'a', '$': 's', '!': 'l', '|': 'l', 'i': 'l', '€': 'e',
}

// Likeness is the same for two names that people take for one another: case, accents, signs and spaces do not count, and
// letters that look alike are one, whatever their script.
func Likeness(name string) string {
	var b strings.Builder
	for _, r := range Fold(name) {
		if c, ok := lookalike(r); ok {
			r = rune(c)
		}
		if c, ok := twins[r]; ok {
			r = rune(c)
		}
		if r < utf8.RuneSelf && wordByte(byte(r)) || r >= utf8.RuneSelf && wordRune(r) {
			b.WriteRune(r)
		}
	}
	return strings.ReplaceAll(strings.ReplaceAll(b.String(), "rn", "m"), "vv", "w")
}
