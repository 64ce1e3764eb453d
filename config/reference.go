package config

import (
	"fmt"
	"strings"
)

// tables are the maps of the file that this package reads, in the order of the reference.
var tables = []struct {
	title, intro string
	keys         []key
}{
	{"The file", "Only `community`, `rooms` and `desk` must stand in it.", fileKeys},
	{"community", "", communityKeys},
	{"rooms", "Each name stands for one room: letters, digits, `-` and `_`. A room without a line (`general: {}`) is one that only the console shows.", roomKeys},
	{"matrix", "", matrixKeys},
	{"matrix.standing", "0 is what everybody has, so a standing begins at 1.", standingKeys},
	{"discord", "Ids are text: `\"1152921504606846976\"`, in quotes. Without them YAML makes a number of it, which may be another one.", discordKeys},
	{"discord.standing", "", rolesKeys},
	{"matrix.token, discord.token", "A secret never stands in the file: name the one place where it is kept.", tokenKeys},
	{"limits", "", limitKeys},
	{"archive", "Off unless it stands in the file. What is kept, and who sees it: [privacy](privacy.md).", archiveKeys},
}

// Reference describes every key in Markdown, for docs/config.md, from the tables that read the file.
func Reference() string {
	var b strings.Builder
	b.WriteString("# The configuration file\n\n" +
		"One community, one YAML file. `palabre check` reads it and lists every mistake at once, with its line.\n")
	for _, t := range tables {
		fmt.Fprintf(&b, "\n## %s\n\n", t.title)
		if t.intro != "" {
			b.WriteString(t.intro + "\n\n")
		}
		b.WriteString("| key | meaning | without it | example |\n|---|---|---|---|\n")
		for _, k := range t.keys {
			fmt.Fprintf(&b, "| `%s` | %s | %s | `%s` |\n", k.name, cell(k.meaning), cell(k.without()), cell(k.example))
		}
	}
	return b.String()
}

func (k key) without() string {
	switch {
	case k.required:
		return "a mistake"
	case k.fallback == "":
		return "nothing"
	}
	return k.fallback
}

// cell keeps a text inside its cell of a Markdown table.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
