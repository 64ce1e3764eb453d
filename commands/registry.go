package commands

import (
	"maps"
	"slices"
	"strings"

	"palabre/chat"
)

// Table is every command, in the order of the help.
var Table = []*Command{&help, &warn, &timeout, &ban, &why, &cases, &undo, &rules, &rule, &promote, &demote, &raid, &private}

// Find looks a command up by its name or one of its aliases.
func Find(name string) (*Command, bool) {
	for _, c := range Table {
		if c.answersTo(name) {
			return c, true
		}
	}
	return nil, false
}

func (c *Command) answersTo(name string) bool {
	same := func(own string) bool { return bare(own) == bare(name) }
	return same(c.Name) || slices.ContainsFunc(c.aliases(), same)
}

// bare is a name as it is typed on a keyboard without accents.
func bare(name string) string { return accents.Replace(strings.ToLower(name)) }

var accents = strings.NewReplacer("à", "a", "â", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "ë", "e", "î", "i", "ï", "i", "ô", "o", "ù", "u", "û", "u")

// aliases are the names in other languages, in the languages' order.
func (c *Command) aliases() []string {
	var names []string
	for _, language := range slices.Sorted(maps.Keys(c.Names)) {
		names = append(names, c.Names[language])
	}
	return names
}

// For lists the commands that somebody of this standing may call.
func For(standing chat.Standing) []*Command {
	var out []*Command
	for _, c := range Table {
		if standing >= c.Standing {
			out = append(out, c)
		}
	}
	return out
}

// usage is how the command is typed in English: "timeout <member> <duration> [reason]".
func (c *Command) usage() string {
	var b strings.Builder
	b.WriteString(c.Name)
	for _, p := range c.Params {
		if p.Optional {
			b.WriteString(" [" + p.Name + "]")
		} else {
			b.WriteString(" <" + p.Name + ">")
		}
	}
	return b.String()
}

// Called is the command's name in the reader's language.
func (c *Command) Called() chat.Typed { return chat.Typed{Phrase: chat.Phrase{Words: c.words("")}} }

// typed is the usage in the reader's language: "silence <membre> <durée> [raison]".
func (c *Command) typed() chat.Typed {
	args, params := chat.Args{}, ""
	for _, p := range c.Params {
		args[p.Name] = chat.Say("commands.param."+p.Name, nil)
		if p.Optional {
			params += " [{" + p.Name + "}]"
		} else {
			params += " <{" + p.Name + "}>"
		}
	}
	return chat.Typed{Phrase: chat.Phrase{Words: c.words(params), Args: args}}
}

// words are the command's names with something behind them.
func (c *Command) words(behind string) chat.Words {
	words := chat.Words{"en": c.Name + behind}
	for language, name := range c.Names {
		words[language] = name + behind
	}
	return words
}

// Reference describes every command in Markdown, for docs/commands.md. describe says a key of the catalogue.
func Reference(describe func(key string) string) string {
	var b strings.Builder
	b.WriteString("# Commands\n\nTyped with the prefix of the platform (`!help`), or chosen after a `/` on Discord; arguments in `<>` are needed, those in `[]` are not.\n\n")
	b.WriteString("| command | also | who | what it does |\n|---|---|---|---|\n")
	for _, c := range Table {
		b.WriteString("| `" + c.usage() + "` | " + strings.Join(c.aliases(), ", ") + " | " + c.Standing.String() + " | " + describe("commands.help."+c.Name) + " |\n")
	}
	return b.String()
}
