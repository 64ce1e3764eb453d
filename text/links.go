package text

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
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
		if strings.IndexByte(raw, ':') < 0 && !dotted(raw) {
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

// dotted tells whether a dot of any kind is in the text: without one it names no site.
func dotted(s string) bool {
	if strings.IndexByte(s, '.') >= 0 {
		return true
	}
	return !plain(s) && strings.ContainsAny(s, "\u2024\u3002\uff0e\uff61\ufe52")
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

// scanner walks over a text once and collects what it leads to.
type scanner struct {
	raw   string
	field int
	s     string  // the text as programs read addresses: compatibility forms replaced, invisible runes gone
	at    []int32 // as in form
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
	if plain(raw) {
		return
	}
	f := form{at: sc.at}
	for i, r := range raw {
		f.putCompat(r, i)
	}
	sc.s, sc.at = string(f.b), f.at
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

// masked reads [label](address) at i, and gives the place after it, 0 when there is none.
func (sc *scanner) masked(i int) int {
	label, rest, ok := cutLabel(sc.s[i+1:])
	if !ok {
		return 0
	}
	target, ok := cutTarget(rest)
	if !ok {
		return 0
	}
	end := len(sc.s) - len(rest) + len(target) + 1
	found := scanInner(target)
	for _, l := range found {
		if l.path == "" {
			l.path = "/" // a bare name in markup is a link
		}
		l.setLabel(label)
		sc.add(l, i, end)
	}
	if len(found) == 0 {
		return 0
	}
	return end
}

// How far the end of a label and of an address is looked for, in bytes, so that a hostile text stays cheap.
const (
	labelAtMost   = 1000
	addressAtMost = 4096
)

// cutLabel cuts the label from what follows its "](".
func cutLabel(s string) (label, rest string, ok bool) {
	depth := 0
	for i := range min(len(s), labelAtMost) {
		switch s[i] {
		case '\n':
			return "", "", false
		case '[':
			depth++
		case ']':
			if depth == 0 {
				rest, ok = strings.CutPrefix(s[i+1:], "(")
				return s[:i], rest, ok
			}
			depth--
		}
	}
	return "", "", false
}

// cutTarget cuts the address up to the parenthesis that closes it.
func cutTarget(s string) (string, bool) {
	depth := 0
	for i := range min(len(s), addressAtMost) {
		switch s[i] {
		case '\n':
			return "", false
		case '(':
			depth++
		case ')':
			if depth == 0 {
				return s[:i], true
			}
			depth--
		}
	}
	return "", false
}

// schemed reads an address at the colon of its scheme.
func (sc *scanner) schemed(colon int) int {
	from := colon
	for from > sc.floor && schemeByte(sc.s[from-1]) {
		from--
	}
	for from < colon && !letterByte(sc.s[from]) {
		from++
	}
	scheme := strings.ToLower(sc.s[from:colon])
	rest := sc.s[colon+1:]
	switch {
	case scheme == "" || len(scheme) > 32:
		return 0
	case strings.HasPrefix(scheme, "hxxp"): // written so as not to be a link
		return colon + 1 + chunk(rest)
	case strings.HasSuffix(scheme, "https"), strings.HasSuffix(scheme, "http"):
		from = colon - len("http")
		if strings.HasSuffix(scheme, "s") {
			from--
		}
		return sc.web(strings.ToLower(sc.s[from:colon]), from, colon+1)
	case scheme == "ftp", scheme == "ftps", scheme == "ws", scheme == "wss":
		return sc.web(scheme, from, colon+1)
	case strings.HasPrefix(rest, "//"), opaque(scheme, rest):
		end := colon + 1 + chunk(rest)
		if end > colon+1+2 || !strings.HasPrefix(rest, "//") {
			sc.add(Link{Scheme: scheme, URL: sc.s[from:end], path: sc.s[colon+1 : end]}, from, end)
		}
		return end
	}
	return 0
}

// opaque tells whether a scheme that needs no slashes is followed by something that it can open.
func opaque(scheme, rest string) bool {
	if rest == "" || rest[0] <= ' ' {
		return false
	}
	switch scheme {
	case "javascript", "vbscript", "magnet", "matrix", "tg", "intent":
		return true
	case "data":
		kind, _, ok := strings.Cut(rest, ",")
		return ok && strings.Contains(kind, "/") && !strings.Contains(kind, " ")
	}
	return false
}

// web reads the address of a scheme that has hosts; rest is the place after the colon.
func (sc *scanner) web(scheme string, from, rest int) int {
	host := rest
	for host < len(sc.s) && slash(sc.s[host]) {
		host++
	}
	if host == rest {
		return 0
	}
	return sc.address(Link{Scheme: scheme}, from, host)
}

// address reads host, port and path that begin at host, and adds the link that begins at from.
func (sc *scanner) address(l Link, from, host int) int {
	end := host + chunk(sc.s[host:])
	a, ok := parseAddress(sc.s[host:end])
	if !ok {
		return 0
	}
	end = host + a.length
	l.Host, l.IP, l.Lookalike, l.path = a.host, a.ip, a.lookalike, a.path
	l.URL = a.host + a.port + a.path
	if l.Scheme != "" {
		l.URL = l.Scheme + "://" + l.URL
	}
	sc.add(l, from, end)
	return end
}

// named reads a site's name without a scheme at one of its dots.
func (sc *scanner) named(dot int) int {
	from := dot
	for from > sc.floor {
		r, n := utf8.DecodeLastRuneInString(sc.s[sc.floor:from])
		if !hostRune(r) {
			break
		}
		from -= n
	}
	if from == dot || from > 0 && sc.s[from-1] == '@' {
		return 0
	}
	end := dot
	for end < len(sc.s) {
		r, n := utf8.DecodeRuneInString(sc.s[end:])
		if !hostRune(r) && r != '.' {
			break
		}
		end += n
	}
	name := strings.TrimRight(sc.s[from:end], ".")
	if !siteName(name, beginsPath(sc.s[from+len(name):])) {
		return end
	}
	if next := sc.address(Link{}, from, from); next > 0 {
		return next
	}
	return end
}

// beginsPath tells whether what follows a name is a path, after a port or not.
func beginsPath(s string) bool {
	if port, ok := strings.CutPrefix(s, ":"); ok {
		s = strings.TrimLeft(port, "0123456789")
	}
	return s != "" && slash(s[0]) || len(s) > 2 && strings.EqualFold(s[:3], "%2f")
}

// chunk gives how far an address at the start of s may reach.
func chunk(s string) int {
	s = s[:min(len(s), addressAtMost)]
	for i, r := range s {
		if endsAddress(r) {
			return len(trimEnd(s[:i]))
		}
	}
	return len(trimEnd(s))
}

// endsAddress tells whether a rune never belongs to an address: white space, brackets and quotes.
func endsAddress(r rune) bool {
	if r < utf8.RuneSelf {
		return r <= ' ' || r == '<' || r == '>' || r == '"' || r == '`' || r == '|'
	}
	return unicode.IsSpace(r) || strings.ContainsRune("«»“”„（）「」、，！？", r)
}

// trimEnd takes away the punctuation that belongs to the sentence and not to the address.
func trimEnd(s string) string {
	for s != "" {
		last := s[len(s)-1]
		switch {
		case last == ')' && strings.Count(s, "(") >= strings.Count(s, ")"):
			return s
		case last == ']' && strings.Count(s, "[") >= strings.Count(s, "]"):
			return s
		case strings.IndexByte(".,;:!?'*_~)]}", last) < 0:
			return s
		}
		s = s[:len(s)-1]
	}
	return s
}

func slash(c byte) bool { return c == '/' || c == '\\' }

func letterByte(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func schemeByte(c byte) bool {
	return letterByte(c) || '0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'
}

// hostRune tells whether a rune may stand in a label of a host's name.
func hostRune(r rune) bool { return r == '-' || r == '_' || wordRune(r) }

// codeSpans gives where the text is code: between runs of as many backticks.
func codeSpans(s string) []Span {
	var out []Span
	for i := strings.IndexByte(s, '`'); i >= 0 && i < len(s); {
		n := ticks(s[i:])
		end := closing(s, i+n, n)
		if end > 0 {
			out = append(out, Span{Start: i, End: end})
			n = end - i
		}
		next := strings.IndexByte(s[i+n:], '`')
		if next < 0 {
			break
		}
		i += n + next
	}
	return out
}

// closing gives the end of the first run of exactly n backticks from i on, 0 when there is none.
func closing(s string, i, n int) int {
	for i < len(s) {
		next := strings.IndexByte(s[i:], '`')
		if next < 0 {
			return 0
		}
		i += next
		run := ticks(s[i:])
		i += run
		if run == n {
			return i
		}
	}
	return 0
}

func ticks(s string) int { return len(s) - len(strings.TrimLeft(s, "`")) }
