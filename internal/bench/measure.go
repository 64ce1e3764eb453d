package main

import (
	"runtime"
	"slices"
	"syscall"
	"time"
)

// candidate is something to measure: run does its work for the messages from one on.
type candidate struct {
	batch int // messages in one go: about a millisecond's work
	run   func(from, n int)

	took []float64 // nanoseconds of CPU for one message, in each round
}

// measure lets the candidates work in turn, round after round, so that a machine that others use
// disturbs all alike.
func measure(rounds int, candidates ...*candidate) {
	for round := range rounds + 1 {
		for _, c := range candidates {
			before := cpu()
			c.run(round*c.batch, c.batch)
			if took := float64(cpu()-before) / float64(c.batch); round > 0 { // the first warms up
				c.took = append(c.took, took)
			}
		}
	}
}

// median is what one message costs, in nanoseconds.
func (c *candidate) median() float64 {
	slices.Sort(c.took)
	return c.took[len(c.took)/2]
}

// cpu is the time that this process has worked, on all cores.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// allocations counts what run allocates, for each of n messages.
func allocations(n int, run func(from, n int)) float64 {
	run(0, n)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	run(0, n)
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / float64(n)
}

// heapOf is how many bytes what build gives keeps, and how long building took.
func heapOf(build func() any) (bytes int, took time.Duration) {
	runtime.GC()
	runtime.GC() // what pools hold goes with the second
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := cpu()
	kept := build()
	took = cpu() - began
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(kept)
	return int(after.HeapAlloc) - int(before.HeapAlloc), took
}
