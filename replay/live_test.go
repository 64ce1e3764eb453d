package replay_test

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"palabre/config"
	"palabre/replay"
	"palabre/scenario"
	"palabre/store"
)

// tally is what came of a past, however it was found out.
type tally struct {
	Hits      map[string]int      // by rule
	Members   map[string][]string // by rule, their names
	Incidents map[string][]string // by rule: "2026-11-23 09:00:03 mallory"
	Acts      map[string]int      // by kind
	Cases     int
}

func newTally() tally {
	return tally{Hits: map[string]int{}, Members: map[string][]string{}, Incidents: map[string][]string{}, Acts: map[string]int{}}
}

// The same people say the same things at the same moments: once in the console, where the rules are enforced, and once in the
// export of a channel where nobody did anything. What replaying reports is what enforcing did: the same hits, by the same
// members, at the same moments, and the same acts.
func TestReplayingIsEnforcing(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			cfg := community(t)
			lived := live(t, cfg, folder, newCrowd(seed, 12, opening(cfg)))
			told := reported(tried(t, folder, -1, cfg))
			if diff := gocmp.Diff(lived, told); diff != "" {
				t.Errorf("enforced - replayed +\n%s", diff)
			}
			for _, rule := range []string{"new-account-invites", "flood", "link-flood", "insults", "shouting"} {
				if lived.Hits[rule] == 0 {
					t.Errorf("%s: nothing happened that could be compared", rule)
				}
			}
			if lived.Acts["timeout"] == 0 {
				t.Error("the ladder was never climbed")
			}
		})
	}
}

func opening(cfg *config.Config) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", scenario.Opening, cfg.Community.Zone)
	if err != nil {
		panic(err)
	}
	return at
}

// live plays a crowd in the console, and writes the export of what it says.
func live(t *testing.T, cfg *config.Config, folder string, c *crowd) tally {
	t.Helper()
	session, err := scenario.New(cfg, io.Discard, false)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	f, err := os.Create(filepath.Join(folder, "general.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	export := newDCE(f, "general", "1152921504606846977")
	play := func(at time.Time, line string) {
		for _, l := range []string{at.Add(-time.Second).Format("at 2006-01-02 15:04:05"), line} {
			if err := session.Play(t.Context(), l); err != nil {
				t.Fatal(err)
			}
		}
	}
	c.often = 8
	known := map[string]bool{}
	for range 250 {
		turn := c.next(1)
		if !known[turn.by.name] && strings.HasPrefix(turn.by.name, "new") {
			export.say(turn.at, "GuildMemberJoin", turn.by, "Joined the server.")
			play(turn.at, turn.by.name+" joins (account 20h)")
		}
		known[turn.by.name] = true
		for i, text := range turn.texts {
			at := turn.at.Add(time.Duration(i+1) * time.Second)
			export.say(at, turn.kind, turn.by, text)
			play(at, turn.by.name+" #general: "+text)
		}
	}
	if err := export.end(); err != nil {
		t.Fatal(err)
	}
	return recorded(t, session.Memory(), cfg)
}

// recorded is what the store says was done.
func recorded(t *testing.T, memory *store.Store, cfg *config.Config) tally {
	t.Helper()
	out := newTally()
	cases, err := memory.CasesOf(t.Context(), "", 10_000)
	if err != nil {
		t.Fatal(err)
	}
	out.Cases = len(cases)
	numbers := []int{0} // verdicts of rules in shadow belong to no case
	for _, c := range cases {
		numbers = append(numbers, c.No)
		strikes, err := memory.StrikesOf(t.Context(), c.No)
		if err != nil {
			t.Fatal(err)
		}
		if len(strikes) > 0 {
			out.Acts["strike"] += len(strikes)
		}
		orders, err := memory.OrdersOf(t.Context(), c.No)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range orders {
			if o.Label != "log" && o.Label != "lift timeout" {
				out.Acts[o.Label]++
			}
		}
	}
	for _, no := range numbers {
		verdicts, err := memory.Verdicts(t.Context(), no)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range verdicts {
			out.hit(v.Rule, v.Person.Member().ID, v.At.In(cfg.Community.Zone), v.Joined)
		}
	}
	out.sort()
	return out
}

func (t *tally) hit(rule, member string, at time.Time, joined bool) {
	t.Hits[rule]++
	if !slices.Contains(t.Members[rule], member) {
		t.Members[rule] = append(t.Members[rule], member)
	}
	if !joined {
		t.Incidents[rule] = append(t.Incidents[rule], at.UTC().Format("2006-01-02 15:04:05 ")+member)
	}
}

func (t *tally) sort() {
	for _, lists := range []map[string][]string{t.Members, t.Incidents} {
		for list := range maps.Values(lists) {
			slices.Sort(list)
		}
	}
}

// reported is what a report says would have been done.
func reported(r *replay.Report) tally {
	out := newTally()
	side := r.Sides[0]
	out.Cases, out.Acts = side.Cases, side.Acts
	for _, rule := range side.Rules {
		for _, s := range rule.Samples.List() {
			out.hit(rule.Name, strings.ToLower(s.Member), s.At, false)
		}
		if rule.Hits > 0 {
			out.Hits[rule.Name] = rule.Hits
		}
		if len(out.Members[rule.Name]) != rule.Members {
			out.Members[rule.Name] = append(out.Members[rule.Name], fmt.Sprint("in all ", rule.Members))
		}
	}
	out.sort()
	return out
}
