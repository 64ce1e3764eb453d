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
	sections := entries(rules.Reference("en"))
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

// The French reference tells of the same entries as the English one, and names the same keys and words of the language.
func TestFrenchReference(t *testing.T) {
	english, french := entries(rules.Reference("en")), entries(rules.Reference("fr"))
	if len(french) < 40 || len(french) != len(english) {
		t.Fatalf("%d entries in English, %d in French", len(english), len(french))
	}
	for i, entry := range english {
		name, _, _ := strings.Cut(entry, "\n")
		for _, word := range quoted.FindAllString(entry, -1) {
			if !strings.Contains(french[i], word) {
				t.Errorf("reference.fr.yaml: %s does not tell of %s", name, word)
			}
		}
	}
	for _, untold := range []string{"quand .\n", "\n.\n"} {
		if at := strings.Index(strings.Join(french, ""), untold); at >= 0 {
			t.Errorf("reference.fr.yaml lacks a sentence: …%.60q", strings.Join(french, "")[max(0, at-40):])
		}
	}
}

var quoted = regexp.MustCompile("`[^`\n]+`")

// entries are what the reference tells of each condition and consequence.
func entries(reference string) []string {
	reference, _, _ = strings.Cut(reference, "## Packs")
	return strings.Split(reference, "### ")[1:]
}

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
