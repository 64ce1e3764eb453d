package commands

import "palabre/chat"

// help lists what the caller may do, or explains one command.
var help = Command{
	Name: "help", Names: map[string]string{"fr": "aide"}, Standing: chat.StandingMember,
	Params: []Param{{Name: "command", Kind: WordParam, Optional: true}},
	Run: func(inv Invocation) []chat.Action {
		listed := inv.Known.Commands
		if inv.Word != "" {
			listed = named(listed, inv.Word)
		}
		if len(listed) == 0 {
			return []chat.Action{chat.Answer{Say: chat.Say("commands.unknown", chat.Args{"command": chat.Excerpt(inv.Word)})}}
		}
		lines := chat.Lines{}
		for _, c := range listed {
			lines = append(lines, chat.Say("commands.help.line", chat.Args{"usage": c.typed(), "what": chat.Say("commands.help."+c.Name, nil)}))
		}
		return []chat.Action{chat.Answer{Say: chat.Say("commands.help", chat.Args{"commands": lines})}}
	},
}

func named(all []*Command, name string) []*Command {
	for _, c := range all {
		if c.answersTo(name) {
			return []*Command{c}
		}
	}
	return nil
}
