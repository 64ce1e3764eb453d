package config

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"palabre/catalogue"
	"palabre/chat"
)

const small = `
community: { name: Test }
rooms: { general: {}, moderators: {} }
desk: moderators
`

var zones = cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })

func TestSmallFileHasDefaults(t *testing.T) {
	got, err := Parse("small.yaml", []byte(small), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{
		File:      "small.yaml",
		Hash:      got.Hash,
		Community: Community{Name: "Test", Language: "en", Register: "vous", Zone: time.UTC},
		Store:     "data/palabre.db",
		Listen:    "127.0.0.1:9320",
		Rooms:     []Room{{Name: "general"}, {Name: "moderators"}},
		Desk:      "moderators",
		Limits:    Limits{SanctionsPerMinute: 10, SanctionsPerHour: 30, Late: 10 * time.Minute, Unanswered: 24 * time.Hour},
	}
	if diff := cmp.Diff(want, got, zones, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(Config{}), cmpopts.IgnoreFields(Config{}, "Rules", "Activities")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestHashNamesTheSource(t *testing.T) {
	hash := func(src string) string {
		cfg, err := Parse("x.yaml", []byte(src), nil)
		if err != nil {
			t.Fatal(err)
		}
		return cfg.Hash
	}
	first, again := hash(small), hash(small)
	if first != again || first == hash(small+"# more\n") || len(first) != 64 {
		t.Error("the hash does not name the source")
	}
}

func TestMatrix(t *testing.T) {
	got, err := Parse("x.yaml", []byte(small+`
matrix:
  homeserver: https://matrix.example.org/
  user: "@palabre:example.org"
  token: { file: /run/secrets/matrix }
  space: "!room-of-version-12"
  standing: { moderator: 40 }
listen: ""
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := &Matrix{
		Enabled: true, Homeserver: "https://matrix.example.org", User: "@palabre:example.org",
		Token: Secret{file: "/run/secrets/matrix"}, Space: "!room-of-version-12", Prefix: "!",
		Standing: PowerLevels{Trusted: 10, Moderator: 40, Admin: 100},
	}
	if diff := cmp.Diff(want, got.Matrix, cmp.AllowUnexported(Secret{})); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got.Listen != "" {
		t.Errorf("listen is %q", got.Listen)
	}
}

func TestDiscord(t *testing.T) {
	got, err := Parse("x.yaml", []byte(`
community: { name: Test }
rooms:
  general: { matrix: "#general:example.org", discord: "1152921504606846976", bridge: true }
  help: { discord: "115292150460684697" }
  moderators: {}
desk: moderators
discord:
  guild: "1152921504606846975"
  token: { env: PALABRE_DISCORD_TOKEN }
  api_base: http://127.0.0.1:8080/api/
  prefix: "?"
  ignore: ["Bridge*", "1152921504606846977"]
  standing: { trusted: [Regulars, "1152921504606846978"], admin: [Council] }
  judge_webhooks: true
`), Platforms{chat.Discord: {AccountAge: true}})
	if err != nil {
		t.Fatal(err)
	}
	want := &Discord{
		Enabled: true, Guild: "1152921504606846975", Token: Secret{env: "PALABRE_DISCORD_TOKEN"}, APIBase: "http://127.0.0.1:8080/api",
		Prefix: "?", Ignore: []string{"Bridge*", "1152921504606846977"},
		Standing: Roles{Trusted: []string{"Regulars", "1152921504606846978"}, Admin: []string{"Council"}},
		Webhooks: true,
	}
	if diff := cmp.Diff(want, got.Discord, cmp.AllowUnexported(Secret{})); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	rooms := []Room{
		{Name: "general", IDs: map[chat.Platform]string{chat.Matrix: "#general:example.org", chat.Discord: "1152921504606846976"}, Bridged: true},
		{Name: "help", IDs: map[chat.Platform]string{chat.Discord: "115292150460684697"}},
		{Name: "moderators", IDs: map[chat.Platform]string{}},
	}
	if diff := cmp.Diff(rooms, got.Rooms); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	remarks := []string{
		"discord: http://127.0.0.1:8080/api is called instead of Discord",
		`discord: room "moderators" has no id, so nothing is said there`,
	}
	if diff := cmp.Diff(remarks, Describe(got)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestListen(t *testing.T) {
	for address, ok := range map[string]bool{
		"127.0.0.1:9320": true, "127.1.2.3:1": true, "localhost:9320": true, "[::1]:9320": true,
		":9320": false, "0.0.0.0:9320": false, "[::]:9320": false, "example.org:80": false, "127.0.0.1:0": false,
		"127.0.0.1:70000": false, "127.0.0.1:http": false, "localhost.example.org:80": false,
	} {
		cfg, err := Parse("x.yaml", []byte(small+`listen: "`+address+"\"\n"), nil)
		if (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
		if ok && cfg.Listen != address {
			t.Errorf("%s: listens on %s", address, cfg.Listen)
		}
	}
}

func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "palabre.yaml")
	if err := os.WriteFile(path, []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := Load(path, nil)
	if err != nil || cfg.File != path {
		t.Errorf("got %v, %v", cfg, err)
	}
	if _, err := Load(path+".none", nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that does not exist: %v", err)
	}
	if _, err := Load(t.TempDir(), nil); err == nil || errors.As(err, new(Mistakes)) {
		t.Errorf("a directory: %v", err)
	}
}

func TestLanguagesAreThoseOfTheCatalogue(t *testing.T) {
	if diff := cmp.Diff(catalogue.Languages(), languages); diff != "" {
		t.Errorf("-catalogue +config\n%s", diff)
	}
}

func TestCrossCheckAccepts(t *testing.T) {
	one, err := Parse("one.yaml", []byte(strings.Replace(small, "general: {}", `general: { matrix: "#one:x" }`, 1)), nil)
	if err != nil {
		t.Fatal(err)
	}
	two, err := Parse("two.yaml", []byte(strings.Replace(small, "general: {}", `general: { matrix: "#two:x" }`, 1)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := CrossCheck(one, two); err != nil {
		t.Error(err)
	}
	if err := CrossCheck(); err != nil {
		t.Error(err)
	}
}

func example(t *testing.T) []byte {
	t.Helper()
	src, err := os.ReadFile("../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func TestExampleLoads(t *testing.T) {
	cfg, err := Parse("config.example.yaml", example(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, result := range cfg.Rules.Test() {
		if !result.OK {
			t.Errorf("rule %s: %s", result.Rule, result)
		}
	}
	if cfg.Rules.Len() == 0 || len(cfg.Activities) == 0 || cfg.Community.Name == "" || len(cfg.Rooms) == 0 || cfg.Rooms[0].IDs[chat.Matrix] == "" || cfg.Matrix == nil || cfg.Matrix.Token.IsZero() {
		t.Errorf("not all of it was read: %+v", cfg)
	}
}

// Every key that the tables know stands in the example, if only in a comment.
func TestExampleNamesEveryKey(t *testing.T) {
	src := example(t)
	for _, table := range tables {
		for _, k := range table.keys {
			if !regexp.MustCompile(`\b` + k.name + `:`).Match(src) {
				t.Errorf("%s: the example does not name %s", table.title, k.name)
			}
		}
	}
}

// What the reference calls the default is what a file without the line gets, and its examples are accepted.
func TestReferenceIsTrue(t *testing.T) {
	d := defaults("", "")
	for name, want := range map[string]string{
		"store": d.Store, "listen": d.Listen, "language": d.Community.Language, "register": d.Community.Register,
		"zone": d.Community.Zone.String(), "sanctions_per_minute": "10", "sanctions_per_hour": "30", "late": "10m",
	} {
		if got := keyNamed(t, name).fallback; got != want {
			t.Errorf("%s: the reference says %q, the default is %q", name, got, want)
		}
	}
	reference := Reference()
	for _, table := range tables {
		for _, k := range table.keys {
			if k.meaning == "" || k.example == "" || !strings.Contains(reference, "| `"+k.name+"` | ") {
				t.Errorf("%s: %s has no meaning, no example or no line", table.title, k.name)
			}
		}
	}
}

func TestReferenceExamplesAreAccepted(t *testing.T) {
	for _, table := range []struct {
		keys        []key
		head, other string
	}{
		{communityKeys, "community: { ", "name: Test, "},
		{matrixKeys, "matrix: { ", "enabled: false, "},
		{limitKeys, "limits: { ", ""},
		{roomKeys[:2], "rooms: { general: {}, moderators: {}, help: { ", ""},
		{roomKeys[2:], "rooms: { general: {}, moderators: {}, help: { ", `matrix: "#help:example.org", discord: "1152921504606846976", `},
		{discordKeys, "discord: { ", "enabled: false, "},
		{rolesKeys, "discord: { enabled: false, standing: { ", ""},
		{standingKeys, "matrix: { enabled: false, standing: { ", ""},
		{tokenKeys, "matrix: { enabled: false, token: { ", ""},
		{tokenKeys, "discord: { enabled: false, token: { ", ""},
	} {
		for _, k := range table.keys {
			other := table.other
			if strings.HasPrefix(other, k.name+":") {
				other = ""
			}
			line := table.head + other + k.name + ": " + k.example + strings.Repeat(" }", strings.Count(table.head, "{")-strings.Count(table.head, "}")) + "\n"
			src := bytes.NewBufferString(line)
			for rest := range strings.SplitSeq(small, "\n") {
				if section, _, _ := strings.Cut(rest, ":"); !strings.HasPrefix(line, section+":") {
					src.WriteString(rest + "\n")
				}
			}
			if _, err := Parse("x.yaml", src.Bytes(), nil); err != nil {
				t.Errorf("%s", err)
			}
		}
	}
}

func keyNamed(t *testing.T, name string) key {
	t.Helper()
	for _, table := range tables {
		for _, k := range table.keys {
			if k.name == name {
				return k
			}
		}
	}
	t.Fatalf("no key %s", name)
	return key{}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("matrix: { token: hush, homeserver: http://a:hush@b }\ncommunity: [\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		cfg, err := Parse("f.yaml", src, nil)
		if (cfg == nil) == (err == nil) {
			t.Fatalf("got %v and %v", cfg, err)
		}
		var ms Mistakes
		if err != nil && !errors.As(err, &ms) {
			t.Fatalf("not Mistakes: %v", err)
		}
		for _, m := range ms {
			if m.Pos.Line < 1 || m.Pos.Col < 1 || m.Message == "" {
				t.Fatalf("a mistake without a place: %+v", m)
			}
		}
	})
}

func TestArchive(t *testing.T) {
	cfg, err := Parse("x.yaml", []byte(small+`
groups: { talk: [general] }
discord: { enabled: false }
archive: { rooms: [talk, moderators, general], keep: 90d, evidence: 14d }
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Archive{Rooms: []string{"general", "moderators"}, Keep: 90 * 24 * time.Hour, Evidence: 14 * 24 * time.Hour}
	if diff := cmp.Diff(want, cfg.Archive); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	remarks := strings.Join(Describe(cfg), "\n")
	if !strings.Contains(remarks, "archive: what people write in general, moderators is kept for 90d; tell them") {
		t.Errorf("nobody is reminded to tell people:\n%s", remarks)
	}
}
