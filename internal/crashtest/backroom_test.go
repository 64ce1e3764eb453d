package crashtest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// floor is what people of either platform do, as far as both communities need the same of it.
type floor interface {
	utter(text string) (user, message string) // somebody new says something in the general room
	call(command string) (event string)       // an admin calls something at the desk
	cards() []card                            // the questions that were posted at the desk
	press(moderator int, c card, choice string) (event string)
	surely() bool                // a press reaches the program, sooner or later
	regretted(user string) bool  // moderators undo, or have undone, what was done to somebody
	deafen()                     // some of the program's next calls have their effect, and it never hears of it
	forget()                     // the network forgets whatever it knows orders by
	configure(extra) string      // the configuration with a rule and a prompt, or without
	event(message string) string // a message's name in the journal
}

// backroom is what goes on behind the rooms of a community, on either platform: moderators switch rules on and off, answer
// questions and release what is held, and the operator saves the file, makes backups and lets time pass.
type backroom struct {
	floor
	t       *testing.T
	program *program
	random  *rand.Rand
	looked  time.Time // when the moderators looked last
	ending  bool      // nothing new is begun

	bad       map[string]string // the community's
	offences  map[offence]int
	belated   map[string]bool // users of whose offence the program can only learn too late to punish it
	levers    []*lever
	questions map[string]*question // by whom they are about
	approved  map[string]bool      // held orders that the operator released, and was told so
	waited    map[string]bool      // orders that were seen held
	left      map[string]bool      // held orders that the operator leaves where they are
	backups   []backup
	litter    int // old rows that nothing needs any more
	sleeps    int
}

func newBackroom(t *testing.T, f floor, random *rand.Rand, bad map[string]string, offences map[offence]int) *backroom {
	b := &backroom{
		floor: f, t: t, random: random, bad: bad, offences: offences, belated: map[string]bool{},
		questions: map[string]*question{}, approved: map[string]bool{}, waited: map[string]bool{}, left: map[string]bool{},
	}
	b.levers = []*lever{
		{rule: "tumult", word: "hullabaloo", mustEnd: true, throw: b.raid},
		{rule: "rumours", word: "hearsay", throw: b.promote},
		{rule: "fads", word: "gizmo", throw: b.save, byFile: true},
	}
	return b
}

// lookEvery is how often moderators and the operator look.
const lookEvery = 300 * time.Millisecond

// tend lets the moderators and the operator do what there is to do.
func (b *backroom) tend() {
	if time.Since(b.looked) < lookEvery {
		return
	}
	b.looked = time.Now()
	b.answer()
	b.switchOver()
	b.release()
}

// quiet tells whether nothing waits for a moderator or for the operator.
func (b *backroom) quiet() bool {
	for _, l := range b.levers {
		if l.holds != nil && !l.byFile || b.ending && l.mustEnd && l.on {
			return false
		}
	}
	for _, q := range b.questions {
		if b.open(q) {
			return false
		}
	}
	return len(b.held()) == 0
}

// waits is what quiet misses.
func (b *backroom) waits() string {
	var out []string
	for _, l := range b.levers {
		if l.holds != nil || l.on {
			out = append(out, fmt.Sprintf("%s on %t, thrown %t", l.rule, l.on, l.holds != nil))
		}
	}
	for user, q := range b.questions {
		if b.open(q) {
			out = append(out, fmt.Sprintf("question about %s, pressed %q", user, q.presses))
		}
	}
	return strings.Join(append(out, b.held()...), "; ")
}

// read tells whether all of some events are in the journal.
func (b *backroom) read(events ...string) bool {
	if len(events) == 0 {
		return true
	}
	rows := b.program.memory(b.t).rows("SELECT count(*) FROM journal WHERE event IN ('"+strings.Join(events, "','")+"')", 1)
	return len(rows) == 1 && rows[0][0] == fmt.Sprint(len(events))
}

// lever is something that people switch on and off, and a word that a rule minds only while it is on.
type lever struct {
	rule, word string
	throw      func(on bool) (holds func() bool)
	mustEnd    bool // it may not be left on
	byFile     bool // what it does holds from the next start at the latest

	on    bool
	holds func() bool // tells whether the last throw holds for all that is said from now on; nil when it is known to
	said  []string    // events since the last throw
}

// saidBetween is how often a lever's word is said at least before it is thrown again.
const saidBetween = 3

// switchOver throws the levers that may be thrown: everything that was said before is read, so that it is certain what
// held for it.
func (b *backroom) switchOver() {
	for _, l := range b.levers {
		if l.holds != nil && l.holds() {
			l.holds = nil
		}
		again := len(l.said) >= saidBetween && !b.ending || b.ending && l.mustEnd && l.on
		if l.holds == nil && again && b.read(l.said...) {
			l.on, l.said = !l.on, nil
			l.holds = l.throw(l.on)
		}
	}
}

// provoke says a lever's word, unless it is being thrown.
func (b *backroom) provoke() {
	l := b.levers[b.random.IntN(len(b.levers))]
	if l.holds != nil {
		return
	}
	user, message := b.utter(l.word + " again, for the " + fmt.Sprint(b.random.IntN(1000)) + "th time")
	l.said = append(l.said, b.event(message))
	if l.on {
		b.bad[message] = l.rule
		b.offences[offence{user, l.rule}]++
	}
}

// raid switches raid mode.
func (b *backroom) raid(on bool) func() bool {
	if on {
		return b.obeyed("raid on 24h")
	}
	return b.obeyed("raid off")
}

// promote gives a rule that the file has in shadow its power, or takes it again.
func (b *backroom) promote(on bool) func() bool {
	if on {
		return b.obeyed("promote rumours")
	}
	return b.obeyed("demote rumours")
}

// obeyed lets an admin call something. What it does holds once it is in the journal.
func (b *backroom) obeyed(command string) func() bool {
	event := b.call(command)
	return func() bool { return b.read(event) }
}

// extra is what is taken out of the file and put back while the program lives.
type extra struct{ rule, prompt bool }

// save writes the file anew, tells the program so or lets it find out, and puts a prompt in or out by the way. It holds for
// sure in the life after.
func (b *backroom) save(on bool) func() bool {
	b.program.write(b.t, b.configure(extra{rule: on, prompt: b.random.IntN(2) == 0}))
	if b.random.IntN(2) == 0 {
		b.program.hangUp()
	}
	lives := len(b.program.lives)
	return func() bool { return len(b.program.lives) > lives }
}

// rewrite changes the file while the program lives, and tells it so.
func (b *backroom) rewrite() {
	for _, l := range b.levers {
		if l.byFile {
			b.program.write(b.t, b.configure(extra{rule: l.on, prompt: b.random.IntN(2) == 0}))
			b.program.hangUp()
		}
	}
}

// longSleep is longer than any network remembers what it knows an order by, and than the program lets punish late.
const longSleep = 22 * time.Minute

// flurry is offences of which every one leads to orders; it gives their events.
func (b *backroom) flurry() (events []string) {
	for range 8 {
		events = append(events, b.offend())
	}
	return events
}

// offend is an invitation by somebody new.
func (b *backroom) offend() (event string) {
	user, message := b.utter(invitation(fmt.Sprint("ad", b.random.IntN(1000))))
	b.bad[message] = "invites"
	b.offences[offence{user, "invites"}]++
	return b.event(message)
}

// offendBelatedly is offences that nobody reads for a long time: they are cleaned up, and nobody is punished.
func (b *backroom) offendBelatedly() {
	for range 2 {
		user, message := b.utter(invitation(fmt.Sprint("late", b.random.IntN(1000))))
		b.bad[message], b.belated[user] = "invites", true
		b.offences[offence{user, "invites"}]++
	}
}
