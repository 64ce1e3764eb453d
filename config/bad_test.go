package config

import (
	"encoding/binary"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the wanted output in testdata")

// Each file of testdata/bad is a configuration that is refused, and all that is said about it. Beside *.yaml an archive
// may hold what a text file cannot: "utf-16 x.yaml" is encoded so, "repeat 501 x.yaml" is appended to x.yaml that often,
// with {n} counted up and the last line break left out. Secrets of the archives contain "hush".
func TestBad(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			err = parseArchive(t, ar)
			if err == nil {
				t.Fatal("accepted")
			}
			everyMistakeHelps(t, err)
			if strings.Contains(err.Error(), "hush") {
				t.Errorf("the secret is shown:\n%v", err)
			}
			compare(t, file, ar, err.Error()+"\n")
		})
	}
}

// parseArchive reads every configuration of an archive, then compares them.
func parseArchive(t *testing.T, ar *txtar.Archive) error {
	t.Helper()
	var configs []*Config
	for _, src := range sources(t, ar) {
		cfg, err := Parse(src.name, src.data, nil)
		if err != nil {
			return err
		}
		configs = append(configs, cfg)
	}
	return CrossCheck(configs...)
}

type source struct {
	name string
	data []byte
}

func sources(t *testing.T, ar *txtar.Archive) []*source {
	t.Helper()
	var out []*source
	byName := map[string]*source{}
	for _, f := range ar.Files {
		if !strings.HasSuffix(f.Name, ".yaml") {
			continue
		}
		words := strings.Fields(f.Name)
		name := words[len(words)-1]
		if byName[name] == nil {
			byName[name] = &source{name: name}
			out = append(out, byName[name])
		}
		byName[name].data = append(byName[name].data, content(t, words, f.Data)...)
	}
	return out
}

func content(t *testing.T, words []string, data []byte) []byte {
	t.Helper()
	switch words[0] {
	case "utf-16":
		out := []byte{0xff, 0xfe}
		for _, u := range utf16.Encode([]rune(string(data))) {
			out = binary.LittleEndian.AppendUint16(out, u)
		}
		return out
	case "repeat":
		times, err := strconv.Atoi(words[1])
		if err != nil {
			t.Fatal(err)
		}
		var out []byte
		unit := strings.TrimSuffix(string(data), "\n")
		for n := range times {
			out = append(out, strings.ReplaceAll(unit, "{n}", strconv.Itoa(n+1))...)
		}
		return out
	}
	return data
}

func everyMistakeHelps(t *testing.T, err error) {
	t.Helper()
	var ms Mistakes
	if !errors.As(err, &ms) {
		t.Fatalf("not Mistakes: %v", err)
	}
	for _, m := range ms {
		if m.Pos.Line < 1 || m.Pos.Col < 1 || m.Hint == "" {
			t.Errorf("no place or no hint: %s", m)
		}
	}
}

func compare(t *testing.T, file string, ar *txtar.Archive, got string) {
	t.Helper()
	want := -1
	for i, f := range ar.Files {
		if f.Name == "want" {
			want = i
		}
	}
	if *update {
		if want < 0 {
			ar.Files, want = append(ar.Files, txtar.File{Name: "want"}), len(ar.Files)
		}
		ar.Files[want].Data = []byte(got)
		if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want < 0 {
		t.Fatal("the archive has no want")
	}
	if diff := cmp.Diff(string(ar.Files[want].Data), got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
