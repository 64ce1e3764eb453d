package text

import (
	"fmt"
	"strings"
	"testing"

	"palabre/chat"
)

// tell writes a link in one line: its host (or its scheme) and what is special about it.
func tell(l Link) string {
	s := l.Host
	if s == "" {
		s = l.Scheme + ":"
	}
	for _, mark := range []struct {
		is   bool
		name string
	}{{l.Label != "", "label=" + l.Label}, {l.InCode, "code"}, {l.Lookalike, "lookalike"}, {l.Mismatch, "mismatch"}, {l.IP, "ip"}} {
		if mark.is {
			s += " " + mark.name
		}
	}
	return s
}

func tellAll(links []Link) string {
	var out []string
	for _, l := range links {
		out = append(out, tell(l))
	}
	return strings.Join(out, ", ")
}

func TestLinks(t *testing.T) {
	for _, c := range []struct{ name, say, want string }{
		{"D1 look-alike", "https://аррӏе.com", "xn--80ak6aa92e.com lookalike"},
		{"D1 mixed", "see https://pаypal.com/login", "xn--pypal-4ve.com lookalike"},
		{"D1 an honest Russian name", "https://сахар.рф", "xn--80aa2cbv.xn--p1ai"},
		{"D1 an honest accent", "https://münchen.de", "xn--mnchen-3ya.de"},
		{"D2 the same in ASCII", "https://xn--80ak6aa92e.com", "xn--80ak6aa92e.com lookalike"},
		{"D3 capitals", "HTTPS://GOOGLE.COM", "google.com"},
		{"D4 masked", "[ok](https://google.com)", "google.com label=ok"},
		{"D4 masked, with a title", `[ok](https://google.com "t")`, "google.com label=ok"},
		{"D5 mask names another host", "[https://bank.com](https://google.com)", "google.com label=https://bank.com mismatch"},
		{"D5 mask without scheme", "[bank.com](<https://google.com>)", "google.com label=bank.com mismatch"},
		{"D5 an honest mask", "[google.com](https://www.google.com/)", "www.google.com label=google.com"},
		{"D6 two links", "https://good.example https://evil.example", "good.example, evil.example"},
		{"D6 comma between", "https://good.example,https://evil.example", "good.example, evil.example"},
		{"D6 line between", "https://good.example\nhttps://evil.example", "good.example, evil.example"},
		{"D8 a host inside another", "https://example.com.evil.example/", "example.com.evil.example"},
		{"D8 a host as a user", "https://example.com@evil.example/", "evil.example"},
		{"D9 trailing dot", "https://google.com.", "google.com"},
		{"D9 port", "https://google.com:8443/a", "google.com"},
		{"D10 IPv4", "https://127.0.0.1/", "127.0.0.1 ip"},
		{"D10 IPv6", "https://[::1]/", "::1 ip"},
		{"D10 a number", "http://2130706433/", "127.0.0.1 ip"},
		{"D10 hexadecimal", "http://0x7f.1/", "127.0.0.1 ip"},
		{"D11 bare", "google.com", ""},
		{"D11 bare www", "www.google.com", ""},
		{"D11 with a path", "go to domain.com/path now", "domain.com"},
		{"D12 a file", "file.zip", ""},
		{"D12 a version", "v1.2.md", ""},
		{"D12 a library", "node.js", ""},
		{"D12 a missing space", "I went to the shop.It was", ""},
		{"D12 an abbreviation", "e.g. this", ""},
		{"D12 a source file in a folder", "main.go/x and node.js/y", ""},
		{"D13 defanged", "hxxp://google.com", ""},
		{"D13 defanged with a path", "hxxps://google.com/path", ""},
		{"D13 dot in brackets", "google[.]com", ""},
		{"D14 another program", "steam://google.com/x", "steam:"},
		{"D14 a script", "javascript:alert(1)", "javascript:"},
		{"D14 only the name of the language", "javascript: the good parts", ""},
		{"D14 a document", "data:text/html,<b>", "data:"},
		{"D17 in code", "use `https://google.com` here", "google.com code"},
		{"D17 in a code block", "```\nhttps://google.com\n``` and https://evil.example", "google.com code, evil.example"},
		{"D18 suppressed", "<https://google.com>", "google.com"},
		{"D10 abridged", "http://127.1", "127.0.0.1 ip"},
		{"D10 octal", "http://0177.0.0.1", "127.0.0.1 ip"},
		{"D10 IPv4 in IPv6", "https://[::ffff:127.0.0.1]/", "::ffff:127.0.0.1 ip"},
		{"one slash", "HTTPS:/google.com/x", "google.com"},
		{"backslashes", `https:\\evil.example`, "evil.example"},
		{"in HTML", `<a href="https://evil.example">x</a>`, "evil.example"},
		{"a reference", "[a]: https://evil.example", "evil.example"},
		{"an encryption is no address", "matrix:encrypted", ""},
		{"in bold", "**https://google.com**", "google.com"},
		{"in a spoiler", "||https://google.com||", "google.com"},
		{"in a sentence", "(see https://google.com/a_(b)).", "google.com"},
		{"glued to a word", "seehttps://google.com", "google.com"},
		{"after a sentence", "see.https://google.com", "google.com"},
		{"a mask in a mask", "[a]([b](https://google.com))", "google.com label=a"},
		{"an address of mail", "bob@example.com", ""},
		{"a Matrix user", "https://matrix.to/#/@bob:example.org", ""},
		{"a time and a ratio", "at 12:30 it was 3:1", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := Read(chat.Content{Text: c.say})
			defer v.Release()
			if got := tellAll(v.Links()); got != c.want {
				t.Errorf("%q leads to %q, want %q", c.say, got, c.want)
			}
		})
	}
}

func TestBareDomains(t *testing.T) {
	for say, want := range map[string]string{
		"google.com and www.example.museum": "google.com, www.example.museum",
		"hxxp://google.com":                 "",
		"google[.]com":                      "",
		"bob@example.com":                   "",
		"https://google.com":                "",
		"file.zip v1.2.md node.js shop.It":  "",
		"tu es là.Et toi. c'est.fini":       "",
	} {
		v := Read(chat.Content{Text: say})
		if got := tellAll(v.BareDomains()); got != want {
			t.Errorf("%q names %q, want %q", say, got, want)
		}
		v.Release()
	}
}

func TestLinksOfTheFormattedText(t *testing.T) {
	v := Read(chat.Content{
		Text:      "look: https://a.example and `https://c.example`",
		Formatted: "look: https://a.example and https://b.example and https://c.example",
		Links:     []chat.Link{{Label: "here", URL: "https://evil.example/x"}, {Label: "bank.com", URL: "https://a.example"}},
	})
	defer v.Release()
	want := "a.example label=bank.com mismatch, c.example code, b.example, evil.example label=here"
	if got := tellAll(v.Links()); got != want {
		t.Errorf("links %q\nwant  %q", got, want)
	}
}

func TestLinkSpan(t *testing.T) {
	v := Read(chat.Content{Text: "à voir : ｈttps://ex\u200bample.org/é, hein"})
	defer v.Release()
	links := v.Links()
	if len(links) != 1 || v.Original(links[0].Span) != "ｈttps://ex\u200bample.org/é" || links[0].URL != "https://example.org/é" {
		t.Errorf("links %+v", links)
	}
}

func TestInvites(t *testing.T) {
	for _, c := range []struct{ name, say, want string }{
		{"C1", "https://discord.gg/abc123", "discord:abc123"},
		{"C2 no scheme", "join discord.gg/abc123 now", "discord:abc123"},
		{"C2 the code keeps its case", "DISCORD.GG/ABC123", "discord:ABC123"},
		{"C3 a query", "discord.com/invite/abc123?event=1", "discord:abc123"},
		{"C4 a friend", "https://discord.com/friend-invite/abc123", "discord:abc123"},
		{"C6 two slashes", "discord.gg//abc123", "discord:abc123"},
		{"C6 a fragment", "discord.gg/#/abc123", "discord:abc123"},
		{"C7 backslash", `discord.gg\abc123`, "discord:abc123"},
		{"C9 one-dot leader", "discord\u2024gg/abc123", "discord:abc123"},
		{"C10 full width", "ｄｉｓｃｏｒｄ．ｇｇ/abc123", "discord:abc123"},
		{"C12 an escaped slash", "50% off https://discord.gg%2Fabc123", "discord:abc123"},
		{"C12 an escaped slash, no scheme", "50% off discord.gg%2Fabc123", "discord:abc123"},
		{"C13 zero width space", "disc\u200bord.gg/abc123", "discord:abc123"},
		{"C16 masked, once", "[click](https://discord.gg/abc123)", "discord:abc123"},
		{"C17 suppressed, once", "<https://discord.gg/abc123>", "discord:abc123"},
		{"C18 test builds", "ptb.discord.com/invite/a canary.discord.com/invite/b", "discord:a discord:b"},
		{"C20 trailing dot", "https://discord.gg./abc123", "discord:abc123"},
		{"C21 backslashes", `https:/\discord.gg\abc123`, "discord:abc123"},
		{"C22 another host", "notdiscord.gg/abc123", ""},
		{"C23 no invitation", "https://discord.com/terms https://discord.com/channels/1/2/3 https://discord.com/developers/docs/reference#x", ""},
		{"C24 lists", "dsc.gg/foo invite.gg/x discord.me/y disboard.org/server/join/1", "other:foo other:x other:y other:1"},
		{"a Matrix room", "https://matrix.to/#/#room:example.org?via=example.org", "matrix:#room:example.org"},
		{"a Matrix room, escaped", "https://matrix.to/#/%23room%3Aexample.org", "matrix:#room:example.org"},
		{"a Matrix address", "matrix:r/room:example.org?action=join", "matrix:#room:example.org"},
		{"a Matrix user is nobody's invitation", "https://matrix.to/#/@bob:example.org", ""},
		{"the same twice", "discord.gg/a https://discord.gg/a", "discord:a"},
		{"any case", "DiScOrD.Gg/abc", "discord:abc"},
		{"a comma between", "discord.gg/abc,discord.gg/def", "discord:abc discord:def"},
		{"behind another address", "https://example.com/url?to=https%3A%2F%2Fdiscord.gg%2Fabc", "discord:abc"},
		{"a fragment behind", "discord.gg/abc#x", "discord:abc"},
		{"invite twice", "discord.gg/invite/abc123", "discord:abc123"},
		{"an ideographic stop", "discord。gg/abc", "discord:abc"},
		{"a port", "discord.gg:443/abc123", "discord:abc123"},
		{"escaped letters", "https://%64iscord.gg/%61bc", "discord:abc"},
		{"a Matrix room in a client", "https://app.element.io/#/room/#x:example.org", "matrix:#x:example.org"},
		{"Telegram", "t.me/+abc t.me/somebody", "other:+abc"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := Read(chat.Content{Text: c.say})
			defer v.Release()
			var got []string
			for _, i := range v.Invites() {
				got = append(got, i.Platform+":"+i.Code)
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("%q invites to %q, want %q", c.say, s, c.want)
			}
		})
	}
}

func TestC15HiddenInvites(t *testing.T) {
	for say, want := range map[string]string{
		"discord .gg/Abc123":      "Abc123",
		"discord(dot)gg/abc123":   "abc123",
		"discord [.] gg / abc123": "abc123",
		"discord gg/abc123":       "abc123",
		"discord.gg/abc123":       "",
		"discord is great, gg":    "",
		"notdiscord":              "",
	} {
		v := Read(chat.Content{Text: say})
		var codes []string
		for _, i := range v.HiddenInvites() {
			codes = append(codes, i.Code)
		}
		if got := strings.Join(codes, " "); got != want || want != "" && len(v.Invites()) > 0 {
			t.Errorf("%q hides %q, want %q; invites %v", say, got, want, v.Invites())
		}
		v.Release()
	}
}

func TestC8LookalikeInviteHost(t *testing.T) {
	v := Read(chat.Content{Text: "d\u0456scord.gg/abc123"})
	defer v.Release()
	if got := tellAll(v.Links()); !strings.HasSuffix(got, ".gg lookalike") {
		t.Errorf("links %q, want a look-alike", got)
	}
}

func TestPunycodeRoundTrip(t *testing.T) {
	for _, label := range []string{"аррӏе", "münchen", "日本語", "bücher-ö", "ü", "a-é-b"} {
		if got := decodeLabel(encodeLabel(label)); got != label {
			t.Errorf("%q became %q, then %q", label, encodeLabel(label), got)
		}
	}
	for _, bad := range []string{"xn--", "xn--99999999", "xn--é", "xn--a-ecp"} {
		if got := decodeLabel(bad); got == "" {
			t.Errorf("decodeLabel(%q) is empty", bad)
		}
	}
}

func ExampleView_Links() {
	v := Read(chat.Content{Text: "[my bank](https://bank.example.evil.example/login)"})
	defer v.Release()
	l := v.Links()[0]
	fmt.Println(l.Label, "->", l.Host)
	// Output: my bank -> bank.example.evil.example
}

// A text made to be slow must not be: this ends at once or not at all.
func TestHostileTexts(t *testing.T) {
	for _, piece := range []string{"[a](", "[](a.com", "http://,", "`a``", "<@1", "<:a", "a.b.", "@a:", "b a ", "(", "http://)", "a_"} {
		v := Read(chat.Content{Text: strings.Repeat(piece, 60_000/len(piece))})
		v.FindWord(list(t, "badword"))
		v.Links()
		v.Invites()
		v.Mentions()
		v.Emoji()
		v.Release()
	}
}
