package crashtest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"palabre/adapters/discord/discordtest"
	"palabre/chat"
	"palabre/store"
)

// inspector compares what Discord shows with what the program wrote down and with what the guild expects.
type inspector struct {
	*guild
	ledger
	by    map[string][]discordtest.Effect // what Palabre did, by its kind
	named map[string]int                  // rows of the journal whose names end in something of ours, by what is before it
}

func auditGuild(t *testing.T, w *guild, p *program) figures {
	t.Helper()
	a := &inspector{guild: w, ledger: open(t, p), by: map[string][]discordtest.Effect{}, named: map[string]int{}}
	w.end()
	w.back.decide()
	for _, e := range w.hs.Effects("") {
		a.by[e.Kind] = append(a.by[e.Kind], e)
	}
	for event, rows := range a.journal {
		a.named[trimmed(event)] += rows
	}
	a.everythingWasRead()
	a.effectsFollowOrders()
	a.cleaned()
	a.casesAreRight(a.expected(), a.back)
	a.peopleWereGreeted()
	a.typedWasAnswered()
	a.slashWasAnswered()
	a.silenceEnded()
	a.silenceEndedInTime()
	a.bansAreRight()
	a.medalsWereGiven()
	a.nothingSetAside()
	a.back.questionsWereAsked(&a.ledger)
	a.back.holdsAreRight(&a.ledger)
	a.back.pruned(&a.ledger)
	a.promptsAreRight(a.guild.program)
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

// What Discord's audit log calls it when a member is banned, freed again, silenced or not any more.
const (
	memberBanned   = 22
	memberUnbanned = 23
	memberUpdated  = 24
)

// everythingWasRead is I1: one row in the journal for each thing that happened.
func (a *inspector) everythingWasRead() {
	for event, what := range a.told {
		a.count(a.journal[event], 1, "%s %s", what, event)
	}
	for event, h := range a.passing {
		if _, called := a.slashes[strings.TrimPrefix(event, "discord:")]; called || h.what == pressing {
			continue
		}
		a.heard(a.named[event], h, "%s %s", h.what, event)
	}
	for user := range a.newcomers {
		if !a.guests[user] {
			a.count(a.named["discord:joined:"+user], 1, "coming of %s", user)
		}
	}
	for _, p := range a.waiting {
		a.count(a.named["discord:joined:"+p.ID], 0, "coming of %s, who has not passed the screening", p.ID)
	}
	for _, p := range slices.Concat(a.regulars, a.settlers) {
		a.count(a.journal["discord:present:"+p.ID], 1, "presence of %s", p.ID)
	}
	for user := range a.kicked {
		a.count(a.named["discord:left:"+user], 1, "kick of %s", user)
	}
	for _, entry := range a.hs.AuditLog(a.guild.guild.ID) {
		switch entry.Action {
		case memberBanned, memberUnbanned, memberUpdated:
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
		case chat.Edit, chat.StartThread, chat.GiveRole, chat.TakeRole, chat.Lock, chat.Unlock, chat.Slowmode:
			a.carriedOut(o, 0, 0)
		case chat.Timeout, chat.Ban:
			if a.back.left[key] && o.State == store.Held {
				continue
			}
			if undone := o.State == store.Cancelled && a.undone[about(act)]; !undone && !expired(o) {
				a.carriedOut(o, 0, 0)
			}
		case chat.React, chat.LiftTimeout, chat.Unban:
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
	case slept(o):
		a.count(got, min(want, got), "%s", describe(o))
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
	for message, times := range taken {
		if a.maybe[message] {
			a.count(times, 1, "deletion of %s", message)
			continue
		}
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
	for user := range greeted {
		if !a.newcomers[user] {
			a.is(&a.figures.wrong, "greeted without having come: %s", user)
		}
	}
	a.greetings(len(a.newcomers), len(a.guests), greeted, a.hs.Texts(a.welcome))
}

// typedWasAnswered: a mark under each command that was obeyed, an answer to each that was refused or could not be done.
func (a *inspector) typedWasAnswered() {
	marks, answers, elsewhere := map[string]int{}, map[string]int{}, 0
	for _, e := range a.by["react"] {
		marks[e.Message]++
	}
	for _, channel := range []string{a.general, a.desk} {
		for _, m := range a.hs.Everything(channel) {
			switch {
			case m.Author != a.hs.Bot():
			case m.ReplyTo != "":
				answers[m.ReplyTo]++
			case strings.Contains(m.Text, ": Not done:"):
				elsewhere++
			}
		}
	}
	unmarked := 0
	for id, name := range a.commands {
		if marks[id]+answers[id] == 0 {
			unmarked++
			continue
		}
		a.count(marks[id]+answers[id], 1, "mark under !%s %s, or answer that it was not done", name, id)
		if left := a.notDone("discord:" + id + ":cmd"); marks[id] > 0 && left != "" {
			a.is(&a.figures.wrong, "a mark under !%s %s, of which was not done: %s", name, id, left)
		}
	}
	a.count(elsewhere, unmarked, "marks or answers, of which the moderators' room tells what was not done elsewhere")
	for id := range a.refused {
		a.count(answers[id], 1, "answer to %s", id)
		a.count(marks[id], 0, "mark under %s, which was refused", id)
	}
}

// answerable is how long an interaction is answered.
const answerable = 14 * time.Minute

// slashCommand is the type of an interaction that is none of a button.
const slashCommand = 2

// slashWasAnswered: whoever saw that their command was taken has seen the answer, once, unless the session was lost
// in between: no other way leads to such a command. An answer to a question, too, was heard once if its giver saw so.
func (a *inspector) slashWasAnswered() {
	for _, i := range a.hs.Interactions() {
		h, rows := a.passing["discord:"+i.ID], a.journal["discord:"+i.ID]
		if i.Answered.IsZero() {
			a.count(rows, min(rows, 1), "%s %s", h.what, i.ID)
			continue
		}
		a.heard(rows, h, "%s %s, which was acknowledged", h.what, i.ID)
		if i.Type == slashCommand {
			said := slices.DeleteFunc(slices.Clone(i.Said), func(text string) bool { return strings.HasPrefix(text, "Under way") })
			if len(said) == 0 && a.tookLonger("discord:"+i.ID, i.At.Add(answerable)) {
				continue // nobody could have read it any more
			}
			a.count(len(said), min(rows, 1), "answer to the slash command %s: %q", i.ID, i.Said)
		}
	}
}

// slow is how long the program may work before it has carried out what somebody waits for: a silence, or its end. After a
// long time asleep, messages that may have been sent already hold the workers for up to ten seconds each.
const slow = 20 * time.Second

// tooLate tells whether an effect came after the end of its sanction: by a call that outlived its process. It is counted,
// and has to be put right.
func (a *inspector) tooLate(kind chat.ActionKind, e discordtest.Effect) bool {
	s, over := a.ended[sanctioned{e.Target, kind}]
	late := over && e.At.After(s.ended)
	a.figures.late += btoi(late)
	return late
}

// silenceEnded is I4: every timeout was imposed once, and its record says that it is over. One that was undone, or whose
// end had come while the program was not there, may be missing.
func (a *inspector) silenceEnded() {
	down, excused := map[string]int{}, map[string]bool{}
	for _, e := range a.by["timeout"] {
		switch {
		case e.Until.IsZero():
		case a.tooLate(chat.ActTimeout, e):
			excused[e.Target] = true // it may have been the only one
		default:
			down[e.Target]++
		}
	}
	for _, o := range a.orders {
		act, is := o.Action.(chat.Timeout)
		switch {
		case !is:
		case o.State == store.Cancelled, o.State == store.Held:
			excused[act.Member.ID] = true
		case expired(o):
			excused[act.Member.ID] = true
			a.expired++
			a.inTime(o.CreatedAt, act.Until, "%s", describe(o))
		}
	}
	for user := range a.silenced {
		want := btoi(!a.byHand[user])
		if excused[user] {
			want = min(want, down[user])
		}
		a.count(down[user], want, "silence of %s", user)
		a.count(a.lifted[user], 1, "end of the timeout of %s", user)
		delete(down, user)
	}
	for user := range down {
		a.is(&a.figures.wrong, "%s was silenced, and nothing was wrong", user)
	}
}

// inTime wants something done before the program has worked too long.
func (a *inspector) inTime(from, to time.Time, format string, args ...any) {
	a.ledger.t.Helper()
	worked := a.program.worked(from, to)
	if a.slowest = max(a.slowest, worked); worked > slow {
		a.is(&a.figures.wrong, "late, after %s of work: "+format, append([]any{worked}, args...)...)
	}
}

// silenceEndedInTime: whoever's silence the program holds for ended may speak soon, also where the call that imposed it
// came to Discord after that end; and nobody is silent for longer than was said.
func (a *inspector) silenceEndedInTime() {
	for user, spells := range a.spells() {
		s, known := a.ended[sanctioned{user, chat.ActTimeout}]
		if !known {
			continue // silenceEnded says so
		}
		for _, f := range spells {
			if f.until.After(s.until.Add(time.Second)) {
				a.is(&a.figures.wrong, "%s was silenced until %s instead of %s", user, f.until, s.until)
			}
			if s.ended.After(f.at) {
				f.at = s.ended
			}
			if f.end.After(f.at) {
				a.inTime(f.at, f.end, "%s may speak since %s", user, f.end)
			}
		}
	}
}

// spell is a silence as Discord kept it: from when, until when it was to be, and when it ended.
type spell struct{ at, until, end time.Time }

// spells gives the silences of each user, by whoever, as they were.
func (a *inspector) spells() map[string][]spell {
	effects := a.hs.Effects("")
	for _, m := range a.moderators {
		effects = append(effects, a.hs.Effects(m.ID)...)
	}
	slices.SortFunc(effects, func(x, y discordtest.Effect) int { return x.At.Compare(y.At) })
	out := map[string][]spell{}
	for _, e := range effects {
		if e.Kind != "timeout" {
			continue
		}
		if n := len(out[e.Target]); n > 0 {
			last := &out[e.Target][n-1]
			if e.At.Before(last.end) {
				last.end = e.At
			}
		}
		if !e.Until.IsZero() {
			out[e.Target] = append(out[e.Target], spell{e.At, e.Until, e.Until})
		}
	}
	return out
}

// bansAreRight: every ban by a command was imposed at most once, and every one that was undone was taken back as often.
// One that was undone before it was carried out may be missing.
func (a *inspector) bansAreRight() {
	imposed, lifted := map[string]int{}, map[string]int{}
	for _, e := range a.by["ban"] {
		if !a.tooLate(chat.ActBan, e) {
			imposed[e.Target]++
			continue
		}
		lifted[e.Target]-- // once more
	}
	for _, e := range a.by["unban"] {
		lifted[e.Target]++
	}
	for user, b := range a.banned {
		want := btoi(!b.byHand && !a.waits(user))
		if b.undone {
			want = min(want, imposed[user])
		}
		a.count(imposed[user], want, "ban of %s", user)
		a.count(lifted[user], btoi(b.undone)*max(btoi(b.byHand), imposed[user]), "end of the ban of %s", user)
		delete(imposed, user)
	}
	for user := range imposed {
		a.is(&a.figures.wrong, "%s was banned, and nothing was wrong", user)
	}
}

// expired tells whether the end of a silence had come before it could be imposed.
func expired(o store.Order) bool {
	act, is := o.Action.(chat.Timeout)
	return is && !act.Until.After(o.SettledAt) && (o.State == store.Dead || o.State == store.Done && o.Receipt.Gone)
}
