package commands

import (
	"strconv"
	"strings"
	"unicode"

	"palabre/chat"
	"palabre/internal/human"
)

// Directory finds a member by what was typed: a mention, an id, a name.
type Directory func(text string) (chat.Actor, bool)

// Problem is a call that cannot be carried out, in words for the caller.
type Problem struct{ Say chat.Phrase }

// Parse reads the arguments of a call, typed or chosen: both give the same. A Problem says what is wrong, with the usage.
func (c *Command) Parse(ev chat.Event, find Directory) (Invocation, *Problem) {
	inv := Invocation{Event: ev}
	if options := inv.invoked().Options; options != nil {
		return inv, c.parseOptions(&inv, options, find)
	}
	rest := strings.TrimSpace(inv.invoked().Args)
	for _, p := range c.Params {
		var problem *Problem
		if rest, problem = c.read(&inv, p, rest, find); problem != nil {
			return inv, problem
		}
	}
	if rest != "" {
		return inv, c.problem("commands.too_many", chat.Args{"text": chat.Excerpt(rest)})
	}
	return inv, nil
}

// parseOptions reads arguments that came by their names. What the command does not know is not for it.
func (c *Command) parseOptions(inv *Invocation, options map[string]string, find Directory) *Problem {
	for _, p := range c.Params {
		value := strings.TrimSpace(options[p.Name])
		if value == "" {
			if !p.Optional {
				return c.problem("commands.missing", chat.Args{"param": chat.Say("commands.param."+p.Name, nil)})
			}
			continue
		}
		if p.Kind == RestText {
			inv.Text = value
			continue
		}
		if problem := c.take(inv, p, value, find); problem != nil {
			return problem
		}
	}
	return nil
}

// read takes one argument off the text. An optional one that does not fit is left for the next.
func (c *Command) read(inv *Invocation, p Param, rest string, find Directory) (string, *Problem) {
	if p.Kind == RestText {
		inv.Text = rest
		return "", nil
	}
	word, tail := p.cut(rest)
	if word == "" {
		if p.Optional {
			return rest, nil
		}
		return rest, c.problem("commands.missing", chat.Args{"param": chat.Say("commands.param."+p.Name, nil)})
	}
	problem := c.take(inv, p, word, find)
	if problem != nil && p.Optional && !meant(p, word) {
		return rest, nil
	}
	return tail, problem
}

// meant tells whether a word that does not fit an optional argument was meant for it all the same: `!ban bob 1x`
// must not become a ban for ever with the reason "1x".
func meant(p Param, word string) bool {
	numeric := strings.IndexFunc(word, unicode.IsDigit) >= 0 && strings.IndexFunc(word, unicode.IsDigit) <= 1
	return numeric && (p.Kind == DurationParam || p.Kind == CaseParam)
}

func (c *Command) take(inv *Invocation, p Param, word string, find Directory) *Problem {
	switch p.Kind {
	case MemberParam:
		return c.takeMember(inv, word, find)
	case DurationParam:
		d, err := human.Parse(word)
		if err != nil {
			return c.problem("commands.bad_duration", chat.Args{"text": chat.Excerpt(word)})
		}
		inv.For = d
	case CaseParam:
		n, err := strconv.Atoi(strings.TrimPrefix(word, "#"))
		if err != nil || n < 1 {
			return c.problem("commands.bad_case", chat.Args{"text": chat.Excerpt(word)})
		}
		inv.Case = n
	case SwitchParam:
		on, known := switches[strings.ToLower(word)]
		if !known {
			return c.problem("commands.bad_switch", chat.Args{"text": chat.Excerpt(word)})
		}
		inv.On = on
	case WordParam, RuleParam, RestText:
		inv.Word = word
	}
	return nil
}

// switches are the words for on and off.
var switches = map[string]bool{"on": true, "off": false, "début": true, "debut": true, "fin": false}

func (c *Command) takeMember(inv *Invocation, word string, find Directory) *Problem {
	member, ok := find(word)
	if !ok {
		return c.problem("commands.unknown_member", chat.Args{"text": chat.Excerpt(word)})
	}
	inv.Member = member
	return nil
}

func (c *Command) problem(key string, args chat.Args) *Problem {
	args["usage"] = c.typed()
	return &Problem{chat.Say(key, args)}
}

// cut takes the argument's text off: a word, or the words of a duration: "3 days", "1h 30m".
func (p Param) cut(s string) (text, tail string) {
	text, tail = cutWord(s)
	if p.Kind != DurationParam {
		return text, tail
	}
	for {
		word, rest := cutWord(tail)
		if _, err := human.Parse(text + " " + word); word == "" || err != nil {
			return text, tail
		}
		text, tail = text+" "+word, rest
	}
}

func cutWord(s string) (word, tail string) {
	s = strings.TrimSpace(s)
	end := strings.IndexAny(s, " \t\n")
	if end < 0 {
		return s, ""
	}
	return s[:end], strings.TrimSpace(s[end:])
}
