package rules

import (
	"path/filepath"

	"palabre/internal/yamlsrc"
)

// mostFiles bounds the files that one configuration includes.
const mostFiles = 100

// included are the sections that an included file may have.
var included = []string{"netiquette", "signals", "rules"}

// source is one file, or one pack, that rules come from.
type source struct {
	sections map[string]yamlsrc.Value
	pack     *pack // nil for a file
}

// adopt makes rules follow what the community says about the pack that they come from.
func (s source) adopt(rules []*rule) {
	if s.pack != nil {
		s.pack.adopt(rules)
	}
}

// includes reads the files that the main one names.
func (p *parser) includes(v yamlsrc.Value) []source {
	var out []source
	entries := v.OneOrMany()
	if len(entries) > mostFiles {
		v.Errorf("put several rules into one file", "more than %d files", mostFiles)
		return nil
	}
	for _, e := range entries {
		name, src, ok := p.open(e)
		if !ok {
			continue
		}
		doc := yamlsrc.Parse(name, src)
		p.doc.Include(doc)
		if doc.Recognize(included...) {
			out = append(out, source{sections: sectionsOf(doc, included...)})
		}
	}
	return out
}

// open reads the file that a value names, in the folder of the file that it stands in.
func (p *parser) open(v yamlsrc.Value) (name string, src []byte, ok bool) {
	path, ok := v.Text()
	if !ok {
		return "", nil, false
	}
	if p.inPack(v) {
		return openPack(v, path)
	}
	if p.env.Open == nil {
		v.Errorf("", "no other file can be read from here")
		return "", nil, false
	}
	if name = path; !filepath.IsAbs(path) {
		name = filepath.Join(filepath.Dir(v.Doc().File), path)
	}
	src, err := p.env.Open(name)
	if err != nil {
		v.Errorf("paths begin in the folder of this file", "%s cannot be read: %v", name, err)
		return "", nil, false
	}
	p.files = append(p.files, name)
	p.print.Write(src)
	return name, src, true
}
