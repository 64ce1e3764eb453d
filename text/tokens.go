package text

import (
	"bytes"
	"unicode/utf8"
)

// token is one word of a field: its bytes, and where they stand in the normal form (for joined tokens the two differ).
type token struct {
	from, to int32 // in the bytes that hold the word
	at, end  int32 // in the normal form
	single   bool  // one rune
}

// read computes the normal form and the words of a field once.
func (f *field) read() {
	if f.folded {
		return
	}
	f.folded = true
	f.norm.fold(f.raw)
	f.split()
	f.join()
}

// split finds the words: runs of letters, marks and digits.
func (f *field) split() {
	b := f.norm.b
	start, runes := -1, 0
	for i := 0; i < len(b); {
		r, n := rune(b[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRune(b[i:])
		}
		if wordRune(r) {
			if start < 0 {
				start, runes = i, 0
			}
			runes++
		} else if start >= 0 {
			f.tokens = append(f.tokens, wordToken(start, i, runes))
			start = -1
		}
		i += n
	}
	if start >= 0 {
		f.tokens = append(f.tokens, wordToken(start, len(b), runes))
	}
}

func wordToken(from, to, runes int) token {
	return token{int32(from), int32(to), int32(from), int32(to), runes == 1}
}

// join adds the words that are hidden by markup inside them (bad||word) or by spelling them out (b a d).
func (f *field) join() {
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
	return len(gap) <= gapAtMost && !bytes.ContainsFunc(gap, func(r rune) bool {
		return r != '*' && r != '_' && r != '~' && r != '|' && r != '`' && r != '\\'
	})
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
	f.joined = append(f.joined, token{from: int32(from), to: int32(len(f.glued)),
		at: tokens[0].at, end: tokens[len(tokens)-1].end})
}
