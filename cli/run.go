package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"palabre/adapters"
	"palabre/adapters/matrix"
	"palabre/app"
	"palabre/bot"
	"palabre/catalogue"
	"palabre/chat"
	"palabre/config"
	"palabre/store"
	"palabre/web"
)

// capabilities are what the networks with an adapter can do.
func capabilities() config.Platforms {
	return config.Platforms{chat.Matrix: (*matrix.Adapter)(nil).Capabilities()}
}

func runBot(ctx context.Context, env Env, args []string) error {
	set := flags("run")
	path := configFlag(set)
	if _, err := parse(set, args, 0, 0); err != nil {
		return err
	}
	cfg, err := load(*path)
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
	return errors.Join(serve(ctx, cfg, log, b, platforms), memory.Close())
}

// open connects what is configured.
func open(cfg *config.Config, log *slog.Logger, clock bot.Clock) ([]adapters.Adapter, error) {
	if cfg.Matrix == nil || !cfg.Matrix.Enabled {
		return nil, errInput{fmt.Errorf("palabre: %s enables no network\nhint: set `matrix: { enabled: true, … }`, or try `palabre console`", cfg.File)}
	}
	m := cfg.Matrix
	token, err := m.Token.Reveal()
	if err != nil {
		return nil, errInput{fmt.Errorf("palabre: matrix token: %w", err)}
	}
	var rooms []adapters.Room
	for _, room := range cfg.Rooms {
		if id := room.IDs[chat.Matrix]; id != "" {
			rooms = append(rooms, adapters.Room{Logical: room.Name, ID: id})
		}
	}
	a, err := matrix.New(matrix.Options{
		Homeserver: m.Homeserver, User: m.User, Token: token, Space: m.Space, Rooms: rooms, Prefix: m.Prefix, Ignore: m.Ignore,
		Standing: matrix.Standing{Trusted: m.Standing.Trusted, Moderator: m.Standing.Moderator, Admin: m.Standing.Admin},
		Log:      log, Clock: clock.Now,
	})
	if err != nil {
		return nil, err
	}
	return []adapters.Adapter{a}, nil
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
	last := stamp(cfg.File)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
		case <-look.C:
			if stamp(cfg.File) == last {
				continue
			}
		}
		last = stamp(cfg.File)
		next, err := config.Load(cfg.File, capabilities())
		if err != nil {
			log.Error("the configuration has mistakes; the running one stays", "file", cfg.File, "error", err)
			refused(err)
			continue
		}
		for _, key := range needsRestart(cfg, next) {
			log.Warn("this change takes effect at the next start", "key", key)
		}
		log.Info("configuration read again", "file", cfg.File)
		reload(next)
	}
}

// stamp tells two states of a file apart.
func stamp(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(info.ModTime().UnixNano(), info.Size())
}

// needsRestart lists the keys that changed and that only a start reads.
func needsRestart(old, next *config.Config) []string {
	var keys []string
	for key, changed := range map[string]bool{
		"store": old.Store != next.Store, "listen": old.Listen != next.Listen, "matrix": !sameAccount(old.Matrix, next.Matrix),
	} {
		if changed {
			keys = append(keys, key)
		}
	}
	return keys
}

func sameAccount(a, b *config.Matrix) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Enabled == b.Enabled && a.Homeserver == b.Homeserver && a.User == b.User && a.Space == b.Space && a.Prefix == b.Prefix
}
