package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// house is who may import whom. Files of tests and the folder tools, a module of its own, are not looked at.
// docs/architecture.md shows the same table.
var house = []struct {
	folder string
	// imports are other folders of the house; libraries are prefixes of modules. "*" is anything.
	imports, libraries string
}{
	{"chat", "", ""},
	{"internal/faults", "", ""},
	{"internal/human", "", ""},
	{"internal/match", "", ""},
	{"internal/sources", "", ""},
	{"internal/yamlsrc", "internal/human", "gopkg.in/yaml.v3"},
	{"text", "chat internal/match", "golang.org/x/text"},
	{"internal/zones", "", ""},
	{"schedule", "internal/zones", "github.com/robfig/cron/v3"},
	{"catalogue", "chat", "golang.org/x/text gopkg.in/yaml.v3"},
	{"rules", "chat text internal/human internal/yamlsrc", "github.com/dchest/siphash"},
	{"commands", "chat internal/human", ""},
	{"activities", "chat schedule internal/yamlsrc", ""},
	{"config", "chat rules commands activities schedule internal/human internal/yamlsrc", ""},
	{"store", "chat internal/faults", "github.com/mattn/go-sqlite3 github.com/gofrs/flock"},
	{"adapters", "chat", ""},
	{"adapters/console", "adapters chat internal/human", ""},
	{"adapters/matrix", "adapters chat", "maunium.net/go/mautrix github.com/yuin/goldmark golang.org/x/net"},
	{"adapters/matrix/homeservertest", "", "maunium.net/go/mautrix"},
	{"adapters/matrix/matrixtest", "", "maunium.net/go/mautrix"},
	{"adapters/discord", "adapters chat", "github.com/bwmarrin/discordgo github.com/gorilla/websocket"},
	{"adapters/discord/discordtest", "", "github.com/gorilla/websocket github.com/santhosh-tekuri/jsonschema"},
	{"adapters/adaptertest", "adapters chat", "github.com/google/go-cmp"},
	{"bot", "chat rules commands activities catalogue store adapters internal/faults", "github.com/VictoriaMetrics/metrics"},
	{"app", "chat config catalogue bot store", ""},
	{"replay", "adapters/matrix bot chat config internal/yamlsrc rules store", ""},
	{"web", "store", ""},
	{"scenario", "chat config catalogue store adapters adapters/console bot app internal/human", "github.com/rogpeppe/go-internal"},
	{"cli", "*", "golang.org/x/term"},
	{"internal/docs", "chat rules commands activities config catalogue internal/accuracy", ""},
	{"internal/accuracy", "chat rules internal/human", ""},
	{"internal/bench", "chat rules text", "github.com/bwmarrin/discordgo maunium.net/go/mautrix golang.org/x/text"},
	{"internal/crashtest", "*", ""},
	{"internal/raidtest", "*", ""},
	{"internal/e2e", "*", ""},
	{"internal/mutants", "", ""},
	{".", "cli", ""},
}

// deciders are functions without I/O: everything they know stands in the event and in what is handed to them.
var deciders = []string{"chat", "text", "rules", "commands", "activities", "schedule", "internal/match"}

// notForDeciders is what would let a decider reach the world.
var notForDeciders = []string{
	"context", "database/sql", "io/fs", "log", "log/slog", "math/rand", "math/rand/v2", "net", "net/http", "os", "os/exec", "syscall",
}

// mayStart are the folders in which goroutines begin; each waits for those that it started.
var mayStart = []string{".", "bot", "adapters/*", "adapters/matrix/*", "adapters/discord/*", "web", "cli", "scenario", "internal/crashtest", "internal/raidtest", "internal/e2e", "internal/mutants"}

func TestImports(t *testing.T) {
	for _, f := range sources(t) {
		i := slices.IndexFunc(house, func(h struct{ folder, imports, libraries string }) bool { return h.folder == f.folder })
		if i < 0 {
			t.Errorf("%s: the folder is not in the table", f.name)
			continue
		}
		for _, imported := range f.imports() {
			if !allowed(imported, house[i].imports, house[i].libraries) {
				t.Errorf("%s: %s may not import %s", f.name, f.folder, imported)
			}
		}
	}
}

// allowed tells whether a path is of the standard library, or of the folders or libraries listed.
func allowed(imported, folders, libraries string) bool {
	if folder, ours := strings.CutPrefix(imported, "palabre/"); ours {
		return folders == "*" || slices.Contains(strings.Fields(folders), folder)
	}
	if host, _, _ := strings.Cut(imported, "/"); !strings.Contains(host, ".") {
		return true
	}
	return slices.ContainsFunc(strings.Fields(libraries), func(l string) bool {
		return imported == l || strings.HasPrefix(imported, l+"/")
	})
}

func TestTheTableIsInTheDocumentation(t *testing.T) {
	page, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range house {
		row := "| `" + h.folder + "` | " + quoted(h.imports) + " | " + quoted(h.libraries) + " |"
		if !strings.Contains(string(page), row) {
			t.Errorf("docs/architecture.md lacks the row\n%s", row)
		}
	}
}

func quoted(words string) string {
	switch words {
	case "":
		return "—"
	case "*":
		return "anything"
	}
	return "`" + strings.Join(strings.Fields(words), "`, `") + "`"
}

func TestDecidersArePure(t *testing.T) {
	for _, f := range sources(t) {
		if !slices.Contains(deciders, f.folder) {
			continue
		}
		for _, imported := range f.imports() {
			if slices.Contains(notForDeciders, imported) {
				t.Errorf("%s: a decider imports %s", f.name, imported)
			}
		}
		f.calls(func(on, method string, call *ast.CallExpr) {
			clock := []string{"Now", "Since", "Until", "After", "AfterFunc", "Sleep", "Tick", "NewTimer", "NewTicker"}
			if on == "time" && slices.Contains(clock, method) {
				t.Errorf("%s: a decider reads the clock: time.%s", f.at(call), method)
			}
		})
	}
}

func TestGoroutinesHaveAnOwner(t *testing.T) {
	for _, f := range sources(t) {
		if slices.ContainsFunc(mayStart, func(p string) bool { ok, _ := path.Match(p, f.folder); return ok }) {
			continue
		}
		ast.Inspect(f.tree, func(n ast.Node) bool {
			if g, ok := n.(*ast.GoStmt); ok {
				t.Errorf("%s: no goroutine begins here", f.at(g))
			}
			return true
		})
		f.calls(func(_, method string, call *ast.CallExpr) {
			if method == "Go" {
				t.Errorf("%s: no goroutine begins here", f.at(call))
			}
		})
	}
}

// An order goes to a platform from one place only: the one that has it in writing.
func TestOnlyTheOutboxActs(t *testing.T) {
	found := false
	for _, f := range sources(t) {
		f.calls(func(_, method string, call *ast.CallExpr) {
			if method != "Do" || len(call.Args) != 3 || f.folder == "adapters/adaptertest" {
				return
			}
			if f.name != "bot/outbox.go" {
				t.Errorf("%s: only bot/outbox.go calls an adapter's Do", f.at(call))
			}
			found = true
		})
	}
	if !found {
		t.Error("no call of an adapter's Do was found at all: this test looks for the wrong thing")
	}
}

// What exists is readable in a table; nothing registers itself.
func TestNothingHappensByImporting(t *testing.T) {
	for _, f := range sources(t) {
		for _, d := range f.tree.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: func init", f.at(fn))
			}
		}
	}
	for _, registry := range []string{"rules/registry.go", "commands/registry.go", "activities/registry.go"} {
		if _, err := os.Stat(registry); err != nil {
			t.Error(err)
		}
	}
}

// source is one file of the house, whatever build tags it has.
type source struct {
	name, folder string
	files        *token.FileSet
	tree         *ast.File
}

func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		name = filepath.ToSlash(name)
		switch {
		case err != nil:
			return err
		case d.IsDir() && (name == "tools" || d.Name() == "testdata" || len(d.Name()) > 1 && d.Name()[0] == '.'):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		f := source{name: name, folder: path.Dir(name), files: token.NewFileSet()}
		f.tree, err = parser.ParseFile(f.files, name, nil, parser.SkipObjectResolution)
		out = append(out, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (f source) imports() []string {
	var out []string
	for _, spec := range f.tree.Imports {
		out = append(out, strings.Trim(spec.Path.Value, `"`))
	}
	return out
}

// calls visits every call of the form on.method(…); on is empty when it is no plain name.
func (f source) calls(visit func(on, method string, call *ast.CallExpr)) {
	ast.Inspect(f.tree, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if selector, ok := call.Fun.(*ast.SelectorExpr); ok {
			on, _ := selector.X.(*ast.Ident)
			visit(nameOf(on), selector.Sel.Name, call)
		}
		return true
	})
}

func nameOf(id *ast.Ident) string {
	if id == nil {
		return ""
	}
	return id.Name
}

func (f source) at(n ast.Node) string { return f.files.Position(n.Pos()).String() }
