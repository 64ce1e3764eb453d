package yamlsrc

import (
	"strings"
	"unicode/utf8"
)

// MaxListBytes is the size of a text file with a list.
const MaxListBytes = 32 << 20

// ParseText takes a text file in, for mistakes in its lines. ok is false when it is no text.
func ParseText(file string, src []byte) (d *Doc, ok bool) {
	d = &Doc{File: file}
	switch {
	case len(src) > MaxListBytes:
		d.Errorf(Pos{Line: 1, Col: 1}, "split it into several files", "the file is larger than %d MiB", MaxListBytes>>20)
	case !utf8.Valid(src) || strings.IndexByte(string(src), 0) >= 0:
		d.Errorf(Pos{Line: 1, Col: 1}, "save the file as UTF-8", "the file is not a text in UTF-8")
	default:
		return d, true
	}
	return d, false
}

// LineErrorf notes a mistake in a line of a text file, of which src is the content.
func (d *Doc) LineErrorf(src []byte, line int, hint, format string, args ...any) {
	if d.lines == nil {
		d.lines = strings.Split(string(src), "\n")
	}
	d.Errorf(Pos{Line: line, Col: 1, Width: len([]rune(strings.TrimSpace(d.line(line))))}, hint, format, args...)
}
