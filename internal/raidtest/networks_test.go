package raidtest

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"palabre/adapters/discord/discordtest"
	"palabre/adapters/matrix/matrixtest"
)

// town is the community on Matrix.
type town struct {
	hs                  *matrixtest.Server
	base, token         string
	general, moderators string
	people              map[int]matrixtest.Person
}

func foundTown(t *testing.T) place {
	w := &town{hs: matrixtest.New(), people: map[int]matrixtest.Person{}}
	web := httptest.NewServer(w.hs)
	t.Cleanup(web.Close)
	w.base = web.URL
	var self string
	self, w.token = w.hs.Account("palabre")
	w.people[0] = w.hs.Person("regular")
	room := func(alias string) string {
		return w.hs.Room(matrixtest.Plan{Alias: alias, Owner: self, Members: []string{w.people[0].ID}})
	}
	w.general, w.moderators = room("general"), room("moderators")
	w.hs.Room(matrixtest.Plan{Alias: "town", Space: true, Owner: self, Children: []string{w.general, w.moderators}})
	return w
}

func (w *town) config() string {
	return fmt.Sprintf(`rooms: { general: { matrix: "#general:localhost" }, moderators: { matrix: "#moderators:localhost" } }
matrix: { enabled: true, homeserver: %q, user: "@palabre:localhost", token: { env: PALABRE_MATRIX_TOKEN }, space: "#town:localhost" }
`, w.base)
}

func (w *town) secret() string { return "PALABRE_MATRIX_TOKEN=" + w.token }

func (w *town) arrive(account int) error {
	w.people[account] = w.hs.Person(fmt.Sprintf("raider%d", account))
	_, err := w.people[account].Join(w.general)
	return err
}

func (w *town) say(account int, text string) error {
	_, err := w.people[account].Say(w.general, text)
	return err
}

func (w *town) lines() []string { return w.hs.Shown(w.moderators) }

// guild is the community on Discord.
type guild struct {
	hs                  *discordtest.Server
	base                string
	guild               discordtest.Guild
	general, moderators string
	people              map[int]discordtest.Person
}

func foundGuild(t *testing.T) place {
	w := &guild{hs: discordtest.New(discordtest.Options{}), people: map[int]discordtest.Person{}}
	w.guild = w.hs.Guild("Raided")
	w.general, w.moderators = w.guild.Text("general"), w.guild.Text("moderators")
	w.guild.Place(w.guild.BotRole(), 5)
	w.people[0] = w.guild.Member("regular")
	w.base = w.hs.Start(t)
	return w
}

func (w *guild) config() string {
	return fmt.Sprintf(`rooms: { general: { discord: "%s" }, moderators: { discord: "%s" } }
discord: { guild: "%s", token: { env: PALABRE_DISCORD_TOKEN }, api_base: "%s" }
`, w.general, w.moderators, w.guild.ID, w.base)
}

func (w *guild) secret() string { return "PALABRE_DISCORD_TOKEN=" + discordtest.Token }

func (w *guild) arrive(account int) error {
	w.people[account] = w.hs.PersonAged(fmt.Sprintf("raider%d", account), 20*time.Hour)
	return w.people[account].Join(w.guild.ID)
}

func (w *guild) say(account int, text string) error {
	_, err := w.people[account].Say(w.general, text)
	return err
}

func (w *guild) lines() (out []string) {
	for _, m := range w.hs.Messages(w.moderators) {
		out = append(out, m.Text)
	}
	return out
}
