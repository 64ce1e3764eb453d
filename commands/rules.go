package commands

import (
	"strings"
	"time"

	"palabre/chat"
)

// Rule is a rule as commands see it.
type Rule struct {
	Name    string
	Mode    string // in force: off, shadow, ask or enforce
	Written string // what the file says
	By      string // who chose another mode than the file's; empty when nobody did
	At      time.Time
	Why     chat.Phrase
	Do      []string // names of its consequences
	Count   RuleCount
}

// RuleCount is what a rule has led to in the last seven days.
type RuleCount struct {
	Matched   int // messages and other events
	Would     int // those on which it would have acted
	Acted     int // those on which it acted
	Undone    int // cases that were taken back
	Dismissed int // questions that were called a false alarm
}

var ruleParam = Param{Name: "rule", Kind: RuleParam}

// rules lists the rules, with what each did of late.
var rules = Command{
	Name: "rules", Names: map[string]string{"fr": "règles"}, Standing: chat.StandingModerator,
	Reads: ReadRules,
	Run: func(inv Invocation) []chat.Action {
		lines := chat.Lines{}
		for _, r := range inv.Known.Rules {
			lines = append(lines, chat.Say("commands.rules.line", chat.Args{"rule": r.Name, "mode": r.inForce(), "counts": r.Count.phrase()}))
		}
		if len(lines) == 0 {
			return []chat.Action{chat.Answer{Say: chat.Say("commands.rules.none", nil), Private: true}}
		}
		return []chat.Action{chat.Answer{Say: chat.Say("commands.rules", chat.Args{"rules": lines}), Private: true}}
	},
}

// rule tells what one rule does, in which mode and by whose choice, and what it did of late.
var rule = Command{
	Name: "rule", Names: map[string]string{"fr": "règle"}, Standing: chat.StandingModerator,
	Params: []Param{ruleParam},
	Reads:  ReadRules,
	Run: func(inv Invocation) []chat.Action {
		r, problem := inv.rule()
		if problem != nil {
			return problem
		}
		acts := []chat.Arg{}
		for _, name := range r.Do {
			acts = append(acts, chat.Say("consequence."+name, nil))
		}
		return []chat.Action{chat.Answer{Private: true, Say: chat.Say("commands.rule", chat.Args{
			"rule": r.Name, "mode": r.inForce(), "why": r.Why, "acts": acts, "counts": r.Count.phrase(),
		})}}
	},
}

// promote lets a rule act that was tried in shadow, or that asked before.
var promote = Command{
	Name: "promote", Names: map[string]string{"fr": "promouvoir"}, Standing: chat.StandingAdmin,
	Params: []Param{ruleParam},
	Reads:  ReadRules,
	Run:    func(inv Invocation) []chat.Action { return inv.choose("enforce") },
}

// demote puts a rule back into shadow.
var demote = Command{
	Name: "demote", Names: map[string]string{"fr": "rétrograder"}, Standing: chat.StandingAdmin,
	Params: []Param{ruleParam},
	Reads:  ReadRules,
	Run:    func(inv Invocation) []chat.Action { return inv.choose("shadow") },
}

// choose gives a rule another mode.
func (inv Invocation) choose(mode string) []chat.Action {
	r, problem := inv.rule()
	if problem != nil {
		return problem
	}
	switch r.Mode {
	case mode:
		return []chat.Action{chat.Answer{Say: chat.Say("commands.mode.already", chat.Args{"rule": r.Name, "mode": r.inForce()}), Private: true}}
	case "off":
		return []chat.Action{chat.Answer{Say: chat.Say("commands.mode.off", chat.Args{"rule": r.Name}), Private: true}}
	}
	return []chat.Action{chat.SetMode{Rule: r.Name, Mode: mode, By: inv.Event.Actor.Name}, inv.done()}
}

// rule is the one that was named.
func (inv Invocation) rule() (Rule, []chat.Action) {
	for _, r := range inv.Known.Rules {
		if strings.EqualFold(r.Name, inv.Word) {
			return r, nil
		}
	}
	return Rule{}, []chat.Action{chat.Answer{Say: chat.Say("commands.no_rule", chat.Args{"rule": chat.Excerpt(inv.Word)}), Private: true}}
}

// inForce is the rule's mode, and whose choice it is when it is not the file's.
func (r Rule) inForce() chat.Phrase {
	if r.By == "" {
		return chat.Say("mode."+r.Mode, nil)
	}
	key := "commands.mode.promoted"
	if r.Mode == "shadow" {
		key = "commands.mode.demoted"
	}
	return chat.Say(key, chat.Args{"mode": chat.Say("mode."+r.Mode, nil), "by": r.By, "at": r.At, "written": r.Written})
}

// phrase tells what there is to tell.
func (c RuleCount) phrase() chat.Arg {
	var parts []chat.Arg
	for _, part := range []struct {
		key   string
		count int
	}{
		{"matched", c.Matched}, {"would", c.Would}, {"acted", c.Acted}, {"undone", c.Undone}, {"dismissed", c.Dismissed},
	} {
		if part.count > 0 {
			parts = append(parts, chat.Say("commands.count."+part.key, chat.Args{"count": part.count}))
		}
	}
	if len(parts) == 0 {
		return chat.Say("commands.count.none", nil)
	}
	return parts
}
