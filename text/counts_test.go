package text

import (
	"testing"

	"palabre/chat"
)

func TestMentions(t *testing.T) {
	for _, c := range []struct {
		name string
		c    chat.Content
		want Mentions
	}{
		{"F1 the same three times", chat.Content{Text: "<@1> <@1> <@1>"}, Mentions{Total: 3, Members: 1}},
		{"F1 the platform tells too", chat.Content{Text: "<@1> <@1> <@1>", Mentions: []chat.MemberRef{{ID: "1"}}}, Mentions{Total: 3, Members: 1}},
		{"F2 all kinds", chat.Content{Text: "<@1> <@!2> <@&3> @everyone @here"}, Mentions{Total: 5, Members: 2, Roles: 1, Everyone: true}},
		{"Matrix names", chat.Content{Text: "@bob:example.org, @ann:example.org: hi"}, Mentions{Total: 2, Members: 2}},
		{"Matrix pills", chat.Content{Text: "Bob", Links: []chat.Link{{Label: "Bob", URL: "https://matrix.to/#/@bob:example.org"}}}, Mentions{Total: 1, Members: 1}},
		{"Matrix pills of a text with markup", chat.Content{Text: "[Bob](https://matrix.to/#/@bob:example.org)"}, Mentions{Total: 1, Members: 1}},
		{"only the platform tells", chat.Content{Text: "Bob and Ann", Mentions: []chat.MemberRef{{ID: "@bob:x"}, {ID: "@ann:x"}}}, Mentions{Total: 2, Members: 2}},
		{"the whole room", chat.Content{Text: "@room: wake up", MentionsAll: true}, Mentions{Total: 1, Everyone: true}},
		{"the whole room, unwritten", chat.Content{Text: "wake up", MentionsAll: true}, Mentions{Total: 1, Everyone: true}},
		{"written in both texts", chat.Content{Text: "@bob:x.org", Formatted: "@bob:x.org **hi**"}, Mentions{Total: 1, Members: 1}},
		{"mail and other things", chat.Content{Text: "a@here.com @hereafter me@ @ <@x> @everyone_else"}, Mentions{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := Read(c.c)
			defer v.Release()
			if got := v.Mentions(); got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

func TestEmoji(t *testing.T) {
	for _, c := range []struct {
		say  string
		want int
	}{
		{"😀😀", 2}, {"👨‍👩‍👧‍👦", 1}, {"1️⃣", 1}, {"🇫🇷", 1}, {"🇫🇷🇩🇪", 2}, {"❤️", 1}, {"👍🏽", 1}, {"🏴󠁧󠁢󠁳󠁣󠁴󠁿", 1}, {"🏳️‍🌈", 1},
		{"<:foo:123456789012345678><a:bar:123456789012345678>", 2}, {"123 # *", 0}, {"©", 0}, {"no <b:x> :) <:>", 0},
	} {
		v := Read(chat.Content{Text: c.say})
		if got := v.Emoji(); got != c.want {
			t.Errorf("%q has %d emoji, want %d", c.say, got, c.want)
		}
		v.Release()
	}
}

func TestLength(t *testing.T) {
	for _, c := range []struct {
		say  string
		want int
	}{
		{"", 0}, {"hello", 5}, {"e\u0301te\u0301", 3}, {"👨‍👩‍👧‍👦", 1}, {"🇫🇷!", 2}, {"a\u200bb", 2}, {"한국어", 3}, {"h̷̛e̵̢", 2}, {"été", 3},
	} {
		v := Read(chat.Content{Text: c.say})
		if got := v.Length(); got != c.want {
			t.Errorf("%q has %d characters, want %d", c.say, got, c.want)
		}
		v.Release()
	}
}

func TestF8Lines(t *testing.T) {
	for say, want := range map[string]int{"": 0, "a": 1, "a\nb\n\n\nc": 5} {
		v := Read(chat.Content{Text: say})
		if got := v.Lines(); got != want {
			t.Errorf("%q has %d lines, want %d", say, got, want)
		}
		v.Release()
	}
}

func TestF9Caps(t *testing.T) {
	for _, c := range []struct {
		say          string
		upper, cased int
	}{
		{"WHY ARE YOU SHOUTING", 17, 17}, {"OK", 2, 2}, {"NASA!", 4, 4}, {"Ĥéĺĺó", 1, 5}, {"ЧТО ЭТО", 6, 6}, {"مرحبا 123", 0, 0},
	} {
		v := Read(chat.Content{Text: c.say})
		if upper, cased := v.Caps(); upper != c.upper || cased != c.cased {
			t.Errorf("%q: %d of %d, want %d of %d", c.say, upper, cased, c.upper, c.cased)
		}
		v.Release()
	}
}

func TestOddities(t *testing.T) {
	for _, c := range []struct {
		name, say string
		want      Oddity
	}{
		{"plain", "hello, été !", 0},
		{"A6 zero width space", "bad\u200bword", ZeroWidth},
		{"zero width space between words", "hello \u200b world", 0},
		{"A10 two scripts", "b\u0430dword", MixedScript},
		{"two scripts in two words", "hello мир", 0},
		{"A22 overridden", "\u202edrowdab", Bidi},
		{"F10 zalgo", "h̷̛e̵̢l̷̨l̵o̶", Zalgo},
		{"A9 struck through is no zalgo", "b\u0335a\u0335d\u0335w\u0335o\u0335r\u0335d\u0335", 0},
		{"B9 Hindi", "हिन्दी में स्त्रियों की क्षमता", 0},
		{"B9 Thai", "ที่นี่ผู้ใหญ่ไม่เคยรู้เรื่อง", 0},
		{"B9 Arabic with all its marks", "بِسْمِ ٱللَّهِ ٱلرَّحْمَٰنِ ٱلرَّحِيمِ", 0},
		{"B9 Hebrew with its points", "בְּרֵאשִׁית בָּרָא אֱלֹהִים", 0},
		{"B9 Vietnamese, taken apart", "tie\u0302\u0301ng Vie\u0323\u0302t nhu\u031b\u0303ng", 0},
		{"B10 a family", "👨‍👩‍👧‍👦 and ❤️", 0},
		{"Persian joiner", "می\u200cخواهم", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := Read(chat.Content{Text: c.say})
			defer v.Release()
			if got := v.Oddities(); got != c.want {
				t.Errorf("%q: %04b, want %04b", c.say, got, c.want)
			}
		})
	}
}

func TestF16SameTextAgain(t *testing.T) {
	var first string
	for _, say := range []string{"free nitro here!!!", "Free  nitro hereǃ", "frée nitro here", "**FREE** nitro: here"} {
		v := Read(chat.Content{Text: say})
		got := v.Skeleton()
		v.Release()
		if first == "" {
			first = got
		}
		if got == "" || got != first {
			t.Errorf("%q has the skeleton %q, want %q", say, got, first)
		}
	}
}

func TestB10FamilyStaysWhole(t *testing.T) {
	v := Read(chat.Content{Text: "👨‍👩‍👧‍👦"})
	defer v.Release()
	if got := v.Original(Span{End: len("👨‍👩‍👧‍👦")}); got != "👨‍👩‍👧‍👦" || v.Emoji() != 1 {
		t.Errorf("%q, %d emoji", got, v.Emoji())
	}
}

// A released View must not remember the message before.
func TestViewsAreReused(t *testing.T) {
	for range 100 {
		v := Read(chat.Content{Text: "https://a.example @everyone IMBECILE", Attachments: []chat.Attachment{{Name: "x"}}})
		v.Links()
		v.Mentions()
		v.Skeleton()
		v.Release()
		w := Read(chat.Content{Text: "hello"})
		if w.Links() != nil && len(w.Links()) != 0 || w.Mentions() != (Mentions{}) || w.Skeleton() != "hello" {
			t.Fatalf("links %v, mentions %v, skeleton %q", w.Links(), w.Mentions(), w.Skeleton())
		}
		w.Release()
	}
}
