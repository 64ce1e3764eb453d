package cli

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"palabre/store"
)

func runBackup(ctx context.Context, env Env, args []string) error {
	set := flags("backup")
	path := configFlag(set)
	rest, err := parse(set, args, 1, 1)
	if err != nil {
		return err
	}
	cfg, err := load(*path)
	if err != nil {
		return err
	}
	if err := store.Backup(ctx, cfg.Store, rest[0]); err != nil {
		return err
	}
	fmt.Fprintf(env.Out, "%s: a whole copy of %s\n", rest[0], cfg.Store)
	return nil
}

func runRestore(ctx context.Context, env Env, args []string) error {
	set := flags("restore")
	path := configFlag(set)
	rest, err := parse(set, args, 1, 1)
	if err != nil {
		return err
	}
	cfg, err := load(*path)
	if err != nil {
		return err
	}
	kept, err := store.Restore(ctx, rest[0], cfg.Store, time.Now())
	if err != nil {
		return err
	}
	fmt.Fprintf(env.Out, "%s: restored from %s; what was there is kept as %s\n", cfg.Store, rest[0], kept)
	return nil
}

func runVersion(_ context.Context, env Env, args []string) error {
	if _, err := parse(flags("version"), args, 0, 0); err != nil {
		return err
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return fmt.Errorf("this binary does not know its version")
	}
	fmt.Fprintf(env.Out, "palabre %s, %s\n", info.Main.Version, info.GoVersion)
	return nil
}
