package text

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// The parameters of RFC 3492.
const (
	punyBase  = 36
	punyTMin  = 1
	punyTMax  = 26
	punySkew  = 38
	punyDamp  = 700
	punyBias  = 72
	punyFirst = 128
)

// labelRunes is more than any real label has; a longer one stays as it is.
const labelRunes = 256

// encodeLabel gives a label's ASCII form (RFC 3492, "xn--…").
func encodeLabel(label string) string {
	runes := []rune(label)
	basic := make([]byte, 0, len(label))
	for _, r := range runes {
		if r < utf8.RuneSelf {
			basic = append(basic, byte(r))
		}
	}
	if len(basic) == len(runes) || len(runes) > labelRunes {
		return label
	}
	out := append([]byte("xn--"), basic...)
	if len(basic) > 0 {
		out = append(out, '-')
	}
	return string(encodeRest(out, runes, len(basic)))
}

// encodeRest appends the code of the runes that are not ASCII.
func encodeRest(out []byte, runes []rune, done int) []byte {
	n, delta, bias := rune(punyFirst), 0, punyBias
	first := done
	for done < len(runes) {
		next := rune(utf8.MaxRune + 1)
		for _, r := range runes {
			if r >= n && r < next {
				next = r
			}
		}
		delta += int(next-n) * (done + 1)
		n = next
		for _, r := range runes {
			if r < n {
				delta++
			}
			if r == n {
				out = appendDelta(out, delta, bias)
				bias = adapt(delta, done+1, done == first)
				delta = 0
				done++
			}
		}
		delta++
		n++
	}
	return out
}

func appendDelta(out []byte, q, bias int) []byte {
	for k := punyBase; ; k += punyBase {
		t := threshold(k, bias)
		if q < t {
			return append(out, digit(q))
		}
		out = append(out, digit(t+(q-t)%(punyBase-t)))
		q = (q - t) / (punyBase - t)
	}
}

// decodeLabel gives the letters that an "xn--…" label stands for; any other label as it is.
func decodeLabel(label string) string {
	code, ok := strings.CutPrefix(label, "xn--")
	if !ok || code == "" || len(code) > labelRunes {
		return label
	}
	var out []rune
	if dash := strings.LastIndexByte(code, '-'); dash > 0 {
		out, code = []rune(code[:dash]), code[dash+1:]
	}
	n, i, bias := punyFirst, 0, punyBias
	for code != "" {
		delta, rest, ok := cutDelta(code, bias)
		if !ok {
			return label
		}
		bias = adapt(delta, len(out)+1, i == 0)
		code = rest
		i += delta
		n += i / (len(out) + 1)
		i %= len(out) + 1
		if n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
			return label
		}
		out = slices.Insert(out, i, rune(n))
		i++
	}
	return string(out)
}

// cutDelta cuts one number from the code.
func cutDelta(code string, bias int) (delta int, rest string, ok bool) {
	w := 1
	for k := punyBase; code != ""; k += punyBase {
		d := value(code[0])
		code = code[1:]
		if d < 0 || w > utf8.MaxRune*labelRunes {
			return 0, "", false
		}
		delta += d * w
		t := threshold(k, bias)
		if d < t {
			return delta, code, true
		}
		w *= punyBase - t
	}
	return 0, "", false
}

func adapt(delta, points int, first bool) int {
	if first {
		delta /= punyDamp
	} else {
		delta /= 2
	}
	delta += delta / points
	k := 0
	for delta > (punyBase-punyTMin)*punyTMax/2 {
		delta /= punyBase - punyTMin
		k += punyBase
	}
	return k + (punyBase-punyTMin+1)*delta/(delta+punySkew)
}

func threshold(k, bias int) int { return max(punyTMin, min(punyTMax, k-bias)) }

func digit(n int) byte {
	if n < 26 {
		return 'a' + byte(n)
	}
	return '0' + byte(n-26)
}

func value(c byte) int {
	switch {
	case 'a' <= c && c <= 'z':
		return int(c - 'a')
	case '0' <= c && c <= '9':
		return int(c-'0') + 26
	}
	return -1
}
