package discord

import (
	"testing"

	"github.com/bwmarrin/discordgo"

	"palabre/chat"
)

// What somebody may do comes with what they press, and is newer than what we remember of their roles: a power that was taken
// a second ago commands no more, and one that was given a second ago does.
func TestPowersComeWithTheInteraction(t *testing.T) {
	const moderators, mona, ana = "400000000000000001", "300000000000000002", "300000000000000003"
	b := village(t)
	caller := func(id string, permissions int64, roles ...string) chat.Standing {
		return b.caller(wireInteraction{Member: &discordgo.Member{User: &discordgo.User{ID: id}, Roles: roles, Permissions: permissions}}).Standing
	}
	if got := caller(mona, 0, moderators); got != chat.StandingMember {
		t.Errorf("the role of moderators may nothing any more, and who has it is %s", got)
	}
	if got := caller(ana, discordgo.PermissionModerateMembers); got != chat.StandingModerator {
		t.Errorf("somebody who may silence is %s", got)
	}
}

// Whatever somebody is called, it is one line of letters: no link, no mark-up, no bell, and nothing that turns the line around.
func TestNamesAreOnlyLetters(t *testing.T) {
	for name, want := range map[string]string{
		"[free](https://evil.example)": `\[free\]\(https:` + "\u200b" + `//evil.example\)`,
		"<https://evil.example>":       `\<https:` + "\u200b" + `//evil.example\>`,
		"**bold** `code` ||x||":        "\\*\\*bold\\*\\* \\`code\\` \\|\\|x\\|\\|",
		"bell\x07 and \x1b[31mred":     `bell and \[31mred`,
		"\u202eevil":                   "evil",
		"@everyone":                    "@\u200beveryone",
	} {
		if got := value(chat.Span{Kind: chat.NameOnly, Text: name}); got != want {
			t.Errorf("%q is shown as %q, want %q", name, got, want)
		}
	}
}
