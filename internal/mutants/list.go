package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// mutant is one fault that may be planted: some lines of one file become others.
type mutant struct {
	name, about string
	file        string   // from the top of the tree
	packages    []string // whose tests must notice; -run=PATTERN among them where trying all would take minutes
	old, new    []string // whole lines; spaces at their ends do not count
}

// readList reads the mutants of a list: a line "# name: what goes wrong", one with the file and the packages to test, then lines
// that go away after "-" and lines that come instead after "+", as in a patch. Lines that begin with ";" are remarks.
func readList(path string) ([]*mutant, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var list []*mutant
	for i, line := range strings.Split(string(text), "\n") {
		if err := add(&list, line); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, i+1, err)
		}
	}
	return list, nil
}

func add(list *[]*mutant, line string) error {
	if title, begins := strings.CutPrefix(line, "# "); begins {
		name, about, ok := strings.Cut(title, ": ")
		if !ok {
			return fmt.Errorf("a mutant is called \"# name: what goes wrong\"")
		}
		*list = append(*list, &mutant{name: name, about: about})
		return nil
	}
	if line == "" || line[0] == ';' {
		return nil
	}
	if len(*list) == 0 {
		return fmt.Errorf("no mutant begins before this line")
	}
	m := (*list)[len(*list)-1]
	switch {
	case line[0] == '-':
		m.old = append(m.old, strings.TrimSpace(line[1:]))
	case line[0] == '+':
		m.new = append(m.new, line[1:])
	case m.file == "":
		fields := strings.Fields(line)
		m.file, m.packages = fields[0], fields[1:]
	default:
		return fmt.Errorf("%s: what is %q?", m.name, line)
	}
	return nil
}

// planted is the mutant's file with the fault in it. The lines that go away must stand there exactly once: else the mutant is
// out of date, and shows nothing.
func (m *mutant) planted(root string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(root, m.file))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.name, err)
	}
	lines := strings.Split(string(text), "\n")
	at := -1
	for i := range lines {
		if !m.standsAt(lines, i) {
			continue
		}
		if at >= 0 {
			return nil, fmt.Errorf("%s: its lines stand in %s more than once", m.name, m.file)
		}
		at = i
	}
	if at < 0 || len(m.old) == 0 {
		return nil, fmt.Errorf("%s: its lines do not stand in %s", m.name, m.file)
	}
	out := append(append(append([]string{}, lines[:at]...), m.new...), lines[at+len(m.old):]...)
	return []byte(strings.Join(out, "\n")), nil
}

func (m *mutant) standsAt(lines []string, at int) bool {
	if at+len(m.old) > len(lines) {
		return false
	}
	for i, want := range m.old {
		if strings.TrimSpace(lines[at+i]) != want {
			return false
		}
	}
	return true
}
