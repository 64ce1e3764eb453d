package adapters

import "slices"

// Ignored tells whether one of somebody's names matches one of the globs (* and ?) of accounts that a bridge or another
// program speaks through.
func Ignored(globs []string, names ...string) bool {
	return slices.ContainsFunc(globs, func(glob string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return globMatch(glob, name) })
	})
}

// globMatch tells whether s matches the pattern, in which * stands for any characters and ? for one byte.
// It takes at most len(pattern)*len(s) steps.
func globMatch(pattern, s string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
