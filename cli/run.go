package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"reflect"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"palabre/adapters"
	"palabre/app"
	"palabre/bot"
	"palabre/catalogue"
	"palabre/chat"
	"palabre/config"
	"palabre/internal/zones"
	"palabre/store"
	"palabre/web"
)

func runBot(ctx context.Context, env Env, args []string) error {
	set := flags("run")
	path := configFlag(set)
	if _, err := parse(set, args, 0, 0); err != nil {
		return err
	}
	if err := mustBeFile(*path); err != nil {
		return err
	}
	cfg, err := loadAloud(env, *path)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(env.Err, nil))
	sentences, err := catalogue.Load()
	if err != nil {
		return err
	}
	clock := systemClock()
	platforms, err := open(cfg, log, clock)
	if err != nil {
		return err
	}
	if err := notElsewhere(cfg); err != nil {
		return err
	}
	memory, err := store.Open(ctx, cfg.Store)
	if err != nil {
		return err
	}
	b, err := bot.New(ctx, bot.Options{
		Plan: plan(cfg, platforms), Store: memory, Adapters: platforms, Catalogue: sentences, Log: log, Clock: clock,
	})
	if err != nil {
		return errors.Join(err, memory.Close())
	}
	for _, remark := range config.Describe(cfg) {
		log.Info("remark", "about", remark)
	}
	sayZones(log, zones.Newest(), clock.Now())
	return errors.Join(serve(ctx, cfg, log, b, platforms), memory.Close())
}

// sayZones tells which zone data schedules follow.
func sayZones(log *slog.Logger, data zones.Data, now time.Time) {
	log.Info("zone data", "version", data.Version, "from", data.From)
	if data.Old(now) {
		log.Warn(oldZones, "version", data.Version)
	}
}

// mustBeFile refuses a pipe: reading the configuration again could wait for ever, and the stop for that.
func mustBeFile(path string) error {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		return errInput{fmt.Errorf("palabre run: %s is a pipe or a device, not a file\nhint: write the configuration into a file", path)}
	}
	return nil // one that is not there is told by whoever reads it
}

func plan(cfg *config.Config, platforms []adapters.Adapter) *bot.Plan {
	var names []chat.Platform
	for _, a := range platforms {
		names = append(names, a.Platform())
	}
	return app.Plan(cfg, names...)
}

// serve runs the bot with everything around it, until ctx ends.
func serve(ctx context.Context, cfg *config.Config, log *slog.Logger, b *bot.Bot, platforms []adapters.Adapter) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var around sync.WaitGroup
	control, err := web.Listen(cfg.Store)
	if err != nil {
		return fmt.Errorf("control socket: %w", err)
	}
	around.Go(func() { stopOn(stop, web.Serve(ctx, control, web.Control(b))) })
	if cfg.Listen != "" {
		listener, err := net.Listen("tcp", cfg.Listen)
		if err != nil {
			return fmt.Errorf("listen: %w", err)
		}
		around.Go(func() { stopOn(stop, web.Serve(ctx, listener, web.Health(b))) })
	}
	around.Go(func() { watch(ctx, cfg, log, func(c *config.Config) { b.Reload(plan(c, platforms)) }, b.ReloadFailed) })
	log.Info("palabre works", "community", cfg.Community.Name, "config", cfg.File)
	b.Run(ctx)
	stop(nil)
	around.Wait()
	log.Info("palabre stopped")
	return notCancelled(context.Cause(ctx))
}

func stopOn(stop context.CancelCauseFunc, err error) {
	if err != nil {
		stop(err)
	}
}

func notCancelled(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// lookEvery is how often the configuration's file is looked at. Looking works on every file system and
// through every way of saving; being told does not.
const lookEvery = 2 * time.Second

// watch reads the configuration again when its file changes or SIGHUP comes. A file with mistakes changes nothing.
func watch(ctx context.Context, cfg *config.Config, log *slog.Logger, reload func(*config.Config), refused func(error)) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	files := append([]string{cfg.File}, cfg.Files...)
	last := stamp(files)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
		case <-look.C:
			if stamp(files) == last {
				continue
			}
		}
		last = stamp(files)
		next, err := reread(cfg.File, reload)
		if now := concerned(cfg.File, next, err); !slices.Equal(now, files) {
			files, last = now, stamp(now)
		}
		if err != nil {
			log.Error("the configuration has mistakes; the running one stays", "file", cfg.File, "error", err)
			refused(brief(err))
			continue
		}
		for _, key := range needsRestart(cfg, next) {
			log.Warn("this change takes effect at the next start", "key", key)
		}
		log.Info("configuration read again", "file", cfg.File)
	}
}

// reread reads the configuration again and gives it to the bot. Whatever fails on the way, by a panic of ours too, leaves the
// running configuration in force and is told like a mistake.
func reread(file string, reload func(*config.Config)) (next *config.Config, err error) {
	defer func() {
		if p := recover(); p != nil {
			next, err = nil, fmt.Errorf("%s cannot be used, by a fault of Palabre; please report it: %v", file, p)
		}
	}()
	if next, err = config.Load(file, capabilities()); err == nil {
		reload(next)
	}
	return next, err
}

// brief is an error as it may be told in a room, where more people read than those who may read the file.
func brief(err error) error {
	var mistakes config.Mistakes
	if errors.As(err, &mistakes) {
		return errors.New(mistakes.Brief())
	}
	return err
}

// stamp tells two states of some files apart.
func stamp(files []string) string {
	var all strings.Builder
	for _, path := range files {
		info, err := os.Stat(path)
		if err != nil {
			fmt.Fprintln(&all, err)
			continue
		}
		fmt.Fprintln(&all, info.ModTime().UnixNano(), info.Size())
	}
	return all.String()
}

// concerned are the files whose next change is a reason to read the configuration again: those that were read, or
// those that a mistake stands in.
func concerned(file string, cfg *config.Config, err error) []string {
	files := []string{file}
	if cfg != nil {
		files = append(files, cfg.Files...)
	}
	var mistakes config.Mistakes
	if errors.As(err, &mistakes) {
		for _, m := range mistakes {
			files = append(files, m.File)
		}
	}
	return files
}

// needsRestart lists the keys that changed and that only a start reads.
func needsRestart(old, next *config.Config) []string {
	var keys []string
	for key, changed := range map[string]bool{
		"store": old.Store != next.Store, "listen": old.Listen != next.Listen, "rooms": !reflect.DeepEqual(old.Rooms, next.Rooms),
		"matrix": !reflect.DeepEqual(old.Matrix, next.Matrix), "discord": !reflect.DeepEqual(old.Discord, next.Discord),
	} {
		if changed {
			keys = append(keys, key)
		}
	}
	return keys
}
