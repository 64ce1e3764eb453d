package crashtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// build makes the program with its points of death.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "palabre")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-tags", "faults", "-o", binary, "palabre").CombinedOutput()
	if err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return binary
}

// program is the program with its folder; it runs at most once at a time.
type program struct {
	binary, config, log string
	secrets             []string // as NAME=value
}

// install builds the program and gives it a folder with the configuration that write gives for it.
func install(t *testing.T, write func(folder string) string, secrets ...string) *program {
	t.Helper()
	folder := t.TempDir()
	p := &program{binary: build(t), config: filepath.Join(folder, "palabre.yaml"), log: filepath.Join(folder, "log"), secrets: secrets}
	if err := os.WriteFile(p.config, []byte(write(folder)), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *program) store() string { return filepath.Join(filepath.Dir(p.config), "palabre.db") }

func (p *program) memory(t *testing.T) *memory { return &memory{t, p.store()} }

// life is one run of the program.
type life struct {
	t      *testing.T
	cmd    *exec.Cmd
	ended  chan struct{}
	err    error // why it ended; read after ended
	logged string
}

// start begins a life that ends at a point ("committed:3") or when it is killed.
func (p *program) start(t *testing.T, point string) *life {
	t.Helper()
	log, err := os.Create(p.log)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	l := &life{t: t, cmd: exec.Command(p.binary, "run", "-config", p.config), ended: make(chan struct{}), logged: p.log}
	l.cmd.Env = append(append(os.Environ(), p.secrets...), "PALABRE_CRASH="+point)
	l.cmd.Stderr = log
	if err := l.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(l.ended)
		l.err = l.cmd.Wait()
	}()
	t.Cleanup(l.kill)
	return l
}

// kill ends a life at once.
func (l *life) kill() {
	_ = l.cmd.Process.Kill() // it may have ended already
	<-l.ended
}

// killed tells whether a life that has ended was killed; one that ended otherwise fails the test.
func (l *life) killed() bool {
	status, ok := l.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() || status.Signal() != syscall.SIGKILL {
		l.t.Fatalf("the program ended by itself: %v\n%s", l.err, l.tail())
	}
	return true
}

// stop asks a life to end, which it must do well.
func (l *life) stop() {
	l.t.Helper()
	_ = l.cmd.Process.Signal(syscall.SIGTERM) // it may have ended already: then the next lines say so
	select {
	case <-l.ended:
	case <-time.After(30 * time.Second):
		l.kill()
		l.t.Fatalf("it does not stop when asked to\n%s", l.tail())
	}
	if l.err != nil {
		l.t.Fatalf("it stopped badly: %v\n%s", l.err, l.tail())
	}
}

// tail is the end of what the program logged.
func (l *life) tail() string {
	data, err := os.ReadFile(l.logged)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(string(data), "\n")
	return strings.Join(lines[max(0, len(lines)-30):], "\n")
}
