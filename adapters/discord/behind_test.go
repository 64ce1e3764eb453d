package discord_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters/discord/discordtest"
	"palabre/chat"
)

type dict = map[string]any

// What a program says that a member brought along is the member's: it is judged as theirs. What the guild's own programs
// say stays their own, also where a member asked them, and so does what we answer ourselves.
func TestWhoAnswersForWhatProgramsSay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		mona := r.guild.Moderator("mona")
		app, music := r.server.OtherBot("advertiser"), r.server.OtherBot("music")
		r.start()
		defer r.stop()
		pass(time.Second)
		brought, installed := discordtest.App{Account: app}, discordtest.App{Account: music, Guild: r.guild.ID}
		for _, use := range []struct {
			by   discordtest.Person
			app  discordtest.App
			text string
		}{{r.ana, brought, "!ban free money"}, {r.ana, installed, "next song"}, {mona, brought, "!raid on 1h"}} {
			if _, err := use.by.Use(r.room, use.app, discordtest.Draft{Text: use.text}); err != nil {
				t.Fatal(err)
			}
		}
		pass(time.Second)
		var got []string
		for _, ev := range r.kind(chat.KindMessage) {
			got = append(got, fmt.Sprintf("%s %d %s: %s", ev.Actor.Name, ev.Actor.Kind, ev.Actor.Standing, ev.Body.(chat.MessageSent).Content.Text))
		}
		want := []string{"ana 0 member: !ban free money", "music 1 member: next song", "mona 0 moderator: !raid on 1h"}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("told %q, want %q", got, want)
		}
		if called := r.kind(chat.KindCommand); len(called) != 0 {
			t.Errorf("a program gave commands: %+v", called)
		}
	})
}

// Whoever is behind a program's message is known with their roles, or nobody is punished for it.
func TestWhoIsBehindAProgramIsAskedFor(t *testing.T) {
	for name, c := range map[string]struct {
		fault *discordtest.Fault
		leave bool
		want  string
	}{
		"a moderator":                 {want: "mona 0 moderator"},
		"who cannot be asked for":     {fault: &discordtest.Fault{Kind: "member", Status: http.StatusBadGateway, Times: -1}, want: "advertiser 1 member"},
		"who has left the guild":      {leave: true, want: "mona 0 member"},
		"a moderator, and missed":     {want: "mona 0 moderator"},
		"who left, and it was missed": {leave: true, want: "mona 0 member"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := virtual(t, discordtest.Options{})
				mona, app := r.guild.Moderator("mona"), discordtest.App{Account: r.server.OtherBot("advertiser")}
				use := func() {
					if _, err := mona.Use(r.room, app, discordtest.Draft{Text: "look"}); err != nil {
						t.Fatal(err)
					}
					if c.leave {
						if err := mona.Leave(r.guild.ID); err != nil {
							t.Fatal(err)
						}
					}
				}
				if c.fault != nil {
					r.server.Fail(*c.fault)
				}
				missed := strings.Contains(name, "missed")
				if missed {
					r.start()
					pass(time.Second)
					r.stop()
					r.server.ForgetSessions()
					use()
				}
				r.server.Script(discordtest.Cue{At: discordtest.OnMembers, Times: -1}) // no list comes
				r.start()
				defer r.stop()
				pass(time.Second)
				if !missed {
					use()
				}
				pass(30 * time.Second)
				var got string
				for _, ev := range r.kind(chat.KindMessage) {
					got = fmt.Sprintf("%s %d %s", ev.Actor.Name, ev.Actor.Kind, ev.Actor.Standing)
				}
				if got != c.want {
					t.Errorf("told of %q, want %q", got, c.want)
				}
			})
		})
	}
}

// A program that thinks first says nothing yet: its answer is the message, once, also when we heard of the thinking before
// a restart. Its deletion is a deletion of the member's message.
func TestAProgramsAnswerThatComesLater(t *testing.T) {
	for _, restart := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			r := virtual(t, discordtest.Options{})
			app := discordtest.App{Account: r.server.OtherBot("advertiser"), Slow: true}
			r.start()
			pass(time.Second)
			id, err := r.ana.Use(r.room, app, discordtest.Draft{})
			if err != nil {
				t.Fatal(err)
			}
			pass(time.Second)
			if said := r.told(r.ana.ID); len(said) != 0 {
				t.Errorf("told already: %q", said)
			}
			if restart {
				pass(31 * time.Second)
				r.stop()
				r.start()
				pass(time.Second)
			}
			defer r.stop()
			r.server.Answer(r.room, id, discordtest.Draft{Text: "free money"})
			r.server.Unfurl(r.room, id, dict{"type": "link", "title": "money"})
			pass(time.Second)
			if said := r.told(r.ana.ID); fmt.Sprint(said) != "[free money]" || len(r.kind(chat.KindEdit)) != 0 {
				t.Errorf("restart %t: told %q and %d edits", restart, said, len(r.kind(chat.KindEdit)))
			}
			if err := r.guild.Moderator("mona").Delete(r.room, id); err != nil {
				t.Fatal(err)
			}
			pass(time.Second)
			gone := r.kind(chat.KindDeleted)
			if len(gone) != 1 || gone[0].Body.(chat.MessageDeleted).Author.ID != r.ana.ID || gone[0].Actor.Name != "mona" {
				t.Errorf("deleted: %+v", gone)
			}
		})
	}
}

// What stands in components and embeds is read, wherever Discord shows it.
func TestWhatProgramsShowIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		app := discordtest.App{Account: r.server.OtherBot("advertiser")}
		r.start()
		defer r.stop()
		pass(time.Second)
		text := func(s string) dict { return dict{"type": 10, "content": s} }
		components := []dict{
			text("one"), {"type": 17, "components": []any{
				text("two"), dict{"type": 9, "components": []any{text("three")}, "accessory": dict{"type": 2, "style": 5, "label": "four", "url": "https://five.example"}},
				dict{"type": 12, "items": []any{dict{"media": dict{"url": "https://cdn.example/a.png"}, "description": "six"}}},
				dict{"type": 99, "content": "seven"},
			}},
		}
		embeds := []dict{{
			"author": dict{"name": "one"}, "title": "two", "url": "https://three.example", "description": "four",
			"fields": []any{dict{"name": "five", "value": "six"}}, "footer": dict{"text": "seven"},
		}}
		for _, d := range []discordtest.Draft{{Components: components}, {Embeds: embeds}} {
			id, err := r.ana.Use(r.room, app, d)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := r.ana.Post(r.room, discordtest.Draft{Forward: id}); err != nil {
				t.Fatal(err)
			}
		}
		pass(time.Second)
		var got []string
		for _, ev := range r.kind(chat.KindMessage) {
			got = append(got, strings.ReplaceAll(ev.Body.(chat.MessageSent).Content.Formatted, "\n", " "))
		}
		first, second := "one two three four https://five.example six seven", "one two https://three.example four five six seven"
		if want := []string{first, first, second, second}; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("read %q\nwant %q", got, want)
		}
	})
}

// What webhooks say is judged when the configuration asks for it: as nobody's words. Those of an app that answers somebody,
// and of a bridge, are not a webhook's.
func TestWhatWebhooksSay(t *testing.T) {
	for _, judged := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			r := virtual(t, discordtest.Options{})
			r.options.JudgeWebhooks, r.options.Ignore = judged, []string{"irc-*"}
			bridge := r.guild.Member("irc-bridge")
			r.start()
			defer r.stop()
			pass(time.Second)
			for i, by := range []discordtest.Person{r.ana, bridge} {
				if _, err := by.Post(r.room, discordtest.Draft{Text: "!help free money", Webhook: fmt.Sprintf("20000000000000000%d", i)}); err != nil {
					t.Fatal(err)
				}
			}
			app := discordtest.App{Account: r.server.OtherBot("music"), Guild: r.guild.ID}
			if _, err := r.ana.Use(r.room, app, discordtest.Draft{Text: "next song"}); err != nil {
				t.Fatal(err)
			}
			pass(time.Second)
			var kinds []chat.ActorKind
			for _, ev := range r.kind(chat.KindMessage) {
				kinds = append(kinds, ev.Actor.Kind)
			}
			want := []chat.ActorKind{map[bool]chat.ActorKind{false: chat.Bot, true: chat.Nobody}[judged], chat.Puppet, chat.Bot}
			if fmt.Sprint(kinds) != fmt.Sprint(want) || len(r.kind(chat.KindCommand)) != 0 {
				t.Errorf("judged %t: kinds %v, want %v; %d commands", judged, kinds, want, len(r.kind(chat.KindCommand)))
			}
		})
	}
}
