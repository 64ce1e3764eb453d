package replay_test

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// dce writes a channel as DiscordChatExporter does: the same keys in the same order, two spaces a level.
type dce struct {
	out     *bufio.Writer
	channel string
	written int
}

func newDCE(w io.Writer, channel, id string) *dce {
	d := &dce{out: bufio.NewWriter(w), channel: id}
	fmt.Fprintf(d.out, `{
  "guild": {
    "id": "1152921504606846976",
    "name": "Les Passerelles",
    "iconUrl": "https://cdn.example/icons/1152921504606846976/a.png?size=512"
  },
  "channel": {
    "id": %q,
    "type": "GuildTextChat",
    "categoryId": "1152921504606846990",
    "category": "Talk",
    "name": %q,
    "topic": null
  },
  "dateRange": {
    "after": null,
    "before": null
  },
  "exportedAt": "2026-12-01T10:00:00.0000000+00:00",
  "messages": [`, id, channel)
	return d
}

// dceMember is an author. The id holds when the account was made.
type dceMember struct {
	name, nick string
	id         string
	bot        bool
	roles      []string
}

// account is an id on Discord of something made at a moment.
func account(made time.Time, n int) string {
	return strconv.FormatInt((made.UnixMilli()-1420070400000)<<22|int64(n&0x3fffff), 10)
}

type dceUser struct {
	ID            string    `json:"id"`
	Name          string    `json:"name"`
	Discriminator string    `json:"discriminator"`
	Nickname      string    `json:"nickname"`
	Color         *string   `json:"color"`
	IsBot         bool      `json:"isBot"`
	Roles         []dceRole `json:"roles"`
	AvatarURL     string    `json:"avatarUrl"`
}

type dceRole struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	Color    *string `json:"color"`
	Position int     `json:"position"`
}

func (m dceMember) user() dceUser {
	u := dceUser{
		ID: m.id, Name: m.name, Discriminator: "0000", Nickname: cmp.Or(m.nick, m.name), IsBot: m.bot, Roles: []dceRole{},
		AvatarURL: "https://cdn.example/avatars/" + m.id + "/0123456789abcdef0123456789abcdef.png?size=512",
	}
	for i, r := range m.roles {
		u.Roles = append(u.Roles, dceRole{ID: "11529215046068480" + strconv.Itoa(10+i), Name: r, Position: i + 1})
	}
	return u
}

// say writes one message; kind is its type, "Default" or "GuildMemberJoin". It gives the message's id.
func (d *dce) say(at time.Time, kind string, by dceMember, text string, mentions ...dceMember) string {
	d.written++
	id := account(at, d.written)
	pinged := []dceUser{}
	for _, m := range mentions {
		pinged = append(pinged, m.user())
	}
	record := struct {
		ID           string    `json:"id"`
		Type         string    `json:"type"`
		Timestamp    string    `json:"timestamp"`
		Edited       *string   `json:"timestampEdited"`
		CallEnded    *string   `json:"callEndedTimestamp"`
		IsPinned     bool      `json:"isPinned"`
		Content      string    `json:"content"`
		Author       dceUser   `json:"author"`
		Attachments  []string  `json:"attachments"`
		Embeds       []string  `json:"embeds"`
		Stickers     []string  `json:"stickers"`
		Reactions    []string  `json:"reactions"`
		Mentions     []dceUser `json:"mentions"`
		InlineEmojis []string  `json:"inlineEmojis"`
	}{
		ID: id, Type: kind, Timestamp: at.Format("2006-01-02T15:04:05.000-07:00"), Content: text, Author: by.user(),
		Attachments: []string{}, Embeds: []string{}, Stickers: []string{}, Reactions: []string{}, Mentions: pinged, InlineEmojis: []string{},
	}
	data, err := json.MarshalIndent(record, "    ", "  ")
	if err != nil {
		panic(err) // plain structs
	}
	if d.written > 1 {
		d.out.WriteString(",")
	}
	d.out.WriteString("\n    ")
	d.out.Write(data)
	return id
}

func (d *dce) end() error {
	fmt.Fprintf(d.out, "\n  ],\n  \"messageCount\": %d\n}\n", d.written)
	return d.out.Flush()
}

// crowd is a community that talks for weeks, the same for the same seed: mostly small talk, and among it newcomers who
// advertise, people who flood, insult, shout, and repeat a link.
type crowd struct {
	random  *rand.Rand
	members []dceMember
	now     time.Time
	often   int // how many times as much happens as in quiet communities
}

var talk = strings.Fields(`the bridge holds when everybody carries a plank and nobody asks who began yesterday we tried the old
	recipe with new flour which failed nicely today somebody wrote about trains again so let us meet near the river and read
	what others said before answering slowly perhaps with tea or a drawing of that garden where questions grow`)

func newCrowd(seed uint64, people int, begin time.Time) *crowd {
	c := &crowd{random: rand.New(rand.NewPCG(seed, 1)), now: begin, often: 1}
	for i := range people {
		name := fmt.Sprintf("%s%d", talk[c.random.IntN(len(talk))], i)
		made := begin.Add(-time.Duration(100+c.random.IntN(3000)) * 24 * time.Hour)
		c.members = append(c.members, dceMember{name: name, nick: strings.ToUpper(name[:1]) + name[1:], id: account(made, i)})
	}
	return c
}

// turn is what somebody does next, and in which room.
type turn struct {
	at    time.Time
	by    dceMember
	room  int
	kind  string
	texts []string // one second apart
}

func (c *crowd) next(rooms int) turn {
	c.now = c.now.Add(time.Duration(1+c.random.IntN(90)) * time.Second)
	t := turn{at: c.now, by: c.members[c.random.IntN(len(c.members))], room: c.random.IntN(rooms), kind: "Default"}
	switch n := c.random.IntN(1000 / c.often); {
	case n < 2:
		t.texts = strings.Split(strings.Repeat("quick,", 12)+"done", ",")
	case n < 5:
		t.texts = []string{"what an imbecile you are"}
	case n < 8:
		t.texts = []string{"WHY DOES NOBODY EVER ANSWER ME HERE"}
	case n < 10:
		t.texts = []string{"look https://shop.example/a", "really https://shop.example/a", "now https://shop.example/a"}
	case n < 12:
		t.by = dceMember{name: fmt.Sprintf("new%d", c.now.Unix()), id: account(c.now.Add(-20*time.Hour), n)}
		t.texts = []string{"hello, come and join discord.gg/abc123"}
	default:
		t.texts = []string{c.sentence()}
	}
	c.now = c.now.Add(time.Duration(len(t.texts)) * time.Second)
	return t
}

func (c *crowd) sentence() string {
	words := make([]string, 3+c.random.IntN(25))
	for i := range words {
		words[i] = talk[c.random.IntN(len(talk))]
	}
	return strings.Join(words, " ")
}

// exports writes at least so many messages in three channels of a folder, and gives how many there are.
func exports(t testing.TB, folder string, seed uint64, messages int) (written int) {
	t.Helper()
	begin := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	c := newCrowd(seed, 400, begin)
	var channels []*dce
	for i, name := range []string{"general", "help", "welcome"} {
		f, err := os.Create(filepath.Join(folder, name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		channels = append(channels, newDCE(f, name, strconv.Itoa(1152921504606846977+i)))
	}
	for written < messages {
		turn := c.next(len(channels))
		for i, text := range turn.texts {
			channels[turn.room].say(turn.at.Add(time.Duration(i)*time.Second), turn.kind, turn.by, text)
			written++
		}
	}
	for _, d := range channels {
		if err := d.end(); err != nil {
			t.Fatal(err)
		}
	}
	return written
}
