package discord_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters/discord/discordtest"
	"palabre/chat"
)

// The messages of a page come without their authors' roles; a moderator's must not be judged as anybody's.
func TestWhoWroteWhatWasMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		mona, gone := r.guild.Moderator("mona"), r.guild.Member("gone")
		r.start()
		pass(time.Second)
		r.stop()
		r.server.ForgetSessions()
		for _, p := range []discordtest.Person{mona, gone, mona} {
			if _, err := p.Say(r.room, "!help"); err != nil {
				t.Fatal(err)
			}
		}
		if err := gone.Leave(r.guild.ID); err != nil {
			t.Fatal(err)
		}
		r.start()
		defer r.stop()
		pass(30 * time.Second)
		standings := map[string][]chat.Standing{}
		for _, ev := range r.kind(chat.KindCommand) {
			standings[ev.Actor.ID] = append(standings[ev.Actor.ID], ev.Actor.Standing)
		}
		if s := standings[mona.ID]; len(s) != 2 || s[0] != chat.StandingModerator || s[1] != chat.StandingModerator {
			t.Errorf("mona stands at %v", s)
		}
		if s := standings[gone.ID]; len(s) != 1 || s[0] != chat.StandingMember {
			t.Errorf("who has left stands at %v", s)
		}
	})
}

// What is still to be read of the audit log is known after a restart, although the new session resumes.
func TestTheAuditLogIsReadToItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		mona, bob := r.guild.Moderator("mona"), r.guild.Member("bob")
		silence := func(p discordtest.Person) {
			if err := mona.Timeout(r.guild.ID, p.ID, time.Now().Add(time.Hour), "rude"); err != nil {
				t.Fatal(err)
			}
		}
		r.start()
		pass(time.Second)
		r.stop()
		r.server.ForgetSessions()
		silence(r.ana)
		r.server.Fail(discordtest.Fault{Kind: "audit log", Status: http.StatusBadGateway, Times: -1})
		r.start()
		pass(30 * time.Second)
		silence(bob) // the gateway tells of a newer entry
		pass(time.Second)
		r.stop()
		if n := len(r.kind(chat.KindSilenced)); n != 1 {
			t.Errorf("%d silences told, want the one of bob", n)
		}
		r.server.Heal()
		r.start()
		defer r.stop()
		pass(time.Minute)
		if n := len(r.kind(chat.KindSilenced)); n != 2 {
			t.Errorf("%d silences told, want 2", n)
		}
	})
}

// A leaving that was told, but whose session was not committed, is told again by the next run, who does not know when
// they came: it is the same leaving.
func TestALeavingThatIsToldAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		bob := r.guild.Member("bob")
		r.start()
		pass(time.Second)
		committed := r.cursors.Clone()
		if err := bob.Leave(r.guild.ID); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		r.stop()
		r.cursors = committed
		r.start()
		defer r.stop()
		pass(time.Minute)
		left := r.kind(chat.KindLeave)
		if len(left) != 1 || left[0].Actor.ID != bob.ID || r.ids[left[0].ID] != 2 {
			t.Errorf("left: %+v, told %v", left, r.ids)
		}
	})
}
