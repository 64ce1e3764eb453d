package commands

import (
	"cmp"
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

// referenceHead is what stands above the table of the page about commands.
var referenceHead = map[string]string{
	"en": "# Commands\n\nTyped with the prefix of the platform (`!help`), or chosen after a `/` on Discord; arguments in `<>` are needed, those in `[]` are not. [En français](commands.fr.md).\n\n" +
		"| command | also | who | what it does |\n|---|---|---|---|\n",
	"fr": "# Commandes\n\nOn les tape avec le préfixe de la plateforme (`!aide`), ou on les choisit après un `/` sur Discord ; les arguments entre `<>` sont nécessaires, ceux entre `[]` ne le sont pas. [In English](commands.md).\n\n" +
		"| commande | aussi | pour qui | ce qu’elle fait |\n|---|---|---|---|\n",
}

// Reference describes every command in Markdown, for the page about commands in one language, which say speaks.
func Reference(language string, say func(chat.Phrase) string) string {
	var b strings.Builder
	b.WriteString(referenceHead[language])
	for _, c := range Table {
		b.WriteString("| `" + say(c.typed().Phrase) + "` | " + strings.Join(c.namesBeside(language), ", ") + " | " +
			say(chat.Say("reason.standing."+c.Standing.String(), nil)) + " | " + say(chat.Say("commands.help."+c.Name, nil)) + " |\n")
	}
	return b.String()
}

// namesBeside are the command's names in the languages other than this one.
func (c *Command) namesBeside(language string) []string {
	own := cmp.Or(c.Names[language], c.Name)
	return slices.DeleteFunc(append([]string{c.Name}, c.aliases()...), func(name string) bool { return name == own })
}
