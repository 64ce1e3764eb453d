package yamlsrc

import (
	"bytes"
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

// readable checks what must hold before YAML is tried: size, encoding, no control characters, no tab in the margin.
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
	return d.cleanCharacters() && d.noTabs()
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
