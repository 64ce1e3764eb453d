package activities

import (
	"slices"
	"strings"
	"unicode"

	"palabre/chat"
)

// alikeShare is how many of their pairs of letters two texts must share to be one text with a correction, of a hundred.
const alikeShare = 80

// sketch is a text's pairs of neighbouring letters, sorted; signs, spaces and capitals left out.
type sketch [][2]rune

// likeness compares the questions of a pool with those that were known.
type likeness struct{ now, then [][]sketch }

func sketches(pool []question, were []known) *likeness {
	l := &likeness{}
	for _, q := range pool {
		l.now = append(l.now, sketchesOf(q.words))
	}
	for _, k := range were {
		l.then = append(l.then, sketchesOf(k.Words))
	}
	return l
}

// sketchesOf is the sketch of every language's text. A text may be filed under another language later, so languages are not told apart.
func sketchesOf(words chat.Words) (out []sketch) {
	for _, text := range words {
		letters := []rune(strings.Map(letterOnly, text))
		var s sketch
		for i := range len(letters) - 1 {
			s = append(s, [2]rune{letters[i], letters[i+1]})
		}
		slices.SortFunc(s, comparePairs)
		out = append(out, s)
	}
	return out
}

func letterOnly(r rune) rune {
	if unicode.IsLetter(r) || unicode.IsDigit(r) {
		return unicode.ToLower(r)
	}
	return -1
}

func comparePairs(a, b [2]rune) int { return slices.Compare(a[:], b[:]) }

// share is the greatest share of pairs that a text of the pool's question has in common with one of the known question's, of a
// hundred; 0 when that is too little to be the same text.
func (l *likeness) share(i, j int) (most int) {
	for _, a := range l.now[i] {
		for _, b := range l.then[j] {
			most = max(most, a.share(b))
		}
	}
	if most < alikeShare {
		return 0
	}
	return most
}

func (s sketch) share(o sketch) int {
	if len(s)+len(o) == 0 {
		return 0
	}
	shared := 0
	for i, j := 0, 0; i < len(s) && j < len(o); {
		switch c := comparePairs(s[i], o[j]); {
		case c < 0:
			i++
		case c > 0:
			j++
		default:
			shared, i, j = shared+1, i+1, j+1
		}
	}
	return 200 * shared / (len(s) + len(o))
}
