package yamlsrc

import "strings"

// MaxListBytes is the size of a text file with a list.
const MaxListBytes = 32 << 20

// Entry is one line of a list in a text file.
type Entry struct {
	Text string
	doc  *Doc
	line int
}

// ParseList reads a text file with an entry on each line. Blank lines say nothing, and neither does what follows a #
// at the beginning of a line or after a space. What is wrong is in the Doc.
func ParseList(file string, src []byte) (*Doc, []Entry) {
	d := &Doc{File: file}
	if len(src) > MaxListBytes {
		d.Errorf(Pos{Line: 1, Col: 1}, "split the list into several files", "the list is larger than %d MiB", MaxListBytes>>20)
		return d, nil
	}
	text := strings.TrimPrefix(string(src), "\ufeff")
	if text != strings.ToValidUTF8(text, "") || strings.ContainsRune(text, 0) {
		d.Errorf(Pos{Line: 1, Col: 1}, "save the file as UTF-8", "the list is not written in UTF-8")
		return d, nil
	}
	d.lines = strings.Split(text, "\n")
	var out []Entry
	for i, line := range d.lines {
		if entry := uncommented(line); entry != "" {
			out = append(out, Entry{Text: entry, doc: d, line: i + 1})
		}
	}
	return d, out
}

func uncommented(line string) string {
	if strings.HasPrefix(line, "#") {
		return ""
	}
	for _, mark := range []string{" #", "\t#"} {
		if i := strings.Index(line, mark); i >= 0 {
			line = line[:i]
		}
	}
	return strings.TrimSpace(line)
}

// Errorf notes a mistake at the entry.
func (e Entry) Errorf(hint, format string, args ...any) {
	line := e.doc.line(e.line)
	col := 1 + len([]rune(line[:max(0, strings.Index(line, e.Text))]))
	e.doc.Errorf(Pos{Line: e.line, Col: col, Width: len([]rune(e.Text))}, hint, format, args...)
}
