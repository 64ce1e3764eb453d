package crashtest

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// TestADiskThatLied is what is owed when a disk said that it had written what it had not: a power cut takes what was committed,
// and done. Then the network is ahead of the store, and everything since is read and decided again. That gives
// the same orders, by the same keys, so with a network that remembers them (half an hour to a day on Matrix) all that
// people's messages and commands lead to is done once: deletions, warnings, marks, the lines of cases. Sanctions are looked
// at before they are imposed or lifted, and end. The store opens by itself, or is refused as damaged, when the cut met the
// log while it was being copied into the database: then a backup is needed.
//
// Not promised: what timers lead to (greetings, questions of prompts, the line that a silence is over) may be said twice;
// and a case may get another number than the one that the moderators read.
func TestADiskThatLied(t *testing.T) {
	atOnce(t)
	w := found(t, *seed, *load)
	w.ways = plain
	web := httptest.NewServer(w.hs)
	t.Cleanup(web.Close)
	w.url = web.URL
	w.program = install(t, func(folder string) string {
		w.folder = folder
		return w.configure(extra{})
	}, "PALABRE_MATRIX_TOKEN="+w.token)
	w.back.program = w.program
	w.hs.SetClock(w.program.now)
	d := drive(t, w, w.program, 60*time.Second)
	d.settleIn()
	rounds, refused := cmp.Or(*kills/10, 4), 0
	for i := range rounds {
		w.chaos(i)
		refused += d.lifeOnALie(i)
	}
	w.calm()
	d.lastLife()
	a := &liar{town: w, ledger: open(t, w.program)}
	a.audit()
	t.Logf("seed %d: %d power cuts on a disk that lies, %d stores refused as damaged; %d events, %d orders; %d missed, %d doubled, %d else wrong",
		*seed, rounds, refused, a.figures.events, a.figures.orders, a.figures.missed, a.figures.doubled, a.figures.wrong)
}

// plain is what people do whose consequences can be foretold from the network alone.
var plain = []deed[*town]{
	{48, (*town).talk}, {4, (*town).correct}, {8, (*town).arrive}, {4, (*town).visit}, {10, (*town).advertise}, {3, (*town).flood},
	{4, (*town).warn}, {4, (*town).silenceShortly}, {3, (*town).ban}, {2, (*town).usurp},
}

// lifeOnALie is a life that ends with the power, on a disk that lied. It gives 1 when the store is refused after that: then the one
// from before the cut is put back, as a backup would be.
func (d *driver) lifeOnALie(i int) (refused int) {
	d.anyTimeFor(time.Second + time.Duration(d.random.IntN(1500))*time.Millisecond)
	path := d.program.store()
	files := map[string][]byte{}
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(path + suffix)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			d.t.Fatal(err)
		}
		files[suffix] = data
	}
	lie(d.t, path, files["-wal"], i, d.random)
	before := d.town.asked()
	l := d.program.start(d.t, "")
	for l.living() {
		if d.town.asked() > before {
			l.stop()
			return 0
		}
		time.Sleep(glance)
	}
	if !strings.Contains(l.tail(), "damaged") {
		d.t.Fatalf("it does not start after a power cut: %v\n%s", l.err, l.tail())
	}
	for suffix, data := range files {
		must(d.t, os.WriteFile(path+suffix, data, 0o600))
	}
	_ = os.Remove(path + "-shm") // it may not be there
	return 1
}

// anyTimeFor is a life of a given length, at whose end the program is killed.
func (d *driver) anyTimeFor(length time.Duration) {
	l := d.program.start(d.t, "")
	d.live(l, length)
	l.kill()
	d.town.heal()
}

// lie takes the end of the log: cut, or not written.
func lie(t *testing.T, path string, log []byte, i int, random *rand.Rand) {
	t.Helper()
	log = append([]byte(nil), log...)
	if i%2 == 0 {
		log = log[:len(log)-min(len(log), random.IntN(60<<10))]
	} else {
		clear(log[len(log)-min(len(log), random.IntN(16<<10)):])
	}
	must(t, os.WriteFile(path+"-wal", log, 0o600))
	if err := os.Remove(path + "-shm"); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
}

// lastLife lets the program work until it owes nothing.
func (d *driver) lastLife() {
	b := d.town.behind()
	b.ending = true
	l := d.program.start(d.t, "")
	d.await(l, "all is read, decided and carried out", func() bool {
		b.tend()
		return d.betweenPrompts() && b.quiet() && d.town.abreast() && d.program.memory(d.t).owesNothing() && d.town.rest() == nil
	})
	l.stop()
}

// liar compares what the homeserver shows with what must have come of it: the store may have forgotten some.
type liar struct {
	*town
	ledger
}

func (a *liar) audit() {
	taken, marks, answers, elsewhere := map[string]int{}, map[string]int{}, map[string]int{}, 0
	for _, room := range a.rooms {
		for _, ev := range a.hs.Events(room) {
			relates, _ := ev.Content["m.relates_to"].(map[string]any)
			target, _ := relates["event_id"].(string)
			reply, _ := relates["m.in_reply_to"].(map[string]any)
			answered, _ := reply["event_id"].(string)
			switch {
			case ev.Sender != a.self:
			case ev.Type == "m.room.redaction":
				taken[ev.Redacts]++
			case ev.Type == "m.reaction":
				marks[target]++
			case answered != "":
				answers[answered]++
			case strings.Contains(fmt.Sprint(ev.Content["body"]), ": Not done:"):
				elsewhere++
			}
		}
	}
	for message, rule := range a.bad {
		a.count(taken[message], 1, "deletion of %s (%s)", message, rule)
		delete(taken, message)
	}
	for message := range taken {
		a.is(&a.figures.wrong, "deleted, and nothing was wrong with it: %s", message)
	}
	unmarked := 0
	for id, name := range a.commands {
		if marks[id]+answers[id] == 0 {
			unmarked++
			continue
		}
		a.count(marks[id]+answers[id], 1, "mark under !%s %s, or answer that it was not done", name, id)
	}
	a.count(elsewhere, unmarked, "marks or answers, of which the moderators' room tells what was not done elsewhere")
	for id := range a.refused {
		a.count(answers[id], 1, "answer to %s", id)
	}
	a.casesWereTold()
	a.nothingSetAside()
}

// casesWereTold: each case of a moderator's has one line at the desk. Rules' lines may stand together with others.
func (a *liar) casesWereTold() {
	lines := map[string]int{}
	for _, text := range a.hs.Shown(a.desk) {
		for o := range a.offences {
			name := strings.TrimSuffix(strings.TrimPrefix(o.user, "@"), ":localhost")
			if strings.Contains(text, " "+name+":") && strings.Contains(text, ", by ") {
				lines[o.user]++
			}
		}
	}
	for o, n := range a.offences {
		if unwarned[o.rule] || o.rule == "warn" {
			a.count(lines[o.user], n, "line about %s for %s", o.user, o.rule)
		}
	}
}
