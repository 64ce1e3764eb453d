package text

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// token is one word of a field: its bytes, and where they stand in the normal form (for joined tokens the two differ).
type token struct {
	from, to int32 // in the bytes that hold the word
	at, end  int32 // in the normal form
	hash     uint64
	single   bool // one rune
}

// read computes the normal form and the words of a field once.
func (f *field) read() {
	if f.folded {
		return
	}
	f.folded = true
	if f.plain = f.readPlain(); !f.plain {
		f.norm.fold(f.raw)
		f.left.mask = f.norm.mask
		f.tokens, f.singles = f.tokens[:0], 0
		f.split()
	}
	if f.left.mask&maskCapital != 0 {
		f.left.capitals = rowOf(f.raw, maskCapital)
	}
	if f.left.mask&maskDigit != 0 {
		f.left.digits = rowOf(f.norm.b, maskDigit)
	}
	f.join()
}

// isPlain tells whether folding moves nothing in the field.
func (f *field) isPlain() bool {
	f.read()
	return f.plain
}

// readPlain folds and splits a plain text in one pass. It is false, and left undone, when the text is not plain.
func (f *field) readPlain() bool {
	b := slices.Grow(f.norm.b, len(f.raw))[:len(f.raw)]
	f.norm.b = b
	start, hash := -1, uint64(hashSeed)
	var seen asciiClass
	var mask charMask
	for i := range len(b) {
		c := &ascii[f.raw[i]]
		b[i] = c.low
		seen |= c.class
		mask |= c.mask
		switch {
		case c.class&asciiWord != 0:
			if start < 0 {
				start, hash = i, hashSeed
			}
			hash = hashByte(hash, c.low)
		case c.class == 0:
			return false
		case start >= 0:
			f.word(start, i, hash, i-start == 1)
			start = -1
		}
	}
	if start >= 0 {
		f.word(start, len(b), hash, len(b)-start == 1)
	}
	f.marked, f.left.mask = seen&asciiMarkup != 0, mask
	return true
}

// split finds the words: runs of letters, marks and digits.
func (f *field) split() {
	b := f.norm.b
	start, runes, hash := -1, 0, uint64(0)
	var seen asciiClass
	for i := 0; i < len(b); {
		c, n := &ascii[b[i]], 1
		inWord := c.class&asciiWord != 0
		seen |= c.class
		f.left.mask |= c.mask
		if b[i] >= utf8.RuneSelf {
			var r rune
			r, n = utf8.DecodeRune(b[i:])
			inWord = wordRune(r)
		}
		switch {
		case inWord:
			if start < 0 {
				start, runes, hash = i, 0, hashSeed
			}
			runes++
			for _, c := range b[i : i+n] {
				hash = hashByte(hash, c)
			}
		case start >= 0:
			f.word(start, i, hash, runes == 1)
			start = -1
		}
		i += n
	}
	f.marked = seen&asciiMarkup != 0
	if start >= 0 {
		f.word(start, len(b), hash, runes == 1)
	}
}

// word adds a token that stands in the normal form as it is.
func (f *field) word(from, to int, hash uint64, single bool) {
	f.tokens = append(f.tokens, token{int32(from), int32(to), int32(from), int32(to), hash, single})
	if single {
		f.singles++
	}
}

// asciiClass tells what a byte of a plain text is; zero for a byte that no plain text has.
type asciiClass uint8

const (
	asciiWord   asciiClass = 1 << iota // a letter or a digit
	asciiMarkup                        // one of the platforms' marks for bold, code, spoilers and the like
	asciiOther
)

// ascii is what the pass over a plain text needs to know of each byte.
var ascii = asciiTable()

func asciiTable() (table [256]struct {
	low   byte
	class asciiClass
	mask  charMask
}) {
	for i := range table {
		c, t := byte(i), &table[i]
		t.mask = maskOfByte(c)
		if c >= utf8.RuneSelf {
			continue
		}
		t.low = lowerByte(c)
		switch {
		case wordByte(c):
			t.class = asciiWord
		case strings.IndexByte("*_~|`\\", c) >= 0:
			t.class = asciiMarkup
		case plain(string(c)):
			t.class = asciiOther
		}
	}
	return table
}

const hashSeed = 0x2545f4914f6cdd1d

// hashByte takes one more byte of a word into its hash. The upper bits are the well mixed ones.
func hashByte(hash uint64, c byte) uint64 { return (hash ^ uint64(c)) * 0x9e3779b97f4a7c15 }

func hashWord(word []byte) uint64 {
	hash := uint64(hashSeed)
	for _, c := range word {
		hash = hashByte(hash, c)
	}
	return hash
}

// join adds the words that are hidden by markup inside them (bad||word) or by spelling them out (b a d).
func (f *field) join() {
	if !f.marked && f.singles < spelledAtLeast {
		return
	}
	for i := 0; i < len(f.tokens); {
		next := max(f.joinMarkup(i), f.joinSpelled(i))
		i = max(next, i+1)
	}
}

// joinMarkup glues the tokens from i on that only markup separates, and gives the first one after them.
func (f *field) joinMarkup(i int) int {
	k := i + 1
	for k < len(f.tokens) && markup(f.gap(k)) {
		k++
	}
	if k-i > 1 {
		f.glue(f.tokens[i:k])
	}
	return k
}

// spelledAtLeast is how many single letters in a row make a word that was spelled out.
const spelledAtLeast = 3

// gapAtMost is how many bytes may stand between two letters of one spelled word.
const gapAtMost = 8

// joinSpelled glues a run of single letters, and gives the first token after it. It adds the whole run, the
// run without a leading one-letter word ("I", "a", "y"), and the parts of it that keep one separator.
func (f *field) joinSpelled(i int) int {
	k := i
	for k < len(f.tokens) && f.tokens[k].single && (k == i || len(f.gap(k)) <= gapAtMost) {
		k++
	}
	if k-i < spelledAtLeast {
		return k
	}
	f.glue(f.tokens[i:k])
	if bytes.IndexByte([]byte("aiyo"), f.norm.b[f.tokens[i].from]) >= 0 {
		f.glue(f.tokens[i+1 : k])
	}
	f.gluePieces(i, k)
	return k
}

// gluePieces adds the pieces of the run from i to k in which every gap is the same.
func (f *field) gluePieces(i, k int) {
	start := i
	for m := i + 1; m <= k; m++ {
		if m < k && (m == start+1 || bytes.Equal(f.gap(m), f.gap(start+1))) {
			continue
		}
		if m-start >= spelledAtLeast && m-start < k-i {
			f.glue(f.tokens[start:m])
		}
		start = m - 1
	}
}

// gap is the text between token k and the one before it.
func (f *field) gap(k int) []byte { return f.norm.b[f.tokens[k-1].end:f.tokens[k].at] }

// markup tells whether a gap is nothing but the platforms' marks for bold, code, spoilers and the like.
func markup(gap []byte) bool {
	return len(gap) <= gapAtMost && !slices.ContainsFunc(gap, func(c byte) bool { return ascii[c].class != asciiMarkup })
}

// glue adds one token made of several.
func (f *field) glue(tokens []token) {
	from := len(f.glued)
	for _, t := range tokens {
		f.glued = append(f.glued, f.norm.b[t.from:t.to]...)
	}
	if end, mixed := wordAt(f.glued, from); mixed {
		f.glued = append(f.glued[:from], Fold(string(f.glued[from:end]))...)
	}
	f.joined = append(f.joined, token{from: int32(from), to: int32(len(f.glued)), hash: hashWord(f.glued[from:]),
		at: tokens[0].at, end: tokens[len(tokens)-1].end})
}
