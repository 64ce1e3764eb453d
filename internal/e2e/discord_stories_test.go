package e2e

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palabre/scenario"
)

// The console's stories about the example, unchanged, on Discord: the shipped binary does what they show. Those with a
// configuration of their own stay in the console: it has no rooms on Discord.
func TestStoriesOnDiscord(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, "testdata", "stories", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	for _, file := range files {
		story, err := scenario.ReadStory(file)
		if err != nil {
			t.Fatal(err)
		}
		if story.Config != nil {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			tell(t, story)
		})
	}
}

func tell(t *testing.T, story *scenario.Story) {
	p := newPlayer(t, story)
	for line := range strings.Lines(story.Script) {
		if err := p.play(line); err != nil {
			t.Fatalf("%s: %v", strings.TrimSpace(line), err)
		}
	}
	want, refused := told(t, story.Want, p.zone)
	precision := time.Second
	if p.trouble {
		precision = time.Minute
	}
	if diff := cmp.Diff(lined(want, precision, p.zone), lined(p.all(), precision, p.zone)); diff != "" {
		t.Errorf("in the console - on Discord +\n%s", diff)
	}
	if diff := cmp.Diff(refused, p.refused); diff != "" {
		t.Errorf("refused in the console - on Discord +\n%s", diff)
	}
	if n := strings.Count(p.bot.messages.String(), "order will be tried again"); n < p.disturbed || p.disturbed == 0 && n > 0 {
		t.Errorf("%d calls were made to fail, and %d were tried again", p.disturbed, n)
	}
	p.bot.stop()
	p.bot.calm()
	p.keepsTheContract()
}
