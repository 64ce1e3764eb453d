package e2e

import (
	"strings"
	"testing"

	"palabre/adapters/discord/discordtest"
)

// A rule of the example in mode ask, answered on Discord with buttons: by moderators alone, with private words for
// everybody else; the card tells in the end who decided, and offers nothing any more.
func TestQuestionsOnDiscord(t *testing.T) {
	g := newGuild(t, discordtest.Options{})
	g.bot.configure(replaced(t, g.bot.text, "mode: shadow                   # writes", "mode: ask                      # writes", 1))
	mod, eve, bob := g.Moderator("mod"), g.Member("eve"), g.Member("bob")
	g.start()

	g.says(eve, "WHY IS EVERYBODY SHOUTING HERE")
	card := g.newest("")
	if !strings.Contains(card.Text, "May I?") || len(buttons(card)) != 3 {
		t.Fatalf("the question: %q with %v", card.Text, buttons(card))
	}
	if said := g.presses(bob, card, "approve"); !strings.Contains(said, "Only moderators") {
		t.Errorf("a member's answer: %q", said)
	}
	g.presses(mod, card, "approve")
	if done := g.newest(""); !strings.Contains(done.Text, "remind (shouting), decided by mod") {
		t.Errorf("the case: %q", done.Text)
	}
	if now, _ := g.Message(g.channels["moderators"], card.ID); !strings.Contains(now.Text, "approved this") || len(buttons(now)) != 0 {
		t.Errorf("the answered card: %q with %v", now.Text, buttons(now))
	}

	g.says(bob, "I SHOUT BECAUSE YOU ALL DO SO")
	card = g.newest("")
	if said := g.presses(mod, card, "edit"); !strings.Contains(said, "instead") {
		t.Errorf("something else: %q", said)
	}
	g.presses(mod, g.newest(mod.ID), "delete")
	if now, _ := g.Message(g.channels["moderators"], card.ID); !strings.Contains(now.Text, "chose something else") {
		t.Errorf("the card about which something else was chosen: %q", now.Text)
	}
	g.bot.stop()
	g.bot.calm()
	g.keepsTheContract()
}

func (g *guild) says(who discordtest.Person, text string) {
	g.t.Helper()
	if _, err := who.Say(g.channels["general"], text); err != nil {
		g.t.Fatal(err)
	}
	g.settle()
}

// newest is the last message in the moderators' room that everybody sees, or that one member alone sees.
func (g *guild) newest(private string) (last discordtest.Message) {
	for _, m := range g.Everything(g.channels["moderators"]) {
		if m.Private == private && !m.Deleted {
			last = m
		}
	}
	return last
}

// presses presses a button of a message in the moderators' room and gives what is answered to whoever pressed alone.
func (g *guild) presses(who discordtest.Person, on discordtest.Message, choice string) string {
	g.t.Helper()
	for _, id := range buttons(on) {
		if !strings.HasSuffix(id, "|"+choice) {
			continue
		}
		if _, err := who.Press(g.channels["moderators"], on.ID, id); err != nil {
			g.t.Fatal(err)
		}
		g.settle()
		return g.newest(who.ID).Text
	}
	g.t.Fatalf("there is no button %q in %v", choice, buttons(on))
	return ""
}

// buttons are the ids of a message's buttons.
func buttons(m discordtest.Message) (ids []string) {
	for _, row := range m.Components {
		inner, _ := row["components"].([]any)
		for _, c := range inner {
			if button, ok := c.(map[string]any); ok {
				id, _ := button["custom_id"].(string)
				ids = append(ids, id)
			}
		}
	}
	return ids
}
