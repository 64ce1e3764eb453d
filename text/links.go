package text

import (
	"slices"
	"strings"
)

// Link is one place that the message leads to.
type Link struct {
	Host      string // lower case, ASCII (xn--…), without port; empty for schemes that are not the web's
	Scheme    string // "https", "steam", "javascript"; empty when none was written (example.org/page)
	URL       string // the whole address, invisible runes and disguises taken away
	Label     string // the words that the link hides behind, empty when it is shown as it is
	Span      Span
	InCode    bool // stands in `code` or in a code block
	Lookalike bool // the host imitates another with letters of a second script
	Mismatch  bool // the label names another host than the one it leads to
	IP        bool // the host is a bare address

	path string
}

// Links gives the links of the message in the order written: everything with a scheme, and names of sites
// with a path (example.org/page). The names of sites alone are in BareDomains. A link of the formatted text
// or of the platform's markup is added only when the text does not have it. Pills that mention a Matrix user are no links.
func (v *View) Links() []Link {
	if v.first(askedLinks) {
		v.findLinks()
	}
	return v.links
}

// BareDomains gives what looks like the name of a site and nothing more (google.com, www.example.org):
// many clients do not make a link of it.
func (v *View) BareDomains() []Link {
	v.Links()
	return v.bare
}

func (v *View) findLinks() {
	for i := range v.written {
		raw := v.fields[i].raw
		if !v.fields[i].leadsSomewhere() {
			continue
		}
		known := len(v.links)
		s := &v.scanner
		s.reset(raw, i)
		s.scan()
		for _, l := range s.links {
			v.keepLink(l, known)
		}
		for _, l := range s.bare {
			v.keepLink(l, known)
		}
	}
	for _, masked := range v.content.Links {
		for _, l := range scanInner(masked.URL) {
			if l.path == "" {
				l.path = "/" // a bare name in markup is a link
			}
			l.setLabel(masked.Label)
			l.Span = Span{}
			v.keepLink(l, len(v.links))
		}
	}
}

// strangeDots are those of other scripts that programs take for the dot of an address.
const strangeDots = "\u2024\u3002\uff0e\uff61\ufe52"

// leadsSomewhere tells whether a text may hold a link: a colon or a dot before something else than white space
// or another dot, or a dot of another script.
func (f *field) leadsSomewhere() bool {
	f.read()
	return f.norm.kinds.has(kindDot) || f.goesOnAfter('.') || f.goesOnAfter(':')
}

// goesOnAfter tells whether a sign of ASCII stands before something else than white space or a dot.
func (f *field) goesOnAfter(sign byte) bool {
	if f.left.mask&ascii[sign].mask == 0 {
		return false
	}
	for s := f.raw; ; {
		i := strings.IndexByte(s, sign)
		if i < 0 || i+1 == len(s) {
			return false
		}
		if s = s[i+1:]; s[0] > ' ' && s[0] != '.' {
			return true
		}
	}
}

// keepLink adds a link unless one of the first known ones, found in another place, is the same.
func (v *View) keepLink(l Link, known int) {
	if l.bare() {
		if !slices.ContainsFunc(v.bare, func(o Link) bool { return o.Span.field != l.Span.field && o.Host == l.Host }) {
			v.bare = append(v.bare, l)
		}
		return
	}
	if l.userPill() {
		return
	}
	for i := range known {
		if o := &v.links[i]; o.URL == l.URL {
			if o.Label == "" {
				o.setLabel(l.Label)
			}
			return
		}
	}
	v.links = append(v.links, l)
}

func (l *Link) bare() bool { return l.Scheme == "" && l.path == "" }

// setLabel notes the words that a link hides behind, and whether they name another host.
func (l *Link) setLabel(label string) {
	label = strings.TrimSpace(label)
	if label == "" || label == l.URL {
		return
	}
	l.Label = label
	for _, shown := range scanInner(label) {
		l.Mismatch = l.Mismatch || shown.Host != "" && !sameSite(shown.Host, l.Host)
	}
}

// sameSite tells whether one host is the other or a part of it.
func sameSite(a, b string) bool {
	a, b = strings.TrimPrefix(a, "www."), strings.TrimPrefix(b, "www.")
	return a == b || strings.HasSuffix(b, "."+a)
}
