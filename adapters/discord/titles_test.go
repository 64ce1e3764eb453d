package discord_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters/discord/discordtest"
	"palabre/chat"
)

// titles are the titles of threads that were told, each with whom it is put down to.
func (r *running) titles() (out []string) {
	for _, ev := range r.kind(chat.KindThread) {
		body := ev.Body.(chat.ThreadOpened)
		kind := map[chat.ActorKind]string{chat.Human: "", chat.Nobody: " (nobody)", chat.Self: " (self)"}[ev.Actor.Kind]
		out = append(out, fmt.Sprintf("%s: %s%s", body.Title, ev.Actor.Name, kind))
	}
	return out
}

// A thread that is renamed is told once for each new title, as a deed of whoever renamed it. Where the audit log does not
// tell, nobody answers for it: not the one who opened it.
func TestAThreadThatIsRenamed(t *testing.T) {
	for _, sees := range []bool{true, false} {
		t.Run(fmt.Sprintf("audit log %t", sees), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := virtual(t, discordtest.Options{})
				mona, forum := r.guild.Moderator("mona"), r.guild.Forum("ideas")
				if !sees {
					r.guild.BotMay(discordtest.Moderation &^ discordtest.ViewAuditLog)
				}
				r.start()
				defer r.stop()
				pass(time.Second)
				post, err := r.ana.ForumPost(forum, "fine title", "hello")
				if err != nil {
					t.Fatal(err)
				}
				for _, title := range []struct {
					by   discordtest.Person
					text string
				}{{r.ana, "advert"}, {r.ana, "advert"}, {mona, "fine title"}, {r.ana, "advert"}} {
					if err := title.by.Retitle(post, title.text); err != nil {
						t.Fatal(err)
					}
					if _, err := r.ana.Say(post, "more"); err != nil {
						t.Fatal(err)
					}
					pass(time.Second)
				}
				want := []string{"fine title: ana", "advert: ana", "fine title: mona", "advert: ana"}
				if !sees {
					want = []string{"fine title: ana", "advert: fine title (nobody)", "fine title: advert (nobody)", "advert: fine title (nobody)"}
				}
				if got := r.titles(); fmt.Sprint(got) != fmt.Sprint(want) {
					t.Fatalf("told %q, want %q", got, want)
				}
				last := r.kind(chat.KindThread)[3]
				if body := last.Body.(chat.ThreadOpened); !body.Renamed || body.Thread != (chat.RoomRef{Platform: chat.Discord, ID: forum, Thread: post}) || last.Room.ID != forum {
					t.Errorf("where: %+v in %+v", body, last.Room)
				}
			})
		})
	}
}

// A title that was given while nobody listened is told from the audit log, once, with whoever gave it: also when the new
// process knows the thread by that title only.
func TestAThreadThatWasRenamedMeanwhile(t *testing.T) {
	for _, lost := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			r := virtual(t, discordtest.Options{})
			mona, forum := r.guild.Moderator("mona"), r.guild.Forum("ideas")
			r.start()
			pass(time.Second)
			post, err := r.ana.ForumPost(forum, "fine title", "hello")
			if err != nil {
				t.Fatal(err)
			}
			pass(31 * time.Second)
			r.stop()
			if lost {
				r.server.ForgetSessions()
			}
			r.server.Script(discordtest.Cue{At: discordtest.OnMembers, Times: -1}) // mona is not listed
			if err := mona.Retitle(post, "advert"); err != nil {
				t.Fatal(err)
			}
			r.start()
			defer r.stop()
			pass(time.Minute)
			if got, want := r.titles(), []string{"fine title: ana", "advert: mona"}; fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("session lost %t: told %q, want %q", lost, got, want)
			}
			if last := r.kind(chat.KindThread); last[len(last)-1].Actor.Standing != chat.StandingModerator {
				t.Errorf("mona stands at %v", last[len(last)-1].Actor.Standing)
			}
		})
	}
}
