package bot

import (
	"context"

	"palabre/adapters"
	"palabre/catalogue"
	"palabre/chat"
	"palabre/commands"
)

// publish gives the commands to every network that has menus for them, in a plan's language.
func (l *lane) publish(p *Plan) {
	say := func(language, key string) string {
		voice := p.Voice
		voice.Language = language
		return l.catalogue.Plain(voice, chat.Say(key, nil), catalogue.Resolver{})
	}
	specs := commands.Specs(catalogue.Languages(), p.Voice.Language, say)
	for _, a := range l.finders {
		if publisher, ok := a.(adapters.Publisher); ok {
			publisher.Publish(specs, l.completer(p))
		}
	}
}

const (
	casesLooked   = 200 // the newest cases among which one is looked for while its number is typed
	longestChoice = 100 // characters of a choice's label
)

// completer proposes values while a parameter is typed. It is called from anywhere: it uses nothing that the loop
// owns, and what it reads is what is committed.
func (l *lane) completer(plan *Plan) adapters.Complete {
	return func(ctx context.Context, _ chat.RoomRef, caller chat.Actor, command, param, typed string) []chat.Choice {
		question := commands.Completion{Command: command, Param: param, Standing: caller.Standing, Typed: typed}
		p, ok := question.Completes()
		if !ok {
			return nil
		}
		var known commands.Known
		switch p.Kind {
		case commands.CaseParam:
			known.Cases = l.newestCases(ctx)
		case commands.RuleParam:
			for _, r := range plan.Rules.Rules() {
				known.Rules = append(known.Rules, commands.Rule{Name: r.Name, Mode: string(r.Mode)})
			}
		default: // needs nothing that the store knows
		}
		choices := question.Choices(known)
		for i := range choices {
			choices[i].Label = shorten(l.catalogue.Plain(plan.Voice, choices[i].Say, catalogue.Resolver{}), longestChoice)
		}
		return choices
	}
}

// newestCases is what a completion needs of them; none when the store does not answer in time.
func (l *lane) newestCases(ctx context.Context) []commands.Case {
	rows, err := l.store.CasesOf(ctx, "", casesLooked)
	if err != nil {
		l.log.Warn("cases cannot be proposed", "error", err)
	}
	out := make([]commands.Case, len(rows))
	for i, c := range rows {
		out[i] = commands.Case{No: c.No, Name: c.Name, Rule: c.Rule, At: c.OpenedAt}
	}
	return out
}

// shorten cuts a text to so many characters.
func shorten(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most-1]) + "…"
}
