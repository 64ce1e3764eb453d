package config

import (
	"fmt"

	"palabre/internal/yamlsrc"
)

// claim is a platform's room or account that the file takes for its community.
type claim struct {
	what, id string
	pos      yamlsrc.Pos
	source   string // the line it stands on
}

// claim notes that the community has a room or account; false when another line of the file has it already.
func (r *reader) claim(what, id string, v yamlsrc.Value) bool {
	pos := v.Pos()
	for _, c := range r.cfg.claims {
		if c.what == what && c.id == id {
			v.Errorf("one name for each room", "%s %s stands already on line %d", what, id, c.pos.Line)
			return false
		}
	}
	r.cfg.claims = append(r.cfg.claims, claim{what: what, id: id, pos: pos, source: r.lines[pos.Line-1]})
	return true
}

// CrossCheck compares the files of communities that one process serves: a platform's room or account belongs to
// one of them only. The error is Mistakes, at the later claims. That an alias and an id name the same room is not visible
// here.
func CrossCheck(cs ...*Config) error {
	type owner struct {
		file string
		line int
	}
	owners := map[[2]string]owner{}
	var mistakes Mistakes
	for _, cfg := range cs {
		for _, c := range cfg.claims {
			key := [2]string{c.what, c.id}
			first, taken := owners[key]
			if !taken {
				owners[key] = owner{cfg.File, c.pos.Line}
				continue
			}
			mistakes = append(mistakes, c.mistake(cfg.File, first.file, first.line))
		}
	}
	if len(mistakes) == 0 {
		return nil
	}
	return mistakes
}

func (c claim) mistake(file, other string, line int) yamlsrc.Mistake {
	return yamlsrc.Mistake{
		File: file, Pos: c.pos, Source: c.source,
		Message: fmt.Sprintf("%s %s belongs to another community: %s:%d", c.what, c.id, other, line),
		Hint:    "each room and each account serves one community",
	}
}
