package discord_test

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters/discord/discordtest"
	"palabre/chat"
)

// journal keeps what is logged.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

// warnings counts the lines at WARN that say something.
func (j *journal) warnings(what string) (n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for line := range strings.Lines(j.text.String()) {
		if strings.Contains(line, "level=WARN") && strings.Contains(line, what) {
			n++
		}
	}
	return n
}

// A session that stands says nothing about the community: whoever is not in the guild is not ready, and the log says so once.
func TestReadinessWatchesTheGuild(t *testing.T) {
	for _, c := range []struct {
		name  string
		set   func(*running)
		after func(*running)
		want  string
		mends func(*running)
	}{
		{"a guild that never comes", func(r *running) { r.options.Guild = "1152921504606846976" }, nil, "does not show us the guild 1152921504606846976", nil},
		{"not invited", func(r *running) { r.guild.Expel() }, nil, "does not show us the guild", nil},
		{"put out of it", nil, func(r *running) { r.guild.Expel() }, "was removed from the guild", nil},
		{"an outage", nil, func(r *running) { r.guild.Outage(true) }, "an outage of theirs", func(r *running) { r.guild.Outage(false) }},
		{"put out of it, and started again", nil, func(r *running) {
			r.guild.Expel()
			pass(time.Minute)
			r.stop()
			r.start()
		}, "does not show us the guild", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, log := virtual(t, discordtest.Options{}), &journal{}
				r.options.Log = slog.New(slog.NewTextHandler(log, nil))
				if c.set != nil {
					c.set(r)
				}
				r.start()
				pass(2 * time.Second)
				if c.after != nil {
					if live := r.adapter.Live(); live != "" {
						t.Fatalf("before: %s", live)
					}
					c.after(r)
				}
				pass(15 * time.Second)
				if live := r.adapter.Live(); !strings.Contains(live, c.want) || log.warnings(c.want) != 1 {
					t.Errorf("%q, logged %d times; want %q, once", live, log.warnings(c.want), c.want)
				}
				if n := len(r.kind(chat.KindUnread)); n > 0 {
					t.Errorf("%d lines for the room that cannot be reached", n)
				}
				if c.mends != nil {
					c.mends(r)
					pass(time.Second)
					if live := r.adapter.Live(); live != "" {
						t.Errorf("mended: %s", live)
					}
				}
				r.stop()
			})
		})
	}
}
