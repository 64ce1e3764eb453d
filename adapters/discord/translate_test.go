package discord

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/google/go-cmp/cmp"

	"palabre/adapters"
	"palabre/chat"
)

var update = flag.Bool("update", false, "write what the translation gives into testdata")

// village is a book that knows testdata/guild.json.
func village(t testing.TB) *book {
	t.Helper()
	data, err := os.ReadFile("testdata/guild.json")
	if err != nil {
		t.Fatal(err)
	}
	var w wireGuild
	if err := json.Unmarshal(data, &w); err != nil {
		t.Fatal(err)
	}
	b := newBook(Options{
		Guild: w.ID, Prefix: "!", Rooms: []adapters.Room{{Logical: "general", ID: "500000000000000001"}}, Ignore: []string{"irc-*"},
		Standing: Standing{Trusted: []string{"Regulars"}},
	})
	b.self, b.app = "300000000000000009", "300000000000000009"
	b.began = time.Date(2024, 2, 1, 0, 0, 0, 0, time.UTC)
	b.guild.read(w)
	for _, m := range w.Members {
		b.guild.meet(m)
	}
	return b
}

// TestTranslate: payloads as Discord sends them, and what they mean.
func TestTranslate(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "guild.json") {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var frames []frame
			if err := json.Unmarshal(data, &frames); err != nil {
				t.Fatal(err)
			}
			got := story(village(t), frames)
			golden := strings.TrimSuffix(file, ".json") + ".want"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// story shows, under each payload's name, the events that it becomes.
func story(b *book, frames []frame) string {
	var out strings.Builder
	for i, f := range frames {
		f.Seq = int64(i + 1)
		events, err := b.tell(dispatch{frame: f, session: session{ID: "s"}, arrived: time.Date(2024, 5, 1, 10, 2, 0, 0, time.UTC)})
		fmt.Fprintf(&out, "%d %s\n", f.Seq, f.Type)
		if err != nil {
			fmt.Fprintf(&out, "  cannot be read: %v\n", err)
		}
		for _, ev := range events {
			body, err := json.Marshal(ev.Body)
			if err != nil {
				panic(err)
			}
			a := ev.Actor
			fmt.Fprintf(&out, "  %s\n    %s #%s %s\n    by %s %q kind=%d %s %q joined %s\n    %s %s\n",
				ev.ID, ev.At.Format(time.RFC3339Nano), ev.Logical, channelOf(ev.Room), a.ID, a.Name, a.Kind, a.Standing, a.Roles,
				a.Joined.Format(time.DateOnly), ev.Body.EventKind(), body)
		}
	}
	return out.String()
}

func TestWhoStandsAboveWhom(t *testing.T) {
	b := village(t)
	role := func(id string, position int) {
		b.guild.roles[id] = &discordgo.Role{ID: id, Position: position}
	}
	role("10", 5)
	role("11", 5)
	role("12", 7)
	who := func(id string, roles ...string) { b.guild.members[id] = &member{id: id, roles: roles} }
	who("low", "10")
	who("twin", "10")
	who("younger", "11")
	who("high", "10", "12")
	who("none")
	who("nobody")
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"high", "low", true}, {"low", "high", false}, {"low", "twin", false}, {"low", "younger", true}, {"younger", "low", false},
		{"low", "none", true}, {"none", "low", false}, {"none", "nobody", false}, {b.guild.owner, "high", true}, {"high", b.guild.owner, false},
	} {
		if got := b.guild.above(c.a, c.b); got != c.want {
			t.Errorf("%s above %s: %t", c.a, c.b, got)
		}
	}
}

func TestRoutes(t *testing.T) {
	for _, c := range []struct{ path, template, major string }{
		{"/channels/123456/messages/7654321", "GET /channels/{}/messages/{}", "123456"},
		{"/channels/123456/messages/7654321/reactions/%F0%9F%91%8D/@me", "GET /channels/{}/messages/{}/reactions/{emoji}/@me", "123456"},
		{"/guilds/123456/members?limit=1", "GET /guilds/{}/members", "123456"},
		{"/webhooks/123456/se-cret/messages/@original", "GET /webhooks/{}/{token}/messages/@original", "123456/se-cret"},
		{"/interactions/123456/se-cret/callback", "GET /interactions/{}/{token}/callback", "123456/se-cret"},
	} {
		if r := routeOf("GET", c.path); r.template != c.template || r.major != c.major {
			t.Errorf("%s: %q of %q", c.path, r.template, r.major)
		}
	}
}

func TestRender(t *testing.T) {
	for _, c := range []struct {
		text chat.Text
		want string
	}{
		{chat.Text{{Text: "**bold** words"}}, "**bold** words"},
		{chat.Text{{Kind: chat.Data, Text: "**no** @everyone <@&1> https://x.example"}}, "\\*\\*no\\*\\* @\u200beveryone \\<@\u200b&1\\> https:\u200b//x.example"},
		{chat.Text{{Kind: chat.Quote, Text: "a `b` c"}}, "``\u200ba `\u200bb`\u200b c``"},
		{chat.Text{{Kind: chat.Quote, Text: "<@1> *x*"}}, "`<@1> *x*`"},
		{chat.Text{{Kind: chat.Ping, Member: memberRef("300000000000000003"), Text: "ana"}}, "<@300000000000000003>"},
		{chat.Text{{Kind: chat.Ping, Member: memberRef("x> @everyone"), Text: "ana"}}, "ana"},
		{chat.Text{{Kind: chat.Data, Text: "# big\n- list"}}, "\\# big\n\\- list"},
		{chat.Text{{Text: "!timeout"}}, "\u200b!timeout"},
		{chat.Text{{Kind: chat.Timestamp, At: time.Unix(1700000000, 0), Text: "then"}}, "<t:1700000000:f>"},
	} {
		got, _ := render(c.text, "!")
		if diff := cmp.Diff([]string{c.want}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// TestLongValuesStayLiteral: a text that is cut into several messages cannot be made to act by where it is cut.
func TestLongValuesStayLiteral(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("*", 3000), strings.Repeat("`", 3000), strings.Repeat("@everyone", 300), strings.Repeat("\\", 3000), strings.Repeat("😀# ", 1000),
	} {
		for _, kind := range []chat.SpanKind{chat.Data, chat.Quote, chat.NameOnly} {
			contents, _ := render(chat.Text{{Text: "words "}, {Kind: kind, Text: text}}, "!")
			for _, c := range contents {
				if units(c) > maxMessage {
					t.Errorf("%.10q as %s: %d characters", text, kind, units(c))
				}
				literal := strings.NewReplacer(`\\`, "", `\*`, "", "\\`", "", `\#`, "").Replace(c)
				if kind != chat.Quote && (strings.ContainsAny(literal, "*`\\") || strings.Contains(c, "@everyone")) {
					t.Errorf("%.10q as %s acts: %.60q", text, kind, literal)
				}
				if kind == chat.Quote && strings.Count(c, "`")%2 != 0 && !strings.Contains(text, "`") {
					t.Errorf("%.10q: code without its end: %.60q", text, c)
				}
			}
		}
	}
}
