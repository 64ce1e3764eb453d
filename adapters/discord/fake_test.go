package discord_test

import (
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"testing"

	"palabre/adapters"
	"palabre/adapters/adaptertest"
	"palabre/adapters/discord"
	"palabre/adapters/discord/discordtest"
	"palabre/chat"
)

// place is a guild on a small Discord, with one room.
type place struct {
	server *discordtest.Server
	guild  discordtest.Guild
	room   string
	base   string
}

func newPlace(t *testing.T, o discordtest.Options) *place {
	t.Helper()
	s := discordtest.New(o)
	g := s.Guild("Village")
	return &place{server: s, guild: g, room: g.Text("general"), base: s.Start(t)}
}

func (p *place) options(t *testing.T) discord.Options {
	t.Helper()
	return discord.Options{
		Token: discordtest.Token, Guild: p.guild.ID, APIBase: p.base, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Rooms: []adapters.Room{{Logical: "general", ID: p.room}},
	}
}

func (p *place) ref() chat.RoomRef { return chat.RoomRef{Platform: chat.Discord, ID: p.room} }

func open(t *testing.T, o discord.Options) *discord.Adapter {
	t.Helper()
	a, err := discord.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAdapter(t *testing.T) {
	adaptertest.Run(t, func(t *testing.T) adaptertest.Harness {
		p := newPlace(t, discordtest.Options{})
		p.guild.Role("helper", 0)
		p.guild.BotMay(discordtest.Moderation | discordtest.ManageChannels | discordtest.ManageNicknames)
		t.Cleanup(func() {
			p.server.Validate(t, "")
			p.server.Stop()
		})
		return adaptertest.Harness{
			Open:      func(t *testing.T) adapters.Adapter { return open(t, p.options(t)) },
			Room:      p.ref(),
			Stranger:  func(_ *testing.T, name string) adaptertest.Human { return human{p, p.server.Person(name)} },
			Moderator: human{p, p.guild.Moderator("mona")},
			Read:      p.read,
			Prefix:    "!",
			Role:      "helper",
			Private: func(_ *testing.T, h adaptertest.Human) []string {
				return p.server.Texts(p.server.Direct(h.Member().ID))
			},
			Offered: p.offered,
		}
	})
}

// human plays somebody without a client.
type human struct {
	p *place
	discordtest.Person
}

func (h human) Member() chat.MemberRef { return chat.MemberRef{Platform: chat.Discord, ID: h.ID} }
func (h human) Join() error            { return h.Person.Join(h.p.guild.ID) }
func (h human) Leave() error           { return h.Person.Leave(h.p.guild.ID) }

func (h human) Rename(name string) error { return h.Person.Rename(h.p.guild.ID, name) }

func (h human) Say(room chat.RoomRef, text string) (chat.MessageRef, error) {
	id, err := h.Person.Say(channel(room), text)
	return chat.MessageRef{Room: room, ID: id}, err
}

func (h human) Edit(m chat.MessageRef, text string) error {
	return h.Person.Edit(channel(m.Room), m.ID, text)
}

func (h human) Delete(m chat.MessageRef) error { return h.Person.Delete(channel(m.Room), m.ID) }

// React presses the button with that emoji where there is one.
func (h human) React(m chat.MessageRef, emoji string) error {
	shown, _ := h.p.server.Message(channel(m.Room), m.ID)
	for _, row := range shown.Components {
		for _, b := range list(row["components"]) {
			icon, _ := b["emoji"].(map[string]any)
			if name, _ := icon["name"].(string); strings.TrimSuffix(name, "\ufe0f") == emoji {
				_, err := h.Press(channel(m.Room), m.ID, fmt.Sprint(b["custom_id"]))
				return err
			}
		}
	}
	return h.Person.React(channel(m.Room), m.ID, emoji)
}

// Vote chooses an answer of a poll.
func (h human) Vote(m chat.MessageRef, place int) error {
	return h.Person.Vote(channel(m.Room), m.ID, place)
}

// offered are the names of the commands in the guild's menus.
func (p *place) offered(*testing.T) (names []string) {
	for _, c := range p.server.Commands(p.guild.ID) {
		names = append(names, fmt.Sprint(c["name"]))
	}
	slices.Sort(names)
	return names
}

func list(v any) (out []map[string]any) {
	switch v := v.(type) {
	case []map[string]any:
		return v
	case []any:
		for _, e := range v {
			if m, ok := e.(map[string]any); ok {
				out = append(out, m)
			}
		}
	}
	return out
}

func channel(room chat.RoomRef) string {
	if room.Thread != "" {
		return room.Thread
	}
	return room.ID
}

func (p *place) read(_ *testing.T, room chat.RoomRef) (out []adaptertest.Shown) {
	for _, m := range p.server.Messages(channel(room)) {
		text, marked := seen(m.Text)
		s := adaptertest.Shown{ID: m.ID, Author: chat.MemberRef{Platform: chat.Discord, ID: m.Author}, Text: text, Marked: marked, PingsAll: m.PingsAll}
		for _, user := range m.Pings {
			s.Pings = append(s.Pings, chat.MemberRef{Platform: chat.Discord, ID: user})
		}
		out = append(out, s)
	}
	return out
}

var (
	mention   = regexp.MustCompile(`^<[@#][!&]?\d+>`)
	masked    = regexp.MustCompile(`^\[((?:[^\]\\]|\\.)+)\]\((https?://[^)\s]+)\)`)
	bare      = regexp.MustCompile(`^(?:https?|steam)://\S+`)
	linemark  = regexp.MustCompile(`^(?:#{1,3} |>>> |> |-# |[-*+] |\d+\. )(.*)`)
	delimiter = []string{"**", "__", "~~", "||", "*", "_"}
)

// seen is what Discord's clients make of a message's text: what people see, and the pieces shown in another way.
func seen(text string) (shown string, marked []string) {
	var b strings.Builder
	start := true
	for i := 0; i < len(text); {
		rest := text[i:]
		width, plain, piece := 1, rest[:1], ""
		switch fence := len(rest) - len(strings.TrimLeft(rest, "`")); {
		case rest[0] == '\\' && len(rest) > 1 && strings.ContainsRune("\\`*_~|<>[]()#+-.!@:", rune(rest[1])):
			width, plain = 2, rest[1:2]
		case start && linemark.MatchString(rest):
			piece = linemark.FindStringSubmatch(rest)[1]
			width, plain = len(linemark.FindString(rest)), piece
		case fence > 0 && strings.Contains(rest[fence:], rest[:fence]):
			end := strings.Index(rest[fence:], rest[:fence])
			for end+2*fence < len(rest) && rest[end+2*fence] == '`' {
				end++
			}
			piece = rest[fence : fence+end]
			width, plain = end+2*fence, piece
		case mention.MatchString(rest):
			width = len(mention.FindString(rest))
			plain = rest[:width]
		case masked.MatchString(rest):
			piece = masked.FindStringSubmatch(rest)[1]
			width, plain = len(masked.FindString(rest)), piece
		case bare.MatchString(rest):
			piece = bare.FindString(rest)
			width, plain = len(piece), piece
		default:
			for _, d := range delimiter {
				inner, ok := strings.CutPrefix(rest, d)
				if end := strings.Index(inner, d); ok && end > 0 && inner[end-1] != '\\' {
					piece = inner[:end]
					width, plain = end+2*len(d), piece
					break
				}
			}
		}
		if piece != "" {
			marked = append(marked, piece)
		}
		b.WriteString(plain)
		start = strings.HasSuffix(plain, "\n")
		i += width
	}
	return b.String(), marked
}

func TestWhatPeopleSee(t *testing.T) {
	for _, c := range []struct {
		text, shown string
		marked      []string
	}{
		{"plain", "plain", nil},
		{"**Hello** x", "Hello x", []string{"Hello"}},
		{`\*\*no\*\* \_x\_`, "**no** _x_", nil},
		{"`a*b*`", "a*b*", []string{"a*b*"}},
		{"``a`b``.", "a`b.", []string{"a`b"}},
		{"see https://x.example now", "see https://x.example now", []string{"https://x.example"}},
		{"[click](https://x.example)", "click", []string{"click"}},
		{"# title\nrest", "title\nrest", []string{"title"}},
	} {
		shown, marked := seen(c.text)
		if shown != c.shown || !slices.Equal(marked, c.marked) {
			t.Errorf("%q shows %q, marked %q", c.text, shown, marked)
		}
	}
}
