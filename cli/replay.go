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
	config, against, staff string
	samples                int
	json                   bool
}

func runReplay(ctx context.Context, env Env, args []string) error {
	set := flags("replay")
	var f replayFlags
	set.StringVar(&f.config, "config", "", "the community's file; without it the example")
	set.StringVar(&f.against, "against", "", "another file, to compare with")
	set.StringVar(&f.staff, "staff", "", "ids or names of moderators, with commas between them")
	set.IntVar(&f.samples, "samples", 3, "how many hits of each rule are shown; -1: all")
	set.BoolVar(&f.json, "json", false, "write the report for machines")
	paths, err := parseAnywhere(set, args)
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		return errInput{errors.New("palabre replay: no file is named\nhint: `palabre replay export.json`, or a folder of exports")}
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
	past, err := replay.NewFiles(paths, replay.Options{Config: cfg, Staff: f.names(), Progress: bar.show})
	if err != nil {
		return errInput{fmt.Errorf("palabre replay: %w", err)}
	}
	report, err := replay.Run(ctx, past, trials, replay.Setting{Say: say, Samples: f.samples})
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
