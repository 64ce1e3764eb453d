//go:build !faults

// Package faults lets the crash harness kill the process at named steps. In an ordinary build every
// function is empty.
package faults

// Point is a named step. It does nothing in an ordinary build.
func Point(string) {}
