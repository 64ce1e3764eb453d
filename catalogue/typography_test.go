package catalogue

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// ~ stands for a no-break space.
func TestTypeset(t *testing.T) {
	cases := []struct{ in, want string }{
		{"Bonjour !", "Bonjour~!"},
		{"Bonjour!", "Bonjour~!"},
		{"Quoi ?!", "Quoi~?!"},
		{"Note : ceci ; cela", "Note~: ceci~; cela"},
		{"**Note :** ceci", "**Note~:** ceci"},
		{"**Attention** !", "**Attention**~!"},
		{"« Oui », dit-elle", "«~Oui~», dit-elle"},
		{"«Oui»", "«~Oui~»"},
		{"«~Oui~»", "«~Oui~»"},
		{"{name}: {n}%", "{name}~: {n}~%"},
		{"à 18:30", "à 18:30"},
		{"https://x.org/?a=b: voir", "https://x.org/?a=b: voir"},
		{"[ici](https://x.org/?q) !", "[ici](https://x.org/?q)~!"},
		{"tape !help ou `a ? b : c`", "tape !help ou `a ? b : c`"},
		{"un :sourire: là", "un :sourire: là"},
		{"(?) et \"!\"", "(?) et \"!\""},
		{"Déjà\u202f!", "Déjà\u202f!"},
		{"- un\n- deux !", "- un\n- deux~!"},
		{"", ""},
	}
	for _, tc := range cases {
		got := strings.ReplaceAll(typeset("fr", strings.ReplaceAll(tc.in, "~", "\u00a0")), "\u00a0", "~")
		if got != tc.want {
			t.Errorf("%q: got %q, want %q", tc.in, got, tc.want)
		}
	}
	if got := typeset("en", "Really ?"); got != "Really ?" {
		t.Errorf("English was touched: %q", got)
	}
}

// Twice is once, and nothing but spaces ever changes.
func TestTypesetIsIdempotent(t *testing.T) {
	words := rapid.SampledFrom([]string{"mot", " ", "  ", "!", "?", ":", ";", "%", "«", "»", "`a : b`", "{name}", "https://x.org/?a!", "\u00a0", "*", "(", ")", "\n", "18:30"})
	noSpaces := strings.NewReplacer(" ", "", "\u00a0", "")
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(words, 0, 12).Draw(t, "words"), "")
		once := typeset("fr", s)
		if twice := typeset("fr", once); twice != once {
			t.Fatalf("%q: once %q, twice %q", s, once, twice)
		}
		if noSpaces.Replace(once) != noSpaces.Replace(s) {
			t.Fatalf("%q became %q", s, once)
		}
	})
}
