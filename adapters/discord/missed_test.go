package discord_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
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

// Who wrote what was missed is known from the list of members: nobody is asked for singly who is in it.
func TestAuthorsAreListed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		r.start()
		pass(31 * time.Second) // the next list is granted
		r.stop()
		r.server.ForgetSessions()
		for i := range 30 {
			p := r.server.Person(fmt.Sprintf("newcomer%d", i))
			if err := p.Join(r.guild.ID); err != nil {
				t.Fatal(err)
			}
			if _, err := p.Say(r.room, "hello"); err != nil {
				t.Fatal(err)
			}
		}
		r.server.ClearRequests()
		r.start()
		defer r.stop()
		pass(30 * time.Second)
		if joined, said := r.kind(chat.KindJoin), r.kind(chat.KindMessage); len(joined) != 30 || len(said) != 30 {
			t.Errorf("%d came and %d spoke, want 30 of each", len(joined), len(said))
		}
		for _, call := range r.server.Requests() {
			if strings.Contains(call.Path, "/members/") && !strings.HasSuffix(call.Path, r.server.Bot()) {
				t.Errorf("asked for %s", call.Path)
			}
		}
	})
}

// A kick that the gateway told and the audit log tells again, since the session was lost before it was committed, is
// the same leaving.
func TestAKickThatIsToldAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		mona, bob := r.guild.Moderator("mona"), r.guild.Member("bob")
		r.start()
		pass(time.Second)
		committed := r.cursors.Clone()
		if err := mona.Kick(r.guild.ID, bob.ID, "rude"); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		r.stop()
		r.server.ForgetSessions()
		r.cursors = committed
		r.start()
		defer r.stop()
		pass(time.Minute)
		left := r.kind(chat.KindLeave)
		if len(left) != 1 || left[0].Actor.ID != bob.ID || r.ids[left[0].ID] != 2 {
			t.Fatalf("left: %+v, told %v", left, r.ids)
		}
		if by := left[0].Body.(chat.MemberLeft).By; by.ID != mona.ID {
			t.Errorf("kicked by %v", by)
		}
	})
}

// Who came after the members were listed has not left because the list does not name them: they are not met before
// their coming is told.
func TestWhoCameAfterTheListStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		other := r.guild.Text("other")
		newcomer := r.server.Person("newcomer")
		say := func(p discordtest.Person, channel, text string) {
			if _, err := p.Say(channel, text); err != nil {
				t.Fatal(err)
			}
		}
		r.start()
		pass(time.Second)
		r.stop()
		r.server.ForgetSessions()
		say(r.ana, r.room, "one")
		say(r.ana, other, "two")
		r.server.Fail(discordtest.Fault{Kind: "messages", Path: r.room, Late: 10 * time.Second}) // the first page takes its time
		r.start()
		defer r.stop()
		pass(7 * time.Second) // a session that is lost costs up to five
		if err := newcomer.Join(r.guild.ID); err != nil {
			t.Fatal(err)
		}
		say(newcomer, other, "three")
		pass(time.Minute)
		if joined, left := r.kind(chat.KindJoin), r.kind(chat.KindLeave); len(joined) != 1 || len(left) != 0 {
			t.Errorf("%d came and %d left", len(joined), len(left))
		}
		if got := fmt.Sprint(r.told(newcomer.ID)); got != "[three]" {
			t.Errorf("told: %s", got)
		}
	})
}

// Without the list of members, authors are asked for one by one. That one of them cannot be asked for yet does not
// swallow the coming of those before.
func TestAuthorsAreAskedForWhenThereIsNoList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		r.start()
		pass(time.Second)
		r.stop()
		r.server.ForgetSessions()
		for i := range 3 {
			p := r.server.Person(fmt.Sprintf("newcomer%d", i))
			if err := p.Join(r.guild.ID); err != nil {
				t.Fatal(err)
			}
			if _, err := p.Say(r.room, "hello"); err != nil {
				t.Fatal(err)
			}
		}
		r.server.Script(discordtest.Cue{At: discordtest.OnGuilds, Mute: true})
		// The first call is about ourselves, the second about the first author.
		r.server.Fail(discordtest.Fault{Kind: "member", Skip: 2, Status: http.StatusBadGateway})
		r.start()
		defer r.stop()
		pass(30 * time.Second)
		if joined, said := r.kind(chat.KindJoin), r.kind(chat.KindMessage); len(joined) != 3 || len(said) != 3 {
			t.Errorf("%d came and %d spoke, want 3 of each", len(joined), len(said))
		}
	})
}

// What is said now in one room does not wait until the past of all others is read; the order inside a room stays.
func TestWhatIsSaidNowDoesNotWaitForTheOtherRooms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		var rooms []string
		for i := range 400 {
			rooms = append(rooms, r.guild.Text(fmt.Sprintf("room%d", i)))
		}
		quiet, last := r.guild.Text("quiet"), rooms[len(rooms)-1]
		say := func(channel, text string) {
			if _, err := r.ana.Say(channel, text); err != nil {
				t.Fatal(err)
			}
		}
		r.start()
		pass(31 * time.Second) // the next list of members is granted
		r.stop()
		r.server.ForgetSessions()
		for _, room := range rooms {
			say(room, "missed")
		}
		r.start()
		defer r.stop()
		for len(r.told(r.ana.ID)) == 0 {
			pass(100 * time.Millisecond)
		}
		say(last, "now, in the last room")
		say(quiet, "now, where nothing was missed")
		pass(time.Second)
		got := r.told(r.ana.ID)
		if n := len(got); n > 100 || !slices.Contains(got, "now, where nothing was missed") {
			t.Errorf("%d of %d told after a second, the last: %q", n, len(rooms)+2, got[n-1])
		}
		pass(time.Minute)
		if got := r.told(r.ana.ID); len(got) != len(rooms)+2 {
			t.Errorf("%d messages told, want %d", len(got), len(rooms)+2)
		}
		var inLast []string
		for _, ev := range r.kind(chat.KindMessage) {
			if ev.Room.ID == last {
				inLast = append(inLast, ev.Body.(chat.MessageSent).Content.Text)
			}
		}
		if !slices.Equal(inLast, []string{"missed", "now, in the last room"}) {
			t.Errorf("in the last room: %q", inLast)
		}
	})
}
