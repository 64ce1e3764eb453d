package text

import (
	"bytes"
	"unicode/utf8"
)

// ownForm holds the runes whose normal form neither Unicode's decomposition nor its case folding gives: ligatures,
// letters with strokes and hooks, small capitals, and signs that must not turn into letters.
var ownForm = map[rune]string{
	'ß': "ss", 'æ': "ae", 'Æ': "ae", 'œ': "oe", 'Œ': "oe", 'þ': "th", 'ς': "σ",
	'ø': "o", 'đ': "d", 'ð': "d", 'ł': "l", 'ħ': "h", 'ı': "i", 'ĸ': "k", 'ŋ': "n", 'ŧ': "t",
	'ƀ': "b", 'ɓ': "b", 'ƃ': "b", 'ƈ': "c", 'ȼ': "c", 'ɖ': "d", 'ɗ': "d", 'ƌ': "d", 'ɇ': "e", 'ɛ': "e", 'ƒ': "f",
	'ɠ': "g", 'ǥ': "g", 'ɡ': "g", 'ɦ': "h", 'ɨ': "i", 'ɩ': "i", 'ɉ': "j", 'ƙ': "k", 'ƚ': "l", 'ɫ': "l", 'ɬ': "l",
	'ɱ': "m", 'ɲ': "n", 'ƞ': "n", 'ɵ': "o", 'ɔ': "o", 'ƥ': "p", 'ɋ': "q", 'ʠ': "q", 'ɍ': "r", 'ɽ': "r", 'ʂ': "s",
	'ȿ': "s", 'ƭ': "t", 'ʈ': "t", 'ʉ': "u", 'ʋ': "v", 'ƴ': "y", 'ɏ': "y", 'ƶ': "z", 'ȥ': "z", 'ⱥ': "a", 'ⱦ': "t",
	'ɑ': "a", 'ᴀ': "a", 'ʙ': "b", 'ᴃ': "b", 'ᴄ': "c", 'ᴅ': "d", 'ᴇ': "e", 'ꜰ': "f", 'ɢ': "g", 'ʜ': "h", 'ɪ': "i",
	'ᴊ': "j", 'ᴋ': "k", 'ʟ': "l", 'ᴍ': "m", 'ɴ': "n", 'ᴏ': "o", 'ᴘ': "p", 'ꞯ': "q", 'ʀ': "r", 'ꜱ': "s", 'ᴛ': "t",
	'ᴜ': "u", 'ᴠ': "v", 'ᴡ': "w", 'ʏ': "y", 'ᴢ': "z",
	'ǃ': "!", '‐': "-", '‑': "-", '–': "-", '—': "-", '’': "'", '‘': "'", 'ʼ': "'",
	'™': "™", '℠': "℠", '\u0085': "\n", '\u2028': "\n", '\u2029': "\n", '\u2800': " ",
}

// enclosed are the runs of 26 letters in boxes, circles and flags that Unicode does not decompose to a letter.
var enclosed = [...]rune{0x249c, 0x1f110, 0x1f150, 0x1f170, 0x1f1e6}

func enclosedLetter(r rune) (byte, bool) {
	if r < enclosed[0] {
		return 0, false
	}
	for _, from := range enclosed {
		if from <= r && r < from+26 {
			return 'a' + byte(r-from), true
		}
	}
	return 0, false
}

// lookalikes are the small letters of other scripts that are drawn like a Latin one. They stand for it only
// inside a word that has Latin letters too, so that Russian, Greek and Armenian words stay what they are.
var lookalikes = map[rune]byte{
	// Cyrillic
	'а': 'a', 'в': 'b', 'ь': 'b', 'с': 'c', 'ԁ': 'd', 'е': 'e', 'є': 'e', 'ғ': 'f', 'ԍ': 'g', 'һ': 'h', 'н': 'h',
	'і': 'i', 'ј': 'j', 'к': 'k', 'ӏ': 'l', 'м': 'm', 'п': 'n', 'о': 'o', 'р': 'p', 'ԛ': 'q', 'г': 'r', 'ѕ': 's',
	'т': 't', 'ѵ': 'v', 'ԝ': 'w', 'ѡ': 'w', 'х': 'x', 'у': 'y', 'ү': 'y', 'ҁ': 'c',
	// Greek
	'α': 'a', 'β': 'b', 'ϲ': 'c', 'ε': 'e', 'η': 'n', 'ι': 'i', 'ϳ': 'j', 'κ': 'k', 'ν': 'v', 'ο': 'o', 'ρ': 'p',
	'μ': 'u', 'σ': 'o', 'τ': 't', 'υ': 'u', 'χ': 'x', 'γ': 'y', 'ω': 'w', 'ζ': 'z',
	// Armenian
	'ց': 'g', 'հ': 'h', 'յ': 'j', 'ո': 'n', 'օ': 'o', 'զ': 'q', 'ս': 'u', 'ա': 'w',
	// Cherokee
	'ꭺ': 'a', 'ᏼ': 'b', 'ꮯ': 'c', 'ꭰ': 'd', 'ꭼ': 'e', 'ꮐ': 'g', 'ꮋ': 'h', 'ꭻ': 'j', 'ꮶ': 'k', 'ꮮ': 'l', 'ꮇ': 'm',
	'ꮲ': 'p', 'ꭱ': 'r', 'ꮪ': 's', 'ꭲ': 't', 'ꮩ': 'v', 'ꮃ': 'w', 'ꮓ': 'z',
}

// capitals are the capital letters that look like another letter than their small ones do.
var capitals = map[rune]byte{'Ν': 'n', 'Η': 'h', 'Υ': 'y', 'Μ': 'm', 'Ι': 'i', 'Տ': 's', 'Ս': 'u', 'Լ': 'l', 'Ք': 'p'}

// lookalike gives the Latin letter that a small letter of another script looks like.
func lookalike(r rune) (byte, bool) {
	switch {
	case 0x370 <= r && r < 0x590, 0x13f8 <= r && r <= 0x13fd, 0xab70 <= r && r <= 0xabbf:
		c, ok := lookalikes[r]
		return c, ok
	}
	return 0, false
}

// unmixed replaces look-alikes where there can be any, and keeps what stood there before.
func (f *form) unmixed(raw string) {
	if !f.kinds.has(kindLatin | kindAlike) {
		return
	}
	f.mixed = append(f.mixed[:0], f.b...)
	f.unmix(raw)
	if bytes.Equal(f.mixed, f.b) {
		f.mixed = f.mixed[:0]
	}
}

// unmix replaces look-alikes in the words that mix scripts; raw is what the form was made from.
func (f *form) unmix(raw string) {
	out := 0
	for i := 0; i < len(f.b); {
		end, mixed := wordAt(f.b, i)
		if end == i { // not in a word: one rune goes through
			_, n := utf8.DecodeRune(f.b[i:])
			out = f.move(out, i, n)
			i += n
			continue
		}
		if !mixed {
			out = f.move(out, i, end-i)
			i = end
		}
		for i < end {
			r, n := utf8.DecodeRune(f.b[i:])
			if c, ok := lookalike(r); ok {
				if big, _ := utf8.DecodeRuneInString(raw[f.at[i]:]); capitals[big] != 0 {
					c = capitals[big]
				}
				f.b[out], f.at[out] = c, f.at[i]
				out++
			} else {
				out = f.move(out, i, n)
			}
			i += n
		}
	}
	f.b, f.at = f.b[:out], f.at[:out]
}

// move shifts n bytes of the form from i down to out, and gives the place after them.
func (f *form) move(out, i, n int) int {
	if out == i {
		return out + n
	}
	copy(f.b[out:], f.b[i:i+n])
	copy(f.at[out:], f.at[i:i+n])
	return out + n
}

// wordAt gives where the word beginning at i ends (i when there is none) and whether it mixes Latin
// letters with look-alikes of another script.
func wordAt(b []byte, i int) (end int, mixed bool) {
	latin, other := false, false
	for i < len(b) {
		if b[i] < utf8.RuneSelf {
			if !wordByte(b[i]) {
				break
			}
			latin = latin || b[i] > '9'
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if !wordRune(r) {
			break
		}
		if _, ok := lookalike(r); ok {
			other = true
		}
		i += n
	}
	return i, latin && other
}
