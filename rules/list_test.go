package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"palabre/rules"
)

func TestListsInFiles(t *testing.T) {
	var many strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&many, "listed%d\n", i)
	}
	e := files(map[string]string{
		"words/fr.txt":  "# insults\nimbécile\nsale con   # said in anger\n\n",
		"words/all.txt": many.String(),
		"hosts.txt":     "evil.example\nbad.example # since March\n",
	})
	rs, err := rules.ParseFile("rules.yaml", []byte(`rules:
  - { name: a, when: { words: { list: [dog], file: words/fr.txt, fuzzy: leet } }, do: [delete] }
  - { name: b, when: { words: { file: words/all.txt } }, do: [delete] }
  - { name: c, when: { link: { domain: { list: [worse.example], file: hosts.txt } } }, do: [delete] }
`), e)
	if err != nil {
		t.Fatal(err)
	}
	for say, want := range map[string]string{
		"quel IMBECILE": "a", "s4le con": "a", "a dog": "a", "listed77777": "b", "https://sub.bad.example/": "c", "https://worse.example/": "c",
		"said in anger": "", "listed": "", "https://good.example/": "",
	} {
		got := ""
		for _, v := range decide(rs, rules.NewHistory([16]byte{}), message("1", say, noon)).Verdicts {
			got += v.Rule
		}
		if got != want {
			t.Errorf("%q: rule %q, want %q", say, got, want)
		}
	}
}

func TestMistakesInListFiles(t *testing.T) {
	e := files(map[string]string{
		"words.txt": "fine\n*   # everything\n",
		"hosts.txt": "good.example\nhttps://bad.example/\n",
		"empty.txt": "# nothing yet\n",
		"other.txt": "caf\xe9\n",
	})
	_, err := rules.ParseFile("rules.yaml", []byte(`rules:
  - { name: a, when: { words: { file: words.txt } }, do: [delete] }
  - { name: b, when: { link: { domain: { file: hosts.txt } } }, do: [delete] }
  - { name: c, when: { words: { file: empty.txt } }, do: [delete] }
  - { name: d, when: { words: { file: other.txt } }, do: [delete] }
`), e)
	want := `words.txt:2:1: "*" matches everything
    2 | *   # everything
      | ^^^^^^^^^^^^^^^^
   hint: list whole words or phrases, such as imbecile or imbec*
hosts.txt:2:1: "https://bad.example/" is not the name of a host
    2 | https://bad.example/
      | ^^^^^^^^^^^^^^^^^^^^
   hint: write only the host, such as example.org: its subdomains belong to it
empty.txt:1:1: the file has no entry
    1 | # nothing yet
      | ^^^^^^^^^^^^^
   hint: write an entry on each line
other.txt:1:1: the file is not a text in UTF-8
   hint: save the file as UTF-8`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v", err)
	}
}

// FuzzConditions tries every condition of the reference on whatever is said, and whoever says it.
func FuzzConditions(f *testing.F) {
	src := someSignals + "rules:\n"
	for i, section := range strings.Split(strings.Split(rules.Reference("en"), "## Consequences")[0], "### ")[1:] {
		_, example, _ := strings.Cut(section, "```yaml\n")
		example, _, _ = strings.Cut(example, "\n```")
		if example = strings.Replace(example, "[shouting, short-link]", "[short, ask]", 1); strings.Contains(judged.FindStringSubmatch(section)[1], "message") {
			src += fmt.Sprintf("  - name: r%d\n    when:\n      %s\n    do: [alert]\n", i, example)
		}
	}
	rs, err := rules.ParseFile("rules.yaml", []byte(src), env)
	if err != nil {
		f.Fatal(err)
	}
	f.Add("BUY at https://bit.ly/x discord (dot) gg/abc ???\n\n\n`x` <@1> @everyone", "Mаud")
	f.Add("\u202edrowdab h̷̛e̵̢l̷̨l̵o̶ \xff", "")
	f.Fuzz(func(t *testing.T, say, name string) {
		past := rules.NewHistory([16]byte{1})
		for i := range 3 {
			ev := named(message(fmt.Sprint(i), say, noon), fmt.Sprint("m", i), name)
			r := rs.Read(ev, past)
			past.Fold(r.Fact)
			d := rs.Decide(r, past)
			if len(rs.Explain(r, past)) != rs.Len() {
				t.Error("a rule is not explained")
			}
			for _, v := range d.Verdicts {
				if len(v.Reasons) == 0 {
					t.Errorf("%s: no reason", v.Rule)
				}
			}
			past.Note(d, ev)
			r.Release()
		}
	})
}
