package bot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"palabre/chat"
)

const floodAndInsults = `
rules:
  - name: flood
    when: { rate: "> 5 messages in 10s" }
    do: [ { delete: burst }, strike: 1, timeout: 10m ]
  - name: insults
    when: { words: [imbecile] }
    do: [ delete, strike: 1, timeout: 10m ]
`

// lagging is something that somebody's server says it sent long ago.
func lagging(id, who, text string, lag time.Duration, cutOff string) chat.Event {
	ev := says(id, who, text)
	ev.Lag, ev.CutOff = lag, cutOff
	return ev
}

// What a server that was cut off brings at once is no flood: the moderators are asked, once for each member, and read why. A
// clock that is set back alone protects nobody.
func TestAServerThatWasCutOffIsNotHasty(t *testing.T) {
	for cutOff, asked := range map[string]bool{"far.example": true, "": false} {
		t.Run(cutOff, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t)
				h.rules = floodAndInsults
				h.start()
				defer func() { h.stop() }()
				for i := range 14 {
					for _, who := range []string{"ana", "bob"} {
						h.emit(lagging(fmt.Sprint(who, i), who, fmt.Sprint("no ", i), time.Duration(14-i)*20*time.Second, cutOff))
					}
				}
				did := h.network.did()
				punished := slices.ContainsFunc(did, func(s string) bool { return strings.HasPrefix(s, "timeout") || strings.HasPrefix(s, "delete") })
				cards := 0
				for _, s := range did {
					if strings.Contains(s, "May I?") && strings.Contains(s, "far.example") && strings.Contains(s, "cut off") {
						cards++
					}
				}
				if punished == asked || (cards == 2) != asked {
					t.Errorf("punished: %t, cards that say why: %d\n%s", punished, cards, strings.Join(did, "\n"))
				}
			})
		})
	}
}

// An insult is one whenever it was sent. Only what is too late by the clock of a server that was cut off is asked about.
func TestAnInsultThatWasUnderWay(t *testing.T) {
	for _, c := range []struct {
		lag    time.Duration
		cutOff string
		want   []string
	}{
		{62 * time.Minute, "", []string{"delete 1", "timeout", "log: **#1** mallory"}},
		{time.Minute, "far.example", []string{"delete 1", "timeout", "log: **#1** mallory"}},
		{62 * time.Minute, "far.example", []string{"log: **May I?** delete, strike 1"}},
	} {
		t.Run(fmt.Sprint(c.lag, c.cutOff), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t)
				h.rules = floodAndInsults
				h.start()
				defer func() { h.stop() }()
				h.emit(lagging("1", "mallory", "imbecile", c.lag, c.cutOff))
				h.expect(c.want...)
			})
		})
	}
}

// A command was meant when it was typed: by an hour of its way it may no longer be.
func TestACommandThatWasUnderWayForAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		defer func() { h.stop() }()
		call := lagging("1", "mod", "!help", time.Hour, "")
		call.Actor.Standing = chat.StandingModerator
		call.Body = chat.CommandInvoked{Name: "help"}
		h.emit(call)
		h.expect("answer: @mod: The command “help” reached me too late")
	})
}

// What was told days ago and comes again arrives later than it did: it is known all the same.
func TestWhatComesAgainLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		h.emit(says("1", "mallory", "spam"))
		h.expect("delete 1", "warn:", "log: **#1** mallory")
		h.stop()
		time.Sleep(3 * 24 * time.Hour)
		h.start()
		defer func() { h.stop() }()
		h.emit(lagging("1", "mallory", "spam", 3*24*time.Hour, ""))
		h.expect()
	})
}

// A server that dates its members' arrivals back makes no old members of them.
func TestAnArrivalThatIsDatedBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.rules = "rules: [ { name: new, when: { all: [ { membership_age: \"< 1d\" }, { words: [spam] } ] }, do: [delete] } ]"
		h.start()
		defer func() { h.stop() }()
		join, said := says("0", "mallory", ""), says("1", "mallory", "spam")
		join.Body, join.Room, join.Logical = chat.MemberJoined{}, chat.RoomRef{}, ""
		join.Actor.Joined, said.Actor.Joined = time.Now().AddDate(-2, 0, 0), time.Now().AddDate(-2, 0, 0)
		h.emit(join, said)
		h.expect("delete 1", "log: **#1** mallory")
	})
}
