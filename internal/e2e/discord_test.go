package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"palabre/adapters/discord/discordtest"
)

// guild is the example's community on a small Discord, on a loopback address, with the shipped binary to work in it.
type guild struct {
	*discordtest.Server
	discordtest.Guild
	t        *testing.T
	bot      *palabre
	channels map[string]string // by logical name
	onlooker discordtest.Person
	heard    int    // of what the bot did
	pass     func() // lets time pass, where the bot waits for that; nil: it does not
}

// exampleRooms are the example's rooms, in its order, with the ids that stand there.
var exampleRooms = []struct{ name, id string }{
	{"general", "1152921504606846977"}, {"help", "1152921504606846978"}, {"welcome", "1152921504606846979"},
	{"debates", "1152921504606846980"}, {"moderators", "1152921504606846981"},
}

const exampleGuild = "1152921504606846976"

// standing is a clock that stands until it is moved.
type standing struct {
	mu  sync.Mutex
	now time.Time
}

func (c *standing) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// move goes to a moment, never back.
func (c *standing) move(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if to.After(c.now) {
		c.now = to
	}
}

// newGuild makes the community, and another to which the stories' invitation leads; the bot is installed and not started. Without a clock it is the wall clock's time.
func newGuild(t *testing.T, o discordtest.Options) *guild {
	t.Helper()
	if testing.Short() {
		t.Skip("the whole binary takes a while: not with -short")
	}
	g := &guild{Server: discordtest.New(o), t: t, channels: map[string]string{}}
	g.Guild = g.Server.Guild("Les Passerelles")
	for _, room := range exampleRooms {
		g.channels[room.name] = g.Text(room.name)
	}
	g.Role("Regulars", discordtest.Everyone) // the example's roles
	g.Role("Moderators", discordtest.Moderators)
	g.Place(g.BotRole(), 5)
	g.onlooker = g.Member("onlooker")
	elsewhere := g.Server.Guild("Casino")
	elsewhere.Expel()
	elsewhere.Invite("abc123")
	base := g.Start(t)
	g.bot = installed(t, discordtest.Token, func(dir, listen string) string { return g.configuration(dir, listen, base) })
	return g
}

func (g *guild) configuration(dir, listen, base string) string {
	return exampleOnDiscord(g.t, place{base: base, guild: g.ID, channels: g.channels}, dir, listen)
}

// place is where on a Discord the example's community lives.
type place struct {
	base, guild string
	channels    map[string]string // by logical name
}

// exampleOnDiscord is the example's configuration, changed in nothing but where it works.
func exampleOnDiscord(t *testing.T, at place, dir, listen string) string {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(root, "config.example.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	changes := [][2]string{
		{"enabled: false                   # true once the bot below exists", "enabled: true"},
		{`"` + exampleGuild + `"`, `"` + at.guild + `"`},
		{"PALABRE_DISCORD_TOKEN", tokenVariable},
		{"# api_base: http://127.0.0.1:8080/api # another server that speaks like Discord, for tests", "api_base: " + at.base},
		{"data/palabre.db", filepath.Join(dir, "palabre.db")},
		{"127.0.0.1:9320", listen},
	}
	for _, room := range exampleRooms {
		changes = append(changes, [2]string{`"` + room.id + `"`, `"` + at.channels[room.name] + `"`})
	}
	text := string(source)
	for _, change := range changes {
		text = replaced(t, text, change[0], change[1], 1)
	}
	return text
}

// start lets the bot begin and waits until it hears everything and its commands can be called.
func (g *guild) start() {
	g.t.Helper()
	g.bot.start()
	g.bot.ready()
	eventually(g.t, "commands are registered", func() bool { return len(g.Commands(g.ID)) > 0 })
}

// settle waits until the bot has taken up everything that happened and has done what follows. Somebody asks for
// help, which only they see: the answer comes after everything that came before the question, and after everything
// that was due then. When that let the bot do something, there may be news of it: then it is asked again.
func (g *guild) settle() {
	g.t.Helper()
	for before := -1; before != g.heard; {
		before = g.heard
		g.ask()
		g.bot.delivered()
		g.heard = len(g.deeds())
	}
}

// ask waits until the bot has answered a question.
func (g *guild) ask() {
	g.t.Helper()
	asked, err := g.onlooker.Invoke(g.channels["general"], "help", nil)
	if err != nil {
		g.t.Fatal(err)
	}
	answered := func() bool {
		now, _ := g.Interaction(asked.ID)
		return len(now.Said) > 0
	}
	for end := time.Now().Add(patience); g.pass != nil && time.Now().Before(end) && !within(time.Second/2, answered); {
		g.pass()
	}
	eventually(g.t, "an answer to /help", answered)
}

// deeds are what the bot did for others to see: answers that only one person sees, and what is written for them, are
// none.
func (g *guild) deeds() []discordtest.Effect {
	return slices.DeleteFunc(g.Effects(""), func(e discordtest.Effect) bool {
		shown, known := g.Message(e.Channel, e.Message)
		return e.Kind == "answer" || known && shown.Private != ""
	})
}

// room is the logical name of a channel.
func (g *guild) room(channel string) string {
	for name, id := range g.channels {
		if id == channel {
			return name
		}
	}
	return channel
}

// keepsTheContract holds every request of the bot against Discord's own description of its API. It is a test of its
// own, which is skipped where the description is not at hand.
func (g *guild) keepsTheContract() {
	g.t.Run("requests", func(t *testing.T) {
		if n := g.Calls(""); n == 0 {
			t.Error("the bot asked for nothing")
		}
		g.Validate(t, "")
	})
}
