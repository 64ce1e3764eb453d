package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	joiner        = '\u200d' // makes one picture of several
	emojiSelector = '\ufe0f' // asks for the coloured picture of a sign
	keycap        = '\u20e3'
)

// pictures are the runes that are emoji by themselves (Emoji_Presentation of Unicode's emoji-data, blocks of pictures taken whole).
var pictures = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x231a, 0x231b, 1}, {0x23e9, 0x23ec, 1}, {0x23f0, 0x23f3, 3}, {0x25fd, 0x25fe, 1}, {0x2614, 0x2615, 1},
		{0x2648, 0x2653, 1}, {0x267f, 0x2693, 20}, {0x26a1, 0x26a1, 1}, {0x26aa, 0x26ab, 1}, {0x26bd, 0x26be, 1},
		{0x26c4, 0x26c5, 1}, {0x26ce, 0x26d4, 6}, {0x26ea, 0x26ea, 1}, {0x26f2, 0x26f3, 1}, {0x26f5, 0x26fa, 5},
		{0x26fd, 0x2705, 8}, {0x270a, 0x270b, 1}, {0x2728, 0x2728, 1}, {0x274c, 0x274e, 2}, {0x2753, 0x2755, 1},
		{0x2757, 0x2757, 1}, {0x2795, 0x2797, 1}, {0x27b0, 0x27bf, 15}, {0x2b1b, 0x2b1c, 1}, {0x2b50, 0x2b55, 5},
	},
	R32: []unicode.Range32{
		{0x1f004, 0x1f004, 1}, {0x1f0cf, 0x1f0cf, 1}, {0x1f18e, 0x1f18e, 1}, {0x1f191, 0x1f19a, 1}, {0x1f201, 0x1f201, 1},
		{0x1f21a, 0x1f22f, 21}, {0x1f232, 0x1f236, 1}, {0x1f238, 0x1f23a, 1}, {0x1f250, 0x1f251, 1}, {0x1f300, 0x1f64f, 1},
		{0x1f680, 0x1f6ff, 1}, {0x1f7e0, 0x1f7eb, 1}, {0x1f7f0, 0x1f7f0, 1}, {0x1f900, 0x1f9ff, 1}, {0x1fa70, 0x1faff, 1},
	},
}

// Emoji counts the emoji that people see: flags, keycaps and families are one each, custom emoji (<:name:id>) too.
func (v *View) Emoji() int {
	if !v.first(askedEmoji) {
		return v.emoji
	}
	f := &v.fields[v.shown]
	if f.read(); !f.norm.kinds.has(kindPicture) && strings.IndexByte(f.raw, '<') < 0 {
		return 0
	}
	for s := v.seen(); s != ""; {
		if n := customEmoji(s); n > 0 {
			v.emoji++
			s = s[n:]
			continue
		}
		n := calmly(s)
		if n == 0 {
			n, _ = cluster(s)
			if isEmoji(s[:n]) {
				v.emoji++
			}
		}
		s = s[n:]
	}
	return v.emoji
}

// calmly gives the length of the rune at the start of s when neither it nor the next one has to do with pictures, else 0.
func calmly(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	if next, _ := utf8.DecodeRuneInString(s[n:]); r != '<' && calm(r) && (n == len(s) || calm(next)) {
		return n
	}
	return 0
}

func calm(r rune) bool {
	return r < 0x2000 && r != 0xa9 && r != 0xae || 0x3040 <= r && r <= 0x30ff || whole(r)
}

// isEmoji tells whether one cluster is shown as a picture.
func isEmoji(cluster string) bool {
	r, n := utf8.DecodeRuneInString(cluster)
	rest := cluster[n:]
	switch {
	case r < utf8.RuneSelf:
		return strings.ContainsRune(rest, keycap)
	case regional(r):
		return rest != ""
	}
	return unicode.Is(pictures, r) || strings.ContainsRune(rest, emojiSelector)
}

// customAtMost is more than any custom emoji takes, in bytes.
const customAtMost = 128

// customEmoji gives the length of a custom emoji (<:name:id>, <a:name:id>) at the start of s, 0 when there is none.
func customEmoji(s string) int {
	s = s[:min(len(s), customAtMost)]
	rest, ok := strings.CutPrefix(s, "<")
	if !ok {
		return 0
	}
	rest = strings.TrimPrefix(rest, "a")
	name, rest, ok := strings.Cut(strings.TrimPrefix(rest, ":"), ":")
	if !ok || name == "" || strings.ContainsAny(name, " <>\n") || s[1] != ':' && !strings.HasPrefix(s, "<a:") {
		return 0
	}
	digits := strings.TrimLeft(rest, "0123456789")
	if len(rest)-len(digits) < 2 || !strings.HasPrefix(digits, ">") {
		return 0
	}
	return len(s) - len(digits) + 1
}

// cluster gives the length of the character that people see at the start of s, in bytes, and whether it
// shows anything: a base with its marks, a pair of regional letters, pictures tied together, a Hangul syllable.
func cluster(s string) (n int, shown bool) {
	first, n := utf8.DecodeRuneInString(s)
	if first < utf8.RuneSelf && (n == len(s) || s[n] < utf8.RuneSelf) {
		return n, !invisible(first)
	}
	shown = !invisible(first)
	prev, flags := first, regional(first)
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if !sticks(prev, r) && (!flags || !regional(r)) {
			break
		}
		if regional(r) {
			flags = false
		}
		prev = r
		n += size
	}
	return n, shown
}

// sticks tells whether r belongs to the character that prev is part of.
func sticks(prev, r rune) bool {
	switch {
	case r == joiner, r == emojiSelector, 0x1f3fb <= r && r <= 0x1f3ff && prev > 0x2000, 0xe0020 <= r && r <= 0xe007f:
		return true
	case prev == joiner:
		return unicode.Is(unicode.So, r) || unicode.Is(pictures, r)
	}
	return unicode.Is(unicode.M, r) || jamoFollows(prev, r)
}

// jamoFollows tells whether r goes on the Hangul syllable that prev began.
func jamoFollows(prev, r rune) bool {
	lead, vowel := 0x1100 <= prev && prev <= 0x115f, 0x1160 <= r && r <= 0x11a7
	tail := 0x11a8 <= r && r <= 0x11ff
	return lead && (vowel || 0x1100 <= r && r <= 0x115f) || 0x1160 <= prev && prev <= 0x11ff && (vowel || tail)
}

func regional(r rune) bool { return 0x1f1e6 <= r && r <= 0x1f1ff }
