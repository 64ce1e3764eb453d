package raidtest

import (
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"palabre/internal/sources"
)

var (
	raid     = flag.Duration("raid", 2*time.Second, "how long the raid lasts")
	rate     = flag.Int("rate", 200, "messages a second")
	accounts = flag.Int("accounts", 100, "accounts that take part")
	full     = flag.Bool("full", false, "the whole raid, held against the goals: a minute, 1,500 messages a second, 2,000 accounts")
	keep     = flag.String("keep", "", "keep what the programs wrote, in this folder")
)

// The goals of the whole raid. Machines that others use at the same time differ in speed, so shorter ones only print.
const (
	mostLatency = time.Second // 99 % of what was to be acted on, from its arrival to the decision
	mostLines   = 10
	mostMemory  = 250 << 20
	mostStop    = 20 * time.Second
)

func TestMain(m *testing.M) {
	flag.Parse()
	if *full {
		*raid, *rate, *accounts = time.Minute, 1500, 2000
	}
	remove, err := build()
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	code := m.Run()
	remove()
	os.Exit(code)
}

// place is a community on a scripted network.
type place interface {
	// config is the network's part of the configuration.
	config() string
	secret() string
	// arrive lets an account of that number enter, and say lets it speak; regular 0 was there before.
	arrive(account int) error
	say(account int, text string) error
	lines() []string // in the moderators' room
}

const configuration = `
community: { name: Raided, language: en, zone: UTC }
store: %s/palabre.db
listen: "%s"
desk: moderators
packs:
  netiquette-en: { mode: %[3]s }
  spam: { mode: %[3]s }
  links: { mode: %[3]s }
  newcomers: { mode: %[3]s }
  raid: { mode: %[3]s }
rules:
  - { name: probe, why: { en: "A probe." }, when: { words: [zyxprobe] }, do: [ delete ], mode: enforce }
%s`

func TestARaid(t *testing.T) {
	if err := sources.Read("../.."); err != nil {
		t.Fatal(err)
	}
	for _, network := range []struct {
		name  string
		found func(*testing.T) place
	}{{"Matrix", foundTown}, {"Discord", foundGuild}} {
		for _, mode := range []string{"shadow", "enforce"} {
			t.Run(network.name+" "+mode, func(t *testing.T) { run(t, network.found(t), mode) })
		}
	}
}

// run raids a place for a while, looks at what came of it, and stops the program in the middle of another raid.
func run(t *testing.T, p place, mode string) {
	program := install(t, p, mode)
	program.start(t)
	for n := range *accounts {
		must(t, p.arrive(1+n))
	}
	watch := program.watch()
	began := time.Now()
	sent := flood(t, p, *raid)
	program.caughtUp(t, *accounts+sent)
	drained := time.Since(began) - *raid
	if *full {
		time.Sleep(75 * time.Second) // until what was gathered is told
	}
	lines := p.lines()
	peak, worst := watch()
	stopping := make(chan time.Duration, 1)
	time.AfterFunc(*raid/4, func() { stopping <- program.stop(t) })
	more := flood(t, p, *raid/3)
	stopped := <-stopping
	waits := program.latencies(t)
	t.Logf("%d messages (%d a second) of %d accounts, and %d more: judged p50 %s, p99 %s, last %s (%d acted on); %s to catch up; worst lag %.1fs; %d lines at the desk; RSS %d MB at most; stopped in %s",
		sent, int(float64(sent)/raid.Seconds()), *accounts, more, share(waits, 50), share(waits, 99), share(waits, 100), len(waits), drained.Round(time.Millisecond), worst, len(lines), peak>>20, stopped.Round(time.Millisecond))
	for _, line := range lines {
		t.Logf("desk: %.300s", line)
	}
	if len(waits) == 0 || len(lines) == 0 {
		t.Error("nothing was judged, or nothing told: the test shows nothing")
	}
	if len(lines) > mostLines || stopped > mostStop {
		t.Errorf("%d lines, stopped in %s", len(lines), stopped)
	}
	if *full && (share(waits, 99) > mostLatency || peak > mostMemory) {
		t.Errorf("p99 %s, RSS %d MB", share(waits, 99), peak>>20)
	}
}

// flood lets the accounts say nearly the same, evenly, and a regular now and then what must be taken away at once.
func flood(t *testing.T, p place, lasts time.Duration) (sent int) {
	t.Helper()
	began := time.Now()
	for time.Since(began) < lasts {
		due := int(time.Since(began).Seconds() * float64(*rate))
		for ; sent < due; sent++ {
			account, text := 1+sent%*accounts, fmt.Sprintf("come to our casino and win big prizes today %d", sent%100)
			if sent%100 == 99 {
				account, text = 0, "zyxprobe"
			}
			must(t, p.say(account, text))
		}
		time.Sleep(2 * time.Millisecond)
	}
	return sent
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// share is the wait that so many of a hundred did not exceed.
func share(waits []time.Duration, of int) time.Duration {
	if len(waits) == 0 {
		return 0
	}
	return waits[min(len(waits)-1, len(waits)*of/100)]
}
