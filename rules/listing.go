package rules

import (
	"bytes"
	"errors"

	"palabre/internal/yamlsrc"
	"palabre/text"
)

// listing is what a list names, in the rule itself and in text files with one entry a line.
type listing struct {
	entries []string
	at      []place // of the entries
	files   []listFile
}

// place is where an entry of a list stands.
type place struct {
	value yamlsrc.Value // in the rule
	file  *listFile     // or in a file …
	line  int           // … in this line
}

// listFile is a text file with one entry a line.
type listFile struct {
	doc *yamlsrc.Doc
	src []byte
}

func (at place) errorf(hint, format string, args ...any) {
	if at.file != nil {
		at.file.doc.LineErrorf(at.file.src, at.line, hint, format, args...)
		return
	}
	at.value.Errorf(hint, format, args...)
}

// wrong notes the entries that cannot be used, and tells whether there are any.
func (l *listing) wrong(err error, hint string) bool {
	var wrong text.Mistakes
	errors.As(err, &wrong)
	for _, w := range wrong {
		l.at[w.Line-1].errorf(hint, "%v", w.Err)
	}
	return err != nil
}

// list reads [ a, b ], or a: the list itself.
func (l *listing) list(v yamlsrc.Value, what string) bool {
	values, ok := v.OneOrMany(), true
	for _, e := range values {
		s, good := e.Text()
		ok = ok && good
		if good {
			l.entries, l.at = append(l.entries, s), append(l.at, place{value: e})
		}
	}
	if len(values) == 0 {
		v.Errorf("name at least one "+what, "the list of %ss is empty", what)
		return false
	}
	return ok
}

// listed reads a list, or { list: [ a, b ], file: words.txt } with either or both. Files stay unread: see load. The map
// is empty where there is only a list; other are the keys in it that the caller reads.
func (p *parser) listed(v yamlsrc.Value, what string, other ...string) (l *listing, m yamlsrc.Map, ok bool) {
	l = &listing{}
	if v.Kind() != "map" {
		return l, m, l.list(v, what)
	}
	m, ok = v.Map(append([]string{"list", "file"}, other...)...)
	if ok && !m.Has("list") && !m.Has("file") {
		v.Errorf("add list: [ … ], or file: words.txt", "the list of %ss is missing", what)
		ok = false
	}
	if list := m.Get("list"); !list.IsZero() {
		ok = l.list(list, what) && ok
	}
	for _, f := range m.Get("file").OneOrMany() {
		ok = p.listFile(l, f) && ok
	}
	return l, m, ok
}

func (p *parser) listFile(l *listing, v yamlsrc.Value) bool {
	name, src, ok := p.open(v)
	if !ok {
		return false
	}
	doc, ok := yamlsrc.ParseText(name, src)
	p.doc.Include(doc)
	l.files = append(l.files, listFile{doc, src})
	return ok
}

// load adds the entries of the files to the others.
func (l *listing) load() bool {
	ok := true
	for i := range l.files {
		f := &l.files[i]
		lines, err := text.ReadList(bytes.NewReader(f.src))
		ok = !f.wrong(err, "one entry stands on each line") && ok
		for _, line := range lines {
			l.entries, l.at = append(l.entries, line.Text), append(l.at, place{file: f, line: line.Number})
		}
		if len(lines) == 0 && err == nil {
			f.doc.LineErrorf(f.src, 1, "write an entry on each line", "the file has no entry")
			ok = false
		}
	}
	return ok
}

// wrong notes the lines that cannot be used, and tells whether there are any.
func (f *listFile) wrong(err error, hint string) bool {
	var wrong text.Mistakes
	errors.As(err, &wrong)
	for _, w := range wrong {
		f.doc.LineErrorf(f.src, w.Line, hint, "%v", w.Err)
	}
	return err != nil
}
