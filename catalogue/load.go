package catalogue

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"gopkg.in/yaml.v3"
)

// loadFrom reads <language>/*.yaml of every language.
func loadFrom(fsys fs.FS) (*Catalogue, error) {
	c := &Catalogue{entries: map[string]map[string]entry{}}
	for _, lang := range languages {
		c.entries[lang] = map[string]entry{}
		names, err := fs.Glob(fsys, path.Join(lang, "*.yaml"))
		if err != nil {
			return nil, fmt.Errorf("catalogue: %w", err)
		}
		for _, name := range names {
			if err := c.loadFile(fsys, lang, name); err != nil {
				return nil, fmt.Errorf("catalogue: %w", err)
			}
		}
	}
	return c, nil
}

func (c *Catalogue) loadFile(fsys fs.FS, lang, name string) error {
	src, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	var root yaml.Node
	if err := yaml.Unmarshal(src, &root); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(root.Content) == 0 || root.Content[0].Kind != yaml.MappingNode {
		return fmt.Errorf("%s: expected keys and sentences", name)
	}
	pairs := root.Content[0].Content
	for i := 0; i < len(pairs); i += 2 {
		if err := c.add(lang, pairs[i].Value, pairs[i+1]); err != nil {
			return fmt.Errorf("%s:%d: %q: %w", name, pairs[i].Line, pairs[i].Value, err)
		}
	}
	return nil
}

func (c *Catalogue) add(lang, key string, node *yaml.Node) error {
	if _, twice := c.entries[lang][key]; twice {
		return fmt.Errorf("the key exists already")
	}
	e, err := readEntry(lang, node)
	if err != nil {
		return err
	}
	c.entries[lang][key] = e
	return nil
}

// readEntry reads a sentence, {one, other}, or {tu, vous} of either.
func readEntry(lang string, node *yaml.Node) (entry, error) {
	byName, err := fields(node)
	if err != nil {
		return nil, err
	}
	if byName["tu"] == nil && byName["vous"] == nil {
		f, err := readForms(lang, node)
		return entry{"": f}, err
	}
	e := entry{}
	for name, n := range byName {
		if name != "tu" && name != "vous" {
			return nil, fmt.Errorf("unknown form %q: a register is tu or vous", name)
		}
		if e[name], err = readForms(lang, n); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func readForms(lang string, node *yaml.Node) (forms, error) {
	if node.Kind == yaml.ScalarNode {
		t, err := readSentence(lang, node)
		return forms{other: t}, err
	}
	byName, err := fields(node)
	if err != nil {
		return forms{}, err
	}
	if len(byName) != 2 || byName["one"] == nil || byName["other"] == nil {
		return forms{}, fmt.Errorf("a plural has the forms one and other")
	}
	one, err := readSentence(lang, byName["one"])
	if err != nil {
		return forms{}, err
	}
	other, err := readSentence(lang, byName["other"])
	return forms{one: one, other: other}, err
}

func readSentence(lang string, node *yaml.Node) (template, error) {
	if node.Kind != yaml.ScalarNode || node.Tag != "!!str" || strings.TrimSpace(node.Value) == "" {
		return nil, fmt.Errorf("line %d: expected a sentence", node.Line)
	}
	return cut(typeset(lang, strings.TrimSpace(node.Value))), nil
}

// fields gives a mapping's values by name, none for a scalar.
func fields(node *yaml.Node) (map[string]*yaml.Node, error) {
	byName := map[string]*yaml.Node{}
	if node.Kind == yaml.ScalarNode {
		return byName, nil
	}
	if node.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("line %d: expected a sentence or its forms", node.Line)
	}
	for i := 0; i < len(node.Content); i += 2 {
		byName[node.Content[i].Value] = node.Content[i+1]
	}
	return byName, nil
}
