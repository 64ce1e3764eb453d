package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"

	"palabre/scenario"
)

func runConsole(ctx context.Context, env Env, args []string) error {
	set := flags("console")
	path := set.String("config", "", "the community's file; without it the example")
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

// play reads lines until there are no more, or one says quit.
func play(ctx context.Context, env Env, session *scenario.Session, live bool) error {
	lines := bufio.NewScanner(env.In)
	lines.Buffer(nil, 1<<20)
	for prompt(env, live); lines.Scan(); prompt(env, live) {
		err := session.Play(ctx, lines.Text())
		if errors.Is(err, scenario.ErrQuit) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return lines.Err()
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
