package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
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

// A signal that comes while Palabre is still starting is a stop like any other; whoever waits for another command's answer
// sees that there is none.
func TestASignalAtTheStart(t *testing.T) {
	for _, c := range []struct {
		drains bool
		want   error
	}{{true, nil}, {false, context.Canceled}} {
		starting := func(ctx context.Context, _ Env, _ []string) error {
			if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
				return err
			}
			<-ctx.Done()
			return fmt.Errorf("open store: %w", ctx.Err())
		}
		if err := interruptible(Env{}, command{run: starting, drains: c.drains}, nil); !errors.Is(err, c.want) {
			t.Errorf("drains %t: %v", c.drains, err)
		}
	}
}
