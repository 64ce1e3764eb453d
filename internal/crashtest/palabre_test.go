package crashtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// binary is the program with the points at which it can be told to die.
var binary string

// build makes it; remove takes it away again.
func build() (remove func(), err error) {
	folder, err := os.MkdirTemp("", "crashtest")
	if err != nil {
		return nil, err
	}
	remove = func() { _ = os.RemoveAll(folder) } // the system cleans up after us
	binary = filepath.Join(folder, "palabre")
	out, err := exec.Command("go", "build", "-tags", "faults", "-o", binary, "palabre").CombinedOutput()
	if err != nil {
		remove()
		return nil, fmt.Errorf("build: %w\n%s", err, out)
	}
	return remove, nil
}

// program is the program with its folder; it runs at most once at a time.
type program struct {
	config, log string
	secrets     []string // as NAME=value
	lives       []*life
	ahead       atomic.Int64 // nanoseconds of its clock, and its community's, which ask for it at any time
}

// install gives the program a folder with the configuration that write gives for it.
func install(t *testing.T, write func(folder string) string, secrets ...string) *program {
	t.Helper()
	folder := t.TempDir()
	if *keep != "" {
		var err error
		if folder, err = os.MkdirTemp(*keep, filepath.Base(t.Name())); err != nil {
			t.Fatal(err)
		}
	}
	p := &program{config: filepath.Join(folder, "palabre.yaml"), log: filepath.Join(folder, "log"), secrets: secrets}
	p.write(t, write(folder))
	return p
}

// write gives the program another configuration, whole at any moment.
func (p *program) write(t *testing.T, text string) {
	t.Helper()
	part := p.config + ".part"
	if err := errors.Join(os.WriteFile(part, []byte(text), 0o600), os.Rename(part, p.config)); err != nil {
		t.Fatal(err)
	}
}

// hangUp tells a life that has settled that its file has changed; another one finds out.
func (p *program) hangUp() {
	if l := p.lives[len(p.lives)-1]; l.living() && p.now().Sub(l.began) > time.Second {
		_ = l.cmd.Process.Signal(syscall.SIGHUP) // it may have ended just now
	}
}

// clock is the file that says how far the program's clock is ahead.
func (p *program) clock() string { return filepath.Join(filepath.Dir(p.config), "clock") }

// now is the time of the program and of its community.
func (p *program) now() time.Time { return time.Now().Add(time.Duration(p.ahead.Load())) }

// sleep lets time pass at once, as when a machine was suspended or was off. Nothing may run meanwhile.
func (p *program) sleep(t *testing.T, d time.Duration) {
	t.Helper()
	ahead := time.Duration(p.ahead.Add(int64(d)))
	if err := os.WriteFile(p.clock(), []byte(ahead.String()), 0o600); err != nil {
		t.Fatal(err)
	}
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

	began, over time.Time // over is zero while it lives
}

// start begins a life that ends at a point ("committed:3") or when it is killed.
func (p *program) start(t *testing.T, point string) *life {
	t.Helper()
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	l := &life{t: t, cmd: exec.Command(binary, "run", "-config", p.config), ended: make(chan struct{}), logged: p.log}
	l.cmd.Env = append(append(os.Environ(), p.secrets...), "PALABRE_CRASH="+point, "PALABRE_CLOCK="+p.clock(), "PALABRE_EVERY=prune=300ms")
	l.cmd.Stderr, l.began = log, p.now()
	if err := l.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(l.ended)
		l.err = l.cmd.Wait()
		l.over = p.now()
	}()
	p.lives = append(p.lives, l)
	t.Cleanup(l.kill)
	return l
}

// settling is what a life needs at most before it is of use: it connects, and reads what it has missed.
const settling = 2 * time.Second

// worked is how long the program was of use between two moments: its lives, each without the time in which it settled.
// All of them have to be over.
func (p *program) worked(from, to time.Time) time.Duration { return p.between(from, to, settling) }

// lived is how long the program ran between two moments.
func (p *program) lived(from, to time.Time) time.Duration { return p.between(from, to, 0) }

func (p *program) between(from, to time.Time, settling time.Duration) (sum time.Duration) {
	for _, l := range p.lives {
		began, over := l.began.Add(settling), l.over
		if began.Before(from) {
			began = from
		}
		if over.After(to) {
			over = to
		}
		sum += max(0, over.Sub(began))
	}
	return sum
}

// living tells whether a life has not ended yet.
func (l *life) living() bool {
	select {
	case <-l.ended:
		return false
	default:
		return true
	}
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
