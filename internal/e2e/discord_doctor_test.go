package e2e

import (
	"strings"
	"testing"

	"palabre/adapters/discord/discordtest"
)

// The doctor of the shipped binary: where all is well it says so, and where it is not it says what to click. It
// changes nothing.
func TestDoctorOnDiscord(t *testing.T) {
	for _, c := range []struct {
		name    string
		options discordtest.Options
		spoil   func(*guild)
		code    int
		says    []string
	}{
		{
			name: "all is well", says: []string{
				"ok     the clock is right", "ok     Discord knows the bot palabre", "ok     the bot receives what people write",
				"ok     the bot hears of who comes and goes", "ok     the bot is on the server “Les Passerelles”",
				"ok     the bot has the permissions that it needs", "ok     the bot’s role stands above the members’ roles",
				"ok     general: the bot has what it needs", "ok     moderators: the bot has what it needs", "commands", "permissions=2253208563035334",
			},
		},
		{
			name: "what people write is not received, and ordinary members stand above the bot", code: 1, options: discordtest.Options{NoContent: true},
			spoil: func(g *guild) { g.Place(g.Role("Painters", discordtest.Everyone), 8) },
			says: []string{
				"WRONG  the bot does not receive what people write", "discord.com/developers, your application, Bot: turn on Message Content Intent",
				"WRONG  the bot cannot act against members with these roles, which stand above its own: “Painters”",
				"Server Settings, Roles: drag “Palabre” above them", "WRONG  no command is registered yet", "3 of ",
			},
		},
		{
			name: "rights are missing, on the server and in a channel", code: 1,
			spoil: func(g *guild) {
				g.BotMay(discordtest.Moderation &^ discordtest.BanMembers)
				g.Overwrite(g.channels["general"], g.BotRole(), false, 0, discordtest.ManageMessages)
			},
			says: []string{
				"WRONG  the bot may not ban members", "open the invitation below again", "WRONG  general: the bot may not remove messages",
				"Edit Channel, Permissions, Advanced Permissions, add “Palabre”: allow Manage Messages", "ok     help: the bot has what it needs", "2 of ",
			},
		},
		{
			name: "the token is not accepted", code: 1,
			spoil: func(g *guild) { g.Revoke() },
			says:  []string{"WRONG  Discord does not accept the token", "Bot, Reset Token", "1 of "},
		},
		{
			name: "the configuration names another channel", code: 1,
			spoil: func(g *guild) {
				g.bot.configure(replaced(g.t, g.bot.text, g.channels["debates"], exampleRooms[3].id, 1))
			},
			says: []string{"WRONG  debates: the server has no channel “" + exampleRooms[3].id + "”", "Copy Channel ID; put it in the configuration, in quotes", "1 of "},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := newGuild(t, c.options)
			if !c.options.NoContent { // without what people write, it does not run
				g.start()
				g.bot.stop()
			}
			if c.spoil != nil {
				c.spoil(g)
			}
			done := len(g.Effects(""))
			said, code := g.bot.run("doctor", "-config", g.bot.config)
			if code != c.code {
				t.Errorf("exit code %d, expected %d", code, c.code)
			}
			for _, words := range c.says {
				if !strings.Contains(said, words) {
					t.Errorf("it does not say %q", words)
				}
			}
			if c.code == 0 && strings.Contains(said, "WRONG") {
				t.Error("something is wrong where all is well")
			}
			if len(g.Effects("")) != done {
				t.Error("the doctor did something")
			}
			g.keepsTheContract()
		})
	}
}
