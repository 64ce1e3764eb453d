package e2e

import (
	"strings"
	"testing"

	"palabre/adapters/discord/discordtest"
)

// An insult in what a program says whom a member brought along goes, and the member is warned for it. The guild's own
// programs are nobody's words.
func TestProgramsThatMembersBringAlong(t *testing.T) {
	g := newGuild(t, discordtest.Options{})
	eve, general := g.Member("eve"), g.channels["general"]
	advertiser, music := discordtest.App{Account: g.OtherBot("advertiser")}, discordtest.App{Account: g.OtherBot("music"), Guild: g.ID}
	g.start()
	insult := []map[string]any{{"type": 10, "content": "**sale con**"}}
	var said []string
	for _, app := range []discordtest.App{advertiser, music} {
		id, err := eve.Use(general, app, discordtest.Draft{Components: insult})
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, id)
	}
	g.settle()
	if m, _ := g.Message(general, said[0]); !m.Deleted {
		t.Error("what a member's program said stands")
	}
	if m, _ := g.Message(general, said[1]); m.Deleted {
		t.Error("what the guild's program said is gone")
	}
	warned := 0
	for _, m := range g.Messages(general) {
		if strings.Contains(m.Text, "<@"+eve.ID+">") {
			warned++
		}
	}
	if warned != 1 {
		t.Errorf("eve was warned %d times", warned)
	}
	g.keepsTheContract()
}

// With judge_webhooks, an insult said by a webhook goes, and nobody is warned or punished for it.
func TestWebhooksThatAreJudged(t *testing.T) {
	g := newGuild(t, discordtest.Options{})
	g.bot.configure(replaced(t, g.bot.text, "judge_webhooks: false", "judge_webhooks: true", 1))
	eve, general := g.Member("eve"), g.channels["general"]
	g.start()
	id, err := eve.Post(general, discordtest.Draft{Text: "sale con", Webhook: "200000000000000001"})
	if err != nil {
		t.Fatal(err)
	}
	g.settle()
	if m, _ := g.Message(general, id); !m.Deleted {
		t.Error("what the webhook said stands")
	}
	for _, m := range g.Messages(general) {
		if m.Author == g.Bot() {
			t.Errorf("said in the room: %s", m.Text)
		}
	}
	if line := g.newest(""); !strings.Contains(line.Text, "insults") {
		t.Errorf("the moderators read %q", line.Text)
	}
}
