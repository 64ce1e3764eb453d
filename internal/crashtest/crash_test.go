package crashtest

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"palabre/internal/sources"
)

var (
	kills = flag.Int("kills", 0, "how often the program is killed in each run; 0: a few times")
	lives = flag.Int("discord", 0, "how often it is killed in each run on Discord, when not as often as on Matrix")
	seed  = flag.Uint64("seed", 1, "of everything that is left to chance")
	keep  = flag.String("keep", "", "folder in which the store and the log of a run are kept")
	load  = flag.Int("load", 60, "things that people do in a second; on Discord, which takes less, a part of that")
)

// TestMain builds the program once for all runs.
func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	flag.Parse()
	if testing.Short() {
		return m.Run() // nothing is killed
	}
	remove, err := build()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer remove()
	return m.Run()
}

// community is what people do on a platform, and the platform's own moods.
type community interface {
	pace() int      // how often somebody does something in a second
	act()           // somebody does something
	forgive()       // moderators undo what they have read of
	down()          // the program is not there: what was begun goes on
	pileUp()        // more happens than the platform tells at once
	rest() error    // what must have happened in the end and has not
	settle() bool   // tells whether nobody waits for a moderator any more
	String() string // what is waited for

	chaos(i int) // the platform fails at random, differently for each i
	calm()       // it does not any more
	heal()       // nor does it do what it was told to do once
	awake(i int) // the program is about to live for the i-th time
	// ambush calls kill while the platform does something, and tells what.
	ambush(i int, kill func()) string
	// spans are how long a life lasts at most that ends at any time, and one whose point is not reached.
	spans() (anyTime, longest time.Duration)

	behind() *backroom
	asked() int    // how often the program asked for news
	met() bool     // it knows the community: what happens from now on is promised to be seen
	abreast() bool // it has read and committed all that happened
}

// points are the steps of the program at which it can be told to die, each with how often one second of
// life passes it, more or less.
var points = []struct {
	name string
	most int
}{
	{"decided", 50}, {"before commit", 20}, {"committed", 20}, {"emitted", 10}, {"settled", 20}, {"before call", 20}, {"after call", 20},
	{"reloading", 2}, {"pruning", 15},
}

const (
	gapEvery  = 4                     // kills after which more happens than the platform tells at once
	stopEvery = 6                     // kills after which it is asked to stop for once
	copyEvery = 5                     // kills after which a backup is made
	growEvery = 4                     // kills after which there are old rows to forget
	restEvery = 11                    // kills after which a long time passes at once
	glance    = 50 * time.Millisecond // between two looks at whether it has
)

// atOnce lets a test run next to the others, all of which wait most of the time.
func atOnce(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("kills take their time")
	}
	if err := sources.Read("../.."); err != nil {
		t.Fatal(err)
	}
	t.Parallel()
}

// driver starts and kills the program while the community lives.
type driver struct {
	t        *testing.T
	town     community
	program  *program
	random   *rand.Rand
	patience time.Duration  // for the program to catch up when nothing disturbs it any more
	deaths   map[string]int // what it died of -> how often
}

func drive(t *testing.T, town community, p *program, patience time.Duration) *driver {
	return &driver{t: t, town: town, program: p, random: rand.New(rand.NewPCG(*seed, 2)), patience: patience, deaths: map[string]int{}}
}

// run is the whole of it: so many lives, and a last one in peace.
func (d *driver) run(kills int) {
	d.settleIn()
	for i := range kills {
		d.town.chaos(i)
		d.kill(i)
		d.meanwhile(i)
		if i%restEvery == restEvery-1 {
			d.sleep(i)
		}
		if i%stopEvery == stopEvery-1 {
			d.town.chaos(-i)
			d.stopInTheMiddle(i)
		}
	}
	d.catchUp()
}

// report says what was found.
func (d *driver) report(began time.Time, kills int, f figures, more string) {
	b := d.town.behind()
	d.t.Logf("seed %d: %d kills (%v), %d events, %d orders%s; %d questions to moderators, %d of prompts, %d sanctions held, %d backups, "+
		"a room closed %d times, %d times asleep; %d missed, %d doubled, %d else wrong; %d late and put right; %s",
		*seed, kills, d.deaths, f.events, f.orders, more, len(b.questions), f.asked, f.held, len(b.backups), f.locked, b.sleeps,
		f.missed, f.doubled, f.wrong, f.late, time.Since(began).Round(time.Second))
}

// settleIn is the first start: what happens from its end on is promised to be seen.
func (d *driver) settleIn() {
	l := d.program.start(d.t, "")
	d.await(l, "it knows the community", d.town.met)
	l.stop()
}

// stopInTheMiddle asks the program to stop while it is busy, which is no death: it ends well.
func (d *driver) stopInTheMiddle(i int) {
	d.town.awake(i)
	before := d.town.asked()
	l := d.program.start(d.t, "")
	d.await(l, "it asks for news", func() bool { return d.town.asked() > before })
	d.live(l, time.Duration(d.random.IntN(500))*time.Millisecond)
	l.stop()
	d.town.heal()
	d.deaths["asked to stop"]++
}

// kill lets the program live for a while and die in one of five ways. Now and then a backup is made meanwhile.
func (d *driver) kill(i int) {
	d.town.awake(i)
	ways := []func(int) (*life, string){d.atPoint, d.anyTime, d.atCall, d.powerCut}
	if i%copyEvery == copyEvery-1 && i%len(ways) != len(ways)-1 { // no backup goes on when the power fails
		d.town.behind().backUp()
		defer d.town.behind().backUpEnds()
	}
	l, how := ways[i%len(ways)](i / len(ways))
	_, longest := d.town.spans()
	d.live(l, longest)
	select {
	case <-l.ended:
	default:
		l.kill()
		how = "not reached: " + how
	}
	d.town.heal()
	if l.killed() {
		d.deaths[how]++
	}
}

// live lets things happen until the program has ended, or the time is over.
func (d *driver) live(l *life, most time.Duration) {
	over := time.NewTimer(most)
	defer over.Stop()
	tick := time.NewTicker(time.Second / time.Duration(d.town.pace()))
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
			d.town.behind().tend()
		}
	}
}

// atPoint dies at a step of the program.
func (d *driver) atPoint(i int) (*life, string) {
	p := points[i%len(points)]
	if p.name == "reloading" {
		time.AfterFunc(settling, d.town.behind().rewrite)
	}
	return d.program.start(d.t, fmt.Sprintf("%s:%d", p.name, 1+d.random.IntN(p.most))), p.name
}

// anyTime dies after 8 ms or more.
func (d *driver) anyTime(int) (*life, string) {
	most, _ := d.town.spans()
	l := d.program.start(d.t, "")
	d.live(l, time.Duration(8+d.random.IntN(int(most/time.Millisecond)))*time.Millisecond)
	l.kill()
	return l, "any time"
}

// powerCut dies as the machine does whose power fails: what it had not made sure of on the disk is lost. What it had is there.
func (d *driver) powerCut(i int) (*life, string) {
	l, _ := d.anyTime(i)
	loseUnsynced(d.t, d.program.store(), d.random)
	return l, "power cut"
}

// sleep is a death with calls in flight and a long time after it, in which the network forgets what it knew the calls by.
// People said something just before that the program learns of too late to punish it.
func (d *driver) sleep(i int) {
	b := d.town.behind()
	d.town.calm()
	d.town.awake(i)
	before := d.town.asked()
	l := d.program.start(d.t, "")
	d.await(l, "it asks for news", func() bool { return d.town.asked() > before })
	d.await(l, "all that happened is read and carried out, and no question open", func() bool {
		d.town.forgive()
		b.tend()
		return d.town.abreast() && b.quiet() && len(d.program.memory(d.t).pending()) == 0
	})
	b.deafen()
	read := b.flurry()
	d.await(l, "the flurry is read", func() bool { return b.read(read...) })
	l.kill()
	d.town.heal()
	b.offendBelatedly()
	b.forget()
	d.program.sleep(d.t, longSleep)
	b.sleeps++
	d.deaths["asleep"]++
}

// atCall dies while the platform answers it.
func (d *driver) atCall(i int) (*life, string) {
	begun := make(chan *life, 1)
	how := d.town.ambush(i, func() { (<-begun).kill() })
	l := d.program.start(d.t, "")
	begun <- l
	return l, how
}

// meanwhile is what happens while the program is down, now and then more than one sync tells.
func (d *driver) meanwhile(i int) {
	d.town.down()
	for range 5 {
		d.town.act()
	}
	if i%gapEvery == gapEvery-1 {
		d.town.pileUp()
	}
	if i%growEvery == growEvery-1 {
		d.town.behind().grow()
	}
}

// catchUp lets the program work undisturbed until it owes nothing, stops it, and sees that another start has
// nothing to do.
func (d *driver) catchUp() {
	d.town.down()
	d.town.calm()
	b := d.town.behind()
	b.ending = true
	d.drain()
	d.program.sleep(d.t, time.Minute) // which ends what rules began for a minute
	for range 2 {
		before := d.town.asked()
		l := d.program.start(d.t, "")
		d.await(l, "it asks for news", func() bool { return d.town.asked() > before })
		d.await(l, "all is read, decided and carried out", func() bool {
			d.town.forgive()
			b.tend()
			return d.betweenPrompts() && d.town.settle() && b.quiet() && len(b.rubbish()) == 0 && d.town.abreast() && d.program.memory(d.t).owesNothing() && d.town.rest() == nil
		})
		l.stop()
	}
}

// betweenPrompts tells whether the next minute's prompts are still far: those that come just before a stop wait for the next
// start, which there is none of.
func (d *driver) betweenPrompts() bool { return d.program.now().Second() < 50 }

// drain lets the program work until nothing is under way.
func (d *driver) drain() {
	before := d.town.asked()
	l := d.program.start(d.t, "")
	d.await(l, "it asks for news", func() bool { return d.town.asked() > before })
	d.await(l, "all that happened is read and carried out, and no question open", func() bool {
		d.town.forgive()
		d.town.behind().tend()
		return d.town.abreast() && d.town.behind().quiet() && len(d.program.memory(d.t).pending()) == 0
	})
	l.stop()
}

// await looks until a condition holds. In vain is an error, but not the end: what is wrong shows in the audit.
func (d *driver) await(l *life, what string, holds func() bool) {
	d.t.Helper()
	over := time.NewTimer(d.patience)
	defer over.Stop()
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-l.ended:
			d.t.Fatalf("waiting until %s: the program ended: %v\n%s", what, l.err, l.tail())
		case <-over.C:
			d.t.Errorf("in vain: %s\nit owes %q\n%v\n%s\n%s\n%s",
				what, d.program.memory(d.t).debts(), d.town.rest(), d.town.behind().waits(), d.town, l.tail())
			return
		}
	}
}
