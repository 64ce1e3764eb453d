package cli

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"palabre/config"
	"palabre/internal/zones"
	"palabre/store"
)

func runBackup(ctx context.Context, env Env, args []string) error {
	set := flags("backup")
	path := configFlag(set)
	rest, err := parse(set, args, 1, 1)
	if err != nil {
		return err
	}
	cfg, err := loadAloud(env, *path)
	if err != nil {
		return err
	}
	from, err := memoryOf(cfg)
	if err != nil {
		return err
	}
	held, err := store.Backup(ctx, from, rest[0])
	if err != nil {
		return err
	}
	fmt.Fprintf(env.Out, "%s: a whole copy of %s; it holds %s\n", rest[0], from, told(held, cfg))
	if held.IsZero() {
		fmt.Fprintf(env.Err, "palabre: nothing ever happened in this memory\nhint: is %s the memory that Palabre works with?%s\n", from, besides(cfg))
	}
	return nil
}

// told is what a memory holds, in words.
func told(h store.Holdings, cfg *config.Config) string {
	if h.IsZero() {
		return "nothing"
	}
	last := ""
	if !h.Last.IsZero() {
		last = ", the last one on " + h.Last.In(cfg.Community.Zone).Format(time.DateTime)
	}
	return fmt.Sprintf("cases: %d, waiting orders: %d, events: %d%s", h.Cases, h.Waiting, h.Events, last)
}

func runRestore(ctx context.Context, env Env, args []string) error {
	set := flags("restore")
	path := configFlag(set)
	rest, err := parse(set, args, 1, 1)
	if err != nil {
		return err
	}
	cfg, err := loadAloud(env, *path)
	if err != nil {
		return err
	}
	done, err := store.Restore(ctx, rest[0], cfg.Store, time.Now())
	if err != nil {
		return err
	}
	kept := "nothing was there before"
	if done.Kept != "" {
		kept = "what was there is kept as " + done.Kept
	}
	fmt.Fprintf(env.Out, "%s: restored from %s; it holds %s; %s\n", cfg.Store, rest[0], told(done.Holdings, cfg), kept)
	return nil
}

// oldZones is what an operator reads when the zone data is old.
const oldZones = "the zone data is older than a year; where clocks were changed since, questions come an hour early or late (docs/zones.md)"

// runVersion tells how old the program is, and what it knows of the world's clocks.
func runVersion(_ context.Context, env Env, args []string) error {
	if _, err := parse(flags("version"), args, 0, 0); err != nil {
		return err
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return fmt.Errorf("this binary does not know its version")
	}
	fmt.Fprintf(env.Out, "palabre %s, %s\nzone data %s\n", info.Main.Version, info.GoVersion, zones.Newest())
	if zones.Newest().Old(time.Now()) {
		fmt.Fprintln(env.Out, "warning: "+oldZones)
	}
	return nil
}
