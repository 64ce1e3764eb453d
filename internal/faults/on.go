//go:build faults

package faults

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
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
