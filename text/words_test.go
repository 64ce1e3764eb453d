package text

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"palabre/chat"
)

func list(t testing.TB, words ...string) *WordList {
	t.Helper()
	l, err := NewWordList(words)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// found gives what stands in the message where a listed word was found; "" when there is none.
func found(t *testing.T, l *WordList, c chat.Content) string {
	t.Helper()
	v := Read(c)
	defer v.Release()
	span, _, ok := v.FindWord(l)
	if !ok {
		return ""
	}
	return strings.Clone(v.Original(span))
}

func TestDisguisedWords(t *testing.T) {
	bad := list(t, "badword")
	for _, c := range []struct{ name, say, want string }{
		{"A1 plain", "what a badword!", "badword"},
		{"A2 capitals", "BADWORD", "BADWORD"},
		{"A3 digits for letters need an option", "b4dword", ""},
		{"A4 dots", "you b.a.d.w.o.r.d!", "b.a.d.w.o.r.d"},
		{"A5 spaces", "b a d w o r d", "b a d w o r d"},
		{"A5 after a one-letter word", "I b a d w o r d", "b a d w o r d"},
		{"A5 another separator before", "x.b a d w o r d", "b a d w o r d"},
		{"A5 several separators", "b-a.d w o_r*d", "b-a.d w o_r*d"},
		{"A5 look-alike letters", "b а d w o r d", "b а d w o r d"},
		{"A6 zero width space", "bad\u200bword", "bad\u200bword"},
		{"A7 soft hyphen", "bad\u00adword", "bad\u00adword"},
		{"A9 struck through", "b\u0335a\u0335d\u0335w\u0335o\u0335r\u0335d\u0335", "b\u0335a\u0335d\u0335w\u0335o\u0335r\u0335d"},
		{"A10 Cyrillic a", "b\u0430dword", "b\u0430dword"},
		{"A10 Cyrillic capitals", "BАDWОRD", "BАDWОRD"},
		{"A10 Greek o", "badwοrd", "badwοrd"},
		{"A10 Greek capitals", "ΒADWΟRD", "ΒADWΟRD"},
		{"A10 Cherokee", "ᏴᎪᎠᏔORD", ""},
		{"A10 Cherokee look-alikes", "ᏴᎪDᎳORD", "ᏴᎪDᎳORD"},
		{"A11 full width", "ｂａｄｗｏｒｄ", "ｂａｄｗｏｒｄ"},
		{"A12 mathematical", "𝕓𝕒𝕕𝕨𝕠𝕣𝕕", "𝕓𝕒𝕕𝕨𝕠𝕣𝕕"},
		{"A13 circled", "Ⓑⓐⓓⓦⓞⓡⓓ", "Ⓑⓐⓓⓦⓞⓡⓓ"},
		{"A13 squared", "🅱🅰🅳🆆🅾🆁🅳", "🅱🅰🅳🆆🅾🆁🅳"},
		{"A13 small capitals", "ʙᴀᴅᴡᴏʀᴅ", "ʙᴀᴅᴡᴏʀᴅ"},
		{"A14 flags", "🇧🇦🇩🇼🇴🇷🇩", "🇧🇦🇩🇼🇴🇷🇩"},
		{"A15 accents", "bádwörd", "bádwörd"},
		{"A16 spoiler marks", "||bad||word", "bad||word"},
		{"A17 code marks", "`bad`word", "bad`word"},
		{"A18 underscores", "_badword_", "badword"},
		{"A18 inside a name", "my_badword_name", "badword"},
		{"A17 an escaped mark", `bad\_word`, `bad\_word`},
		{"A5 emoji between", "b👏a👏d👏w👏o👏r👏d", "b👏a👏d👏w👏o👏r👏d"},
		{"A5 in parentheses", "(b)(a)(d)(w)(o)(r)(d)", "b)(a)(d)(w)(o)(r)(d"},
		{"A19 a line break parts words", "bad\nword", ""},
		{"A22 shown backwards", "\u202edrowdab", "drowdab"},
		{"A22 a piece shown backwards", "you \u202edrowdab\u202c you", "drowdab"},
		{"A23 text is no address", "bad%77ord", ""},
		{"A24 not every foreign letter is a look-alike", "ba\u0434word", ""},
		{"A25 plural", "badwords", ""},
		{"A25 inside", "xbadwordx", ""},
		{"A26 trade mark", "badword™", "badword"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := found(t, bad, chat.Content{Text: c.say}); got != c.want {
				t.Errorf("%q: found %q, want %q", c.say, got, c.want)
			}
		})
	}
}

func TestWordsOutsideTheText(t *testing.T) {
	bad := list(t, "badword")
	for _, c := range []struct {
		name string
		c    chat.Content
		want string
	}{
		{"A28 name of a file", chat.Content{Attachments: []chat.Attachment{{Name: "badword.png"}}}, "badword"},
		{"A28 description of a picture", chat.Content{Attachments: []chat.Attachment{{Name: "a.png", Alt: "a Badword"}}}, "Badword"},
		{"formatted text differs", chat.Content{Text: "hello", Formatted: "hello badword"}, "badword"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := found(t, bad, c.c); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

func TestListedWords(t *testing.T) {
	for _, c := range []struct{ name, listed, say, want string }{
		{"A30 parentheses", "(h)", "so (H) it is", "(H)"},
		{"A30 brackets", "<h>", "so<h>it", "<h>"},
		{"A30 one rune phrase", "﷽", "x ﷽ x", "﷽"},
		{"A30 command", "!play", "!play a song", "!play"},
		{"A30 command, longer word", "!play", "!player", ""},
		{"A30 plus signs", "c++", "I like C++ a lot", "C++"},
		{"A30 plus signs inside", "c++", "abc++", ""},
		{"A30 an emoji", "🖕", "you🖕you", "🖕"},
		{"B1 Russian", "привет", "Привет мир", "Привет"},
		{"B1 Russian is not Latin", "npnbet", "привет", ""},
		{"B1 Russian look-alikes are Russian", "xym", "хум", ""},
		{"B2 Greek", "καλημέρα", "Καλημέρα!", "Καλημέρα"},
		{"B2 Greek final sigma", "λόγος", "ΛΌΓΟΣ", "ΛΌΓΟΣ"},
		{"B3 Arabic", "مرحبا", "مرحبا بكم", "مرحبا"},
		{"B4 Japanese", "こんにちは", "みなさんこんにちは。", "こんにちは"},
		{"B4 Chinese", "他妈的", "你他妈的!", "他妈的"},
		{"B5 per cent", "100%", "I am 100% sure", "100%"},
		{"B5 no letters for digits", "ioo%", "100%", ""},
		{"B7 itself", "größe", "Die Größe", "Größe"},
		{"B7 Swiss", "größe", "GROSSE", "GROSSE"},
		{"B7 eszett", "grosse", "Größe", "Größe"},
		{"B7 not beta", "grobe", "Größe", ""},
		{"B8 Scunthorpe", "cunt", "Scunthorpe", ""},
		{"B8 assignment", "ass", "class assignment", ""},
		{"B8 hello", "hell", "hello", ""},
		{"B8 exercises", "sex", "objects/exercises", ""},
		{"B8 glued", "ass", "you_ass_hole", "ass"},
		{"ligature", "cœur", "COEUR", "COEUR"},
		{"wildcard at the end", "bad*", "a badly done", "badly"},
		{"wildcard at the beginning", "*word", "a badword", "badword"},
		{"wildcard at both ends", "*adwo*", "a badword", "badword"},
		{"wildcard does not begin inside", "bad*", "abbad", ""},
		{"wildcard in a script without spaces", "*バカ*", "お前はバカだ", "バカ"},
		{"wildcard with signs", "!play*", "!player", "!play"},
		{"phrase", "sale con", "Sale  CON !", "Sale  CON"},
		{"phrase over a line", "sale con", "sale\ncon", "sale\ncon"},
		{"phrase with a hyphen", "sale con", "sale-con", "sale-con"},
		{"phrase over sentences", "fuck you", "What the fuck. You did it", ""},
		{"phrase spelled out", "fuck you", "f u c k  y o u", "f u c k  y o u"},
		{"phrase open at the end", "sale con*", "sale connard", "sale connard"},
		{"phrase, only its beginning", "sale con", "sale temps", ""},
		{"apostrophes are one", "t'es con", "T’es con", "T’es con"},
		{"A star inside is a sign", "f*ck", "oh F*CK", "F*CK"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := found(t, list(t, c.listed), chat.Content{Text: c.say}); got != c.want {
				t.Errorf("%q in %q: found %q, want %q", c.listed, c.say, got, c.want)
			}
		})
	}
}

func TestFindWordNamesTheListedWord(t *testing.T) {
	v := Read(chat.Content{Text: "quel IMBECILE"})
	defer v.Release()
	if _, word, ok := v.FindWord(list(t, "sot", "Imbécile")); !ok || word != "Imbécile" {
		t.Errorf("FindWord = %q, %v", word, ok)
	}
}

func TestBadLists(t *testing.T) {
	for word, want := range map[string]string{
		"":       `2: "" is empty`,
		"  ":     `2: "  " is empty`,
		"*":      `2: "*" matches everything`,
		"* *":    `2: "* *" matches everything`,
		"\u200b": `2: "\u200b" matches everything`,
	} {
		_, err := NewWordList([]string{"fine", word})
		if err == nil || err.Error() != want {
			t.Errorf("%q: error %v, want %s", word, err, want)
		}
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"привет мир": "привет мир",
		"καλημέρα":   "καλημερα",
		"مرحبا":      "مرحبا",
		"こんにちは":      "こんにちは",
		"हिन्दी":     "हिन्दी",
		"ภาษาไทย":    "ภาษาไทย",
		"한국어":        "한국어",
		"100%":       "100%",
		"Größe":      "grosse",
		"Œuvre":      "oeuvre",
		"ĐĂNG":       "dang",
		"İstanbul":   "istanbul",
		"pаypаl":     "paypal",
		"a\u00a0b":   "a b",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFoldOfEveryRuneIsStable(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		once := Fold(string(r))
		if twice := Fold(once); twice != once {
			t.Errorf("%U: %q, then %q", r, once, twice)
		}
	}
}

// The short cut for general punctuation says what Unicode's tables say.
func TestInvisiblePunctuation(t *testing.T) {
	for r := rune(0x200b); r <= 0x206f; r++ {
		want := unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Cf)
		if invisible(r) != want {
			t.Errorf("%U: invisible %v, want %v", r, !want, want)
		}
	}
}

func TestFindPattern(t *testing.T) {
	for _, c := range []struct{ pattern, say, want string }{
		{`[A-Z]{4}`, "oh STOP", "STOP"},
		{`free\s+nitro`, "FREE  nítro", "FREE  nítro"},
		{`nitro$`, "no", ""},
	} {
		v := Read(chat.Content{Text: c.say})
		span, _, ok := v.FindPattern(patternList(c.pattern))
		if got := v.Original(span); got != c.want || ok != (c.want != "") {
			t.Errorf("%s in %q: %q, %v", c.pattern, c.say, got, ok)
		}
		v.Release()
	}
}

func TestOriginalIsCut(t *testing.T) {
	v := Read(chat.Content{Text: strings.Repeat("é", 100)})
	defer v.Release()
	if got := utf8.RuneCountInString(v.Original(Span{Start: 0, End: 200})); got != 80 {
		t.Errorf("an excerpt of %d runes, want 80", got)
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"Größe", "bаdword", "ⱯͅΪ\u0301", "\xff", "㏂ŉ", "a\u202eb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if once := Fold(s); Fold(once) != once {
			t.Errorf("%q: %q, then %q", s, once, Fold(once))
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"[a](https://b.example) `x` @bob:x.org <@1>", "\u202eb a d", "https://[::1]%2f", "http://0x7f.1", "xn--a.com/x"} {
		f.Add(s, "")
	}
	l := list(f, "badword", "sale con*", "*x", "!y")
	re := patternList(`a.c|x+`)
	f.Fuzz(func(t *testing.T, s, formatted string) {
		v := Read(chat.Content{Text: s, Formatted: formatted})
		defer v.Release()
		spans := make([]Span, 0, 8)
		if span, _, ok := v.FindWord(l); ok {
			spans = append(spans, span)
		}
		if span, _, ok := v.FindPattern(re); ok {
			spans = append(spans, span)
		}
		for _, k := range append(v.Links(), v.BareDomains()...) {
			spans = append(spans, k.Span)
		}
		for _, k := range v.Invites() {
			spans = append(spans, k.Span)
		}
		for _, p := range spans {
			if raw := v.fields[p.field].raw; p.Start < 0 || p.End > len(raw) || p.Start > p.End {
				t.Errorf("span %+v of %d bytes", p, len(raw))
			}
		}
		upper, cased := v.Caps()
		if upper > cased || v.Length() > len(s)+len(formatted) || v.Emoji() > v.Length()+1 {
			t.Errorf("caps %d of %d, length %d, emoji %d", upper, cased, v.Length(), v.Emoji())
		}
		v.Mentions()
		v.Oddities()
		v.Skeleton()
	})
}

// What is not looked for, because no rune is of the kinds that it takes, is not there.
func TestKindsLeaveNothingOut(t *testing.T) {
	for r := rune(0); r < 0x20000; r++ {
		if r == 0x3400 {
			r = 0x1f000 // past the large blocks of Asia
		}
		for _, s := range []string{"a" + string(r) + "b", "a" + strings.Repeat(string(r), 4), "о" + string(r)} {
			f := field{raw: s}
			f.read()
			k := f.norm.kinds
			if !k.odd() && oddities(s) != 0 || !k.has(kindPicture) && isEmoji(string(r)) || !k.has(kindHidden) && hidden(r) && !f.plain {
				t.Errorf("%U: kinds %b", r, k)
			}
		}
	}
}
