package crashtest

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"palabre/chat"
	"palabre/store"
)

// figures are what an audit found.
type figures struct {
	events, orders         int
	missed, doubled, wrong int
	late                   int // effects of a killed process that landed after their end, and were put right
	asked, held, locked    int // questions of prompts, sanctions that were held, times that a room was closed for a while
}

// ledger is what the program wrote down, and what of it is not as it must be.
type ledger struct {
	t *testing.T
	records
	figures figures
}

func open(t *testing.T, p *program) ledger {
	t.Helper()
	l := ledger{t: t, records: p.memory(t).read()}
	l.figures.events, l.figures.orders = len(l.journal), len(l.records.orders)
	for _, o := range l.records.orders {
		_, is := o.Action.(chat.Lock)
		l.figures.locked += btoi(is && o.State == store.Done && !o.Receipt.Gone)
	}
	return l
}

// is reports something that is wrong and counts it.
func (l *ledger) is(kind *int, format string, args ...any) {
	l.t.Helper()
	if *kind++; *kind <= 20 {
		l.t.Errorf(format, args...)
	}
}

// count reports what is not there once.
func (l *ledger) count(got, want int, format string, args ...any) {
	l.t.Helper()
	switch {
	case got < want:
		l.is(&l.figures.missed, "missed (%d of %d): "+format, append([]any{got, want}, args...)...)
	case got > want:
		l.is(&l.figures.doubled, "doubled (%d for %d): "+format, append([]any{got, want}, args...)...)
	}
}

// unwarned are what cases are opened for without a warning.
var unwarned = map[string]bool{"timeout": true, "ban": true, "stampede": true, "medals": true}

// casesAreRight: one case for each offence, each told once at the desk, in a line of its own or together with others, with one
// warning and one verdict. Who offended too long ago to be punished was not warned.
func (l *ledger) casesAreRight(offences map[offence]int, b *backroom) {
	got, untold := map[offence]int{}, map[string]int{}
	for _, c := range l.cases {
		got[offence{c.Member.ID, c.Rule}]++
		lines, warnings, event := 0, 0, c.Event
		if q := b.questions[c.Member.ID]; q != nil {
			event = b.heard(q).event
		}
		for _, o := range l.orders {
			if o.Case == c.No && o.Event == event {
				lines += btoi(o.Label == "log" && !tellsOfHold(o))
				warnings += btoi(o.Label == "warn")
			}
		}
		if lines == 0 && c.By.IsZero() {
			untold[c.Rule]++
		} else {
			l.count(lines, 1, "line of case %d", c.No)
		}
		if !unwarned[c.Rule] {
			l.count(warnings, btoi(!b.belated[c.Member.ID]), "warning of case %d", c.No)
		}
		if c.By.IsZero() {
			l.count(len(l.verdicts[c.Event]), 1, "verdict of %s in case %d", c.Event, c.No)
		}
	}
	for rule, n := range l.gathered {
		l.count(n, untold[rule], "cases of %s told together", rule)
		delete(untold, rule)
	}
	for rule, n := range untold {
		l.count(0, n, "lines of cases of %s", rule)
	}
	for o, n := range offences {
		if b.belated[o.user] {
			n = min(n, got[o])
		}
		l.count(got[o], n, "case of %s for %s", o.user, o.rule)
		delete(got, o)
	}
	for o := range got {
		l.is(&l.figures.wrong, "a case of %s for %s, and nothing was wrong", o.user, o.rule)
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// nothingSetAside: no event made the program fail.
func (l *ledger) nothingSetAside() {
	for _, line := range l.aside {
		l.is(&l.figures.wrong, "set aside: %s", line)
	}
}

// tellsOfHold tells whether an order is the line that a sanction is held.
func tellsOfHold(o store.Order) bool {
	line, is := o.Action.(chat.Send)
	return is && strings.HasPrefix(line.Text.Plain(), "Too many sanctions at once")
}

// slept tells whether an order is excused: time passed at once until it was not worth carrying out any more.
func slept(o store.Order) bool {
	return o.State == store.Dead && !o.Deadline.IsZero() && o.SettledAt.After(o.Deadline)
}

// waves are greetings of so many that they are not named.
var waves = regexp.MustCompile(`Welcome to the (?:(\d+) people|newest of us)`)

// greetings: every newcomer was greeted once, by name or as one of many. Some may have been greeted or not.
func (l *ledger) greetings(newcomers, perhaps int, named map[string]int, texts []string) {
	total := 0
	for user, times := range named {
		l.count(times, 1, "greeting of %s", user)
		total++
	}
	for _, text := range texts {
		for _, m := range waves.FindAllStringSubmatch(text, -1) {
			n, err := strconv.Atoi(cmp.Or(m[1], "1"))
			if err != nil {
				l.t.Fatal(err)
			}
			total += n
		}
	}
	l.count(min(total, newcomers-perhaps), newcomers-perhaps, "greetings of newcomers")
	l.count(max(total, newcomers), newcomers, "greetings of newcomers")
}
