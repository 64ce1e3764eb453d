package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// table gathers what was measured.
type table struct {
	rounds int
	texts  []string
	rows   []row
}

// row is one goal: what was measured, what it is to be, and what it is.
type row struct {
	goal, what, want, got string
	met                   string
}

// met says whether a goal is.
func met(is bool) string {
	if is {
		return "yes"
	}
	return "**no**"
}

// ratio adds a goal that is met when one candidate costs at most so many times what another does.
func (t *table) ratio(goal, what string, a, b *candidate, most float64) {
	got := a.median() / b.median()
	t.rows = append(t.rows, row{goal, what, fmt.Sprintf("≤ %.2f ×", most),
		fmt.Sprintf("%.2f × (%s of %s)", got, nanoseconds(a.median()), nanoseconds(b.median())), met(got <= most)})
}

// beside adds what no goal is set for.
func (t *table) beside(what string, a, b *candidate) {
	t.rows = append(t.rows, row{"", what, "", fmt.Sprintf("%.2f × (%s of %s)", a.median()/b.median(), nanoseconds(a.median()), nanoseconds(b.median())), ""})
}

// atLeast adds a goal that is met when one candidate costs so many times what another does.
func (t *table) atLeast(goal, what string, a, b *candidate, least float64) {
	got := a.median() / b.median()
	t.rows = append(t.rows, row{goal, what, fmt.Sprintf("≥ × %.0f", least),
		fmt.Sprintf("× %.0f (%s against %s)", got, nanoseconds(a.median()), nanoseconds(b.median())), met(got >= least)})
}

// atMost adds a goal that is met by a number of at most so much.
func (t *table) atMost(goal, what string, got, most float64, show func(float64) string) {
	t.rows = append(t.rows, row{goal, what, "≤ " + show(most), show(got), met(got <= most)})
}

func (t *table) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %d cores, %s, GOMAXPROCS %d\n\n", processor(), runtime.NumCPU(), runtime.Version(), runtime.GOMAXPROCS(0))
	b.WriteString("| goal | what | wanted | measured | met |\n|---|---|---|---|---|\n")
	for _, r := range t.rows {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.goal, r.what, r.want, r.got, r.met)
	}
	return b.String()
}

func nanoseconds(ns float64) string {
	switch {
	case ns < 10_000:
		return fmt.Sprintf("%.2f µs", ns/1e3)
	case ns < 1e6:
		return fmt.Sprintf("%.0f µs", ns/1e3)
	}
	return fmt.Sprintf("%.1f ms", ns/1e6)
}

func number(n float64) string { return fmt.Sprintf("%.2f", n) }

func megabytes(n float64) string { return fmt.Sprintf("%.1f MB", n/1e6) }

// processor is what the machine calls itself.
func processor() string {
	info, _ := os.ReadFile("/proc/cpuinfo") // not there: the name is unknown, and nothing else
	for line := range strings.Lines(string(info)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimLeft(strings.TrimSpace(name), ": ")
		}
	}
	return runtime.GOARCH
}
