package bot

import (
	"context"
	"strings"
	"time"

	"palabre/chat"
	"palabre/rules"
	"palabre/store"
)

const (
	// reportWake is the timer of the weekly report, in the morning of a day on which moderators plan their week.
	reportWake    = "house/report"
	reportWeekday = time.Monday
	reportHour    = 9
	// reportPrefix begins the keys of a report's cards; what the file says of the rule, as a hash, follows.
	reportPrefix = "mode/"

	promoteChoice = "promote"
	keepChoice    = "keep"
)

// armReport sets the timer of the next report, unless one is set.
func (l *lane) armReport(now time.Time) {
	if !l.wakes.has(reportWake) {
		l.wake(store.Wake{Key: reportWake, At: nextReport(now, l.plan.Voice.Zone)})
	}
}

// nextReport is the hour of the first report after a moment. A nil zone is UTC.
func nextReport(now time.Time, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	now = now.In(zone)
	days := int(reportWeekday-now.Weekday()+7) % 7
	at := time.Date(now.Year(), now.Month(), now.Day()+days, reportHour, 0, 0, 0, zone)
	if !at.After(now) {
		at = time.Date(now.Year(), now.Month(), now.Day()+days+7, reportHour, 0, 0, 0, zone)
	}
	return at
}

// report tells the moderators what each rule in shadow would have done in the last week, and lets an admin promote it.
func (l *lane) report(s *scope) {
	next := nextReport(s.ev.At, l.plan.Voice.Zone)
	l.wake(store.Wake{Key: reportWake, At: next})
	var counts map[string]store.RuleCount
	err := l.insist(func() (err error) {
		counts, err = l.store.RuleCounts(context.Background(), s.ev.At.Add(-countedFor))
		return err
	})
	if err != nil {
		return // stopping
	}
	for _, r := range l.plan.Rules.Rules() {
		if n := counts[r.Name]; r.Mode == rules.Shadow && n.Would > 0 {
			l.reportRule(s, r, n, next)
		}
	}
}

func (l *lane) reportRule(s *scope, r rules.Summary, n store.RuleCount, until time.Time) {
	l.send(s, chat.Send{
		Logical: deskRoom, As: logLabel, Priority: chat.Log,
		Say: chat.Say("desk.report", chat.Args{
			"rule": r.Name, "messages": chat.Say("desk.report.messages", chat.Args{"count": n.Would}),
			"members": chat.Say("desk.report.members", chat.Args{"count": n.WouldOf}),
		}),
		Card: &chat.Card{Key: reportPrefix + r.Hash, Until: until, Choices: []chat.Choice{
			{ID: promoteChoice, Emoji: "✅", Say: chat.Say("desk.report.promote", nil)},
			{ID: keepChoice, Emoji: "👀", Say: chat.Say("desk.report.keep", nil)},
		}},
	})
}

// pressedReport takes an admin's answer to a report.
func (l *lane) pressedReport(s *scope, press chat.ButtonPressed) {
	hash, reports := strings.CutPrefix(press.Card, reportPrefix)
	if !reports || s.ev.Actor.Kind != chat.Human {
		return
	}
	reply := func(key string, args chat.Args) { l.answer(s, chat.Answer{Say: chat.Say(key, args), Private: true}) }
	r, exists := l.ruleOf(hash)
	switch {
	case s.ev.Actor.Standing < chat.StandingAdmin:
		reply("desk.report.forbidden", nil)
	case !exists:
		reply("desk.report.changed", nil)
	case r.Mode != rules.Shadow:
		reply("commands.mode.already", chat.Args{"rule": r.Name, "mode": modeName(r.Mode)})
	case s.ev.Late:
		reply("desk.ask.late_press", nil)
	case press.Choice == promoteChoice:
		l.setMode(s, chat.SetMode{Rule: r.Name, Mode: string(rules.Enforce), By: s.ev.Actor.Name})
		l.answered(s, press, chat.Say("desk.report.promoted", chat.Args{"rule": r.Name, "by": s.ev.Actor.Name}))
	default:
		l.answered(s, press, chat.Say("desk.report.kept", chat.Args{"rule": r.Name, "by": s.ev.Actor.Name}))
	}
}

// answered puts the answer in the place of a report and its buttons.
func (l *lane) answered(s *scope, press chat.ButtonPressed, say chat.Phrase) {
	edit := chat.Edit{Message: press.Message, Text: l.render(say, 0), Priority: chat.Interaction, Ref: cardRef + press.Card}
	l.order(s, edit, press.Message.Room.Platform, store.Pending)
}

// ruleOf finds the rule of which the file says what it said when a card was made.
func (l *lane) ruleOf(hash string) (rules.Summary, bool) {
	for _, r := range l.plan.Rules.Rules() {
		if r.Hash == hash {
			return r, true
		}
	}
	return rules.Summary{}, false
}
