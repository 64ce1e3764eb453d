package crashtest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"palabre/chat"
	"palabre/store"
)

// prompts are questions of every minute: so many that a death is often close to one. The last of them is put into the
// configuration and taken out again.
const steadyPrompts = 6

// promptLines are the configuration's lines of all of them.
func promptLines(room string, fickle bool) string {
	var out strings.Builder
	add := func(name string) {
		fmt.Fprintf(&out, `
    - { name: %s, room: %s, at: "* * * * *", title: { en: "%s" }, pool: [ { en: "What do you think?" }, { en: "And why?" } ] }`, name, room, name)
	}
	for i := range steadyPrompts {
		add(fmt.Sprintf("minute%d", i))
	}
	if fickle {
		add("fickle")
	}
	return out.String()
}

// asked is one fire of a prompt that was recorded.
type asked struct {
	order store.Order
	civil time.Time
}

// promptsAreRight is I5: no civil time is asked twice; and of a prompt that was always there none is left out while the program
// works: what is asked late is the newest of the times that were missed.
func (l *ledger) promptsAreRight(p *program) {
	fires := map[string][]asked{}
	times := map[string]int{}
	for _, o := range l.orders {
		act, is := o.Action.(chat.StartThread)
		name, civil, ours := strings.Cut(strings.TrimPrefix(act.Ref, "prompts/"), "/")
		if !is || !ours {
			continue
		}
		times[act.Ref]++
		at, err := time.Parse("2006-01-02T15:04", strings.TrimSuffix(civil, "Z"))
		if err != nil {
			l.t.Fatal(err)
		}
		fires[name] = append(fires[name], asked{o, at})
	}
	for ref, n := range times {
		l.count(n, 1, "question %s", ref)
	}
	for name, all := range fires {
		if name != "fickle" {
			l.nothingLeftOut(p, name, all)
		}
	}
	l.figures.asked = len(times)
}

// A question that is late is asked while its time is nearer than the next one; a life that begins before needs no more than
// that to ask it.
const (
	nearer = 28 * time.Second
	soon   = 8 * time.Second
)

// nothingLeftOut looks at one prompt's questions in their order.
func (l *ledger) nothingLeftOut(p *program, name string, all []asked) {
	slices.SortFunc(all, func(x, y asked) int { return cmp.Compare(x.order.Seq, y.order.Seq) })
	for i, f := range all[1:] {
		from := all[i].civil.Add(time.Minute) // when the next one was due
		if f.civil.Before(from) {
			l.is(&l.figures.wrong, "%s asked for %s after %s", name, f.civil, all[i].civil)
		}
		for due := from; due.Before(f.civil); due = due.Add(time.Minute) {
			if lived := p.lived(due, due.Add(nearer)); lived > soon {
				l.is(&l.figures.missed, "%s did not ask for %s, and lived for %s of the time after it", name, due, lived)
			}
		}
	}
}
