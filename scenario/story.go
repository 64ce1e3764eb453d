package scenario

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"palabre/config"

	"github.com/rogpeppe/go-internal/txtar"
)

// Story is a script with the output that it is expected to give, in one txtar file: what it is about above, then
//
//	-- config.yaml --   (optional; else the configuration at hand)
//	-- script --
//	-- want --
type Story struct {
	File    string
	About   string
	Config  []byte // nil: the configuration at hand
	Script  string
	Want    string
	archive *txtar.Archive
}

// ReadStory reads a story's file.
func ReadStory(file string) (*Story, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	archive := txtar.Parse(data)
	s := &Story{File: file, About: strings.TrimSpace(string(archive.Comment)), archive: archive}
	for _, f := range archive.Files {
		switch f.Name {
		case "config.yaml":
			s.Config = f.Data
		case "script":
			s.Script = string(f.Data)
		case "want":
			s.Want = string(f.Data)
		default:
			return nil, fmt.Errorf("%s: a story has config.yaml, script and want, not %q", file, f.Name)
		}
	}
	if s.Script == "" {
		return nil, fmt.Errorf("%s: no script", file)
	}
	return s, nil
}

// Run plays the story and returns what was shown.
func (s *Story) Run(ctx context.Context, cfg *config.Config) (string, error) {
	if s.Config != nil {
		var err error
		if cfg, err = config.Parse(s.File+"/config.yaml", s.Config, nil); err != nil {
			return "", err
		}
	}
	var shown bytes.Buffer
	session, err := New(cfg, &shown, false)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(s.Script) {
		err := session.Play(ctx, line)
		if errors.Is(err, ErrQuit) {
			break
		}
		if err != nil {
			return shown.String(), errors.Join(fmt.Errorf("%s: %s: %w", s.File, strings.TrimSpace(line), err), session.Close())
		}
	}
	return shown.String(), session.Close()
}

// Update writes what was shown as what is expected.
func (s *Story) Update(shown string) error {
	for i, f := range s.archive.Files {
		if f.Name == "want" {
			s.archive.Files[i].Data = []byte(shown)
			return os.WriteFile(s.File, txtar.Format(s.archive), 0o644)
		}
	}
	s.archive.Files = append(s.archive.Files, txtar.File{Name: "want", Data: []byte(shown)})
	return os.WriteFile(s.File, txtar.Format(s.archive), 0o644)
}
