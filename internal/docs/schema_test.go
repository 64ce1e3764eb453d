package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"palabre/config"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

// The schema takes everything that the parser takes: the example, and the rules of every story.
func TestSchemaTakesWhatIsRight(t *testing.T) {
	schema := compile(t)
	example, err := os.ReadFile("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(tree(t, example)); err != nil {
		t.Errorf("config.example.yaml: %v", err)
	}
	tried := 0
	for _, pattern := range []string{"../../rules/testdata/*.txtar", "../../rules/testdata/cases/*.txtar"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(ar.Files) != 3 { // about mistakes
				continue
			}
			tried++
			if err := schema.Validate(tree(t, ar.Files[0].Data)); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d stories", tried)
	}
}

// What an editor should underline.
func TestSchemaRefusesSlips(t *testing.T) {
	schema := compile(t)
	for _, slip := range []string{
		"rules: [ { name: a, when: { wrods: [dog] }, do: [delete] } ]",
		"rules: [ { name: a, when: { words: [dog] }, do: [deleet] } ]",
		"rules: [ { name: a, when: { words: [dog] }, do: [ { timeout: 10 } ] } ]",
		"rules: [ { name: a, when: { account_age: 3d }, do: [delete] } ]",
		"rules: [ { name: a, when: { not: { caps: '> 7' } }, do: [delete] } ]",
		"rules: [ { name: a, when: {}, do: [delete] } ]",
		"rules: [ { when: { words: [dog] }, do: [delete] } ]",
		"rules: [ { name: a, mode: shado, when: { words: [dog] }, do: [delete] } ]",
		"packs: { spam: { fload: x } }",
		"signals: { a: { wait: 3, words: [dog] } }",
		"ruels: []",
	} {
		if schema.Validate(tree(t, []byte(slip))) == nil {
			t.Errorf("the schema takes %s", slip)
		}
	}
}

func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	src, err := jsonschema.UnmarshalJSON(bytes.NewReader(config.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("palabre.schema.json", src); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile("palabre.schema.json")
}

// tree is YAML as an editor sees it.
func tree(t *testing.T, src []byte) any {
	t.Helper()
	var out any
	if err := yaml.Unmarshal(src, &out); err != nil {
		t.Fatal(err)
	}
	return plain(out)
}

func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			v[key] = plain(value)
		}
	case map[any]any:
		out := map[string]any{}
		for key, value := range v {
			out[strings.TrimSpace(fmt.Sprint(key))] = plain(value)
		}
		return out
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	}
	return v
}
