package commands_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"palabre/catalogue"
	"palabre/chat"
	"palabre/commands"
)

func TestChoices(t *testing.T) {
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	newest := []commands.Case{
		{No: 21, Name: "Mallory", Rule: "insults", At: noon}, {No: 12, Name: "bob", Rule: "flood", At: noon}, {No: 2, Name: "eve", Rule: "flood", At: noon},
	}
	known := commands.Known{Cases: newest, Rules: []commands.Rule{{Name: "flood"}, {Name: "link-flood"}, {Name: "shouting"}}}
	const moderator, member = chat.StandingModerator, chat.StandingMember
	for _, tc := range []struct {
		command, param, typed string
		standing              chat.Standing
		want                  string
	}{
		{"why", "case", "", moderator, "21 12 2"},
		{"why", "case", "2", moderator, "21 2"},
		{"undo", "case", "#12", moderator, "12"},
		{"annuler", "case", "MALL", moderator, "21"},
		{"undo", "case", "flo", moderator, "12 2"},
		{"undo", "case", "", member, ""},
		{"timeout", "duration", "", moderator, "10m 1h 6h 1d 3d 1w"},
		{"timeout", "duration", "2", moderator, "2m 2h 2d 2w"},
		{"timeout", "duration", "1h30", moderator, ""},
		{"timeout", "duration", "1h30m", moderator, "1h30m"},
		{"timeout", "duration", "0", moderator, ""},
		{"timeout", "reason", "x", moderator, ""},
		{"timeout", "nothing", "", moderator, ""},
		{"nothing", "case", "", moderator, ""},
		{"rule", "rule", "FLOO", moderator, "flood link-flood"},
		{"promote", "rule", "", moderator, ""},
		{"help", "command", "w", moderator, "warn why"},
		{"help", "command", "pour", moderator, "pourquoi"},
		{"help", "command", "", member, "help private"},
	} {
		got := ids(commands.Completion{Command: tc.command, Param: tc.param, Standing: tc.standing, Typed: tc.typed}.Choices(known))
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%s %s %q: got %v, want %s", tc.command, tc.param, tc.typed, got, tc.want)
		}
	}
}

func ids(choices []chat.Choice) []string {
	var ids []string
	for _, c := range choices {
		ids = append(ids, c.ID)
	}
	return ids
}

// Platforms take 25 at most.
func TestChoicesAreFew(t *testing.T) {
	var many []commands.Case
	for n := range 60 {
		many = append(many, commands.Case{No: 1000 - n, Name: "m" + strconv.Itoa(n)})
	}
	got := ids(commands.Completion{Command: "why", Param: "case", Standing: chat.StandingModerator}.Choices(commands.Known{Cases: many}))
	if len(got) != 25 || !slices.Contains(got, "1000") {
		t.Errorf("%d choices: %v", len(got), got)
	}
}

// What is shown is in the community's language.
func TestChoicesSpeak(t *testing.T) {
	sentences, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	say := func(language, command, param, typed string) string {
		choices := commands.Completion{Command: command, Param: param, Standing: chat.StandingModerator, Typed: typed}.Choices(
			commands.Known{Cases: []commands.Case{{No: 3, Name: "bob", Rule: "flood", At: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}}})
		return sentences.Plain(catalogue.Voice{Language: language}, choices[0].Say, catalogue.Resolver{})
	}
	for want, got := range map[string]string{
		"2 hours":  say("en", "timeout", "duration", "2h"),
		"2 heures": say("fr", "timeout", "duration", "2h"),
		"#3 bob, flood, Monday 23 November, 12:00":         say("en", "why", "case", "3"),
		"ban: keeps a member out, for a while or for good": say("en", "help", "command", "ba"),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
