package rules_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"palabre/internal/yamlsrc"
	"palabre/rules"
)

// TestReference holds the tables to what they say: every example is one that the parser takes.
func TestReference(t *testing.T) {
	ref := rules.Reference()
	ref, _, _ = strings.Cut(ref, "## Packs")
	sections := strings.Split(ref, "### ")[1:]
	if len(sections) < 40 {
		t.Fatalf("only %d examples", len(sections))
	}
	for _, section := range sections {
		name, _, _ := strings.Cut(section, "\n")
		kinds := judged.FindStringSubmatch(section)
		_, example, ok := strings.Cut(section, "```yaml\n")
		if example, _, _ = strings.Cut(example, "\n```"); kinds == nil || !ok {
			t.Fatalf("%s: no example", name)
		}
		src := "rules:\n  - name: a\n    on: [" + kinds[1] + "]\n    when: { account_age: \"< 3d\" }\n    do:\n      " + example + "\n"
		if example[0] != '-' {
			src = "rules:\n  - name: a\n    on: [" + kinds[1] + "]\n    when:\n      " + example + "\n    do: [alert]\n"
		}
		src += "signals: { shouting: { caps: \"> 70%\" }, short-link: { link: any, weight: 2 } }\n"
		if _, err := rules.ParseFile("rules.yaml", []byte(src), env); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

var judged = regexp.MustCompile(`(?:Judges|Possible on): (.*)\.`)

// TestEverySentenceExists looks for the keys that the code says in both catalogues.
func TestEverySentenceExists(t *testing.T) {
	said := map[string]bool{}
	for _, lang := range []string{"en", "fr"} {
		src, err := os.ReadFile("../catalogue/" + lang + "/rules.yaml")
		if err != nil {
			t.Fatal(err)
		}
		doc := yamlsrc.Parse("rules.yaml", src)
		fields, _ := doc.Root.Fields()
		for _, f := range fields {
			said[lang+" "+f.Name] = true
		}
	}
	for _, key := range rules.Sentences() {
		for _, lang := range []string{"en", "fr"} {
			if !said[lang+" "+key] {
				t.Errorf("%s has no sentence for %s", lang, key)
			}
			delete(said, lang+" "+key)
		}
	}
	for key := range said {
		t.Errorf("%s is never said", key)
	}
}
