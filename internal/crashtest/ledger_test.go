package crashtest

import "testing"

// figures are what an audit found.
type figures struct {
	events, orders         int
	missed, doubled, wrong int
	late                   int // effects of a killed process that landed after their end, and were put right
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

// casesAreRight: one case for each offence, each told once at the desk, in a line of its own or together with others, with one warning and one verdict.
func (l *ledger) casesAreRight(offences map[offence]int) {
	got, untold := map[offence]int{}, map[string]int{}
	for _, c := range l.cases {
		got[offence{c.Member.ID, c.Rule}]++
		lines, warnings := 0, 0
		for _, o := range l.orders {
			if o.Case == c.No && o.Event == c.Event {
				lines += btoi(o.Label == "log")
				warnings += btoi(o.Label == "warn")
			}
		}
		if lines == 0 && c.By.IsZero() {
			untold[c.Rule]++
		} else {
			l.count(lines, 1, "line of case %d", c.No)
		}
		if c.Rule != "timeout" && c.Rule != "ban" {
			l.count(warnings, 1, "warning of case %d", c.No)
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
