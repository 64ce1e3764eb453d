package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Caps counts the capital letters, and all letters that have a case.
func (v *View) Caps() (upper, cased int) {
	if v.first(askedCaps) {
		for _, r := range v.seen() {
			big := unicode.IsUpper(r) || unicode.IsTitle(r)
			if big {
				v.upper++
			}
			if big || unicode.IsLower(r) {
				v.cased++
			}
		}
	}
	return v.upper, v.cased
}

// Lines counts the lines of the message, empty ones included; 0 for an empty message.
func (v *View) Lines() int {
	s := v.seen()
	if s == "" {
		return 0
	}
	if v.fields[v.shown].isPlain() {
		return 1 + strings.Count(s, "\n")
	}
	return 1 + strings.Count(s, "\n") + strings.Count(s, "\u2028") + strings.Count(s, "\u2029")
}

// Length counts the characters that people see: a letter with its marks is one, and so is an emoji made of several runes.
func (v *View) Length() int {
	if v.first(askedLength) {
		if v.fields[v.shown].isPlain() {
			v.length = len(v.seen())
			return v.length
		}
		for s := v.seen(); s != ""; {
			n, shown := cluster(s)
			if shown {
				v.length++
			}
			s = s[n:]
		}
	}
	return v.length
}

// Skeleton is what stays of the message when case, marks, spaces and punctuation are taken away: two messages
// that say the same have the same skeleton.
func (v *View) Skeleton() string {
	if !v.first(askedSkeleton) {
		return v.skeleton
	}
	f := &v.fields[v.shown]
	f.read()
	b := make([]byte, 0, len(f.norm.b))
	for i := 0; i < len(f.norm.b); {
		r, n := utf8.DecodeRune(f.norm.b[i:])
		if wordRune(r) || r >= utf8.RuneSelf && unicode.Is(unicode.So, r) {
			b = append(b, f.norm.b[i:i+n]...)
		}
		i += n
	}
	v.skeleton = string(b)
	return v.skeleton
}
