package text

import "strings"

// masked reads [label](address) at i, and gives the place after it, 0 when there is none.
func (sc *scanner) masked(i int) int {
	label, rest, ok := cutLabel(sc.s[i+1:])
	if !ok {
		return 0
	}
	target, ok := cutTarget(rest)
	if !ok {
		return 0
	}
	end := len(sc.s) - len(rest) + len(target) + 1
	found := scanInner(target)
	for _, l := range found {
		if l.path == "" {
			l.path = "/" // a bare name in markup is a link
		}
		l.setLabel(label)
		sc.add(l, i, end)
	}
	if len(found) == 0 {
		return 0
	}
	return end
}

// How far the end of a label and of an address is looked for, in bytes, so that a hostile text stays cheap.
const (
	labelAtMost   = 1000
	addressAtMost = 4096
)

// cutLabel cuts the label from what follows its "](".
func cutLabel(s string) (label, rest string, ok bool) {
	depth := 0
	for i := range min(len(s), labelAtMost) {
		switch s[i] {
		case '\n':
			return "", "", false
		case '[':
			depth++
		case ']':
			if depth == 0 {
				rest, ok = strings.CutPrefix(s[i+1:], "(")
				return s[:i], rest, ok
			}
			depth--
		}
	}
	return "", "", false
}

// cutTarget cuts the address up to the parenthesis that closes it.
func cutTarget(s string) (string, bool) {
	depth := 0
	for i := range min(len(s), addressAtMost) {
		switch s[i] {
		case '\n':
			return "", false
		case '(':
			depth++
		case ')':
			if depth == 0 {
				return s[:i], true
			}
			depth--
		}
	}
	return "", false
}
