package text

import "strings"

// codeSpans gives where the text is code: between runs of as many backticks.
func codeSpans(s string) []Span {
	var out []Span
	for i := strings.IndexByte(s, '`'); i >= 0 && i < len(s); {
		n := ticks(s[i:])
		end := closing(s, i+n, n)
		if end > 0 {
			out = append(out, Span{Start: i, End: end})
			n = end - i
		}
		next := strings.IndexByte(s[i+n:], '`')
		if next < 0 {
			break
		}
		i += n + next
	}
	return out
}

// closing gives the end of the first run of exactly n backticks from i on, 0 when there is none.
func closing(s string, i, n int) int {
	for i < len(s) {
		next := strings.IndexByte(s[i:], '`')
		if next < 0 {
			return 0
		}
		i += next
		run := ticks(s[i:])
		i += run
		if run == n {
			return i
		}
	}
	return 0
}

func ticks(s string) int { return len(s) - len(strings.TrimLeft(s, "`")) }
