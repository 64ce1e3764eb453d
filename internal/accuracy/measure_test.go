package accuracy_test

import (
	"flag"
	"os"
	"testing"

	"palabre/internal/accuracy"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the tables of the measurement")

func packs(t *testing.T) []accuracy.Pack {
	t.Helper()
	packs, err := accuracy.Packs()
	if err != nil {
		t.Fatal(err)
	}
	return packs
}

// On our own messages no clean one is matched, and the table is that of the documentation.
func TestOwnSets(t *testing.T) {
	packs := packs(t)
	r := accuracy.Measure(packs, ownSet(t))
	for _, f := range r.False {
		t.Errorf("%s:%d: %v: %q", f.Source, f.Line, f.Rules, f.Text)
	}
	keep(t, "own.md", r.OwnTable(packs))
}

// On texts from elsewhere hardly any is matched.
func TestOutsideTexts(t *testing.T) {
	modules := os.Getenv("PALABRE_NODE_MODULES")
	if modules == "" {
		t.Skip("PALABRE_NODE_MODULES names no folder with the texts: npm ci --prefix tools")
	}
	packs := packs(t)
	sources, err := accuracy.ReadOutside(modules)
	if err != nil {
		t.Fatal(err)
	}
	for i := range sources {
		sources[i].Result = accuracy.Measure(packs, sources[i].Messages)
		for _, f := range sources[i].Result.False {
			t.Logf("%v: %.100q", f.Rules, f.Text)
		}
	}
	keep(t, "outside.md", accuracy.OutsideTable(packs, sources))
}

// keep compares a table with the one that is kept, or writes it.
func keep(t *testing.T, file, table string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(table), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(kept), table); diff != "" {
		t.Errorf("%s is out of date; `make accuracy` writes it (-kept +measured)\n%s", file, diff)
	}
}
