package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"palabre/config"
)

// memoryOf is where the community's memory lies, for commands that look at one and make none.
func memoryOf(cfg *config.Config) (path string, err error) {
	if _, err := os.Stat(cfg.Store); errors.Is(err, fs.ErrNotExist) {
		return "", noMemory(cfg)
	}
	return cfg.Store, nil
}

func noMemory(cfg *config.Config) error {
	return errInput{fmt.Errorf("palabre: there is no memory yet: %s\nhint: it is made at the first start of `palabre run`%s", cfg.Store, besides(cfg))}
}

// besides names a memory that lies where a relative path would lead from here, and not from the file's folder.
func besides(cfg *config.Config) string {
	if here := memoryFromHere(cfg); here != "" {
		return fmt.Sprintf("; another one lies here, in %s, but a path in the file begins in the file's folder", here)
	}
	return ""
}

// memoryFromHere is a memory that lies where the file's relative path leads from the working directory; empty when there is
// none, when it is the file's own, or when another community's file lies here, whose memory it is. Palabre once looked for
// its memory there.
func memoryFromHere(cfg *config.Config) string {
	relative, err := filepath.Rel(filepath.Dir(cfg.File), cfg.Store)
	if err != nil || filepath.IsAbs(relative) || relative == cfg.Store {
		return ""
	}
	if _, err := os.Stat(defaultConfig); err == nil {
		return ""
	}
	if _, err := os.Stat(relative); err != nil {
		return ""
	}
	return relative
}

// notElsewhere refuses to begin anew while the community's past lies somewhere else.
func notElsewhere(cfg *config.Config) error {
	_, err := os.Stat(cfg.Store)
	if here := memoryFromHere(cfg); here != "" && errors.Is(err, fs.ErrNotExist) {
		return errInput{fmt.Errorf("palabre: there is no memory at %s, but one lies in %s\nhint: a path in the file begins in the file's folder. If that memory is this community's, write its whole path after store:; if it is another one's, start from another folder", cfg.Store, here)}
	}
	return nil
}
