package crashtest

import (
	"strings"
	"testing"

	"palabre/adapters/discord/discordtest"
	"palabre/chat"
	"palabre/store"
)

// inspector compares what Discord shows with what the program wrote down and with what the guild expects.
type inspector struct {
	*guild
	ledger
	by    map[string][]discordtest.Effect // what Palabre did, by its kind
	about map[string]int                  // rows of the journal whose names end in something of ours, by what is before it
}

func auditGuild(t *testing.T, w *guild, p *program) figures {
	t.Helper()
	a := &inspector{guild: w, ledger: open(t, p), by: map[string][]discordtest.Effect{}, about: map[string]int{}}
	w.end()
	for _, e := range w.hs.Effects("") {
		a.by[e.Kind] = append(a.by[e.Kind], e)
	}
	for event, rows := range a.journal {
		a.about[trimmed(event)] += rows
	}
	a.everythingWasRead()
	a.effectsFollowOrders()
	a.cleaned()
	a.casesAreRight(a.expected())
	a.peopleWereGreeted()
	a.typedWasAnswered()
	a.slashWasAnswered()
	a.silenceEnded()
	a.nothingSetAside()
	return a.figures
}

// trimmed is an event's name without what the adapter adds to tell it from others of its kind.
func trimmed(event string) string {
	parts := strings.Split(event, ":")
	keep := map[string]int{"joined": 3, "left": 3, "reaction": 4}[parts[min(1, len(parts)-1)]]
	if keep == 0 || keep >= len(parts) {
		return event
	}
	return strings.Join(parts[:keep], ":")
}

const memberUpdated = 24 // in Discord's audit log

// everythingWasRead is I1: one row in the journal for each thing that happened.
func (a *inspector) everythingWasRead() {
	for event, what := range a.told {
		a.count(a.journal[event], 1, "%s %s", what, event)
	}
	for event, h := range a.passing {
		if _, called := a.slashes[strings.TrimPrefix(event, "discord:")]; called {
			continue
		}
		a.heard(a.about[event], h, "%s %s", h.what, event)
	}
	for user := range a.newcomers {
		if !a.visitors[user] {
			a.count(a.about["discord:joined:"+user], 1, "coming of %s", user)
		}
	}
	for _, p := range a.waiting {
		a.count(a.about["discord:joined:"+p.ID], 0, "coming of %s, who has not passed the screening", p.ID)
	}
	for _, p := range a.regulars {
		a.count(a.journal["discord:present:"+p.ID], 1, "presence of %s", p.ID)
	}
	for _, entry := range a.hs.AuditLog(a.guild.guild.ID) {
		if entry.Action == memberUpdated {
			a.count(a.journal["discord:audit:"+entry.ID], 1, "entry %s of the audit log", entry.ID)
		}
	}
}

// heard wants a passing thing once, or not more often when it went with a lost session.
func (a *inspector) heard(rows int, h *happening, format string, args ...any) {
	a.ledger.t.Helper()
	want := 1
	if h.fate == perhaps {
		want = min(rows, 1)
	}
	a.count(rows, want, format, args...)
}

// effectsFollowOrders is I2 and I3: what was ordered is shown once, what was not ordered is not shown.
func (a *inspector) effectsFollowOrders() {
	shown := a.hs.ByNonce()
	deletions := map[string]int{}
	for nonce := range shown {
		if _, ok := a.orders[nonce]; !ok {
			a.is(&a.figures.wrong, "without an order: a message of the nonce %s", nonce)
		}
	}
	for key, o := range a.orders {
		switch act := o.Action.(type) {
		case chat.Send:
			if act.Reply == "" {
				a.carriedOut(o, shown[key], 1)
			}
		case chat.Delete:
			a.carriedOut(o, 0, 0)
			deletions[act.Message.ID]++
		case chat.Timeout:
			if !tooLate(o) {
				a.carriedOut(o, 0, 0)
			}
		case chat.React:
			a.carriedOut(o, 0, 0)
		}
	}
	for message, orders := range deletions {
		a.count(orders, 1, "order to delete %s", message)
	}
}

func (a *inspector) carriedOut(o store.Order, got, want int) {
	switch {
	case o.State == store.Done && o.Receipt.Gone && got <= want:
	case o.State == store.Done:
		a.count(got, want, "%s", describe(o))
	default:
		a.is(&a.figures.wrong, "not carried out: %s", describe(o))
	}
}

// cleaned: what is bad was taken away once, what is not was not touched.
func (a *inspector) cleaned() {
	taken := map[string]int{}
	for _, e := range a.by["delete"] {
		taken[e.Message]++
	}
	for message, rule := range a.bad {
		a.count(taken[message], 1, "deletion of %s (%s)", message, rule)
		delete(taken, message)
	}
	for message := range taken {
		a.is(&a.figures.wrong, "deleted, and nothing was wrong with it: %s", message)
	}
}

// expected are the offences with those of the slash commands that were heard.
func (a *inspector) expected() map[offence]int {
	for id, s := range a.slashes {
		if a.journal["discord:"+id] == 0 {
			continue
		}
		a.offences[s.offence]++
		if s.silences {
			a.silenced[s.user] = true
		}
	}
	return a.offences
}

// peopleWereGreeted: every newcomer once. Who left at once may have been greeted or not.
func (a *inspector) peopleWereGreeted() {
	greeted := map[string]int{}
	for _, ping := range a.hs.Pings(a.welcome) {
		for _, user := range ping.Users {
			greeted[user]++
		}
	}
	for user := range a.newcomers {
		want := 1
		if a.visitors[user] {
			want = min(1, greeted[user])
		}
		a.count(greeted[user], want, "greeting of %s", user)
		delete(greeted, user)
	}
	for user := range greeted {
		a.is(&a.figures.wrong, "greeted without having come: %s", user)
	}
}

// typedWasAnswered: a mark under each command that was obeyed, an answer to each that was refused.
func (a *inspector) typedWasAnswered() {
	marks, answers := map[string]int{}, map[string]int{}
	for _, e := range a.by["react"] {
		marks[e.Message]++
	}
	for _, channel := range []string{a.general, a.desk} {
		for _, m := range a.hs.Everything(channel) {
			if m.Author == a.hs.Bot() && m.ReplyTo != "" {
				answers[m.ReplyTo]++
			}
		}
	}
	for id, name := range a.commands {
		a.count(marks[id], 1, "mark under !%s %s", name, id)
	}
	for id := range a.refused {
		a.count(answers[id], 1, "answer to %s", id)
		a.count(marks[id], 0, "mark under %s, which was refused", id)
	}
}

// slashWasAnswered: whoever saw that their command was taken has seen the answer, once, unless the session was lost
// in between: no other way leads to such a command.
func (a *inspector) slashWasAnswered() {
	for _, i := range a.hs.Interactions() {
		h, rows := a.passing["discord:"+i.ID], a.journal["discord:"+i.ID]
		if i.Answered.IsZero() {
			a.count(rows, min(rows, 1), "slash command %s", i.ID)
			continue
		}
		a.heard(rows, h, "%s %s, which was acknowledged", h.what, i.ID)
		a.count(len(i.Said), min(rows, 1), "answer to the slash command %s: %q", i.ID, i.Said)
	}
}

// silenceEnded is I4: every timeout was imposed once, and its record says that it is over.
func (a *inspector) silenceEnded() {
	down := map[string]int{}
	for _, e := range a.by["timeout"] {
		down[e.Target] += btoi(!e.Until.IsZero())
	}
	late := map[string]bool{}
	for _, o := range a.orders {
		if act, is := o.Action.(chat.Timeout); is && tooLate(o) {
			late[act.Member.ID] = true
		}
	}
	for user := range a.silenced {
		if late[user] {
			a.count(a.lifted[user], min(1, a.lifted[user]), "end of the timeout of %s", user)
			a.count(down[user], min(1, down[user]), "silence of %s", user)
		} else {
			a.count(a.lifted[user], 1, "end of the timeout of %s", user)
			a.count(down[user], 1, "silence of %s", user)
		}
		delete(down, user)
	}
	for user := range a.byHand { // not by Palabre, which only ends it
		a.count(a.lifted[user], 1, "end of the timeout of %s, imposed by hand", user)
		a.count(down[user], 0, "silence of %s, who was silenced by hand already", user)
		delete(down, user)
	}
	a.late = len(late)
	for user := range down {
		a.is(&a.figures.wrong, "%s was silenced, and nothing was wrong", user)
	}
}

// tooLate tells whether the end of a silence had come before it could be imposed.
func tooLate(o store.Order) bool {
	act, is := o.Action.(chat.Timeout)
	passed := is && o.Receipt.Gone && !act.Until.After(o.SettledAt)
	return o.State == store.Dead && strings.HasPrefix(o.Reason, "too late") || o.State == store.Done && passed
}
