package text

import (
	"testing"

	"palabre/chat"
)

func TestFindFuzzy(t *testing.T) {
	for _, c := range []struct {
		name, listed string
		how          Disguise
		say, want    string
	}{
		{"A3 digits for letters", "badword", Leet, "you b4dw0rd!", "b4dw0rd"},
		{"A3 signs for letters", "asshole", Leet, "what an @$$hole!", "@$$hole"},
		{"a sign at the end is punctuation", "salut", Leet, "s4lut!", "s4lut"},
		{"spelled out", "badword", Leet, "b 4 d w 0 r d", "b 4 d w 0 r d"},
		{"undisguised is for the plain list", "badword", Leet | Repeats, "badword", ""},
		{"numbers are no words", "ioo", Leet, "b4d at 100%", "100"},
		{"A21 repeated letters", "badword", Repeats, "baaaadwooord", "baaaadwooord"},
		{"double letters of the list", "ass", Repeats, "you assss", "assss"},
		{"nobody hid this", "ass", Repeats, "as sooon as possible", ""},
		{"good is not god", "god", Repeats, "good heaaavens", ""},
		{"both", "badword", Leet | Repeats, "b444dword", "b444dword"},
		{"a phrase", "fuck you", Repeats, "fuck youuuu", "fuck youuuu"},
		{"an open word", "insult*", Leet, "1nsulting", "1nsulting"},
		{"B1 other scripts stay whole", "привет", Leet | Repeats, "приивет 1!", ""},
		{"accents and repeats", "débile", Repeats, "dééébile", "dééébile"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := NewFuzzyList([]string{c.listed}, c.how)
			if err != nil {
				t.Fatal(err)
			}
			v := Read(chat.Content{Text: c.say})
			defer v.Release()
			span, word, ok := v.FindFuzzy(l)
			if got := v.Original(span); got != c.want || ok && word != c.listed {
				t.Errorf("%q: found %q as %q, want %q", c.say, got, word, c.want)
			}
		})
	}
}

func FuzzFindFuzzy(f *testing.F) {
	f.Add("b4dw0rd baaad é\xff")
	l, err := NewFuzzyList([]string{"badword", "sale con*", "*x"}, Leet|Repeats)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v := Read(chat.Content{Text: s})
		defer v.Release()
		if span, _, ok := v.FindFuzzy(l); ok && (span.Start < 0 || span.End > len(s) || span.Start >= span.End) {
			t.Errorf("%q: span %+v", s, span)
		}
	})
}
