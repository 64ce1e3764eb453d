package bot

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palabre/chat"
	"palabre/store"
)

var (
	noon    = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	mallory = chat.MemberRef{Platform: chat.Console, ID: "mallory"}
)

func silenced(number int, until time.Time) store.Sanction {
	return store.Sanction{Member: mallory, Kind: chat.ActTimeout, Until: until, Case: number}
}

func banned(number int, until time.Time) store.Sanction {
	return store.Sanction{Member: mallory, Kind: chat.ActBan, Until: until, Case: number}
}

// Whatever stands together, ending one sanction never lifts what another still asks for.
func TestLedger(t *testing.T) {
	forever := time.Time{}
	for name, tc := range map[string]struct {
		first, second store.Sanction
		secondNeeded  bool
		endFirst      chat.Action // what the platform is told when the first ends before the second …
		thenSecond    chat.Action // … and then the second
	}{
		"a longer silence goes on when the shorter ends": {
			silenced(1, noon.Add(time.Hour)), silenced(2, noon.Add(24*time.Hour)), true, nil, chat.LiftTimeout{Member: mallory},
		},
		"undoing the longer silence leaves the shorter": {
			silenced(1, noon.Add(24*time.Hour)), silenced(2, noon.Add(time.Hour)), false,
			chat.Timeout{Member: mallory, Until: noon.Add(time.Hour)}, chat.LiftTimeout{Member: mallory},
		},
		"a ban for ever outlives a ban for a day": {
			banned(1, noon.Add(24*time.Hour)), banned(2, forever), true, nil, chat.Unban{Member: mallory},
		},
		"a second ban for ever tells the platform nothing new": {
			banned(1, forever), banned(2, forever), false, nil, chat.Unban{Member: mallory},
		},
		"a silence does not lift a ban": {
			silenced(1, noon.Add(time.Hour)), banned(2, forever), true, chat.LiftTimeout{Member: mallory}, chat.Unban{Member: mallory},
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger(nil, 0)
			first, needed := l.impose(tc.first)
			if !needed {
				t.Error("the first sanction was not needed")
			}
			second, needed := l.impose(tc.second)
			if needed != tc.secondNeeded {
				t.Errorf("second needed: %v", needed)
			}
			if diff := cmp.Diff(tc.endFirst, l.end(first)); diff != "" {
				t.Error("first ended:", diff)
			}
			if diff := cmp.Diff(tc.thenSecond, l.end(second)); diff != "" {
				t.Error("second ended:", diff)
			}
			if len(l.standing) != 0 {
				t.Errorf("still standing: %v", l.standing)
			}
		})
	}
}

func TestLedgerKnowsTheSanctionsOfACase(t *testing.T) {
	l := newLedger([]store.Sanction{{ID: 7, Member: mallory, Kind: chat.ActBan, Case: 3}}, 7)
	added, _ := l.impose(silenced(3, noon))
	if added.ID != 8 {
		t.Errorf("number %d", added.ID)
	}
	if got := l.ofCase(3); len(got) != 2 || got[0].ID != 7 || got[1].ID != 8 {
		t.Errorf("of case 3: %v", got)
	}
	if _, found := l.find(9); found {
		t.Error("found what nobody imposed")
	}
	if ended := l.endAll(sanctioned{mallory, chat.ActBan}); len(ended) != 1 || ended[0].ID != 7 {
		t.Errorf("ended %v", ended)
	}
}
