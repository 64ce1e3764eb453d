package yamlsrc

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// strict walks the tree once and refuses what is YAML but not ours: anchors, aliases, tags, merge keys,
// duplicate keys, and too much of anything. It reports false when the tree should not be read further.
func (d *Doc) strict(root *yaml.Node) bool {
	w := walker{doc: d}
	w.walk(root, 1)
	return !w.stop
}

type walker struct {
	doc   *Doc
	nodes int
	stop  bool
}

func (w *walker) walk(n *yaml.Node, depth int) {
	if w.nodes++; w.stop {
		return
	}
	switch {
	case w.nodes > MaxNodes:
		w.refuse(n, "split it, or move long lists out", "the file has more than %d values", MaxNodes)
		w.stop = true
		return
	case depth > MaxDepth:
		w.refuse(n, "write maps and lists below one another instead", "maps and lists are nested deeper than %d", MaxDepth)
		w.stop = true
		return
	case n.Kind == yaml.AliasNode:
		w.refuse(n, "write the value out: anchors and aliases are not read", "an alias (*%s) stands here", n.Value)
		w.stop = true
		return
	}
	w.plain(n)
	w.quotes(n)
	if n.Kind == yaml.MappingNode {
		w.keys(n)
	}
	for _, c := range n.Content {
		w.walk(c, depth+1)
	}
}

// plain refuses anchors and tags.
func (w *walker) plain(n *yaml.Node) {
	if n.Anchor != "" {
		w.refuse(n, "write the value out: anchors and aliases are not read", "an anchor (&%s) stands here", n.Anchor)
		w.stop = true
	}
	if n.Style&yaml.TaggedStyle != 0 {
		w.refuse(n, "remove the tag and write the plain value", "a tag (%s) stands here", n.Tag)
	}
}

// typographic are quotes that keyboards and word processors make of " and '.
const typographic = "“”„‟«»‘’‚"

// quotes refuses a text between typographic quotes, which YAML takes for letters: a listed word with them would never
// be found. The text is read on without them, so that nothing else is said of it.
func (w *walker) quotes(n *yaml.Node) {
	if n.Kind != yaml.ScalarNode || n.Style != 0 || !strings.ContainsAny(n.Value, typographic) {
		return
	}
	if bare := strings.TrimLeft(n.Value, typographic); bare != n.Value {
		w.refuse(n, `write " on both sides; a text that shall begin with such a quote stands between two of these`, "the quote %q is no quote to YAML", n.Value[:len(n.Value)-len(bare)])
		n.Value = strings.TrimSpace(strings.TrimRight(bare, typographic))
	}
}

func (w *walker) keys(n *yaml.Node) {
	seen := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch first, twice := seen[key.Value]; {
		case key.Kind == yaml.AliasNode:
			continue // reported by walk
		case key.Kind != yaml.ScalarNode:
			w.refuse(key, "a key is a word", "a key must be a word, not a map or list")
		case key.Tag == "!!merge":
			w.refuse(key, "write the keys out: merging (<<) is not read", "a merge key stands here")
			w.stop = true
		case twice:
			w.refuse(key, "keep one of them", "duplicate key %q: it stands already on line %d", key.Value, first)
		default:
			seen[key.Value] = key.Line
		}
	}
}

func (w *walker) refuse(n *yaml.Node, hint, format string, args ...any) {
	at := Pos{n.Line, n.Column, w.doc.width(n)}
	if n.Kind == yaml.AliasNode {
		at.Width = len([]rune(n.Value)) + 1
	}
	w.doc.Errorf(at, hint, format, args...)
}
