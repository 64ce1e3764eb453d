// Palabre moderates and animates a community on Discord, on Matrix, or on both at once.
package main

import (
	_ "embed"
	"os"

	"palabre/cli"
)

// The example community, so that `palabre console` needs no file at all.
//
//go:embed config.example.yaml
var example []byte

func main() {
	os.Exit(cli.Main(os.Args[1:], cli.Env{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Example: example}))
}
