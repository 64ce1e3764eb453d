package catalogue

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"palabre/chat"
)

var (
	bob   = chat.MemberRef{Platform: chat.Matrix, ID: "@bob:x"}
	alice = chat.MemberRef{Platform: chat.Matrix, ID: "@alice:x"}
	help  = chat.RoomRef{Platform: chat.Matrix, ID: "!help:x"}
)

const testEN = `
greet: "Hello {who}!"
room: "See {room}."
case: "Case {case}: {why}"
quoted: "They wrote {text}."
members: { one: "{count} member", other: "{count} members" }
only_english: "English."
`

const testFR = `
greet: { tu: "Salut {who} !", vous: "Bonjour {who} !" }
room: { tu: "Regarde {room}." }
case: "Dossier {case}: {why}"
quoted: "On a écrit {text}."
members: { one: "{count} membre", other: "{count} membres" }
`

func testCatalogue(t *testing.T) *Catalogue {
	t.Helper()
	en, err := files.ReadFile("en/moments.yaml")
	if err != nil {
		t.Fatal(err)
	}
	fr, err := files.ReadFile("fr/moments.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := loadFrom(fstest.MapFS{
		"en/moments.yaml": {Data: en}, "en/test.yaml": {Data: []byte(testEN)},
		"fr/moments.yaml": {Data: fr}, "fr/test.yaml": {Data: []byte(testFR)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func voice(language, register string) Voice {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	return Voice{Language: language, Register: register, Zone: paris}
}

// What is said, as a reader sees it; ~ stands for a no-break space.
func TestPlain(t *testing.T) {
	c := testCatalogue(t)
	who := chat.Mention{Member: bob, Name: "Bob", Ping: true}
	three := []chat.Arg{"a", "b", "c"}
	why := chat.Phrase{Words: chat.Words{"en": "No *ads* {here}", "fr": "Pas de *pub* !"}}
	cases := []struct {
		voice  string
		phrase chat.Phrase
		want   string
	}{
		{"en tu", chat.Say("greet", chat.Args{"who": who}), "Hello @Bob!"},
		{"fr tu", chat.Say("greet", chat.Args{"who": who}), "Salut @Bob~!"},
		{"fr vous", chat.Say("greet", chat.Args{"who": who}), "Bonjour @Bob~!"},
		{"fr vous", chat.Say("room", chat.Args{"room": chat.RoomName{Room: help, Name: "help"}}), "Regarde #help."},
		{"en tu", chat.Say("greet", chat.Args{"who": three}), "Hello a, b and c!"},
		{"fr tu", chat.Say("greet", chat.Args{"who": three[:2]}), "Salut a et b~!"},
		{"fr tu", chat.Say("greet", chat.Args{"who": []chat.Arg{}}), "Salut ~!"},
		{"en tu", chat.Say("greet", chat.Args{"who": chat.Lines{"a", "b"}}), "Hello a\nb!"},
		{"en tu", chat.Say("case", chat.Args{"case": chat.CaseNumber{}, "why": why}), "Case #12: No *ads* {here}"},
		{"fr tu", chat.Say("case", chat.Args{"case": chat.CaseNumber{}, "why": why}), "Dossier #12~: Pas de *pub*~!"},
		{"en tu", chat.Say("quoted", chat.Args{"text": chat.Excerpt("@everyone")}), "They wrote “@everyone”."},
		{"en tu", chat.Say("members", chat.Args{"count": 0}), "0 members"},
		{"en tu", chat.Say("members", chat.Args{"count": 1}), "1 member"},
		{"fr tu", chat.Say("members", chat.Args{"count": 0}), "0 membre"},
		{"fr tu", chat.Say("members", chat.Args{"count": 1}), "1 membre"},
		{"fr tu", chat.Say("members", chat.Args{"count": 2}), "2 membres"},
		{"fr tu", chat.Say("members", chat.Args{"count": 1_000_000}), "1000000 membres"},
		{"fr tu", chat.Say("only_english", nil), "English."},
		{"de tu", chat.Say("only_english", nil), "English."},
		{"fr tu", chat.Say("no.such.key", nil), "[no.such.key]"},
		{"en tu", chat.Say("greet", nil), "Hello {who}!"},
		{"en tu", chat.Phrase{Words: chat.Words{"en": "Hi {name}", "fr": "Salut"}, Args: chat.Args{"name": "Bob"}}, "Hi Bob"},
		{"fr tu", chat.Phrase{Words: chat.Words{"en": "Really ?"}}, "Really ?"},
	}
	for _, tc := range cases {
		language, register, _ := strings.Cut(tc.voice, " ")
		got := c.Plain(voice(language, register), tc.phrase, Resolver{Case: 12})
		if got = strings.ReplaceAll(got, "\u00a0", "~"); got != tc.want {
			t.Errorf("%s %q: got %q, want %q", tc.voice, tc.phrase.Key, got, tc.want)
		}
	}
}

// Arguments are values for every platform, whatever they contain.
func TestRenderSpans(t *testing.T) {
	c := testCatalogue(t)
	at := time.Date(2026, 11, 23, 17, 0, 0, 0, time.UTC)
	cases := []struct {
		name string
		arg  chat.Arg
		want chat.Span
	}{
		{"string", "**@everyone**", chat.Span{Kind: chat.Data, Text: "**@everyone**"}},
		{"string with a placeholder", "{who}", chat.Span{Kind: chat.Data, Text: "{who}"}},
		{"int", 3, chat.Span{Kind: chat.Data, Text: "3"}},
		{"excerpt", chat.Excerpt("`x`"), chat.Span{Kind: chat.Quote, Text: "`x`"}},
		{"ping", chat.Mention{Member: bob, Name: "Bob", Ping: true}, chat.Span{Kind: chat.Ping, Text: "Bob", Member: bob}},
		{"name", chat.Mention{Member: alice, Name: "Alice"}, chat.Span{Kind: chat.NameOnly, Text: "Alice", Member: alice}},
		{"room", chat.RoomName{Room: help, Name: "help"}, chat.Span{Kind: chat.RoomLink, Text: "help", Room: help}},
		{"duration", 90 * time.Minute, chat.Span{Kind: chat.Data, Text: "1 hour and 30 minutes"}},
		{"moment", at, chat.Span{Kind: chat.Timestamp, Text: "Monday 23 November, 18:00", At: at}},
		{"case that was not opened", chat.CaseNumber{}, chat.Span{Kind: chat.Data, Text: "#?"}},
		{"words", chat.Phrase{Words: chat.Words{"en": "**hi**"}}, chat.Span{Text: "**hi**"}},
	}
	for _, tc := range cases {
		want := chat.Text{{Text: "Hello "}, tc.want, {Text: "!"}}
		got := c.Render(voice("en", "tu"), chat.Say("greet", chat.Args{"who": tc.arg}), Resolver{})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

func TestMoments(t *testing.T) {
	c := testCatalogue(t)
	monday := time.Date(2026, 11, 23, 17, 0, 0, 0, time.UTC)
	may := time.Date(2026, 4, 30, 22, 5, 0, 0, time.UTC) // already 1 May in Paris
	cases := []struct {
		language string
		arg      chat.Arg
		want     string
	}{
		{"en", monday, "Monday 23 November, 18:00"},
		{"fr", monday, "lundi 23 novembre, 18~h~00"},
		{"en", may, "Friday 1 May, 00:05"},
		{"fr", may, "vendredi 1er mai, 00~h~05"},
		{"en", time.Hour, "1 hour"},
		{"fr", time.Hour, "1 heure"},
		{"fr", 72 * time.Hour, "3 jours"},
		{"fr", 36 * time.Hour, "1 jour et 12 heures"},
		{"en", 24*time.Hour + time.Minute + time.Second, "1 day"},
		{"en", time.Duration(0), "0 seconds"},
		{"fr", time.Duration(0), "0 seconde"},
		{"en", 400 * time.Millisecond, "0 seconds"},
		{"en", -2 * time.Minute, "2 minutes"},
	}
	for _, tc := range cases {
		got := c.Plain(voice(tc.language, "tu"), chat.Phrase{Words: chat.Words{"en": "{x}"}, Args: chat.Args{"x": tc.arg}}, Resolver{})
		if got = strings.ReplaceAll(got, "\u00a0", "~"); got != tc.want {
			t.Errorf("%s %v: got %q, want %q", tc.language, tc.arg, got, tc.want)
		}
	}
}

func TestMomentWithoutZoneIsUTC(t *testing.T) {
	at := time.Date(2026, 12, 31, 23, 30, 0, 0, time.FixedZone("", 3600))
	got := testCatalogue(t).Plain(Voice{Language: "en"}, chat.Phrase{Words: chat.Words{"en": "{x}"}, Args: chat.Args{"x": at}}, Resolver{})
	if want := "Thursday 31 December, 22:30"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
