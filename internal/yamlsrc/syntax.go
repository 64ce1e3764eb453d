package yamlsrc

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// tree parses the only document of a file; nil after a mistake.
func (d *Doc) tree(src []byte) *yaml.Node {
	dec := yaml.NewDecoder(bytes.NewReader(src))
	var first, second yaml.Node
	if err := dec.Decode(&first); err != nil && !errors.Is(err, io.EOF) {
		d.syntaxError(err)
		return nil
	}
	switch err := dec.Decode(&second); {
	case err == nil:
		d.Errorf(d.secondDocument(&second), `remove the line "---": a file is one document`, "a second document begins here")
		return nil
	case !errors.Is(err, io.EOF):
		d.syntaxError(err)
		return nil
	}
	if len(first.Content) == 0 || first.Content[0].Tag == "!!null" {
		d.Errorf(Pos{1, 1, 1}, "begin with config.example.yaml", "the file says nothing")
		return nil
	}
	return first.Content[0]
}

func (d *Doc) secondDocument(n *yaml.Node) Pos {
	for i := min(n.Line, len(d.lines)); i > 0; i-- {
		if strings.HasPrefix(d.lines[i-1], "---") {
			return Pos{i, 1, 3}
		}
	}
	return Pos{max(n.Line, 1), max(n.Column, 1), 1}
}

// syntaxHints explain the parser's sentences; the first whose words occur is taken.
var syntaxHints = []struct{ words, hint string }{
	{"exceeded max depth", "write maps and lists below one another instead"},
	{"mapping values are not allowed", `a text that contains ": " must stand in quotes; a key must stand where its neighbours stand`},
	{"cannot start any token", "a text that begins with @, ` or % must stand in quotes"},
	{"unknown escape", `write it in 'single quotes', where \ is only a \`},
	{"unexpected end of stream", "a quote is opened here and never closed"},
	{"',' or ']'", "a list [a, b] needs its commas and its closing bracket"},
	{"',' or '}'", "a map { a: b, c: d } needs its commas and its closing brace"},
	{"did not find expected key", "keys of one map stand exactly below one another; a text with a quote inside must be quoted"},
	{"expected '-' indicator", "the entries of a list begin with - and stand exactly below one another"},
	{"could not find expected ':'", `a key is followed by ": "; is a colon or a space missing?`},
	{"unknown anchor", "write the value out: anchors and aliases are not read"},
}

var parserLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)

func (d *Doc) syntaxError(err error) {
	message, guess := err.Error(), 0
	if m := parserLine.FindStringSubmatch(message); m != nil {
		message = m[2]
		guess, _ = strconv.Atoi(m[1])
	}
	hint := ""
	for _, h := range syntaxHints {
		if strings.Contains(message, h.words) {
			hint = h.hint
			break
		}
	}
	if strings.Contains(message, "exceeded max depth") {
		d.Errorf(d.lineStart(max(guess, 1)), hint, "maps and lists are nested deeper than %d", MaxDepth)
		return
	}
	d.Errorf(d.lineStart(max(d.brokenLine(), min(guess, len(d.lines)))), hint, "this is not YAML: %s", message)
}

func (d *Doc) lineStart(n int) Pos {
	line := strings.TrimRight(d.line(n), " \r")
	text := strings.TrimLeft(line, " ")
	return Pos{n, len(line) - len(text) + 1, len([]rune(text))}
}

// brokenLine finds the line that breaks the file. The parser tells where the enclosing map began, which
// may be pages above; so we look for the longest beginning of the file that is still YAML.
func (d *Doc) brokenLine() int {
	good, bad := 0, len(d.lines)
	for good+1 < bad {
		if mid := (good + bad) / 2; d.parses(mid) {
			good = mid
		} else if ahead := d.parsesSoon(mid, bad); ahead > 0 {
			good = ahead
		} else {
			bad = mid
		}
	}
	return good + 1
}

// parsesSoon looks past a list or map that is spread over a few lines.
func (d *Doc) parsesSoon(from, to int) int {
	for n := from + 1; n < min(to, from+20); n++ {
		if d.parses(n) {
			return n
		}
	}
	return 0
}

func (d *Doc) parses(lines int) bool {
	var n yaml.Node
	return yaml.Unmarshal([]byte(strings.Join(d.lines[:lines], "\n")+"\n"), &n) == nil
}
