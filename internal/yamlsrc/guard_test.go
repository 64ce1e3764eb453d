package yamlsrc_test

import (
	"strings"
	"testing"

	"palabre/internal/yamlsrc"
)

// A reader that panics leaves a mistake where it was reading, with a hint and without a word of what the panic said.
func TestGuardMakesAPanicAMistake(t *testing.T) {
	doc := yamlsrc.Parse("f.yaml", []byte("a: 1\nb: hush\n"))
	fields, _ := doc.Root.Fields()
	went := false
	fields[1].Value.Guard(func() { panic(fields[1].Value.Raw()) })
	fields[0].Value.Guard(func() { went = true })
	ms := doc.Mistakes()
	if !went || len(ms) != 1 {
		t.Fatalf("went on: %v, mistakes %v", went, ms)
	}
	m := ms[0]
	if m.Pos.Line != 2 || m.Pos.Col != 4 || m.Hint == "" || !strings.HasPrefix(m.Message, yamlsrc.ReportIt+" at yamlsrc/guard_test.go:") {
		t.Errorf("got %+v", m)
	}
	if strings.Contains(m.Message+m.Hint, "hush") {
		t.Errorf("the panic's words are shown: %+v", m)
	}
}

func TestGuardOfAWholeFile(t *testing.T) {
	doc := yamlsrc.Parse("f.yaml", []byte("a: 1\n"))
	doc.Guard(func() {
		yamlsrc.Value{}.Guard(func() { panic("an absent value has no place for a mistake") })
	})
	if ms := doc.Mistakes(); len(ms) != 1 || ms[0].Pos.Line != 1 || !strings.HasPrefix(ms[0].Message, yamlsrc.ReportIt) {
		t.Errorf("got %v", ms)
	}
}
