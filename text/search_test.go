package text

import (
	"slices"
	"strings"
	"testing"

	"palabre/chat"
)

// standsIn is the reference: one listed word, looked for in one field at every place.
func (e *entry) standsIn(f *field) bool {
	written, joined := f.streams()
	if e.literal {
		for at := range f.norm.b {
			to := at + len(e.parts[0])
			if strings.HasPrefix(string(f.norm.b[at:]), e.parts[0]) && e.bounded(f.norm.b, at, to) {
				return true
			}
		}
		return false
	}
	for _, in := range []stream{written, joined} {
		for i := range in.tokens {
			if in.holds(e, i) {
				return true
			}
		}
	}
	return false
}

func sayNaively(word string, v *View) bool {
	e, err := parseEntry(word)
	return err == nil && slices.ContainsFunc(v.fields, func(f field) bool {
		f.read()
		shown := f.shown()
		return e.standsIn(&f) || shown != nil && e.standsIn(shown)
	})
}

// FuzzSearch compares a search for many lists at once with looking for each word by itself. Lines part the words.
func FuzzSearch(f *testing.F) {
	f.Add("bad\nsale con*\n*x\n*adw*\n!y\nc++\n他妈", "my b a d, sale connard! c++ badwx 他妈的")
	f.Add("a b\n*b c\nb*", "a-b c")
	f.Add("drow", "\u202eword b||ad||w")
	f.Fuzz(func(t *testing.T, listed, say string) {
		words := strings.Split(listed, "\n")
		s := NewSearch()
		var lists []*WordList
		for _, w := range words {
			l, _ := s.Words([]string{w, w + "z"})
			lists = append(lists, l)
		}
		s.Compile()
		v := Read(chat.Content{Text: say, Attachments: []chat.Attachment{{Name: say}}})
		defer v.Release()
		for i, w := range words {
			_, _, got := v.FindWord(lists[i])
			if want := sayNaively(w, v) || sayNaively(w+"z", v); got != want {
				t.Errorf("%q in %q: found %v, want %v", w, say, got, want)
			}
		}
	})
}

// Two searches in one message do not disturb each other.
func TestTwoSearches(t *testing.T) {
	one, other := list(t, "one"), list(t, "nothing", "other")
	v := Read(chat.Content{Text: "one or the other"})
	defer v.Release()
	for range 2 {
		if _, word, ok := v.FindWord(one); !ok || word != "one" {
			t.Errorf("found %q", word)
		}
		if _, word, ok := v.FindWord(other); !ok || word != "other" {
			t.Errorf("found %q", word)
		}
	}
}
