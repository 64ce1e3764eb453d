package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"palabre/config"
)

// Whatever fails while a saved file is read and taken over, the process goes on and has something to tell.
func TestRereadSurvivesPanics(t *testing.T) {
	file := filepath.Join(t.TempDir(), "palabre.yaml")
	for _, c := range []struct {
		src    string
		reload func(*config.Config)
		want   string // begins the error; empty for none
	}{
		{shadowed, func(*config.Config) {}, ""},
		{shadowed, func(*config.Config) { panic("no plan") }, file + " cannot be used, by a fault of Palabre"},
		{strings.Replace(shadowed, "link: any", "any: [ link ]", 1), func(*config.Config) { t.Error("a file with mistakes is used") }, file + ":5:35: rule \"links\": a condition says what it looks for: link alone says nothing"},
	} {
		if err := os.WriteFile(file, []byte(c.src), 0o600); err != nil {
			t.Fatal(err)
		}
		next, err := reread(file, c.reload)
		if (c.want == "") != (err == nil) || (next == nil) == (err == nil) || err != nil && !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: got %v", c.want, err)
		}
	}
}
