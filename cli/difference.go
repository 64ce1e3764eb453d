package cli

import (
	"strings"
)

// difference shows the first place where two texts part, with what was expected and what came.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	at := 0
	for at < len(w) && at < len(g) && w[at] == g[at] {
		at++
	}
	var b strings.Builder
	for _, line := range around(w, at) {
		b.WriteString("  expected: " + line + "\n")
	}
	for _, line := range around(g, at) {
		b.WriteString("  happened: " + line + "\n")
	}
	return b.String()
}

func around(lines []string, at int) []string {
	return lines[min(at, len(lines)):min(at+3, len(lines))]
}
