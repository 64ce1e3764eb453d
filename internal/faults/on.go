//go:build faults

package faults

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// The step to die at and the how manieth passage, from the environment: PALABRE_CRASH=committed:3.
var armed = sync.OnceValue(func() *plan {
	name, count, ok := strings.Cut(os.Getenv("PALABRE_CRASH"), ":")
	n, err := strconv.Atoi(count)
	if !ok || err != nil {
		return &plan{}
	}
	return &plan{name: name, left: n}
})

type plan struct {
	mu   sync.Mutex
	name string
	left int
}

// Point kills the process, without any farewell, at the passage that PALABRE_CRASH names.
func Point(name string) {
	p := armed()
	if p.name != name {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left--; p.left == 0 {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // nothing runs after this, not even one instruction of another step
	}
}

// Every is how often something is done that is usually done every d: as PALABRE_EVERY says for this name ("prune=300ms"),
// so that what is rare is done while the process is being killed.
func Every(name string, d time.Duration) time.Duration {
	what, often, _ := strings.Cut(os.Getenv("PALABRE_EVERY"), "=")
	if asked, err := time.ParseDuration(often); err == nil && what == name {
		return asked
	}
	return d
}
