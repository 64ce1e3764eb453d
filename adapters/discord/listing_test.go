package discord_test

import (
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters/discord/discordtest"
	"palabre/chat"
)

// Discord grants one list of all members in 30 s and refuses others until then: as soon as it grants one again, who came
// while we were away is told, who has left is noticed, and everybody is known.
func TestAListOfMembersThatIsRefusedIsAskedForAgain(t *testing.T) {
	for name, c := range map[string]struct {
		restart, forget bool
		joined, left    int
	}{
		"a restart that resumes":           {restart: true, joined: 1, left: 1},
		"a restart that loses the session": {restart: true, forget: true, joined: 1}, // nobody knows who was there before
		"a session that is lost":           {forget: true, joined: 1, left: 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := virtual(t, discordtest.Options{})
				bob, gone := r.guild.Member("bob"), r.guild.Member("gone")
				r.start()
				pass(time.Second)
				if c.restart {
					r.stop()
				}
				if c.forget {
					r.server.ForgetSessions()
				}
				r.server.CutAll()
				for _, err := range []error{r.server.Person("newcomer").Join(r.guild.ID), gone.Leave(r.guild.ID)} {
					if err != nil {
						t.Fatal(err)
					}
				}
				if c.restart {
					r.start()
				}
				defer r.stop()
				pass(40 * time.Second)
				if who, known := r.adapter.Find(r.ref(), "bob"); !known || who.ID != bob.ID {
					t.Errorf("bob is %+v, known: %t", who, known)
				}
				if joined, left := r.kind(chat.KindJoin), r.kind(chat.KindLeave); len(joined) != c.joined || len(left) != c.left {
					t.Errorf("%d came and %d left, want %d and %d", len(joined), len(left), c.joined, c.left)
				}
				if asked := asksForMembers(r.server); asked != 3 {
					t.Errorf("asked %d times for all members, want 3: granted, refused, granted", asked)
				}
			})
		})
	}
}

// A request for members that nothing answers is made again, now and then.
func TestAListOfMembersThatNeverComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{ListEvery: time.Nanosecond})
		r.guild.Member("bob")
		r.server.Script(discordtest.Cue{At: discordtest.OnMembers})
		r.start()
		defer r.stop()
		pass(time.Minute)
		if _, known := r.adapter.Find(r.ref(), "bob"); known {
			t.Fatal("the list came")
		}
		pass(2 * time.Minute)
		if _, known := r.adapter.Find(r.ref(), "bob"); !known {
			t.Error("nobody asked again")
		}
	})
}

// asksForMembers counts the requests for all members that the gateway was sent.
func asksForMembers(s *discordtest.Server) (n int) {
	for _, d := range s.Dials() {
		for _, sent := range d.Sent {
			if op, ok := sent["op"].(float64); ok && op == 8 {
				n++
			}
		}
	}
	return n
}
