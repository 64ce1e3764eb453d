package commands

import (
	"slices"

	"palabre/chat"
)

// Tongue says a key of the catalogue in a language.
type Tongue func(language, key string) string

// Longest answers to the questions of forms, in characters: a reason fits the platforms' own logs, anything else is short.
const (
	longestReason = 400
	longestAnswer = 40
)

// Specs are the commands as platforms publish them, in the order of the table. own is the community's language:
// forms ask in it, everything else is said in all of languages.
func Specs(languages []string, own string, say Tongue) []chat.CommandSpec {
	w := writer{languages, own, say}
	specs := make([]chat.CommandSpec, len(Table))
	for i, c := range Table {
		specs[i] = w.spec(c)
	}
	return specs
}

// writer writes definitions in every language.
type writer struct {
	languages []string
	own       string
	say       Tongue
}

func (w writer) spec(c *Command) chat.CommandSpec {
	spec := chat.CommandSpec{
		Name: c.Name, Names: w.names(c), Description: w.words("commands.help." + c.Name), Standing: c.Standing,
		OnMember: c.Menus&MemberMenu != 0, OnMessage: c.Menus&MessageMenu != 0, Form: w.form(c),
	}
	if c.Menus != 0 {
		spec.Menu = w.words("commands.menu." + c.Name)
	}
	for _, p := range c.Params {
		spec.Params = append(spec.Params, w.param(p))
	}
	return spec
}

func (w writer) names(c *Command) map[string]string {
	names := map[string]string{}
	for _, language := range w.languages {
		if name, ok := c.Names[language]; ok {
			names[language] = name
			continue
		}
		names[language] = c.Name
	}
	return names
}

func (w writer) words(key string) map[string]string {
	words := map[string]string{}
	for _, language := range w.languages {
		words[language] = w.say(language, key)
	}
	return words
}

// kinds are the parameters' kinds as platforms know them, and whether values are proposed: who is meant,
// platforms know better.
var kinds = map[ParamKind]struct {
	kind         chat.ParamKind
	autocomplete bool
}{
	MemberParam:   {chat.ParamMember, false},
	DurationParam: {chat.ParamDuration, true},
	CaseParam:     {chat.ParamCase, true},
	WordParam:     {chat.ParamWord, true},
	RuleParam:     {chat.ParamWord, true},
	SwitchParam:   {chat.ParamWord, true},
	RestText:      {chat.ParamText, false},
}

func (w writer) param(p Param) chat.ParamSpec {
	key := "commands.param." + p.Name
	return chat.ParamSpec{
		Name: p.Name, Names: w.words(key), Description: w.words(key + ".help"),
		Kind: kinds[p.Kind].kind, Required: !p.Optional, Autocomplete: kinds[p.Kind].autocomplete,
	}
}

// form asks for what the command says that it asks for; nil when it never asks.
func (w writer) form(c *Command) *chat.Form {
	if !slices.ContainsFunc(c.Params, func(p Param) bool { return p.Ask != Unasked }) || c.Menus == 0 {
		return nil
	}
	title := "commands.menu." + c.Name
	form := &chat.Form{Key: c.Name, TitleSay: chat.Say(title, nil), Title: w.say(w.own, title)}
	for _, p := range c.Params {
		if p.Ask != Unasked {
			form.Fields = append(form.Fields, w.field(p))
		}
	}
	return form
}

func (w writer) field(p Param) chat.FormField {
	key := "commands.param." + p.Name + ".ask"
	field := chat.FormField{ID: p.Name, LabelSay: chat.Say(key, nil), Label: w.say(w.own, key), Required: p.Ask == AskAlways, Max: longestAnswer}
	if p.Kind == RestText {
		field.Long, field.Max = true, longestReason
	}
	return field
}
