package yamlsrc

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the wanted output in testdata")

// TestGolden reads every testdata/*.txtar: a file, and what is said about it. The files are read as if they
// were configurations with the keys of readAll.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			d := Parse("config.yaml", ar.Files[0].Data)
			readAll(d.Root)
			if err := d.Err(); err != nil {
				got = err.Error() + "\n"
			}
			if *update {
				ar.Files = append(ar.Files[:1], txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(ar.Files[1].Data), got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func readAll(v Value) {
	m, ok := v.Map("name", "count", "open", "window", "mode", "list", "token", "rule")
	if !ok {
		return
	}
	m.Get("name").Text()
	m.Get("count").Int(1, 100)
	m.Get("open").Bool()
	m.Get("window").Duration(time.Minute, 28*24*time.Hour)
	m.Get("mode").Enum("mode", "off", "shadow", "enforce")
	if list, ok := m.Get("list").List(); ok {
		for _, v := range list {
			v.Text()
		}
	}
	if token := m.Get("token"); token.Kind() == "text" {
		token.Conceal()
		token.Errorf("write { env: NAME }", "a secret stands in the file")
	}
	if rule, ok := m.Get("rule").About("rule %q", "flood").Map("when", "do"); ok {
		rule.Require("when", "do")
		rule.Get("when").MapOf("condition", "repeat", "caps")
	}
}

// TestHostileFiles: each is refused with a place and a hint. That they are cheap is TestNesting's and the limits' affair.
func TestHostileFiles(t *testing.T) {
	for name, src := range map[string]string{
		"brackets":       strings.Repeat("[", 1_000_000),
		"braces":         strings.Repeat("{", 1_000_000),
		"dashes":         strings.Repeat("- ", 500_000),
		"nodes":          strings.Repeat("- a\n", 200_000),
		"deep":           strings.Repeat("[", 33) + "a" + strings.Repeat("]", 33),
		"too large":      "a: " + strings.Repeat("x", MaxBytes),
		"alias bomb":     "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n",
		"utf-16":         "\xff\xfea\x00:\x00",
		"utf-16 no mark": "a\x00:\x00",
		"latin 1":        "name: caf\xe9\n",
		"mark":           "\xef\xbb\xbfname: x\n",
		"empty":          " \n\n",
		"comment only":   "# nothing\n",
	} {
		t.Run(name, func(t *testing.T) {
			d := Parse("config.yaml", []byte(src))
			if err := d.Err(); err == nil {
				t.Fatal("accepted")
			}
			for _, m := range d.Mistakes() {
				if m.Pos.Line < 1 || m.Pos.Col < 1 || m.Hint == "" || len(m.String()) > 1500 {
					t.Errorf("no place, no hint, or too long: %.300s", m)
				}
			}
		})
	}
}

func TestNearest(t *testing.T) {
	options := []string{"repeat", "rate", "role", "caps", "account_age"}
	for word, want := range map[string]string{
		"repeats": "repeat", "acount_age": "account_age", "accountage": "account_age", "ROLE": "role", "zzzzzz": "", "x": "", "eol": "",
	} {
		if got := Nearest(word, options); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, file := range files {
		if ar, err := txtar.ParseFile(file); err == nil {
			f.Add(ar.Files[0].Data)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		d := Parse("f.yaml", src)
		readAll(d.Root)
		if d.Root.IsZero() && d.Err() == nil {
			t.Fatal("nothing read and nothing said")
		}
		if unscanned := (&Doc{}); unscanned.readable(src) && tooDeep(string(src)) >= 0 {
			if root := unscanned.tree(src); root != nil && unscanned.strict(root) {
				t.Fatal("the scan refuses what the parser takes")
			}
		}
		for _, m := range d.Mistakes() {
			if m.Pos.Line < 1 || m.Pos.Col < 1 || m.Message == "" || strings.ContainsAny(m.String(), "\x1b\x00") {
				t.Fatalf("bad mistake %q", m.String())
			}
		}
	})
}
