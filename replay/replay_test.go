package replay_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"palabre/app"
	"palabre/catalogue"
	"palabre/chat"
	"palabre/config"
	"palabre/replay"
)

// community is the example configuration.
func community(t testing.TB) *config.Config {
	t.Helper()
	src, err := os.ReadFile("../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, string(src))
}

func parse(t testing.TB, src string) *config.Config {
	t.Helper()
	cfg, err := config.Parse("palabre.yaml", []byte(src), nil)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func english(t testing.TB) func(chat.Phrase) string {
	t.Helper()
	sentences, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	return func(p chat.Phrase) string {
		return sentences.Plain(catalogue.Voice{Language: "en"}, p, catalogue.Resolver{})
	}
}

// tried is the report of exports tried with configurations.
func tried(t testing.TB, folder string, samples int, cfgs ...*config.Config) *replay.Report {
	t.Helper()
	past, err := replay.NewFiles([]string{folder}, replay.Options{Config: cfgs[0]})
	if err != nil {
		t.Fatal(err)
	}
	var trials []replay.Trial
	for i, cfg := range cfgs {
		trials = append(trials, replay.Trial{Config: fmt.Sprintf("%d.yaml", i), Plan: app.Plan(cfg)})
	}
	report, err := replay.Run(context.Background(), past, trials, replay.Setting{Say: english(t), Samples: samples})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// An export of fifty thousand messages in three channels is read to its end, all of it.
func TestFiftyThousandMessages(t *testing.T) {
	messages := 50_000
	if testing.Short() {
		messages = 5_000
	}
	folder := t.TempDir()
	written := exports(t, folder, 1, messages)
	report := tried(t, folder, 3, community(t))
	if report.Messages != written || report.Survey.Skipped != 0 || len(report.Survey.Parts) != 3 {
		t.Errorf("%d of %d messages, %+v", report.Messages, written, report.Survey)
	}
	for _, rule := range report.Sides[0].Rules {
		if rule.Hits == 0 {
			t.Errorf("%s: no hit", rule.Name)
		}
	}
	if testing.Verbose() {
		report.Print(os.Stdout, english(t), nil)
	}
}
