package text

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// override is the direction mark after which a text is shown from right to left.
const override = '\u202e'

// findShown looks for a listed word in the order in which people see a text whose direction was overridden.
func (l *WordList) findShown(raw string) (*entry, Span) {
	if !strings.ContainsRune(raw, override) {
		return nil, Span{}
	}
	shown := field{raw: raw, folded: true}
	for _, at := range shownOrder(raw) {
		r, _ := utf8.DecodeRuneInString(raw[at:])
		shown.norm.put(r, at)
	}
	shown.norm.unmix(raw)
	shown.split()
	shown.join()
	e, from, to := l.find(&shown)
	if e == nil {
		return nil, Span{}
	}
	start, end := shown.norm.origin(raw, from, to)
	return e, Span{Start: start, End: end}
}

// shownOrder gives the offsets of the runes of raw in the order in which they are shown: overridden
// pieces, up to the mark that ends them or the end of the line, backwards.
func shownOrder(raw string) []int {
	order := make([]int, 0, len(raw))
	reversedFrom := -1
	for i, r := range raw {
		if reversedFrom >= 0 && (r == '\u202c' || r == '\n') {
			slices.Reverse(order[reversedFrom:])
			reversedFrom = -1
		}
		order = append(order, i)
		if r == override && reversedFrom < 0 {
			reversedFrom = len(order)
		}
	}
	if reversedFrom >= 0 {
		slices.Reverse(order[reversedFrom:])
	}
	return order
}
