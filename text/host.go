package text

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// address is what follows the scheme of a web address.
type address struct {
	host      string // lower case, ASCII
	port      string // ":8443", or empty
	path      string // from the first slash, question mark or hash on; backslashes turned round
	length    int    // how much of the text it took
	ip        bool
	lookalike bool
}

// parseAddress reads "user@Host:port/path" as browsers do: backslashes are slashes, the host may be
// percent-encoded, and numbers are addresses.
func parseAddress(s string) (address, bool) {
	cut := strings.IndexAny(s, `/\?#`)
	if cut < 0 {
		cut = len(s)
	}
	authority, path := s[:cut], s[cut:]
	length := len(s)
	if strings.Contains(authority, "%") {
		authority = unescape(authority)
		if i := strings.IndexAny(authority, `/\?#`); i >= 0 {
			authority, path = authority[:i], authority[i:]+path
		}
	}
	plainLength := len(authority)
	authority = authority[strings.LastIndexByte(authority, '@')+1:]
	name, rest := cutHost(authority)
	port := ""
	if digits, ok := strings.CutPrefix(rest, ":"); ok {
		rest = strings.TrimLeft(digits, "0123456789")
		port = rest0(":"+digits, rest)
	}
	if rest != "" { // something that no host has: the address ends before it
		path, length = "", plainLength-len(rest)
	}
	a := address{port: strings.TrimSuffix(port, ":"), path: strings.ReplaceAll(path, `\`, "/"), length: length}
	return a, a.setHost(name)
}

// url is the whole address: written, where that has its form already.
func (a *address) url(scheme, written string) string {
	if scheme != "" {
		scheme += "://"
	}
	if rest, ok := strings.CutPrefix(written, scheme); ok {
		if rest, ok = strings.CutPrefix(rest, a.host); ok {
			if rest, ok = strings.CutPrefix(rest, a.port); ok && rest == a.path {
				return written
			}
		}
	}
	return scheme + a.host + a.port + a.path
}

// rest0 is what stands before the suffix.
func rest0(s, suffix string) string { return s[:len(s)-len(suffix)] }

// cutHost cuts the name, or the [address], from what follows it.
func cutHost(s string) (name, rest string) {
	if strings.HasPrefix(s, "[") {
		if end := strings.IndexByte(s, ']'); end > 0 {
			return s[:end+1], s[end+1:]
		}
	}
	end := strings.IndexFunc(s, func(r rune) bool { return r != '.' && !hostRune(r) })
	if end < 0 {
		return s, ""
	}
	return s[:end], s[end:]
}

// setHost brings a host into its one form, and tells whether it is one.
func (a *address) setHost(name string) bool {
	if inner, ok := strings.CutPrefix(name, "["); ok {
		addr, err := netip.ParseAddr(strings.TrimSuffix(inner, "]"))
		a.host, a.ip = addr.String(), true
		return err == nil
	}
	name = strings.Trim(strings.ToLower(name), ".")
	if plainHost(name) {
		a.host = name
		return true
	}
	if name == "" {
		return false
	}
	if addr, ok := parseIPv4(name); ok {
		a.host, a.ip = addr.String(), true
		return true
	}
	labels := strings.Split(name, ".")
	for i, label := range labels {
		if label == "" {
			return false
		}
		shown := decodeLabel(label)
		a.lookalike = a.lookalike || imitates(shown, labels[len(labels)-1])
		labels[i] = encodeLabel(shown)
	}
	a.host = strings.Join(labels, ".")
	return true
}

// plainHost tells whether a name in small letters is a host as it stands: no number, no "xn--", no empty label.
func plainHost(name string) bool {
	if name == "" || digitByte(name[0]) || name[0] == '.' {
		return false
	}
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', digitByte(c), c == '_':
		case c == '.' && name[i-1] != '.':
		case c == '-' && !strings.HasPrefix(name[i:], "--"):
		default:
			return false
		}
	}
	return true
}

// imitates tells whether a label passes for a Latin one: it mixes scripts, or all its letters
// are look-alikes although it stands under a Latin top-level domain.
func imitates(label, tld string) bool {
	latin, alike, other := false, 0, false
	for _, r := range label {
		_, looks := lookalike(r)
		switch {
		case looks:
			alike++
		case r < utf8.RuneSelf && letterByte(byte(r)) || unicode.Is(unicode.Latin, r):
			latin = true
		case r >= utf8.RuneSelf:
			other = true
		}
	}
	return alike > 0 && (latin || !other && tld[0] < utf8.RuneSelf && !strings.HasPrefix(tld, "xn--"))
}

// parseIPv4 reads the ways in which browsers let an IPv4 address be written: one to four parts, each
// decimal, octal (0…) or hexadecimal (0x…), the last one filling what is left.
func parseIPv4(s string) (netip.Addr, bool) {
	parts := strings.Split(s, ".")
	if len(parts) > 4 || s[0] < '0' || s[0] > '9' {
		return netip.Addr{}, false
	}
	var sum uint64
	for i, part := range parts {
		n, err := strconv.ParseUint(ipBase(part), 0, 32)
		last := i == len(parts)-1
		room := uint64(256)
		if last {
			room = 1 << (8 * (5 - len(parts)))
		}
		if err != nil || n >= room {
			return netip.Addr{}, false
		}
		if !last {
			n <<= 8 * (3 - i)
		}
		sum += n
	}
	return netip.AddrFrom4([4]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}), true
}

// ipBase keeps Go's other number forms (0b1, 0o7, 1_000) out.
func ipBase(part string) string {
	for i := range len(part) {
		c := part[i]
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'f' || c == 'x' && i == 1) {
			return ""
		}
	}
	if strings.HasPrefix(part, "0b") {
		return ""
	}
	return part
}

// unescape replaces %XX; what is no such thing stays.
func unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				out = append(out, byte(n))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}

// siteName tells whether a name without a scheme is likely a site's, and not a file's or two sentences without a space.
// With a path behind it more top-level domains are believed.
func siteName(name string, withPath bool) bool {
	dot := strings.LastIndexByte(name, '.')
	if dot <= 0 {
		return false
	}
	tld := name[dot+1:]
	lower := strings.ToLower(tld)
	if !withPath && tld != lower && tld != strings.ToUpper(tld) {
		return false // "the shop.It was"
	}
	switch {
	case strings.HasPrefix(strings.ToLower(name), "www."):
		return strings.Count(name, ".") > 1 && len(lower) > 1 && !digitByte(lower[0])
	case strings.HasPrefix(lower, "xn--"), lower != "" && lower[0] >= utf8.RuneSelf && withPath:
		return true
	}
	return siteTLDs[lower] || withPath && pathTLDs[lower]
}

func digitByte(c byte) bool { return '0' <= c && c <= '9' }

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// siteTLDs are believed wherever they stand: they are neither words of our languages nor usual endings of files.
var siteTLDs = set(`com net org info biz edu gov gg io app dev xyz online shop store site club top
	link live click icu vip fun space website tech cloud chat social wiki
	fr uk eu ch nl pl cz dk fi hu ie jp kr cn ru ua br mx tv cc tk gq cf ml ly gl gd co nu`)

// pathTLDs are words or endings of files too, and are believed only before a path.
var pathTLDs = set(`me to it us is in be at so am my as do no la de es ca se li im pt tr ai art blog news page pro
	party world zone ws sx st vc ga bz lol moe sbs cfd mobi rip gay fm id au nz za il gr ro bg hr sk si lt lv ee`)
