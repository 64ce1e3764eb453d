package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"palabre/config"
	"palabre/store"
)

const shadowed = `community: { name: Les Passerelles }
rooms: { general: {}, moderators: {} }
desk: moderators
rules:
  - { name: links, when: { link: any }, do: [ delete ], mode: shadow }
`

// check says plainly that a rule does something else than the file says, and for as long as the file says it.
func TestCheckShowsWhatAdminsChose(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "palabre.yaml")
	check := func(src string) string {
		t.Helper()
		if err := os.WriteFile(file, []byte(src+"store: "+filepath.Join(dir, "palabre.db")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := runCheck(t.Context(), Env{Out: &out}, []string{file}); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	if said := check(shadowed); strings.Contains(said, "rule links") {
		t.Errorf("without a memory: %s", said)
	}
	cfg, err := config.Load(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), cfg.Store)
	if err != nil {
		t.Fatal(err)
	}
	choice := `{"links":{"mode":"enforce","hash":"` + cfg.Rules.Rules()[0].Hash + `","by":"Ada","at":"2026-11-23T12:00:00Z"}}`
	if err := s.Commit(t.Context(), &store.Group{Memory: []store.Memory{{Key: "house/modes", Value: []byte(choice)}}}); err != nil {
		t.Fatal(err)
	}
	if said := check(shadowed); !strings.Contains(said, "rule links: enforce (chosen by Ada on 2026-11-23; the file says shadow)") {
		t.Errorf("while Palabre works: %s", said)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if said := check(strings.Replace(shadowed, "[ delete ]", "[ delete, warn ]", 1)); strings.Contains(said, "Ada") {
		t.Errorf("after the rule changed: %s", said)
	}
}
