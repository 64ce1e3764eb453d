package text

import (
	"slices"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// scanner walks over a text once and collects what it leads to.
type scanner struct {
	raw   string
	field int
	s     string  // the text as programs read addresses: compatibility forms replaced, invisible runes gone
	at    []int32 // as in form
	buf   []byte
	code  []Span
	floor int  // what lies before belongs to a link already
	inner bool // the text is a label or an address itself: no markup in it is read
	links []Link
	bare  []Link
}

// reset begins with another text.
func (sc *scanner) reset(raw string, field int) {
	sc.raw, sc.field, sc.s, sc.at = raw, field, raw, sc.at[:0]
	sc.code, sc.floor = codeSpans(raw), 0
	sc.links, sc.bare = sc.links[:0], sc.bare[:0]
	if sameInAddresses(raw) {
		return
	}
	f := form{b: sc.buf[:0], at: sc.at}
	for i, r := range raw {
		f.putCompat(r, i)
	}
	sc.s, sc.at, sc.buf = string(f.b), f.at, f.b
}

// sameInAddresses tells whether a text is plain but for letters with accents, which putCompat leaves alone.
func sameInAddresses(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < utf8.RuneSelf && ascii[c].class != 0:
		case (c == 0xc3 || c == 0xc4) && i+1 < len(s) && s[i+1]&0xc0 == 0x80 && (c == 0xc3 || s[i+1] <= 0xb1):
			i++
		default:
			return false
		}
	}
	return true
}

// scanInner finds what a label or an address of the markup leads to.
func scanInner(s string) []Link {
	sc := scanner{inner: true}
	sc.reset(s, 0)
	sc.scan()
	return append(sc.links, sc.bare...)
}

// putCompat appends a rune as it counts in an address: letters keep their case and accents.
func (f *form) putCompat(r rune, at int) {
	switch {
	case r < utf8.RuneSelf:
		f.b = append(f.b, byte(r))
	case invisible(r):
	case r == '\u3002' || r == '\uff61':
		f.b = append(f.b, '.')
	case 0xc0 <= r && r <= 0x131: // letters with accents
		f.b = utf8.AppendRune(f.b, r)
	default:
		f.b = appendCompat(f.b, r)
	}
	for len(f.at) < len(f.b) {
		f.at = append(f.at, int32(at))
	}
}

// appendCompat appends the ASCII that a rune stands for, else the rune itself.
func appendCompat(dst []byte, r rune) []byte {
	var buf [utf8.UTFMax]byte
	n := utf8.EncodeRune(buf[:], r)
	d := norm.NFKD.Properties(buf[:n]).Decomposition()
	if len(d) == 0 || slices.ContainsFunc(d, func(c byte) bool { return c >= utf8.RuneSelf }) {
		return utf8.AppendRune(dst, r)
	}
	return append(dst, d...)
}

// scan finds every link. Each byte that may be inside of one is a reason to look around it.
func (sc *scanner) scan() {
	for i := 0; i < len(sc.s); i++ {
		next := 0
		switch sc.s[i] {
		case '[':
			if !sc.inner {
				next = sc.masked(i)
			}
		case ':':
			next = sc.schemed(i)
		case '.':
			next = sc.named(i)
		}
		if next > i {
			i = next - 1
		}
	}
}

// add keeps a link that stands from a to b.
func (sc *scanner) add(l Link, a, b int) {
	sc.floor = b
	f := form{at: sc.at}
	start, end := f.origin(sc.raw, a, b)
	l.Span = Span{start, end, sc.field}
	l.InCode = slices.ContainsFunc(sc.code, func(c Span) bool { return c.Start <= start && start < c.End })
	if l.bare() {
		sc.bare = append(sc.bare, l)
		return
	}
	sc.links = append(sc.links, l)
}
