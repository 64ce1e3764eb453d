package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// palabre is the shipped binary with its folder, configuration and clock. It may run or not.
type palabre struct {
	t        *testing.T
	dir      string
	binary   string
	listen   string
	config   string // path
	text     string // what stands in it at first
	token    string
	ahead    time.Duration // of the bot's clock
	process  *exec.Cmd
	exited   chan struct{}
	messages *transcript
}

// transcript is what a process writes, read while it goes on writing.
type transcript struct {
	mu  sync.Mutex
	all bytes.Buffer
}

// Write adds to the transcript.
func (w *transcript) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.Write(b)
}

func (w *transcript) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.String()
}

// newPalabre prepares the bot of a community, not started yet.
func newPalabre(c *community) *palabre {
	c.t.Helper()
	return installed(c.t, c.bot.token, c.configuration)
}

// installed prepares a bot with the configuration that is written for its folder and listen address.
func installed(t *testing.T, token string, configuration func(dir, listen string) string) *palabre {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatalf("build palabre: %v", err)
	}
	p := &palabre{t: t, dir: t.TempDir(), binary: path, listen: freeAddress(t), token: token, messages: &transcript{}}
	p.config, p.text = filepath.Join(p.dir, "palabre.yaml"), configuration(p.dir, p.listen)
	p.configure(p.text)
	p.shift(0)
	t.Cleanup(p.finish)
	return p
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// configure replaces the configuration, whole at once.
func (p *palabre) configure(text string) {
	p.t.Helper()
	p.write(p.config, text)
}

func (p *palabre) write(path, text string) {
	p.t.Helper()
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		p.t.Fatal(err)
	}
}

func (p *palabre) clock() string { return filepath.Join(p.dir, "clock") }

// shift puts the bot's clock ahead.
func (p *palabre) shift(ahead time.Duration) {
	p.t.Helper()
	p.ahead = ahead
	p.write(p.clock(), ahead.String())
}

// goTo puts the bot's clock to a moment.
func (p *palabre) goTo(moment time.Time) {
	p.t.Helper()
	p.shift(time.Until(moment))
	p.t.Logf("— the bot's clock shows %s", moment.Format("Monday 2 January 2006 15:04:05 MST"))
}

// now is what the bot's clock shows.
func (p *palabre) now() time.Time { return time.Now().Add(p.ahead) }

func (p *palabre) command(args ...string) *exec.Cmd {
	command := exec.Command(p.binary, args...)
	command.Dir = p.dir
	command.Env = append(os.Environ(), tokenVariable+"="+p.token, "PALABRE_CLOCK="+p.clock())
	return command
}

// start runs the bot.
func (p *palabre) start() {
	p.t.Helper()
	p.process = p.command("run", "-config", p.config)
	p.process.Stdout, p.process.Stderr = p.messages, p.messages
	if err := p.process.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.exited = make(chan struct{})
	go func(process *exec.Cmd, exited chan struct{}) {
		_ = process.Wait() // its exit code is asked for in stop
		close(exited)
	}(p.process, p.exited)
	p.t.Log("— palabre starts")
}

// stop asks the bot to end, which it must do well.
func (p *palabre) stop() {
	p.t.Helper()
	p.signal(syscall.SIGTERM)
	select {
	case <-p.exited:
	case <-time.After(patience):
		p.t.Fatalf("palabre did not stop within %s", patience)
	}
	if code := p.process.ProcessState.ExitCode(); code != 0 {
		p.t.Fatalf("palabre stopped with exit code %d", code)
	}
	p.process = nil
	p.t.Log("— palabre stops")
}

func (p *palabre) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.process.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// finish ends the process, whatever became of the story, and shows what it wrote when the story failed.
func (p *palabre) finish() {
	if p.process != nil {
		_ = p.process.Process.Kill() // it may have ended by itself
		<-p.exited
	}
	if p.t.Failed() {
		p.t.Logf("palabre wrote:\n%s", p.messages)
	}
}

// calm looks for failures in the log; those that contain one of these words are the story's own.
func (p *palabre) calm(expected ...string) {
	p.t.Helper()
	for line := range strings.Lines(p.messages.String()) {
		bad := strings.Contains(line, "level=ERROR") || strings.Contains(line, "panic")
		if bad && !slices.ContainsFunc(expected, func(e string) bool { return strings.Contains(line, e) }) {
			p.t.Errorf("palabre wrote: %s", line)
		}
	}
}

// run runs another subcommand to its end.
func (p *palabre) run(args ...string) (said string, code int) {
	p.t.Helper()
	command := p.command(args...)
	out, err := command.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	p.t.Logf("$ palabre %s\n%s(exit code %d)", strings.Join(args, " "), out, command.ProcessState.ExitCode())
	return string(out), command.ProcessState.ExitCode()
}

// get reads one of the pages on the listen address; without an answer the status is 0.
func (p *palabre) get(page string) (body string, status int) {
	answer, err := http.Get(fmt.Sprintf("http://%s/%s", p.listen, page))
	if err != nil {
		return err.Error(), 0
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err.Error(), 0
	}
	return string(text), answer.StatusCode
}

// ready waits until the bot says that it is.
func (p *palabre) ready() {
	p.t.Helper()
	eventually(p.t, "/readyz says ready", func() bool {
		body, status := p.get("readyz")
		return status == http.StatusOK && body == "ready\n"
	})
	p.t.Log("— /readyz: ready")
}

// unready waits until the bot says what is wrong.
func (p *palabre) unready(words string) {
	p.t.Helper()
	eventually(p.t, "/readyz says "+words, func() bool {
		body, status := p.get("readyz")
		return status == http.StatusServiceUnavailable && strings.Contains(body, words)
	})
}

// delivered waits until no order waits.
func (p *palabre) delivered() {
	p.t.Helper()
	eventually(p.t, "every order is carried out", func() bool {
		body, _ := p.get("metrics")
		return strings.Contains(body, "palabre_outbox_orders 0\n")
	})
}

// wrote waits until the log has a text so many times.
func (p *palabre) wrote(text string, times int) {
	p.t.Helper()
	eventually(p.t, "the log says "+text, func() bool { return strings.Count(p.messages.String(), text) >= times })
}
