package replay_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime/metrics"
	"testing"
	"time"

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

var messages = flag.Int("messages", 50_000, "how many messages the large export has")

// An export of fifty thousand messages in three channels is read to its end, all of it, with its progress, and in a memory
// that does not depend on its size. With -v the figures are shown: go test ./replay -run Large -v -messages 1000000
func TestALargeExport(t *testing.T) {
	if testing.Short() {
		*messages = 5_000
	}
	folder := t.TempDir()
	written := exports(t, folder, 1, *messages)
	cfg := community(t)
	var size, last int64
	var heap uint64
	past, err := replay.NewFiles([]string{folder}, replay.Options{Config: cfg, Progress: func(read, total int64, _ int) {
		if read < last || read > total {
			t.Errorf("%d of %d bytes after %d", read, total, last)
		}
		last, size, heap = read, total, max(heap, inUse())
	}})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	report, err := replay.Run(t.Context(), past, []replay.Trial{{Config: "example", Plan: app.Plan(cfg)}}, replay.Setting{Say: english(t), Samples: 3})
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(began).Seconds()
	if report.Messages != written || report.Survey.Skipped != 0 || len(report.Survey.Parts) != 3 || last != size {
		t.Errorf("%d of %d messages, %d of %d bytes, %+v", report.Messages, written, last, size, report.Survey)
	}
	for _, rule := range report.Sides[0].Rules {
		if rule.Hits == 0 && rule.Name != "link-wave" { // nobody advertises together in it
			t.Errorf("%s: no hit", rule.Name)
		}
	}
	const most = 64 << 20
	if heap > most {
		t.Errorf("%d MB were in use", heap>>20)
	}
	mb := float64(size) / (1 << 20)
	t.Logf("%d messages, %.0f MB: %.0f messages and %.0f MB a second, at most %d MB of memory", written, mb, float64(written)/took, mb/took, heap>>20)
}

// inUse is how many bytes of memory hold something, or wait to be found out of use.
func inUse() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// A harsher file hits less of what follows, because it silences earlier: that is no weaker rule, and counted apart.
func TestWhatWouldNotHaveBeenWrittenIsNoDifference(t *testing.T) {
	const file = `
community: { name: Test }
rooms: { general: {}, moderators: {} }
desk: moderators
rules:
  - { name: insults, when: { words: [imbecile] }, do: [ %s ] }
  - { name: links, when: { link: any }, do: [ delete ] }
`
	folder := t.TempDir()
	f, err := os.Create(folder + "/general.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	bob, at := dceMember{name: "bob", id: "300"}, time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	export := newDCE(f, "general", "42")
	for i, text := range []string{"you imbecile", "see https://a.example", "see https://b.example"} {
		export.say(at.Add(time.Duration(i)*time.Minute), "Default", bob, text)
	}
	if err := export.end(); err != nil {
		t.Fatal(err)
	}
	report := tried(t, folder, 3, parse(t, fmt.Sprintf(file, "delete")), parse(t, fmt.Sprintf(file, "timeout: 90s")))
	for _, d := range report.Differences {
		want := map[string][5]int{"": {2, 0, 0, 1, 1}, "insults": {1, 0, 0, 0, 1}, "links": {1, 0, 0, 1, 0}}[d.Rule]
		if got := [5]int{d.Both, d.OnlyHere, d.OnlyThere, d.Prevented, d.Acts}; got != want {
			t.Errorf("%q: %v, want %v", d.Rule, got, want)
		}
	}
}
