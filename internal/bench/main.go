// Command bench measures the rule engine beside what a message costs anyway, its decoding, and beside the usual loop over
// rules: all in one process and in turn, in time of the CPU. It prints the table of docs/performance.md.
package main

import (
	"flag"
	"fmt"
)

func main() {
	rounds := flag.Int("rounds", 15, "how often each candidate is measured")
	flag.Parse()
	t := &table{rounds: *rounds, texts: messages(20_000, 16)}
	t.decoding()
	t.loops()
	t.growth()
	t.longTexts()
	t.reload()
	t.crowds()
	fmt.Print(t)
}
