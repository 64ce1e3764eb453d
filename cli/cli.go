// Package cli is the command line: each subcommand reads its flags, wires the parts together and says
// in plain words what went wrong.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

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
}

func table() []command {
	return []command{
		{"console", "[FILE]", "opens the community in this terminal, with no account anywhere", runConsole},
		{"run", "[-config FILE]", "works on the configured networks until it is stopped", runBot},
		{"check", "[FILE …]", "reads configurations, runs the rules' own tests, and says everything that is wrong", runCheck},
		{"schema", "", "prints the configuration's shape as JSON Schema, for editors", runSchema},
		{"test", "[-config FILE] STORY …", "plays stories and compares what happens with what they expect", runTest},
		{"explain", "[-config FILE] [-account-age 1d] [-in ROOM] TEXT | -event ID", "shows what every rule thinks of a message, or of one that was said", runExplain},
		{"replay", "[-config FILE] [-against FILE] [-staff NAMES] [-samples N] [-json] EXPORT … | -archive [-since 7d]", "tries the rules on what was said in the past", runReplay},
		{"archive", "[-config FILE] [-since 7d] [export]", "tells what is kept of what people wrote, or writes it out", runArchive},
		{"packs", "[show NAME]", "lists the sets of rules that come with Palabre, or prints one", runPacks},
		{"doctor", "[-config FILE]", "asks the networks whether all that Palabre needs is there, and says what to click", runDoctor},
		{"outbox", "[-config FILE] [list | show KEY | retry KEY | drop KEY]", "looks after orders that were not carried out", runOutbox},
		{"backup", "[-config FILE] TO", "copies the memory while Palabre works", runBackup},
		{"restore", "[-config FILE] FROM", "puts a copy back, keeping what was there", runRestore},
		{"version", "", "tells which version this is", runVersion},
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
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return report(env, c, c.run(ctx, env, args[1:]))
		}
	}
	fmt.Fprintf(env.Err, "palabre: there is no command %q\nhint: `palabre help` lists them\n", args[0])
	return exitInput
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

// loadOrExample reads a configuration, or the example that is built in when no path is given.
func loadOrExample(env Env, path string) (*config.Config, error) {
	if path != "" {
		return load(path)
	}
	return config.Parse("config.example.yaml", env.Example, capabilities())
}
