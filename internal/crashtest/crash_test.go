package crashtest

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"palabre/adapters/matrix/matrixtest"
)

var (
	kills = flag.Int("kills", 12, "how often the program is killed")
	seed  = flag.Uint64("seed", 1, "of everything that is left to chance")
	load  = flag.Int("load", 60, "things that people do in a second")
)

// faults are what the homeserver does wrong while people talk.
var faults = map[string]matrixtest.Chances{
	"":         {Limited: 0.004, Refused: 0.004, Lost: 0.004},
	"sync":     {Refused: 0.02, Lost: 0.02},
	"messages": {Limited: 0.02, Refused: 0.05, Lost: 0.05},
	"send":     {Limited: 0.04, Refused: 0.03, Lost: 0.06},
	"redact":   {Limited: 0.04, Refused: 0.03, Lost: 0.06},
	"putstate": {Limited: 0.04, Refused: 0.03, Lost: 0.06},
}

// points are the steps of the program at which it can be told to die, each with how often one second of
// life passes it, more or less.
var points = []struct {
	name string
	most int
}{
	{"decided", 50}, {"before commit", 20}, {"committed", 20}, {"emitted", 10}, {"settled", 20}, {"before call", 20}, {"after call", 20},
}

// calls are the homeserver's calls at which the program is killed: before they have an effect, or before it
// hears of the effect.
var calls = []struct {
	kind string
	skip int // at most
}{
	{"sync", 6}, {"send", 10}, {"redact", 10}, {"putstate", 6}, {"messages", 2}, {"members", 4}, {"context", 1},
}

const (
	longestLife = 3 * time.Second       // of a run whose point is not reached
	gapEvery    = 4                     // kills after which more happens than one sync tells
	stopEvery   = 6                     // kills after which it is asked to stop for once
	patience    = 60 * time.Second      // for the program to catch up when nothing disturbs it any more
	glance      = 50 * time.Millisecond // between two looks at whether it has
)

// TestNothingIsLostOrDoneTwice is I1 to I4 of what Palabre promises.
func TestNothingIsLostOrDoneTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("kills take their time")
	}
	began := time.Now()
	w := found(t, *seed, *load)
	web := httptest.NewServer(w.hs)
	t.Cleanup(web.Close)
	d := &driver{t: t, town: w, program: install(t, web.URL), random: rand.New(rand.NewPCG(*seed, 2)), deaths: map[string]int{}}
	d.settleIn()
	for i := range *kills {
		d.disturb(i)
		d.kill(i)
		d.meanwhile(i)
		if i%stopEvery == stopEvery-1 {
			d.disturb(-i)
			d.stopInTheMiddle()
		}
	}
	d.catchUp()
	f := audit(t, d.town, d.program.store())
	t.Logf("seed %d: %d kills (%v), %d events, %d orders; %d missed, %d doubled, %d else wrong; %d late and put right; %s",
		*seed, *kills, d.deaths, f.events, f.orders, f.missed, f.doubled, f.wrong, f.late, time.Since(began).Round(time.Second))
	if f.events < len(w.told) || f.orders == 0 {
		t.Error("hardly anything happened: the test shows nothing")
	}
}

// driver starts and kills the program while the town lives.
type driver struct {
	t       *testing.T
	town    *town
	program *program
	random  *rand.Rand
	deaths  map[string]int // what it died of -> how often
}

// settleIn is the first start: what happens from its end on is promised to be seen.
func (d *driver) settleIn() {
	l := d.program.start(d.t, d.town.token, "")
	d.await(l, "the first sync token", func() bool { return d.here().caughtUp(d.town.hs.Token()) })
	l.stop()
}

func (d *driver) here() *memory { return &memory{d.t, d.program.store()} }

// disturb makes the homeserver fail at random, differently each time, and now and then ask for patience without
// saying how much.
func (d *driver) disturb(i int) {
	d.town.hs.Chaos(*seed+uint64(i), faults)
	if i%gapEvery == 1 {
		d.town.hs.Fail(matrixtest.Fault{Kind: "send", Room: d.town.welcome, Skip: 1, Times: 1, Status: http.StatusTooManyRequests})
	}
}

// stopInTheMiddle asks the program to stop while it is busy, which is no death: it ends well.
func (d *driver) stopInTheMiddle() {
	before := d.town.hs.Calls("sync")
	l := d.program.start(d.t, d.town.token, "")
	d.await(l, "it asks for news", func() bool { return d.town.hs.Calls("sync") > before+1 })
	d.live(l, time.Duration(d.random.IntN(500))*time.Millisecond)
	l.stop()
	d.town.hs.Heal()
	d.deaths["asked to stop"]++
}

// kill lets the program live for a while and die in one of four ways.
func (d *driver) kill(i int) {
	way := []func(int) (*life, string){d.atPoint, d.anyTime, d.atCall, d.anyTime}[i%4]
	l, how := way(i / 4)
	d.live(l, longestLife)
	select {
	case <-l.ended:
	default:
		l.kill()
		how = "not reached: " + how
	}
	d.town.hs.Heal()
	if l.killed() {
		d.deaths[how]++
	}
}

// live lets things happen until the program has ended, or the time is over.
func (d *driver) live(l *life, most time.Duration) {
	over := time.NewTimer(most)
	defer over.Stop()
	tick := time.NewTicker(time.Second / time.Duration(*load))
	defer tick.Stop()
	for {
		select {
		case <-l.ended:
			return
		case <-over.C:
			return
		case <-tick.C:
			d.town.act()
			d.town.forgive()
		}
	}
}

// atPoint dies at a step of the program.
func (d *driver) atPoint(i int) (*life, string) {
	p := points[i%len(points)]
	return d.program.start(d.t, d.town.token, fmt.Sprintf("%s:%d", p.name, 1+d.random.IntN(p.most))), p.name
}

// anyTime dies after 8 to 400 ms.
func (d *driver) anyTime(int) (*life, string) {
	l := d.program.start(d.t, d.town.token, "")
	d.live(l, time.Duration(8+d.random.IntN(392))*time.Millisecond)
	l.kill()
	return l, "any time"
}

// atCall dies while the homeserver answers it.
func (d *driver) atCall(i int) (*life, string) {
	c, effect := calls[i%len(calls)], d.random.IntN(2) == 0
	begun := make(chan *life, 1)
	d.town.hs.Fail(matrixtest.Fault{Kind: c.kind, Skip: d.random.IntN(c.skip + 1), Times: 1, Commit: effect, Then: func() { (<-begun).kill() }})
	l := d.program.start(d.t, d.town.token, "")
	begun <- l
	return l, c.kind
}

// meanwhile is what happens while the program is down, now and then more than one sync tells.
func (d *driver) meanwhile(i int) {
	d.town.endSieges()
	for range 5 {
		d.town.act()
	}
	if i%gapEvery == gapEvery-1 {
		d.town.pileUp()
	}
}

// catchUp lets the program work undisturbed until it owes nothing, stops it, and sees that another start has
// nothing to do.
func (d *driver) catchUp() {
	d.town.endSieges()
	d.town.hs.Chaos(0, nil)
	for range 2 {
		before := d.town.hs.Calls("sync")
		l := d.program.start(d.t, d.town.token, "")
		d.await(l, "it asks for news", func() bool { return d.town.hs.Calls("sync") > before })
		d.await(l, "all is read, decided and carried out", func() bool {
			d.town.forgive()
			return len(d.town.toUndo) == 0 && d.here().caughtUp(d.town.hs.Token()) && d.here().owesNothing() && d.town.rest() == nil
		})
		l.stop()
	}
}

// await looks until a condition holds. In vain is an error, but not the end: what is wrong shows in the audit.
func (d *driver) await(l *life, what string, holds func() bool) {
	d.t.Helper()
	over := time.NewTimer(patience)
	defer over.Stop()
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-l.ended:
			d.t.Fatalf("waiting until %s: the program ended: %v\n%s", what, l.err, l.tail())
		case <-over.C:
			d.t.Errorf("in vain: %s\nit owes %q\n%v\nto be undone: %v\nread to %q of %s\n%s",
				what, d.here().debts(), d.town.rest(), d.town.toUndo, d.here().cursors(), d.town.hs.Token(), l.tail())
			return
		}
	}
}
