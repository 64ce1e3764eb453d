package text

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// override is the direction mark after which a text is shown from right to left.
const override = '\u202e'

// shown is the field in the order in which people see it, nil when that is the order in which it is written.
func (f *field) shown() *field {
	if !f.norm.kinds.has(kindHidden) || !strings.ContainsRune(f.raw, override) {
		return nil
	}
	shown := &field{raw: f.raw, folded: true}
	for _, at := range shownOrder(f.raw) {
		r, _ := utf8.DecodeRuneInString(f.raw[at:])
		shown.norm.put(r, at)
	}
	shown.norm.kinds = f.norm.kinds
	shown.norm.unmixed(f.raw)
	shown.split()
	shown.join()
	return shown
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
