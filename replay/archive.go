package replay

import (
	"context"
	"fmt"
	"strings"
	"time"

	"palabre/bot"
	"palabre/chat"
	"palabre/rules"
	"palabre/store"
)

// Archive is the past that Palabre itself has kept, with what was done then.
type Archive struct {
	store    *store.Store
	since    time.Time
	progress func(read, total int64, messages int)
	survey   Survey
	parts    map[string]int
	staff    map[chat.MemberRef]bool
	then     map[string][]Then // by the id of an event
	done     map[string]Done   // by rule
	members  []store.Member
	strikes  []store.Strike
	messages int
}

// NewArchive opens what was kept since a moment. progress may be nil.
func NewArchive(ctx context.Context, s *store.Store, since time.Time, progress func(read, total int64, messages int)) (*Archive, error) {
	a := &Archive{
		store: s, since: since, progress: progress, parts: map[string]int{}, staff: map[chat.MemberRef]bool{}, then: map[string][]Then{}, done: map[string]Done{},
		survey: Survey{Records: true, Ages: true, Standings: true},
	}
	past, err := s.Load(ctx, since, time.Time{})
	if err != nil {
		return nil, err
	}
	a.members, a.strikes = past.Members, past.Strikes
	return a, a.load(ctx)
}

// load reads what was done then.
func (a *Archive) load(ctx context.Context) error {
	cases, err := a.store.CasesSince(ctx, a.since)
	if err != nil {
		return err
	}
	byNumber := map[int]Then{}
	for _, c := range cases {
		then := Then{Case: c.No, Rule: c.Rule}
		if !c.UndoneAt.IsZero() {
			then.Undone, then.Why = c.UndoneBy, c.UndoReason
		}
		if then.Acts, err = a.acts(ctx, c.No); err != nil {
			return err
		}
		byNumber[c.No] = then
		a.add(c.Event, then)
		a.count(then)
	}
	verdicts, err := a.store.VerdictsSince(ctx, a.since)
	for _, v := range verdicts {
		if then, known := byNumber[v.Case]; known {
			a.add(v.Event, then)
		}
	}
	return err
}

func (a *Archive) add(event string, then Then) {
	for _, known := range a.then[event] {
		if known.Case == then.Case {
			return
		}
	}
	a.then[event] = append(a.then[event], then)
}

// count adds a case to each of its rules.
func (a *Archive) count(then Then) {
	for rule := range strings.SplitSeq(then.Rule, ", ") {
		d := a.done[rule]
		d.Cases++
		if then.Undone != "" {
			d.Undone++
		}
		a.done[rule] = d
	}
}

// Cases are how many cases a rule had, and how many of them a moderator took back.
func (a *Archive) Cases(rule string) (cases, undone int) {
	return a.done[rule].Cases, a.done[rule].Undone
}

// acts are what was carried out in a case.
func (a *Archive) acts(ctx context.Context, number int) ([]string, error) {
	strikes, err := a.store.StrikesOf(ctx, number)
	if err != nil {
		return nil, err
	}
	var acts []string
	for range strikes {
		acts = append(acts, string(chat.ActStrike))
	}
	orders, err := a.store.OrdersOf(ctx, number)
	for _, o := range orders {
		if o.State == store.Done && !bot.IsAside(o.Label) {
			acts = append(acts, o.Label)
		}
	}
	return acts, err
}

// Then is what was done about an event.
func (a *Archive) Then(event string) []Then { return a.then[event] }

// Begin gives a rehearsal what was known before the archive's first event: who joined when, and earlier strikes.
func (a *Archive) Begin(r *bot.Rehearsal) {
	for _, m := range a.members {
		r.History().RestoreMember(rules.Member{Person: m.Person, Joined: m.Joined, First: m.First})
	}
	for _, s := range a.strikes {
		if s.At.Before(a.since) {
			r.History().AddStrike(s.Person, s.Points, s.At, s.Case)
		}
	}
}

// Survey tells what was found.
func (a *Archive) Survey() *Survey { return &a.survey }

// Each reads the archive.
func (a *Archive) Each(ctx context.Context, visit func(*chat.Event) error) error {
	total, err := a.store.ArchiveSize(ctx, a.since)
	if err != nil {
		return err
	}
	var read int64
	n := 0
	err = a.store.Archive(ctx, a.since, func(data []byte) error {
		if n++; n%1000 == 0 {
			a.show(read, total)
		}
		read += int64(len(data))
		ev, err := chat.DecodeEvent(data)
		if err != nil {
			a.survey.Skipped++
			a.survey.Mistakes = append(a.survey.Mistakes, fmt.Sprintf("archive: record %d is left out: %v", n, err))
			return nil
		}
		a.note(&ev)
		return visit(&ev)
	})
	a.show(total, total)
	return err
}

func (a *Archive) show(read, total int64) {
	if a.progress != nil {
		a.progress(read, total, a.messages)
	}
}

func (a *Archive) note(ev *chat.Event) {
	if ev.Actor.Standing >= chat.StandingModerator && !a.staff[ev.Actor.MemberRef] {
		a.staff[ev.Actor.MemberRef] = true
		a.survey.Staff++
	}
	var content chat.Content
	switch b := ev.Body.(type) {
	case chat.MessageSent:
		content = b.Content
		a.messages++
		i, known := a.parts[ev.Logical]
		if !known {
			i = len(a.survey.Parts)
			a.parts[ev.Logical] = i
			a.survey.Parts = append(a.survey.Parts, Part{File: "archive", Format: "palabre", Room: ev.Logical, Logical: ev.Logical})
		}
		a.survey.Parts[i].Messages++
	case chat.MessageEdited:
		content = b.Content
	default:
		return
	}
	if content.IsZero() {
		a.survey.Withdrawn++
	}
}
