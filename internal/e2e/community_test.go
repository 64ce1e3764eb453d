package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"palabre/adapters/matrix/homeservertest"
)

// community is the example's community on a homeserver: its space, its rooms, the owner (100), a moderator (50)
// and the bot's account (100), invited everywhere.
type community struct {
	t               *testing.T
	server          *homeservertest.Server
	owner, mod, bot *person
	rooms           map[string]string // logical name -> id
	gone            map[string]bool   // messages that must be taken away, and no others
}

func newCommunity(t *testing.T) *community {
	t.Helper()
	c := &community{t: t, server: homeserver(t), rooms: map[string]string{}, gone: map[string]bool{}}
	c.owner, c.mod, c.bot = c.person("owner"), c.person("mod"), c.person("palabre")
	space := c.room("passerelles", map[string]any{"preset": "public_chat", "creation_content": map[string]any{"type": "m.space"}})
	for _, name := range []string{"general", "help", "welcome", "debates", "moderators"} {
		preset := "public_chat"
		if name == "moderators" {
			preset = "private_chat"
		}
		c.rooms[name] = c.room(name, map[string]any{"preset": preset})
		c.owner.must(http.MethodPut, at(space, "state", "m.space.child", c.rooms[name]), map[string]any{"via": []string{"localhost"}}, nil)
	}
	return c
}

func (c *community) person(name string) *person {
	c.t.Helper()
	client := c.server.Register(name)
	return &person{t: c.t, base: c.server.URL, id: client.UserID.String(), token: client.AccessToken}
}

// room makes a room with an alias; the moderator is in it, the bot is invited.
func (c *community) room(alias string, request map[string]any) string {
	c.t.Helper()
	request["room_alias_name"] = alias
	request["invite"] = []string{c.bot.id, c.mod.id}
	request["power_level_content_override"] = map[string]any{"users": c.levels()}
	var made struct {
		ID string `json:"room_id"`
	}
	c.owner.must(http.MethodPost, "/createRoom", request, &made)
	c.mod.join(made.ID)
	return made.ID
}

// levels are the ranks in a new room. Since version 12 its maker stands above all and may have none.
func (c *community) levels() map[string]int {
	levels := map[string]int{c.bot.id: 100, c.mod.id: 50}
	if c.server.RoomVersion() != "12" {
		levels[c.owner.id] = 100
	}
	return levels
}

// newcomer registers somebody and lets them enter the public rooms.
func (c *community) newcomer(name string) *person {
	c.t.Helper()
	p := c.person(name)
	p.join(c.publicRooms()...)
	c.t.Logf("%s joins", p.id)
	return p
}

func (c *community) publicRooms() []string {
	return []string{c.rooms["general"], c.rooms["help"], c.rooms["welcome"], c.rooms["debates"]}
}

// configuration writes the example, changed in nothing but where it works.
func (c *community) configuration(dir, listen string) string {
	c.t.Helper()
	source, err := os.ReadFile(filepath.Join(root, "config.example.yaml"))
	if err != nil {
		c.t.Fatal(err)
	}
	text := string(source)
	for _, change := range []struct {
		old, other string
		times      int
	}{
		{":example.org", ":localhost", 7},
		{"http://127.0.0.1:8008", c.server.URL, 1},
		{"enabled: false                   # true once the account below exists", "enabled: true", 1},
		{"PALABRE_MATRIX_TOKEN", tokenVariable, 1},
		{"data/palabre.db", filepath.Join(dir, "palabre.db"), 1},
		{"127.0.0.1:9320", listen, 1},
	} {
		text = replaced(c.t, text, change.old, change.other, change.times)
	}
	return text
}

// hear waits until the bot says something in a room that begins after the messages already heard, and gives it.
func (c *community) hear(room, what string, is func(event) bool) (heard event) {
	c.t.Helper()
	eventually(c.t, "in "+room+": "+what, func() bool {
		said := c.said(room)
		i := slices.IndexFunc(said, is)
		if i >= 0 {
			heard = said[i]
		}
		return i >= 0
	})
	c.t.Logf("#%s palabre: %s", room, heard.text())
	return heard
}

// said is what the bot said in a room, oldest first.
func (c *community) said(room string) []event {
	c.t.Helper()
	return slices.DeleteFunc(c.owner.read(c.rooms[room]), func(e event) bool {
		return e.Sender != c.bot.id || e.Type != "m.room.message"
	})
}

// line waits for a line in the moderators' room with all of these words.
func (c *community) line(words ...string) event {
	c.t.Helper()
	return c.hear("moderators", strings.Join(words, ", "), saying(words...))
}

func saying(words ...string) func(event) bool {
	return func(e event) bool {
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(e.text(), w) })
	}
}

// command lets somebody call a command, and gives the bot's answer to it.
func (c *community) command(who *person, room, text string) event {
	c.t.Helper()
	asked := who.say(c.rooms[room], text)
	c.t.Logf("#%s %s: %s", room, who.id, text)
	return c.hear(room, "an answer to "+text, func(e event) bool { return e.answers() == asked })
}

// answers is the message that this one answers.
func (e event) answers() string {
	relates, _ := e.Content["m.relates_to"].(map[string]any)
	to, _ := relates["m.in_reply_to"].(map[string]any)
	id, _ := to["event_id"].(string)
	return id
}

// misbehave posts what must be taken away, and waits until it is.
func (c *community) misbehave(who *person, room string, texts ...string) {
	c.t.Helper()
	var ids []string
	for _, text := range texts {
		id := who.say(c.rooms[room], text)
		c.t.Logf("#%s %s: %s", room, who.id, text)
		c.gone[id] = true
		ids = append(ids, id)
	}
	c.awaitGone(room, ids)
}

// flood posts nine messages as fast as the homeserver takes them. The silence may begin before the last ones: these
// are refused, or accepted and then dropped, so that nobody ever sees them.
func (c *community) flood(who *person, room string) {
	c.t.Helper()
	var ids []string
	for n := range 9 {
		id, status, err := who.try(c.rooms[room], fmt.Sprint(n+1))
		c.t.Logf("#%s %s: %d (status %d)", room, who.id, n+1, status)
		switch {
		case err == nil && status == http.StatusOK:
			ids = append(ids, id)
		case status != http.StatusForbidden:
			c.t.Fatalf("%s may not flood: status %d, %v", who.id, status, err)
		}
	}
	last := c.owner.say(c.rooms[room], "what happened here?")
	eventually(c.t, "#"+room+" is told whole", func() bool {
		return slices.ContainsFunc(c.owner.read(c.rooms[room]), func(e event) bool { return e.ID == last })
	})
	history := c.owner.read(c.rooms[room])
	ids = slices.DeleteFunc(ids, func(id string) bool {
		return !slices.ContainsFunc(history, func(e event) bool { return e.ID == id })
	})
	for _, id := range ids {
		c.gone[id] = true
	}
	c.awaitGone(room, ids)
}

// awaitGone waits until messages are taken away.
func (c *community) awaitGone(room string, ids []string) {
	c.t.Helper()
	var standing []string
	gone := within(patience, func() bool {
		times := redactions(c.owner.read(c.rooms[room]))
		standing = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return times[id] > 0 })
		return len(standing) == 0
	})
	if !gone {
		for _, e := range c.owner.read(c.rooms[room]) {
			c.t.Logf("#%s %s %s %s: %s %s", room, e.Type, e.ID, e.Sender, e.text(), e.target())
		}
		c.t.Fatalf("these stand after %s in #%s: %s", patience, room, standing)
	}
}

// redactions counts how often each event of a history was taken away.
func redactions(history []event) map[string]int {
	times := map[string]int{}
	for _, e := range history {
		if target := e.target(); target != "" {
			times[target]++
		}
	}
	return times
}

// account compares what was taken away everywhere with what had to be: each once, and nothing else.
func (c *community) account() {
	c.t.Helper()
	want, got := map[string]int{}, map[string]int{}
	for id := range c.gone {
		want[id] = 1
	}
	for _, room := range c.rooms {
		maps.Copy(got, redactions(c.owner.read(room)))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		c.t.Errorf("messages taken away: expected - happened +\n%s", diff)
	}
}

// mustSpeak lets somebody post until the homeserver accepts it.
func (c *community) mustSpeak(who *person, room, text string) {
	c.t.Helper()
	eventually(c.t, who.id+" may speak", func() bool {
		_, status, err := who.try(c.rooms[room], text)
		return err == nil && status == http.StatusOK
	})
	c.t.Logf("#%s %s: %s", room, who.id, text)
}

// silenced waits until a member's power is below speech in every public room, and lets them find out.
func (c *community) silenced(who *person) {
	c.t.Helper()
	for _, room := range c.publicRooms() {
		eventually(c.t, who.id+" is silenced", func() bool { level, set := c.owner.power(room, who.id); return set && level < 0 })
		if _, status, err := who.try(room, "does anybody hear me?"); err != nil || status != http.StatusForbidden {
			c.t.Fatalf("%s is silenced and got status %d, %v", who.id, status, err)
		}
	}
	c.t.Logf("%s is silenced: the homeserver refuses what they post", who.id)
}

// released waits until a member has no power level of their own any more.
func (c *community) released(who *person) {
	c.t.Helper()
	for _, room := range c.publicRooms() {
		eventually(c.t, who.id+" has their own power again", func() bool { _, set := c.owner.power(room, who.id); return !set })
	}
	c.mustSpeak(who, "general", "thank you")
}
