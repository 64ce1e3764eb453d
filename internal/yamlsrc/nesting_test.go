package yamlsrc

import (
	"fmt"
	"strings"
	"testing"
)

// TestNesting: the scan alone, without the parser, refuses what nests too deep, and says where.
func TestNesting(t *testing.T) {
	many := strings.Repeat("[", 1_000_000)
	deep, most := strings.Repeat("[", MaxDepth+1), strings.Repeat("[", MaxDepth)+strings.Repeat("]", MaxDepth)
	for src, want := range map[string]string{
		many:                                 "1:33",
		strings.Repeat("{", 1_000_000):       "1:33",
		strings.Repeat("- ", 500_000):        "1:65",
		strings.Repeat("{a: ", 100):          "1:129",
		strings.Repeat("[\n", 100):           "33:1",
		"é: " + many:                         "1:36",
		"a:\n  - x\n  - " + deep:             "3:37",
		"a: [x, 'it''s', \"]\\\"\", " + deep: "1:55",
		"a: [it's, # ]\n b: c, " + deep:      "2:39",
		"a: \"x\n  y\" # z\r\nb: " + deep:    "3:36",
		"a: |\n  [\n\n  [\nb: >-\n  {\nc: some\n  {\nd: " + deep: "9:36",
		"'a': " + most + "\n\"b\" : " + deep:                     "2:39",
	} {
		d := Parse("config.yaml", []byte(src))
		var places []string
		for _, m := range d.Mistakes() {
			places = append(places, fmt.Sprintf("%d:%d", m.Pos.Line, m.Pos.Col))
		}
		if got := strings.Join(places, " "); tooDeep(src) < 0 || got != want {
			t.Errorf("%.60q is refused at %q, want %q; scan says %d", src, got, want, tooDeep(src))
		}
	}
}

// TestNestingLeaves: brackets that nest nothing, and what only the parser can follow.
func TestNestingLeaves(t *testing.T) {
	many := strings.Repeat("[", 100)
	for _, src := range []string{
		"a: " + strings.Repeat("[", MaxDepth-1) + strings.Repeat("]", MaxDepth-1) + "\n",
		"a: x" + many + "\n",
		"a: x\n  " + many + "\n",
		"a:\n    x\n  " + many + "\n",
		"a: '" + many + "\n  " + many + "'\n",
		"a: [\"" + many + "\", '''" + many + "']\n",
		"a: x # " + many + "\n# " + many + "\n",
		"a: [b, # " + many + "\n c]\n",
		"a: |\n  " + many + "\n",
		"- - |\n    " + many + "\n",
		"a:\n    |\n  " + many + "\n",
		"a" + many + ": b\n",
		"- x\n- y" + strings.Repeat(" - ", 100) + "\n",
		"a: [" + strings.Repeat("b, [c], ", 100) + "d]\n",
		"---\na: >\n  " + many + "\n",
	} {
		if d := Parse("config.yaml", []byte(src)); d.Err() != nil || tooDeep(src) >= 0 {
			t.Errorf("%.60q is refused: scan says %d, %v", src, tooDeep(src), d.Err())
		}
	}
}

func TestConcealTwoInOneLine(t *testing.T) {
	d := Parse("config.yaml", []byte("{ token: first, secret: 'second', count: x }\n"))
	fields, _ := d.Root.Fields()
	fields[0].Value.Conceal()
	fields[1].Value.Conceal()
	fields[2].Value.Int(1, 9)
	got := d.Err().Error()
	if strings.Contains(got, "first") || strings.Contains(got, "second") || !strings.Contains(got, "{ token: *****, secret: ********, count: x }") {
		t.Errorf("shown: %s", got)
	}
}
