package commands

import (
	"strconv"
	"strings"

	"palabre/chat"
	"palabre/internal/human"
)

// most is how many values are proposed at once: the platforms' own limit.
const most = 25

// Completion is a question for values while a parameter is typed.
type Completion struct {
	Command, Param string
	Standing       chat.Standing // of who types
	Typed          string
}

// Completes is the parameter that is asked about; false when there is none, or when who types may not call the command.
func (q Completion) Completes() (Param, bool) {
	c, ok := Find(q.Command)
	if !ok || q.Standing < c.Standing {
		return Param{}, false
	}
	for _, p := range c.Params {
		if p.Name == q.Param {
			return p, true
		}
	}
	return Param{}, false
}

// Choices are values for the parameter, the likeliest first, at most 25. Of what is known it looks at the newest cases
// for a CaseParam, and at the rules for a RuleParam.
func (q Completion) Choices(known Known) []chat.Choice {
	p, ok := q.Completes()
	if !ok {
		return nil
	}
	typed := strings.ToLower(strings.TrimSpace(q.Typed))
	var found []chat.Choice
	switch p.Kind {
	case CaseParam:
		found = casesLike(strings.TrimPrefix(typed, "#"), known.Cases)
	case DurationParam:
		found = durationsLike(typed)
	case WordParam:
		found = commandsLike(typed, q.Standing)
	case SwitchParam:
		found = []chat.Choice{{ID: "on", Say: chat.Say("commands.choice.on", nil)}, {ID: "off", Say: chat.Say("commands.choice.off", nil)}}
	case RuleParam:
		found = rulesLike(typed, known.Rules)
	case MemberParam, RestText: // platforms know members; reasons are one's own
	}
	return found[:min(len(found), most)]
}

// casesLike are the cases whose number begins so, or whose member or rule has the text in it.
func casesLike(typed string, newest []Case) []chat.Choice {
	var found []chat.Choice
	for _, c := range newest {
		number := strconv.Itoa(c.No)
		if strings.HasPrefix(number, typed) || strings.Contains(strings.ToLower(c.Name+" "+c.Rule), typed) {
			say := chat.Say("commands.choice.case", chat.Args{"case": c.No, "name": c.Name, "rule": c.Rule, "at": c.At})
			found = append(found, chat.Choice{ID: number, Say: say})
		}
	}
	return found
}

// usual are the durations proposed before anything is typed.
var usual = []string{"10m", "1h", "6h", "1d", "3d", "1w"}

// durationsLike completes a bare number with the units, and takes a whole duration as it is.
func durationsLike(typed string) []chat.Choice {
	candidates := []string{typed}
	if typed == "" {
		candidates = usual
	} else if _, err := strconv.Atoi(typed); err == nil {
		candidates = []string{typed + "m", typed + "h", typed + "d", typed + "w"}
	}
	var found []chat.Choice
	for _, s := range candidates {
		if d, err := human.Parse(s); err == nil {
			found = append(found, chat.Choice{ID: s, Say: chat.Say("commands.choice.duration", chat.Args{"duration": d})})
		}
	}
	return found
}

// rulesLike are the rules that have the text in their name.
func rulesLike(typed string, rules []Rule) []chat.Choice {
	var found []chat.Choice
	for _, r := range rules {
		if strings.Contains(strings.ToLower(r.Name), typed) {
			found = append(found, chat.Choice{ID: r.Name, Say: chat.Say("commands.choice.rule", chat.Args{"rule": r.Name, "mode": chat.Say("mode."+r.Mode, nil)})})
		}
	}
	return found
}

// commandsLike are the commands that somebody may call and that have a name which begins so.
func commandsLike(typed string, standing chat.Standing) []chat.Choice {
	var found []chat.Choice
	for _, c := range For(standing) {
		for _, name := range append([]string{c.Name}, c.aliases()...) {
			if strings.HasPrefix(name, typed) {
				what := chat.Say("commands.help."+c.Name, nil)
				found = append(found, chat.Choice{ID: name, Say: chat.Say("commands.choice.command", chat.Args{"command": name, "what": what})})
				break
			}
		}
	}
	return found
}
