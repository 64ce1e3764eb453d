// Command docs writes the pages of docs/ that are made from the tables of the code.
package main

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"palabre/activities"
	"palabre/catalogue"
	"palabre/chat"
	"palabre/commands"
	"palabre/config"
	"palabre/internal/accuracy"
	"palabre/rules"
)

//go:generate go run . ../../docs

// What stands around the tables in the pages about rules and commands is written by hand.
var (
	//go:embed rules.md
	aboutRules string
	//go:embed rules.fr.md
	aboutRulesFrench string
	//go:embed commands.md
	aboutCommands string
	//go:embed commands.fr.md
	aboutCommandsFrench string
	//go:embed config.md
	aboutConfig string
	//go:embed packs.md
	aboutPacks string
	//go:embed packs.fr.md
	aboutPacksFrench string
	//go:embed accuracy.md
	aboutAccuracy string
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: docs FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "docs:", err)
		os.Exit(1)
	}
}

func write(folder string) error {
	pages, err := pages()
	if err != nil {
		return err
	}
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// pages are the generated pages by their names.
func pages() (map[string]string, error) {
	sentences, err := catalogue.Load()
	if err != nil {
		return nil, fmt.Errorf("sentences: %w", err)
	}
	in := func(language string) func(chat.Phrase) string {
		voice := catalogue.Voice{Language: language, Register: "vous"}
		return func(p chat.Phrase) string { return sentences.Plain(voice, p, catalogue.Resolver{}) }
	}
	return map[string]string{
		"rules.md":       aboutRules + "\n" + rules.Reference("en"),
		"rules.fr.md":    aboutRulesFrench + "\n" + rules.Reference("fr"),
		"commands.md":    commands.Reference("en", in("en")) + "\n" + aboutCommands,
		"commands.fr.md": commands.Reference("fr", in("fr")) + "\n" + aboutCommandsFrench,
		"activities.md":  activities.Reference(),
		"config.md":      config.Reference() + "\n" + aboutConfig,
		"packs.md":       aboutPacks + rules.PackReference("en") + "\n" + accuracyPage(),
		"packs.fr.md":    aboutPacksFrench + rules.PackReference("fr"),

		"palabre.schema.json": string(config.Schema()),
	}, nil
}

// accuracyPage puts the tables of the last measurement into the text about it.
func accuracyPage() string {
	return strings.NewReplacer("{own}\n", accuracy.Own, "{outside}\n", accuracy.Outside).Replace(aboutAccuracy)
}
