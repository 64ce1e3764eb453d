package discord_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters/discord/discordtest"
	"palabre/chat"
)

// A pin updates a message as an edit does, with the mark of its last one. What was changed long ago is no news: neither to
// a process that just began, nor to one that has forgotten the message.
func TestAPinIsNoEdit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		long := time.Now().Add(-30 * 24 * time.Hour)
		pin := func(text string, edited time.Time) {
			id, err := r.ana.Post(r.room, discordtest.Draft{Text: text, At: long, Edited: edited})
			if err != nil {
				t.Fatal(err)
			}
			pass(time.Second)
			r.stop()
			r.start()
			pass(10 * time.Second)
			for _, do := range []func(string, string) error{r.guild.Owner.Pin, r.guild.Owner.Unpin} {
				if err := do(r.room, id); err != nil {
					t.Fatal(err)
				}
			}
			pass(time.Second)
		}
		pin("before the first start", long.Add(time.Hour))
		pass(time.Hour)
		pin("after a restart", time.Now().Add(-10*time.Minute))
		defer func() { r.stop() }()
		if edits := r.kind(chat.KindEdit); len(edits) != 0 {
			t.Errorf("told of %d edits: %+v", len(edits), edits)
		}
	})
}

// An edit that was made while nobody listened is news, however long ago, also of a message that nobody remembers.
func TestAnEditOfAnOldMessageThatWasMissed(t *testing.T) {
	for name, away := range map[string]func(*running){
		"a restart": func(r *running) { r.stop() },
		"a cut": func(r *running) {
			r.server.Script(discordtest.Cue{At: discordtest.OnDial, Cut: true, Times: 8})
			r.server.CutAll()
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := virtual(t, discordtest.Options{})
				id, err := r.ana.Post(r.room, discordtest.Draft{Text: "fine", At: time.Now().Add(-30 * 24 * time.Hour)})
				if err != nil {
					t.Fatal(err)
				}
				r.start()
				pass(40 * time.Second)
				away(r)
				pass(time.Second)
				if err := r.ana.Edit(r.room, id, "advert"); err != nil {
					t.Fatal(err)
				}
				pass(10 * time.Minute)
				if name == "a restart" {
					r.start()
				}
				defer func() { r.stop() }()
				pass(5 * time.Minute)
				var got []string
				for _, ev := range r.kind(chat.KindEdit) {
					got = append(got, ev.Body.(chat.MessageEdited).Content.Text)
				}
				if fmt.Sprint(got) != "[advert]" {
					t.Errorf("told of the edits %q", got)
				}
			})
		})
	}
}
