package yamlsrc

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"
)

var byteOrderMarks = []struct {
	mark, name string
}{
	{"\xef\xbb\xbf", "a byte order mark"},
	{"\xff\xfe", "the mark of UTF-16"},
	{"\xfe\xff", "the mark of UTF-16"},
}

const saveAsUTF8 = `save the file as "UTF-8" without a byte order mark (BOM)`

// readable checks what must hold before YAML is tried: size, encoding, no control characters,
// no tab in the margin, no space that only looks like one.
func (d *Doc) readable(src []byte) bool {
	if len(src) > MaxBytes {
		d.Errorf(Pos{1, 1, 1}, "split it, or move long lists out", "the file is larger than 1 MiB (%d bytes)", len(src))
		return false
	}
	for _, m := range byteOrderMarks {
		if bytes.HasPrefix(src, []byte(m.mark)) {
			d.Errorf(Pos{1, 1, 1}, saveAsUTF8, "the file begins with %s", m.name)
			return false
		}
	}
	d.lines = strings.Split(string(src), "\n")
	if strings.TrimSpace(string(src)) == "" {
		d.Errorf(Pos{1, 1, 1}, "begin with config.example.yaml", "the file is empty")
		return false
	}
	return d.cleanCharacters() && d.noTabs() && d.noNoBreakSpaces()
}

// cleanCharacters refuses the first character that is no text.
func (d *Doc) cleanCharacters() bool {
	for i, line := range d.lines {
		col := 0
		for at, r := range line {
			col++
			if why := unclean(line[at:], r); why != "" {
				d.Errorf(Pos{i + 1, col, 1}, saveAsUTF8, "%s", why)
				return false
			}
		}
	}
	return true
}

func unclean(at string, r rune) string {
	switch {
	case r == 0:
		return "the file contains a NUL character: is it UTF-16?"
	case r == utf8.RuneError && !strings.HasPrefix(at, "\uFFFD"):
		return "the file is not UTF-8 here"
	case r < ' ' && r != '\t' && r != '\r' || r >= 0x7f && r < 0xa0 && r != 0x85:
		return "a control character stands here"
	}
	return ""
}

// noTabs refuses tabs in the margin; it shows the first ten.
func (d *Doc) noTabs() bool {
	found := 0
	for i, line := range d.lines {
		margin := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		if at := strings.IndexByte(margin, '\t'); at >= 0 && found < 10 && len(margin) < len(line) {
			d.Errorf(Pos{i + 1, at + 1, 1}, "indent with spaces, two for each level", "the line is indented with a tab")
			found++
		}
	}
	return found == 0
}

// keyedNoBreak is a no-break space where YAML wants an ordinary one: in the margin, or between a key and its value. In texts,
// where French has it before the colon, it may stand.
var keyedNoBreak = regexp.MustCompile(`^ *(\x{a0})|(?:^[ -]*|[{,] *)[a-z_]+:(\x{a0})`)

// noNoBreakSpaces refuses spaces that some keyboards make with Alt, or after a colon; it shows the first ten.
func (d *Doc) noNoBreakSpaces() bool {
	found := 0
	for i, line := range d.lines {
		if m := keyedNoBreak.FindStringSubmatchIndex(line); m != nil && found < 10 {
			at := max(m[2], m[4])
			d.Errorf(Pos{i + 1, utf8.RuneCountInString(line[:at]) + 1, 1}, "write an ordinary space: some keyboards make the other kind with Alt", "a no-break space stands here, which YAML does not take for a space")
			found++
		}
	}
	return found == 0
}
