package e2e

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters"
	"palabre/adapters/discord"
	"palabre/adapters/discord/discordtest"
	"palabre/bot"
	"palabre/catalogue"
	"palabre/chat"
	"palabre/rules"
	"palabre/store"
)

// town is the bot at work with the real adapter and the real store on a small Discord, in virtual time. The Discord and the
// database outlive it.
type town struct {
	*discordtest.Server
	discordtest.Guild
	t             *testing.T
	general, desk string // channels
	mona          discordtest.Person
	path, rules   string
	bot           *bot.Bot
	stop          func()
}

func newTown(t *testing.T, o discordtest.Options, ruleset string) *town {
	t.Helper()
	time.Sleep(30 * 365 * 24 * time.Hour) // Discord has no ids for the bubble's first years
	s := discordtest.New(o)
	w := &town{t: t, Server: s, Guild: s.Guild("Village"), path: filepath.Join(t.TempDir(), "palabre.db"), rules: ruleset, stop: func() {}}
	w.general, w.desk, w.mona = w.Text("general"), w.Text("moderators"), w.Moderator("mona")
	w.BotMay(discordtest.Moderation)
	t.Cleanup(func() { w.stop() })
	return w
}

func (w *town) room(id string) chat.RoomRef { return chat.RoomRef{Platform: chat.Discord, ID: id} }

func (w *town) start() {
	w.t.Helper()
	adapter, err := discord.New(discord.Options{
		Token: discordtest.Token, Guild: w.ID, APIBase: "http://" + discordtest.Host + "/api", Log: slog.New(slog.DiscardHandler),
		Rooms: []adapters.Room{{Logical: "general", ID: w.general}, {Logical: "moderators", ID: w.desk}}, Dial: w.Pipes(w.t),
	})
	w.must(err)
	ruleset, err := rules.ParseFile("rules.yaml", []byte(w.rules), rules.Env{
		Languages: []string{"en"}, Platforms: map[chat.Platform]chat.Capabilities{chat.Discord: adapter.Capabilities()},
	})
	w.must(err)
	sentences, err := catalogue.Load()
	w.must(err)
	memory, err := store.Open(w.t.Context(), w.path)
	w.must(err)
	w.bot, err = bot.New(w.t.Context(), bot.Options{
		Plan: &bot.Plan{
			Rules: ruleset, Desk: "moderators", Voice: catalogue.Voice{Language: "en"}, Limits: bot.Limits{Late: 10 * time.Minute},
			Rooms: bot.NewRooms([]bot.LogicalRoom{
				{Name: "general", Places: []chat.RoomRef{w.room(w.general)}}, {Name: "moderators", Places: []chat.RoomRef{w.room(w.desk)}},
			}),
		},
		Store: memory, Adapters: []adapters.Adapter{adapter}, Catalogue: sentences, Log: slog.New(slog.DiscardHandler),
	})
	w.must(err)
	ctx, cancel := context.WithCancel(w.t.Context())
	var running sync.WaitGroup
	running.Go(func() { w.bot.Run(ctx) })
	w.stop = sync.OnceFunc(func() {
		cancel()
		running.Wait()
		w.must(memory.Close())
	})
	pass(5 * time.Second)
}

// pass lets virtual time pass.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) says(p discordtest.Person, channel, text string) (id string) {
	w.t.Helper()
	id, err := p.Say(channel, text)
	w.must(err)
	pass(time.Second)
	return id
}

// told is what the moderators' room holds besides what people said there.
func (w *town) told() (lines []string) {
	for _, m := range w.Messages(w.desk) {
		if m.Author == w.Server.Bot() {
			lines = append(lines, m.Text)
		}
	}
	return lines
}

// deeds counts what the bot has done, by kind.
func (w *town) deeds(kind string) (n int) {
	for _, e := range w.Effects(w.Server.Bot()) {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

func (w *town) tells(what string) bool {
	return slices.ContainsFunc(w.told(), func(line string) bool { return strings.Contains(line, what) })
}
