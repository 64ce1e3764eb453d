package commands

import (
	"cmp"
	"slices"

	"palabre/chat"
)

// why tells what was done in a case, by which rule, for which words, and how each act ended.
var why = Command{
	Name: "why", Names: map[string]string{"fr": "pourquoi"}, Standing: chat.StandingModerator,
	Params: []Param{{Name: "case", Kind: CaseParam, Optional: true}, {Name: "member", Kind: MemberParam, Optional: true}},
	Menus:  MessageMenu,
	Reads:  ReadCase,
	Run: func(inv Invocation) []chat.Action {
		switch {
		case len(inv.Known.Cases) == 0 && inv.Case > 0:
			return []chat.Action{inv.noCase()}
		case len(inv.Known.Cases) == 0:
			return []chat.Action{inv.noCases()}
		}
		return []chat.Action{chat.Answer{Say: inv.Known.Cases[0].story(), Private: true}}
	},
}

// cases lists the newest cases, of one member or of all.
var cases = Command{
	Name: "cases", Names: map[string]string{"fr": "dossiers"}, Standing: chat.StandingModerator,
	Params: []Param{{Name: "member", Kind: MemberParam, Optional: true}},
	Menus:  MemberMenu,
	Reads:  ReadCases,
	Run: func(inv Invocation) []chat.Action {
		if len(inv.Known.Cases) == 0 {
			return []chat.Action{inv.noCases()}
		}
		lines := chat.Lines{}
		for _, c := range inv.Known.Cases {
			lines = append(lines, c.line())
		}
		return []chat.Action{chat.Answer{Say: chat.Say("commands.cases", chat.Args{"cases": lines}), Private: true}}
	},
}

// undo takes a case back: silences and bans end, strikes go, the record stays.
var undo = Command{
	Name: "undo", Names: map[string]string{"fr": "annuler"}, Standing: chat.StandingModerator,
	Params: []Param{{Name: "case", Kind: CaseParam}, reasonParam},
	Reads:  ReadCase,
	Run: func(inv Invocation) []chat.Action {
		if len(inv.Known.Cases) == 0 {
			return []chat.Action{inv.noCase()}
		}
		c := inv.Known.Cases[0]
		if !c.UndoneAt.IsZero() {
			return []chat.Action{chat.Answer{Say: chat.Say("commands.already_undone", chat.Args{"case": c.No, "by": c.UndoneBy}), Private: true}}
		}
		by := inv.Event.Actor
		return []chat.Action{
			chat.Undo{Case: c.No, Member: c.Member, By: by.MemberRef, ByName: by.Name, Reason: inv.Text},
			inv.done(),
		}
	},
}

func (inv Invocation) noCase() chat.Action {
	return chat.Answer{Say: chat.Say("commands.no_case", nil), Private: true}
}

// noCases tells of whom nothing is known.
func (inv Invocation) noCases() chat.Action {
	say := chat.Say("commands.no_cases", nil)
	if inv.Member.Name != "" {
		say = chat.Say("commands.no_cases.member", chat.Args{"name": inv.Member.Name})
	}
	return chat.Answer{Say: say, Private: true}
}

// line is the case in one line.
func (c Case) line() chat.Phrase {
	key := "commands.case.line"
	if !c.UndoneAt.IsZero() {
		key = "commands.case.line_undone"
	}
	return chat.Say(key, chat.Args{"case": c.No, "name": c.Name, "rule": c.cause(), "by": c.author(), "at": c.At, "acts": c.acts()})
}

// story is the case told whole.
func (c Case) story() chat.Phrase {
	lines := chat.Lines{
		chat.Say("commands.why.head", chat.Args{"case": c.No, "name": c.Name, "at": c.At, "by": c.author(), "rule": c.cause()}),
		chat.Say("commands.why.why", chat.Args{"why": c.Why}),
	}
	for _, r := range c.Reasons {
		lines = append(lines, chat.Say("commands.why.reason", chat.Args{"reason": r.Text}))
	}
	lines = append(lines, chat.Say("commands.why.acts", chat.Args{"acts": c.acts()}))
	if !c.UndoneAt.IsZero() {
		lines = append(lines, chat.Say("commands.why.undone", chat.Args{"by": c.UndoneBy, "at": c.UndoneAt, "reason": cmp.Or(c.UndoWhy, "—")}))
	}
	return chat.Say("commands.why", chat.Args{"lines": lines})
}

// cause is the rule, or the command of the moderator who acted, as the reader calls it.
func (c Case) cause() chat.Arg {
	for _, command := range []*Command{&warn, &timeout, &ban} {
		if c.ByName != "" && c.Rule == command.Name {
			return chat.Phrase{Words: command.words("")}
		}
	}
	return c.Rule
}

func (c Case) author() chat.Arg {
	if c.ByName == "" {
		return chat.Say("commands.by_rule", nil)
	}
	return c.ByName
}

func (c Case) acts() chat.Arg {
	if len(c.Acts) == 0 {
		return chat.Say("commands.acts.none", nil)
	}
	out := []chat.Arg{}
	for i, a := range c.Acts {
		if slices.Index(c.Acts, a) < i {
			continue // counted where it stands first
		}
		out = append(out, a.times(count(c.Acts, a)))
	}
	return out
}

func count(acts []Act, a Act) (n int) {
	for _, other := range acts {
		if other == a {
			n++
		}
	}
	return n
}

// times is the act, with how often it was done the same way.
func (a Act) times(n int) chat.Arg {
	if n == 1 {
		return a.phrase()
	}
	return chat.Say("act.count", chat.Args{"act": a.phrase(), "times": n})
}

func (a Act) phrase() chat.Arg {
	name := chat.Say("act."+a.Label, nil)
	switch {
	case a.Points > 0:
		return chat.Say("act.points", chat.Args{"count": a.Points})
	case a.State == string(chat.Done):
		return name
	default:
		return chat.Say("commands.act."+a.State, chat.Args{"act": name, "reason": a.Reason})
	}
}
