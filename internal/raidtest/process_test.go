package raidtest

import (
	"bufio"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3" // reads what the program wrote
)

var binary string

func build() (remove func(), err error) {
	folder, err := os.MkdirTemp("", "raidtest")
	if err != nil {
		return nil, err
	}
	binary = filepath.Join(folder, "palabre")
	remove = func() { _ = os.RemoveAll(folder) }
	if out, err := exec.Command("go", "build", "-o", binary, "palabre").CombinedOutput(); err != nil {
		remove()
		return nil, fmt.Errorf("build: %w\n%s", err, out)
	}
	return remove, nil
}

// program is one run of the binary.
type program struct {
	folder, listen, secret string
	cmd                    *exec.Cmd
	ended                  chan error
}

func install(t *testing.T, p place, mode string) *program {
	t.Helper()
	folder := t.TempDir()
	if *keep != "" {
		folder = filepath.Join(*keep, strings.ReplaceAll(t.Name(), "/", "-"))
		must(t, os.MkdirAll(folder, 0o700))
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer free.Close()
	prog := &program{folder: folder, listen: free.Addr().String(), secret: p.secret()}
	text := fmt.Sprintf(configuration, folder, prog.listen, mode, p.config())
	must(t, os.WriteFile(filepath.Join(folder, "palabre.yaml"), []byte(text), 0o600))
	return prog
}

func (p *program) start(t *testing.T) {
	t.Helper()
	log, err := os.Create(filepath.Join(p.folder, "log"))
	must(t, err)
	defer log.Close()
	p.cmd = exec.Command(binary, "run", "-config", filepath.Join(p.folder, "palabre.yaml"))
	p.cmd.Env, p.cmd.Stderr = append(os.Environ(), p.secret), log
	must(t, p.cmd.Start())
	p.ended = make(chan error, 1)
	go func() { p.ended <- p.cmd.Wait() }()
	t.Cleanup(func() { _ = p.cmd.Process.Kill() }) // it has ended already, unless the test failed
	p.until(t, 30*time.Second, func() bool { _, ready := p.ask("/readyz"); return ready })
}

// ask reads a page of the program's.
func (p *program) ask(path string) (text string, ok bool) {
	answer, err := http.Get("http://" + p.listen + path)
	if err != nil {
		return "", false
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	return string(data), err == nil && answer.StatusCode == http.StatusOK
}

func (p *program) metric(name string) float64 {
	text, _ := p.ask("/metrics")
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			n, _ := strconv.ParseFloat(strings.TrimSpace(value), 64) // 0 where there is none
			return n
		}
	}
	return 0
}

func (p *program) until(t *testing.T, most time.Duration, done func() bool) {
	t.Helper()
	for end := time.Now().Add(most); !done(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			log, _ := os.ReadFile(filepath.Join(p.folder, "log"))
			t.Fatalf("not within %s\n%s", most, log[max(0, len(log)-3000):])
		}
	}
}

// caughtUp waits until everything that was said is decided.
func (p *program) caughtUp(t *testing.T, events int) {
	t.Helper()
	p.until(t, 10*time.Minute, func() bool {
		return int(p.metric("palabre_events_total")) >= events && p.metric("palabre_backlog_events") == 0
	})
}

// watch looks at the program every half second until it is asked what it saw: the most memory, and the longest lag.
func (p *program) watch() (seen func() (memory int, lag float64)) {
	var looking sync.WaitGroup
	enough := make(chan struct{})
	var lag float64
	looking.Go(func() {
		for {
			select {
			case <-enough:
				return
			case <-time.After(500 * time.Millisecond):
				lag = max(lag, p.metric("palabre_lag_seconds"))
			}
		}
	})
	return func() (int, float64) {
		close(enough)
		looking.Wait()
		return p.memory(), lag
	}
}

// memory is the most that the program had resident.
func (p *program) memory() int {
	status, err := os.Open(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	defer status.Close()
	for lines := bufio.NewScanner(status); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			kB, _ := strconv.Atoi(strings.Fields(rest)[0]) // the kernel writes a number
			return kB << 10
		}
	}
	return 0
}

// stop asks the program to end, and tells how long that took.
func (p *program) stop(t *testing.T) time.Duration {
	began := time.Now()
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended, then the next lines say so
	select {
	case err := <-p.ended:
		if err != nil {
			t.Errorf("it stopped badly: %v", err)
		}
	case <-time.After(2 * mostStop):
		t.Errorf("it does not stop when asked to")
		_ = p.cmd.Process.Kill()
	}
	return time.Since(began)
}

// latencies are the times from the sending of each message that was acted on to the decision, shortest first. What was
// said after the stop had begun was not to be judged any more, and is not among them.
func (p *program) latencies(t *testing.T) (out []time.Duration) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(p.folder, "palabre.db")+"?mode=ro")
	must(t, err)
	defer db.Close()
	rows, err := db.Query("SELECT o.created_at - j.at FROM orders o JOIN journal j ON j.event = o.event WHERE o.label = 'delete' AND j.kind = 'message'")
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var ms int64
		must(t, rows.Scan(&ms))
		out = append(out, time.Duration(ms)*time.Millisecond)
	}
	must(t, rows.Err())
	slices.Sort(out)
	return out
}
