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

// alike tells whether any text of the pool's question is nearly a text of the known one.
func (l *likeness) alike(i, j int) bool {
	return slices.ContainsFunc(l.now[i], func(a sketch) bool {
		return slices.ContainsFunc(l.then[j], a.nearly)
	})
}

func (s sketch) nearly(o sketch) bool {
	if len(s)+len(o) == 0 {
		return false
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
	return 200*shared >= alikeShare*(len(s)+len(o))
}
