// Package cli is the command line: each subcommand reads its flags, wires the parts together and says
// in plain words what went wrong.
package cli

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"palabre/config"
)

// Env is what a subcommand may touch of the world around it.
type Env struct {
	In       io.Reader
	Out, Err io.Writer
	Example  []byte // the example configuration, for commands that work without a file
}

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // it could not be done
	exitInput  = 2 // what was given is wrong: a configuration with mistakes, an unknown flag
	// exitInterrupted: a signal ended it, as shells say of Ctrl-C.
	exitInterrupted = 130
)

// errInput: what was given is wrong. The message was said already when the error has no text.
type errInput struct{ error }

// errHelp: what may be given was asked for. Its text is one line for each flag.
type errHelp struct{ flags *flag.FlagSet }

func (e errHelp) Error() string {
	var b strings.Builder
	e.flags.VisitAll(func(f *flag.Flag) {
		fmt.Fprintf(&b, "  -%-16s %s", f.Name, f.Usage)
		if f.DefValue != "" && f.DefValue != "false" {
			fmt.Fprintf(&b, " (%s)", f.DefValue)
		}
		b.WriteString("\n")
	})
	return b.String()
}

// command is one subcommand.
type command struct {
	name  string
	usage string
	does  string
	run   func(ctx context.Context, env Env, args []string) error
	// drains: it ends by itself when it is asked to, in its own time.
	drains bool
}

func table() []command {
	return []command{
		{"console", "[FILE]", "opens the community in this terminal, with no account anywhere", runConsole, false},
		{"run", "[-config FILE]", "works on the configured networks until it is stopped", runBot, true},
		{"check", "[FILE …]", "reads configurations, runs the rules' own tests, and says everything that is wrong", runCheck, false},
		{"schema", "", "prints the configuration's shape as JSON Schema, for editors", runSchema, false},
		{"test", "[-config FILE] STORY …", "plays stories and compares what happens with what they expect", runTest, false},
		{"explain", "[-config FILE] [-account-age 1d] [-in ROOM] TEXT | -event ID", "shows what every rule thinks of a message, or of one that was said", runExplain, false},
		{"replay", "[-config FILE] [-against FILE] [-staff NAMES] [-samples N] [-json] EXPORT … | -archive [-since 7d]", "tries the rules on what was said in the past", runReplay, false},
		{"archive", "[-config FILE] [-since 7d] [export]", "tells what is kept of what people wrote, or writes it out", runArchive, false},
		{"packs", "[show NAME]", "lists the sets of rules that come with Palabre, or prints one", runPacks, false},
		{"doctor", "[-config FILE]", "asks the networks whether all that Palabre needs is there, and says what to click", runDoctor, false},
		{"outbox", "[-config FILE] [list | show KEY | retry KEY | drop KEY]", "looks after orders that were not carried out", runOutbox, false},
		{"backup", "[-config FILE] TO", "copies the memory while Palabre works", runBackup, false},
		{"restore", "[-config FILE] FROM", "puts a copy back, keeping what was there", runRestore, false},
		{"version", "", "tells which version this is", runVersion, false},
	}
}

// Main runs one subcommand and returns the exit code.
func Main(args []string, env Env) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		usage(env.Out)
		return exitOK
	}
	for _, c := range table() {
		if c.name == args[0] {
			return report(env, c, interruptible(env, c, args[1:]))
		}
	}
	fmt.Fprintf(env.Err, "palabre: there is no command %q\nhint: `palabre help` lists them\n", args[0])
	return exitInput
}

// errInterrupted: somebody pressed Ctrl-C, or the system asked to end.
var errInterrupted = errors.New("interrupted")

// farewell is what a command other than run has to end by itself. One that reads from a pipe nobody writes to, or from a
// terminal, never looks at its context.
const farewell = 2 * time.Second

// interruptible runs a command until it ends or a signal comes. A second signal ends the process at once, whatever it does.
func interruptible(env Env, c command, args []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- c.run(ctx, env, args) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		stop()
	}
	if c.drains {
		return notCancelled(<-done) // asked to stop while it was starting, it stops well
	}
	select {
	case err := <-done:
		return cmp.Or(err, errInterrupted)
	case <-time.After(farewell):
		return errInterrupted
	}
}

func usage(out io.Writer) {
	fmt.Fprint(out, "Palabre moderates and animates a community on Matrix and Discord, and in this terminal.\n\n")
	for _, c := range table() {
		fmt.Fprintf(out, "  palabre %-8s %s\n      %s\n", c.name, c.usage, c.does)
	}
}

func report(env Env, c command, err error) int {
	var (
		input errInput
		help  errHelp
	)
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errInterrupted), errors.Is(err, context.Canceled):
		fmt.Fprintln(env.Err)
		return exitInterrupted
	case errors.As(err, &help):
		fmt.Fprintf(env.Out, "palabre %s %s\n%s\n%s", c.name, c.usage, c.does, help)
		return exitOK
	case errors.As(err, &input):
		fmt.Fprintln(env.Err, strings.TrimRight(err.Error(), "\n"))
		return exitInput
	default:
		fmt.Fprintf(env.Err, "palabre: %v\n", err)
		return exitFailed
	}
}

// flags makes the flags of a subcommand, which report mistakes as errors.
func flags(name string) *flag.FlagSet {
	set := flag.NewFlagSet(name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Usage = func() {}
	return set
}

// parse reads flags and returns what follows them; least and most bound how many words that may be.
func parse(set *flag.FlagSet, args []string, least, most int) ([]string, error) {
	if err := set.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, errHelp{set}
		}
		return nil, errInput{fmt.Errorf("palabre %s: %w", set.Name(), err)}
	}
	if n := set.NArg(); n < least || n > most {
		return nil, errInput{fmt.Errorf("palabre %s: %d words given; hint: `palabre %s -h`", set.Name(), n, set.Name())}
	}
	return set.Args(), nil
}

// defaultConfig is where the configuration is looked for when no flag says so.
const defaultConfig = "palabre.yaml"

func configFlag(set *flag.FlagSet) *string {
	return set.String("config", defaultConfig, "the community's file")
}

// load reads a configuration. Its mistakes are wrong input; so is a file that is not there.
func load(path string) (*config.Config, error) {
	cfg, err := config.Load(path, capabilities())
	var mistakes config.Mistakes
	switch {
	case errors.As(err, &mistakes):
		return nil, errInput{err}
	case errors.Is(err, os.ErrNotExist):
		return nil, errInput{fmt.Errorf("palabre: there is no %s\nhint: copy config.example.yaml to %s, or name another file with -config", path, path)}
	default:
		return cfg, err
	}
}

// loadOrExample reads the configuration at path; without one the community's file that lies here, and only where none does
// the example that is built in. It says which.
func loadOrExample(env Env, path string) (*config.Config, error) {
	if path == "" {
		if _, err := os.Stat(defaultConfig); errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintf(env.Err, "with the example that is built in: there is no %s here\n", defaultConfig)
			return config.Parse("config.example.yaml", env.Example, capabilities())
		}
		path = defaultConfig
	}
	return loadAloud(env, path)
}

// loadAloud reads a configuration and says which. What a command prints for other programs stays clean: this is said aside.
func loadAloud(env Env, path string) (*config.Config, error) {
	fmt.Fprintf(env.Err, "with %s\n", path)
	return load(path)
}
