package cli

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"strings"

	"palabre/app"
	"palabre/catalogue"
	"palabre/chat"
	"palabre/config"
	"palabre/replay"
)

// replayFlags are what `palabre replay` is told.
type replayFlags struct {
	config, against, staff, since string
	samples                       int
	json, archive                 bool
}

func runReplay(ctx context.Context, env Env, args []string) error {
	set := flags("replay")
	var f replayFlags
	set.StringVar(&f.config, "config", "", "the community's file; without it palabre.yaml, and where there is none the example")
	set.StringVar(&f.against, "against", "", "another file, to compare with")
	set.StringVar(&f.staff, "staff", "", "ids or names of moderators, with commas between them")
	set.IntVar(&f.samples, "samples", 3, "how many hits of each rule are shown; -1: all")
	set.BoolVar(&f.json, "json", false, "write the report for machines")
	set.BoolVar(&f.archive, "archive", false, "try what Palabre's own archive keeps")
	set.StringVar(&f.since, "since", "", "how far back in the archive, such as 7d")
	paths, err := parseAnywhere(set, args)
	if err == nil {
		err = f.check(paths)
	}
	if err != nil {
		return err
	}
	trials, cfg, err := f.trials(env)
	if err != nil {
		return err
	}
	sentences, err := catalogue.Load()
	if err != nil {
		return err
	}
	say := func(p chat.Phrase) string { return sentences.Plain(app.Voice(cfg), p, catalogue.Resolver{}) }
	bar := newProgress(env.Err, say)
	setting := replay.Setting{Say: say, Samples: f.samples}
	past, closing, err := f.past(ctx, paths, cfg, bar, &setting)
	if err != nil {
		return err
	}
	defer closing()
	report, err := replay.Run(ctx, past, trials, setting)
	bar.end()
	if errors.Is(err, replay.ErrNothing) {
		return errInput{err}
	}
	if err != nil {
		return err
	}
	if f.json {
		out := json.NewEncoder(env.Out)
		out.SetIndent("", "  ")
		return out.Encode(report)
	}
	report.Print(env.Out, say, cfg.Community.Zone)
	return nil
}

// check tells what does not go together.
func (f *replayFlags) check(paths []string) error {
	switch {
	case f.archive && len(paths) > 0:
		return errInput{errors.New("palabre replay: either -archive or files, not both")}
	case f.archive && f.config == "":
		f.config = defaultConfig
	case f.since != "" && !f.archive:
		return errInput{errors.New("palabre replay: -since is about the archive\nhint: `palabre replay -archive -since 7d`")}
	case !f.archive && len(paths) == 0:
		return errInput{errors.New("palabre replay: no file is named\nhint: `palabre replay export.json`, a folder of exports, or -archive")}
	}
	return nil
}

// past opens the files or the archive. The archive also says what was before it, and what was done then.
func (f *replayFlags) past(ctx context.Context, paths []string, cfg *config.Config, bar *progress, s *replay.Setting) (replay.Source, func(), error) {
	if !f.archive {
		past, err := replay.NewFiles(paths, replay.Options{Config: cfg, Staff: f.names(), Progress: bar.show})
		if err != nil {
			return nil, nil, errInput{fmt.Errorf("palabre replay: %w", err)}
		}
		return past, func() {}, nil
	}
	since, err := momentAgo(f.since)
	if err != nil {
		return nil, nil, err
	}
	memory, err := openArchive(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	past, err := replay.NewArchive(ctx, memory, since, bar.show)
	if err != nil {
		return nil, nil, errors.Join(err, memory.Close())
	}
	s.Begin, s.Records = past.Begin, past
	return past, func() { memory.Close() }, nil
}

// trials are the configuration, and the one to compare it with.
func (f replayFlags) trials(env Env) (trials []replay.Trial, first *config.Config, err error) {
	files := []string{f.config}
	if f.against != "" {
		files = append(files, f.against)
	}
	for _, file := range files {
		cfg, err := loadOrExample(env, file)
		if err != nil {
			return nil, nil, err
		}
		if first == nil {
			first = cfg
		}
		trials = append(trials, replay.Trial{Config: cfg.File, Plan: app.Plan(cfg)})
	}
	return trials, first, nil
}

func (f replayFlags) names() []string {
	return strings.FieldsFunc(f.staff, func(r rune) bool { return r == ',' || r == ' ' })
}

// parseAnywhere reads flags that may also stand after the words.
func parseAnywhere(set *flag.FlagSet, args []string) (words []string, err error) {
	for {
		rest, err := parse(set, args, 0, 100_000)
		if err != nil || len(rest) == 0 {
			return words, err
		}
		words, args = append(words, rest[0]), rest[1:]
	}
}
