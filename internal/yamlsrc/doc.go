// Package yamlsrc reads YAML with positions, so that every mistake of a file is reported at once, each
// with its line, a caret under the place and a hint. It reads a small and strict YAML: one document, no anchors,
// no tags, no duplicate keys.
package yamlsrc

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// Limits of what is read. They are far above what a community writes, and keep a hostile file cheap.
const (
	MaxBytes = 1 << 20 // of a file
	MaxDepth = 32      // maps and lists inside one another
	MaxNodes = 100_000 // keys, values, maps and lists
)

// Doc is one file that was read, with the mistakes found in it so far.
type Doc struct {
	File string
	Root Value // zero when the file cannot be read as YAML at all

	lines    []string
	hidden   map[int]string      // what is shown instead of a line that holds a secret
	secrets  map[*yaml.Node]bool // whose text is never quoted
	mistakes Mistakes
	included []*Doc
	foreign  bool             // named by mistake, most probably: it may be anything
	given    map[string]Value // what stands for $name
}

// Parse reads a file's bytes. It never fails: what is wrong is in Err, and Root is then as much as could be read,
// or zero.
func Parse(file string, src []byte) *Doc {
	d := &Doc{File: file}
	if !d.readable(src) || !d.shallow(string(src)) {
		return d
	}
	if root := d.tree(src); root != nil && d.strict(root) {
		d.Root = Value{node: root, doc: d}
	}
	return d
}

// Err is nil when the file has no mistake, else Mistakes, in the order of the lines.
func (d *Doc) Err() error {
	if ms := d.Mistakes(); len(ms) > 0 {
		return ms
	}
	return nil
}

// Mistakes are those found so far, in the order of the lines; after them those of the files that this one includes.
func (d *Doc) Mistakes() Mistakes {
	out := make(Mistakes, len(d.mistakes))
	for i, m := range d.mistakes {
		m.Source = d.shown(m.Pos.Line)
		m.Message, m.Hint = maskTokens(m.Message), maskTokens(m.Hint)
		out[i] = m
	}
	out.sort()
	for _, child := range d.included {
		out = append(out, child.Mistakes()...)
	}
	return out
}

// Include makes another file's mistakes follow those of this one.
func (d *Doc) Include(other *Doc) { d.included = append(d.included, other) }

// Recognize tells whether the file is a map with one of the keys that it should have, and notes a mistake if it is not.
// It was then probably named by mistake, and may be anything: no mistake shows a line of it, or quotes it.
func (d *Doc) Recognize(keys ...string) bool {
	if d.Root.has(keys) {
		return true
	}
	d.foreign = true
	if !d.Root.IsZero() {
		d.Errorf(Pos{1, 1, 1}, "known here: "+strings.Join(keys, ", ")+"; is it the right file?", "none of the keys that are read here stands in this file")
	}
	return false
}

// Define lets values stand for "$name" wherever that is a whole value of this file. They keep their own places, in
// whatever file they were written.
func (d *Doc) Define(given map[string]Value) { d.given = given }

// Errorf notes a mistake at a place. Prefer Value.Errorf.
func (d *Doc) Errorf(at Pos, hint, format string, args ...any) {
	message := strings.Map(printable, fmt.Sprintf(format, args...))
	d.mistakes = append(d.mistakes, Mistake{File: d.File, Pos: at, Message: message, Hint: strings.Map(printable, hint)})
}

// shown is a line as a mistake may show it.
func (d *Doc) shown(n int) string {
	if d.foreign {
		return ""
	}
	if line, ok := d.hidden[n]; ok {
		return Masked(line)
	}
	return Masked(d.line(n))
}

func (d *Doc) line(n int) string {
	if n < 1 || n > len(d.lines) {
		return ""
	}
	return d.lines[n-1]
}

// width is how many characters the caret should underline for a node: its text on its first line.
func (d *Doc) width(n *yaml.Node) int {
	if n.Kind != yaml.ScalarNode {
		if n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle == 0 && len(n.Content) > 0 {
			return d.width(n.Content[0])
		}
		return 1
	}
	line := []rune(d.line(n.Line))
	rest := line[min(max(n.Column-1, 0), len(line)):]
	switch {
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		return quotedWidth(rest)
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return 1
	}
	return max(1, min(len([]rune(n.Value)), len(rest)))
}

// quotedWidth is the length of the quoted text that rest begins with, quotes included.
func quotedWidth(rest []rune) int {
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[0] == '"' && rest[i] == '\\':
			i++
		case rest[i] == rest[0] && rest[0] == '\'' && i+1 < len(rest) && rest[i+1] == '\'':
			i++
		case rest[i] == rest[0]:
			return i + 1
		}
	}
	return max(1, len(rest))
}

// conceal hides a node's text, and that of all below it, in every line that a mistake shows, and in every sentence.
func (d *Doc) conceal(n *yaml.Node) {
	if d.hidden == nil {
		d.hidden, d.secrets = map[int]string{}, map[*yaml.Node]bool{}
	}
	d.secrets[n] = true
	for _, below := range n.Content {
		d.conceal(below)
	}
	if n.Kind != yaml.ScalarNode {
		return
	}
	text, already := d.hidden[n.Line]
	if !already {
		text = d.line(n.Line)
	}
	line := []rune(text)
	from := min(n.Column-1, len(line))
	to := min(from+d.width(n), len(line))
	d.hidden[n.Line] = string(line[:from]) + strings.Repeat("*", to-from) + string(line[to:])
	for i := range strings.Count(n.Value, "\n") {
		d.hidden[n.Line+1+i] = "***"
	}
}
