package yamlsrc

import "strings"

// shallow refuses a file that nests flow collections or dashes deeper than MaxDepth before the parser
// reads it: the parser's time grows with the square of such a depth.
func (d *Doc) shallow(src string) bool {
	at := tooDeep(src)
	if at < 0 {
		return true
	}
	begin := strings.LastIndexByte(src[:at], '\n') + 1
	place := Pos{strings.Count(src[:at], "\n") + 1, len([]rune(src[begin:at])) + 1, 1}
	d.Errorf(place, "write maps and lists below one another instead", "maps and lists are nested deeper than %d", MaxDepth)
	return false
}

// tooDeep is the offset of the first bracket or dash that nests deeper than MaxDepth; -1 when there is none
// or when it cannot be told. It says only what is certain: of a construct that would take a whole parser to
// follow, it leaves this and the rest of the file to the parser.
func tooDeep(src string) int {
	if oddLineEnds(src) {
		return -1
	}
	s := scan{src: src, deep: -1, text: -1}
	for s.at < len(src) && s.line() {
	}
	return s.deep
}

// oddLineEnds finds what ends a line in YAML and is not counted as such here.
func oddLineEnds(src string) bool {
	return strings.Count(src, "\r") != strings.Count(src, "\r\n") ||
		strings.Contains(src, "\u0085") || strings.Contains(src, "\u2028") || strings.Contains(src, "\u2029")
}

// scan follows a file line by line in block style, and character by character in flow style.
type scan struct {
	src  string
	at   int // what is read next
	deep int // tooDeep's answer
	text int // lines with a greater margin belong to a text that has begun; -1 outside
}

func (s *scan) peek(ahead int) byte {
	if s.at+ahead < len(s.src) {
		return s.src[s.at+ahead]
	}
	return '\n'
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// blanks skips what is blank in the line, and tells how much.
func (s *scan) blanks() int {
	from := s.at
	for blank(s.peek(0)) && s.peek(0) != '\n' {
		s.at++
	}
	return s.at - from
}

// next goes to the next line. It answers true, as "go on".
func (s *scan) next() bool {
	if n := strings.IndexByte(s.src[s.at:], '\n'); n >= 0 {
		s.at += n + 1
	} else {
		s.at = len(s.src)
	}
	return true
}

// special begins what this scan does not follow: anchors, tags, complex keys and mistakes.
const special = "&*!?@`%:,]}"

// line reads a line, and the flow that begins in it to its end. It answers false when the scan is over.
func (s *scan) line() bool {
	begin := s.src[s.at:]
	margin := s.blanks()
	switch {
	case s.peek(0) == '\n' || s.peek(0) == '#' || s.text >= 0 && margin > s.text:
		return s.next()
	case strings.HasPrefix(begin, "---") || strings.HasPrefix(begin, "...") || begin[0] == '%':
		return false
	}
	s.text = -1
	dashes := 0
	for ; s.peek(0) == '-' && blank(s.peek(1)); dashes++ {
		if dashes == MaxDepth {
			s.deep = s.at
			return false
		}
		s.at++
		s.blanks()
	}
	keyed, ok := s.key()
	return ok && s.value(margin, dashes > 0 || keyed)
}

// key skips a key and its colon. ok is false when it cannot be told where the key ends.
func (s *scan) key() (keyed, ok bool) {
	from := s.at
	switch c := s.peek(0); {
	case c == '"' || c == '\'':
		if !s.quoted() {
			return false, false
		}
		s.blanks()
	case strings.IndexByte(special+"[{|>#\n", c) < 0:
		for s.peek(0) != '\n' && !(s.peek(0) == ':' && blank(s.peek(1))) && !(s.peek(0) == '#' && blank(s.src[s.at-1])) {
			s.at++
		}
	}
	if s.at > from && s.peek(0) == ':' && blank(s.peek(1)) {
		s.at++
		s.blanks()
		return true, true
	}
	s.at = from
	return false, true
}

// value reads what stands after the dashes and the key of a line. In a line that has neither it is not known
// how far a text reaches: its end depends on a margin above.
func (s *scan) value(margin int, owned bool) bool {
	switch c := s.peek(0); {
	case c == '\n' || c == '#':
		return s.next()
	case c == '[' || c == '{':
		return s.flow() && s.ends()
	case c == '"' || c == '\'':
		return s.quoted() && s.ends()
	case strings.IndexByte(special, c) >= 0 || !owned:
		return false
	}
	s.text = margin
	return s.next()
}

// ends skips a line of which nothing but a comment may be left; false when something is.
func (s *scan) ends() bool {
	spaced := s.blanks() > 0
	if c := s.peek(0); c == '\n' || spaced && c == '#' {
		return s.next()
	}
	return false
}

// quoted skips a text in quotes, over several lines if need be; false when it never ends.
func (s *scan) quoted() bool {
	quote := s.peek(0)
	for s.at++; s.at < len(s.src); s.at++ {
		switch c := s.peek(0); {
		case c == '\\' && quote == '"':
			s.at++
		case c == quote && quote == '\'' && s.peek(1) == quote:
			s.at++
		case c == quote:
			s.at++
			return true
		}
	}
	return false
}

// What may stand next in a flow collection.
const (
	fresh  = iota // a key or value: a quote opens a text here
	plain         // more of a text without quotes: a quote is a letter here
	closed        // after a text in quotes or a bracket: a comma, a colon or another bracket
)

// flow skips a flow collection; false when it never ends, nests too deep or cannot be followed.
func (s *scan) flow() bool {
	depth, state := 0, fresh
	for s.at < len(s.src) {
		switch c := s.peek(0); {
		case c == '[' || c == '{':
			if depth++; depth > MaxDepth {
				s.deep = s.at
				return false
			}
			state = fresh
		case c == ']' || c == '}':
			if depth--; depth == 0 {
				s.at++
				return true
			}
			state = closed
		case c == ',', c == ':' && (state == closed || state == plain && blank(s.peek(1))):
			state = fresh
		case blank(c):
		case c == '#' && blank(s.src[s.at-1]):
			s.next()
			continue
		case c == '?' && blank(s.peek(1)), state == closed, state == fresh && strings.IndexByte(special+"|>#", c) >= 0:
			return false
		case state == fresh && (c == '"' || c == '\''):
			if !s.quoted() {
				return false
			}
			state = closed
			continue
		default:
			state = plain
		}
		s.at++
	}
	return false
}
