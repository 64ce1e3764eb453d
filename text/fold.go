package text

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold gives the normal form of a word: small letters without accents, compatibility forms (full width,
// mathematical, circled letters) replaced, invisible runes gone, and look-alike letters of other scripts replaced in
// words that mix them with Latin. Other scripts stay whole. Folding twice changes nothing.
func Fold(s string) string {
	var f form
	f.fold(s)
	return string(f.b)
}

// fold rewrites raw into its normal form.
func (f *form) fold(raw string) {
	f.reset()
	if plain(raw) {
		f.b = appendLower(f.b, raw)
		return
	}
	f.b, f.at = slices.Grow(f.b, len(raw)), slices.Grow(f.at, len(raw))
	for i := 0; i < len(raw); {
		if c := &ascii[raw[i]]; c.class != 0 {
			f.b, f.at = append(f.b, c.low), append(f.at, int32(i))
			f.mask |= c.mask
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(raw[i:])
		f.mask |= ascii[raw[i]].mask
		f.kinds |= kindsOf(r)
		f.put(r, i)
		i += n
	}
	if f.mask&maskLetters != 0 {
		f.kinds |= kindLatin
	}
	f.unmixed(raw)
}

// put appends the normal form of a rune that stands at an offset of the original.
func (f *form) put(r rune, at int) {
	f.b = appendFold(f.b, r)
	for len(f.at) < len(f.b) {
		f.at = append(f.at, int32(at))
	}
}

// plain tells whether folding moves nothing: ASCII without control characters other than white space.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || c == 0x7f || c < ' ' && !blankControl(c) {
			return false
		}
	}
	return true
}

func blankControl(c byte) bool { return c == '\t' || c == '\n' || c == '\r' }

func appendLower(dst []byte, s string) []byte {
	for i := range len(s) {
		dst = append(dst, lowerByte(s[i]))
	}
	return dst
}

func lowerByte(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}

// appendFold appends the normal form of one rune. It depends on nothing but the rune, so that the normal
// form of a text is that of its pieces.
func appendFold(dst []byte, r rune) []byte {
	switch {
	case r < utf8.RuneSelf:
		return appendFoldASCII(dst, byte(r))
	case int(r) < len(early):
		return append(dst, early[r].fold...)
	case whole(r):
		return utf8.AppendRune(dst, r)
	}
	return appendFoldAny(dst, r)
}

func appendFoldAny(dst []byte, r rune) []byte {
	if done, ok := appendLeaf(dst, r); ok {
		return done
	}
	var buf [utf8.UTFMax]byte
	n := utf8.EncodeRune(buf[:], r)
	decomposed := norm.NFKD.Properties(buf[:n]).Decomposition()
	if decomposed == nil || hangulSyllable(r) {
		return appendLowerRune(dst, r)
	}
	for len(decomposed) > 0 {
		q, size := utf8.DecodeRune(decomposed)
		decomposed = decomposed[size:]
		if done, ok := appendLeaf(dst, q); ok {
			dst = done
		} else {
			dst = appendLowerRune(dst, q)
		}
	}
	return dst
}

func appendFoldASCII(dst []byte, c byte) []byte {
	switch {
	case blankControl(c):
		return append(dst, c)
	case c == '\v' || c == '\f':
		return append(dst, '\n')
	case c < ' ' || c == 0x7f:
		return dst
	}
	return append(dst, lowerByte(c))
}

// appendLeaf handles the runes that need no decomposition: those that vanish and those with a form of their own.
func appendLeaf(dst []byte, r rune) ([]byte, bool) {
	if hidden(r) || accent(r) {
		return dst, true
	}
	if c, ok := enclosedLetter(r); ok {
		return append(dst, c), true
	}
	if s, ok := ownForm[r]; ok {
		return append(dst, s...), true
	}
	return dst, false
}

func appendLowerRune(dst []byte, r rune) []byte {
	if r < utf8.RuneSelf {
		return appendFoldASCII(dst, byte(r))
	}
	low := unicode.ToLower(r)
	if s, ok := ownForm[low]; ok {
		return append(dst, s...)
	}
	return utf8.AppendRune(dst, low)
}

// whole tells whether a rune is a Chinese character or a Hangul syllable of the large blocks: letters that stay what they are.
func whole(r rune) bool {
	return 0x4e00 <= r && r <= 0x9fff || 0x3400 <= r && r <= 0x4dbf || hangulSyllable(r)
}

func hangulSyllable(r rune) bool { return 0xac00 <= r && r <= 0xd7a3 }

// invisible tells whether a rune shows nothing by itself: zero-width runes, fillers, selectors, direction marks.
func invisible(r rune) bool {
	switch {
	case int(r) < len(early):
		return early[r].kinds&kindHidden != 0
	case whole(r):
		return false
	}
	return hidden(r)
}

// hidden tells the same without a table.
func hidden(r rune) bool {
	switch {
	case r < 0xad:
		return r < ' ' && !blankControl(byte(r)) || r >= 0x7f && r < 0xa0 && r != 0x85
	case r < 0x300:
		return r == 0xad
	case punctuation(r):
		return r <= 0x200f || 0x202a <= r && r <= 0x202e || r >= 0x2060
	}
	return unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) ||
		unicode.Is(unicode.Variation_Selector, r) ||
		unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

// accent tells whether a rune is a mark that may go on any letter. Marks of one script (Devanagari,
// Thai, Arabic …) are part of its spelling and stay.
func accent(r rune) bool {
	switch {
	case r < 0x300:
		return false
	case r <= 0x36f, 0x483 <= r && r <= 0x489, 0x1ab0 <= r && r <= 0x1aff:
		return true
	case 0x1dc0 <= r && r <= 0x1dff, 0x20d0 <= r && r <= 0x20ff, 0xfe20 <= r && r <= 0xfe2f:
		return true
	}
	return false
}

// wordRune tells whether a rune belongs to a word: letters, marks and digits of any script.
func wordRune(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return wordByte(byte(r))
	case int(r) < len(early):
		return early[r].kinds&kindWord != 0
	case whole(r):
		return true
	}
	return !punctuation(r) && letter(r)
}

func letter(r rune) bool { return unicode.In(r, unicode.L, unicode.M, unicode.N) }

// punctuation tells whether a rune is a dash, quote, dot or control of the block that begins after the wide spaces.
func punctuation(r rune) bool { return 0x200b <= r && r <= 0x206f }

func wordByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
