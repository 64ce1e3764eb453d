package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

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
	case "javascript", "vbscript":
		return true
	case "magnet":
		return rest[0] == '?'
	case "matrix":
		return matrixURI(rest) != "" || matrixUserURI(rest)
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
	l.URL = a.url(l.Scheme, sc.s[from:end])
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
