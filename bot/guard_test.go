package bot

import (
	"testing"
	"time"

	"palabre/chat"
)

func actor(id string, standing chat.Standing) chat.Actor {
	return chat.Actor{MemberRef: chat.MemberRef{Platform: chat.Console, ID: id}, Standing: standing}
}

func TestGuardSparesWhoDoesNotStandStrictlyBelow(t *testing.T) {
	hook := chat.Actor{MemberRef: chat.MemberRef{Platform: chat.Discord, ID: "7"}, Kind: chat.Nobody}
	ban := chat.Ban{}
	for name, tc := range map[string]struct {
		by, target chat.Actor
		act        chat.Action
		want       ruling
	}{
		"a rule may act against a member's own message": {actor("a", chat.StandingMember), actor("a", chat.StandingMember), ban, pass},
		"a rule never acts against a moderator":         {actor("m", chat.StandingModerator), actor("m", chat.StandingModerator), ban, drop},
		"nor deletes their messages":                    {actor("m", chat.StandingModerator), actor("m", chat.StandingModerator), chat.Delete{}, drop},
		"a moderator may act against a trusted member":  {actor("m", chat.StandingModerator), actor("t", chat.StandingTrusted), ban, pass},
		"not against another moderator":                 {actor("m", chat.StandingModerator), actor("n", chat.StandingModerator), ban, drop},
		"nor against an admin":                          {actor("m", chat.StandingModerator), actor("a", chat.StandingAdmin), ban, drop},
		"an admin may act against a moderator":          {actor("a", chat.StandingAdmin), actor("m", chat.StandingModerator), ban, pass},
		"nobody acts against Palabre itself":            {actor("a", chat.StandingAdmin), chat.Actor{Kind: chat.Self}, ban, drop},
		"a line for the moderators is against nobody":   {actor("m", chat.StandingModerator), actor("n", chat.StandingModerator), chat.Send{As: "log"}, pass},
		"a warning is, and moderators are not warned":   {actor("m", chat.StandingModerator), actor("m", chat.StandingModerator), chat.Send{As: "warn"}, drop},
		"a member cannot act against their equals":      {actor("a", chat.StandingMember), actor("b", chat.StandingMember), ban, drop},
		"what a webhook says may go":                    {hook, hook, chat.Delete{}, pass},
		"but nobody is punished for it":                 {hook, hook, chat.Strike{}, drop},
		"nor warned":                                    {hook, hook, chat.Send{As: "warn"}, drop},
		"the moderators may hear of it":                 {hook, hook, chat.Send{As: "log"}, pass},
		"nor against trusted members":                   {actor("a", chat.StandingMember), actor("t", chat.StandingTrusted), ban, drop},
	} {
		t.Run(name, func(t *testing.T) {
			g := guard{}
			if got := g.judge(Limits{}, noon, chat.Event{Actor: tc.by, At: noon}, tc.act, &tc.target); got != tc.want {
				t.Errorf("got %d, want %d", got, tc.want)
			}
		})
	}
}

// What is learnt late is cleaned up. Nobody is punished for it any more, and no room is calmed that is calm by now.
func TestGuardDoesNotPunishLate(t *testing.T) {
	member := actor("a", chat.StandingMember)
	ev := chat.Event{Actor: member, At: noon, Late: true}
	g := guard{}
	for name, tc := range map[string]struct {
		act  chat.Action
		want ruling
	}{
		"delete": {chat.Delete{}, pass}, "case": {chat.OpenCase{}, pass}, "line": {chat.Send{As: "log"}, pass},
		"warn": {chat.Send{As: "warn"}, drop}, "strike": {chat.Strike{}, drop}, "timeout": {chat.Timeout{}, drop}, "ban": {chat.Ban{}, drop},
		"slowmode": {chat.Slowmode{}, drop}, "lock": {chat.Lock{}, drop}, "unlock": {chat.Unlock{}, pass}, "raid mode": {chat.RaidMode{On: true}, drop},
	} {
		if got := g.judge(Limits{}, noon, ev, tc.act, &member); got != tc.want {
			t.Errorf("%s: got %d, want %d", name, got, tc.want)
		}
	}
}

// Ten sanctions a minute at most: the eleventh is held; a minute later there is room again, up to the hour's ceiling.
func TestGuardHoldsWhatIsTooMuch(t *testing.T) {
	limits := Limits{PerMinute: 10, PerHour: 12}
	member := actor("a", chat.StandingMember)
	g := guard{}
	judge := func(at time.Time) ruling {
		return g.judge(limits, at, chat.Event{Actor: member, At: at.Add(-9 * time.Minute)}, chat.Ban{}, &member)
	}
	for i := range 10 {
		if got := judge(noon); got != pass {
			t.Fatalf("sanction %d: %d", i+1, got)
		}
	}
	later := []struct {
		at   time.Time
		want ruling
	}{
		{noon, hold}, {noon.Add(time.Minute), pass}, {noon.Add(time.Minute), pass}, {noon.Add(time.Minute), hold}, {noon.Add(time.Hour), pass},
	}
	for i, tc := range later {
		if got := judge(tc.at); got != tc.want {
			t.Errorf("later sanction %d: got %d, want %d", i+1, got, tc.want)
		}
	}
}
