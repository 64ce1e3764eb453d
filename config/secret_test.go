package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSecretFromFile(t *testing.T) {
	cases := []struct {
		name, content string
		mode          os.FileMode
		want, err     string
	}{
		{"plain", "hush", 0o600, "hush", ""},
		{"with a newline", "hush\n", 0o600, "hush", ""},
		{"with a Windows newline", "hush\r\n", 0o400, "hush", ""},
		{"for its group", "hush", 0o640, "hush", ""},
		{"for everybody", "hush", 0o644, "", "everybody on this machine may read it: chmod 600"},
		{"empty", "", 0o600, "", "it is empty"},
		{"only a newline", "\n", 0o600, "", "it is empty"},
		{"two lines", "hush\nhush", 0o600, "", "it is longer than one line"},
		{"binary", "hush\x00", 0o600, "", "it is longer than one line"},
		{"too large", strings.Repeat("x", maxSecret+1), 0o600, "", "it is larger than 64 KiB"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "secret")
			if err := os.WriteFile(path, []byte(tc.content), tc.mode); err != nil {
				t.Fatal(err)
			}
			// The umask may have taken bits away.
			if err := os.Chmod(path, tc.mode); err != nil {
				t.Fatal(err)
			}
			checkReveal(t, Secret{file: path}, tc.want, tc.err)
		})
	}
}

func TestSecretElsewhere(t *testing.T) {
	t.Setenv("PALABRE_TEST_TOKEN", " hush ")
	t.Setenv("PALABRE_TEST_EMPTY", "")
	checkReveal(t, Secret{env: "PALABRE_TEST_TOKEN"}, "hush", "")
	checkReveal(t, Secret{env: "PALABRE_TEST_EMPTY"}, "", "the variable PALABRE_TEST_EMPTY: it is empty")
	checkReveal(t, Secret{env: "PALABRE_TEST_UNSET"}, "", "the variable is not set")
	checkReveal(t, Secret{file: filepath.Join(t.TempDir(), "none")}, "", "no such file")
	checkReveal(t, Secret{file: t.TempDir()}, "", "is a directory")
	checkReveal(t, Secret{}, "", "no place was named")
}

// A secret that somebody wrote as the name of its file is not printed when that file is looked for.
func TestASecretInAPathIsNotShown(t *testing.T) {
	for shape, token := range tokens {
		s := Secret{file: "/run/secrets/" + token}
		_, err := s.Reveal()
		if err == nil || strings.Contains(err.Error(), token[8:24]) || strings.Contains(s.String(), token[8:24]) {
			t.Errorf("a token %s: %v, %s", shape, err, s)
		}
	}
}

func checkReveal(t *testing.T, s Secret, want, wantErr string) {
	t.Helper()
	got, err := s.Reveal()
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	switch {
	case wantErr == "" && err != nil:
		t.Error(err)
	case wantErr != "" && (err == nil || !strings.Contains(err.Error(), wantErr)):
		t.Errorf("got error %v, want %q", err, wantErr)
	case err != nil && strings.Contains(err.Error(), "hush"):
		t.Errorf("the secret is in the error: %v", err)
	}
}

// However a Secret is printed, its place is shown and nothing else.
func TestSecretPrints(t *testing.T) {
	t.Setenv("PALABRE_TEST_TOKEN", "hush")
	s := Secret{env: "PALABRE_TEST_TOKEN"}
	encoded, err := json.Marshal(map[string]any{"token": s})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("start", "token", s)
	for _, got := range []string{fmt.Sprintf("%v", s), fmt.Sprintf("%+v", s), fmt.Sprintf("%#v", s), string(encoded), log.String()} {
		if !strings.Contains(got, "(secret from the variable PALABRE_TEST_TOKEN)") {
			t.Errorf("got %s", got)
		}
	}
}
