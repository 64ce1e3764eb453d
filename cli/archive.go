package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"palabre/config"
	"palabre/internal/human"
	"palabre/store"
)

func runArchive(ctx context.Context, env Env, args []string) error {
	set := flags("archive")
	path := configFlag(set)
	since := set.String("since", "", "how far back, such as 7d; default: all that is kept")
	words, err := parseAnywhere(set, args)
	if err != nil {
		return err
	}
	cfg, err := loadAloud(env, *path)
	if err != nil {
		return err
	}
	from, err := momentAgo(*since)
	if err != nil {
		return err
	}
	memory, err := openArchive(ctx, cfg)
	if err != nil {
		return err
	}
	defer memory.Close()
	switch strings.Join(words, " ") {
	case "":
		return showArchive(ctx, env, cfg, memory)
	case "export":
		return exportArchive(ctx, env, memory, from)
	default:
		return errInput{errors.New("palabre archive: nothing, to see what is kept, or export")}
	}
}

// openArchive opens the memory for reading, beside a running Palabre.
func openArchive(ctx context.Context, cfg *config.Config) (*store.Store, error) {
	memory, err := store.OpenReader(ctx, cfg.Store)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, noMemory(cfg)
	}
	return memory, err
}

// momentAgo is a time so long ago; zero for an empty text.
func momentAgo(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	d, err := human.Parse(text)
	if err != nil {
		return time.Time{}, errInput{fmt.Errorf("palabre: -since: %w", err)}
	}
	return time.Now().Add(-d), nil
}

// showArchive says what is kept, and for how long.
func showArchive(ctx context.Context, env Env, cfg *config.Config, memory *store.Store) error {
	if a := cfg.Archive; len(a.Rooms) == 0 {
		fmt.Fprintln(env.Out, "the archive is off: no text is kept")
	} else {
		fmt.Fprintf(env.Out, "%s: texts are kept for %s%s\n", strings.Join(a.Rooms, ", "), human.Format(a.Keep), evidence(a))
	}
	rooms, err := memory.ArchivedRooms(ctx)
	for _, r := range rooms {
		fmt.Fprintf(env.Out, "  #%s  %d texts, %d without their text, %s to %s\n", r.Logical, r.Messages, r.Withdrawn,
			r.Oldest.In(cfg.Community.Zone).Format(time.DateOnly), r.Last.In(cfg.Community.Zone).Format(time.DateOnly))
	}
	return err
}

func evidence(a config.Archive) string {
	if a.Evidence == 0 {
		return ""
	}
	return "; those that a rule took away for " + human.Format(a.Evidence)
}

// exportArchive writes the events of the archive one in a line, as `palabre replay` reads them.
func exportArchive(ctx context.Context, env Env, memory *store.Store, since time.Time) error {
	out := bufio.NewWriter(env.Out)
	err := memory.Archive(ctx, since, func(data []byte) error {
		_, err := out.Write(append(data, '\n'))
		return err
	})
	return errors.Join(err, out.Flush())
}
