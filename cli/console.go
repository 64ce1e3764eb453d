package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"palabre/scenario"
)

func runConsole(ctx context.Context, env Env, args []string) error {
	set := flags("console")
	path := set.String("config", "", "the community's file; without it palabre.yaml, and where there is none the example")
	rest, err := parse(set, args, 0, 1)
	if err != nil {
		return err
	}
	if len(rest) == 1 {
		*path = rest[0]
	}
	cfg, err := loadOrExample(env, *path)
	if err != nil {
		return err
	}
	live := isTerminal(env.In) && isTerminal(env.Out)
	session, err := scenario.New(cfg, env.Out, live && os.Getenv("NO_COLOR") == "")
	if err != nil {
		return err
	}
	if live {
		fmt.Fprintf(env.Out, "%s, in this terminal. Somebody speaks: `alice: hello`. `help` lists what one may type, `quit` ends.\n", cfg.Community.Name)
	}
	return errors.Join(play(ctx, env, session, live), session.Close())
}

// play reads lines until there are no more, one says quit, or ctx ends.
func play(ctx context.Context, env Env, session *scenario.Session, live bool) error {
	lines, failed := typed(ctx, env.In)
	for {
		prompt(env, live)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case line, more := <-lines:
			if !more {
				return failed()
			}
			if err := session.Play(ctx, line); errors.Is(err, scenario.ErrQuit) {
				return nil
			} else if err != nil {
				return err
			}
		}
	}
}

// typed are the lines of a terminal or a pipe, and what ended them. Nothing ends a read that waits for a key: the goroutine
// goes with the process.
func typed(ctx context.Context, in io.Reader) (lines <-chan string, failed func() error) {
	out := make(chan string)
	scanner := bufio.NewScanner(in)
	scanner.Buffer(nil, 1<<20)
	go func() {
		defer close(out)
		for scanner.Scan() {
			select {
			case out <- scanner.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, scanner.Err
}

func prompt(env Env, live bool) {
	if live {
		fmt.Fprint(env.Out, "> ")
	}
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
