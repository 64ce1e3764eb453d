package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The example's community on the twin: the console's story of the spine as far as the twin goes, which knows neither timeouts nor
// people who come, nor where an invitation leads: there, each counts.
func TestExampleOnTheTwin(t *testing.T) {
	w := newTwin(t)
	p := installed(t, w.Token, func(dir, listen string) string {
		text := exampleOnDiscord(t, place{base: w.Base, guild: w.Guild, channels: w.Channels}, dir, listen)
		return replaced(t, text, "- invite: foreign ", "- invite: discord ", 1)
	})
	p.start()
	p.ready()
	eventually(t, "commands are registered", func() bool { return len(w.do(map[string]any{"do": "commands"}).Commands) > 0 })

	w.gone(w.says("ana", "join discord.gg/abc123"))
	w.said("moderators", "**#1** ana")
	w.gone(w.says("ana", "what an imbécile"))
	w.said("moderators", "**#2** ana")
	w.said("general", "<@"+w.Users["ana"]+">, this is a warning. New accounts may not advertise or flood.")
	kept := w.says("bob", "hello, I would like to help with the garden")
	if why := w.settled(w.command("mod", "why", map[string]string{"case": "1"})); !strings.Contains(why, "abc123") {
		t.Errorf("why: %q", why)
	}
	if said := w.settled(w.command("mod", "undo", map[string]string{"case": "1"})); said != "Done." {
		t.Errorf("undo: %q", said)
	}
	w.said("moderators", "#1** undone by mod: strikes removed")
	w.still(kept)
	p.delivered()
	p.goTo(nextMonday(t, p.now()))
	w.said("debates", "?")
	eventually(t, "the question has its thread", func() bool { return w.threads() == 1 })
	p.delivered()
	p.stop()
	p.calm()
}

// says lets a person speak in #general.
func (w *twin) says(who, text string) (message string) {
	w.t.Helper()
	return w.do(map[string]any{"do": "say", "user": who, "text": text}).ID
}

// still wants a message of #general to be there.
func (w *twin) still(id string) {
	w.t.Helper()
	for _, m := range w.messages("general") {
		if m.ID == id {
			return
		}
	}
	w.t.Errorf("message %s was taken away", id)
}

// nextMonday is 18:00 on the next Monday, by the example's clock.
func nextMonday(t *testing.T, now time.Time) time.Time {
	t.Helper()
	now = now.In(paris(t))
	days := (int(time.Monday-now.Weekday()) + 7) % 7
	at := time.Date(now.Year(), now.Month(), now.Day()+days, 18, 0, 0, 0, now.Location())
	if !at.After(now) {
		at = at.AddDate(0, 0, 7)
	}
	return at
}

// threads counts the open threads of the guild.
func (w *twin) threads() int {
	w.t.Helper()
	var got struct {
		Threads []any `json:"threads"`
	}
	if err := json.Unmarshal(w.call(http.MethodGet, "/guilds/"+w.Guild+"/threads/active", nil), &got); err != nil {
		w.t.Fatal(err)
	}
	return len(got.Threads)
}
