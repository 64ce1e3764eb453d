// Package e2e tries the binary as it is shipped: on a real homeserver, with the example configuration, and with
// people whose client is not ours.
package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"palabre/adapters/matrix/homeservertest"
	"palabre/internal/sources"
)

// patience is how long a condition may take to come true on a busy machine.
const patience = homeservertest.Patience

// tokenVariable is the environment variable that the configuration names for the bot's token.
const tokenVariable = "PALABRE_E2E_TOKEN"

const root = "../.."

// workshop is where the binary is built.
var workshop string

func TestMain(m *testing.M) {
	os.Exit(inWorkshop(m.Run))
}

func inWorkshop(work func() int) int {
	dir, err := os.MkdirTemp("", "palabre-e2e")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	workshop = dir
	return work()
}

// binary builds Palabre once, with a clock that can be moved from outside.
var binary = sync.OnceValues(func() (string, error) {
	if err := sources.Read(root); err != nil {
		return "", err
	}
	path := filepath.Join(workshop, "palabre")
	build := exec.Command("go", "build", "-tags", "faults", "-o", path, ".")
	build.Dir, build.Stderr = root, os.Stderr
	return path, build.Run()
})

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	if !within(patience, holds) {
		t.Fatalf("not within %s: %s", patience, what)
	}
}

func within(d time.Duration, holds func() bool) bool {
	for deadline := time.Now().Add(d); !holds(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

// homeserver starts one for a story, or skips the story with a sentence.
func homeserver(t *testing.T) *homeservertest.Server {
	t.Helper()
	if testing.Short() {
		t.Skip("the whole binary on a real homeserver takes a while: not with -short")
	}
	return homeservertest.Start(t)
}

// replaced is the text with something else where old stands, which must be so many times.
func replaced(t *testing.T, text, old, other string, times int) string {
	t.Helper()
	if n := strings.Count(text, old); n != times {
		t.Fatalf("%q stands %d times in the configuration, expected %d", old, n, times)
	}
	return strings.ReplaceAll(text, old, other)
}
