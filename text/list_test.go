package text

import (
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"palabre/chat"
)

func TestDomainSet(t *testing.T) {
	set, err := NewDomainSet([]string{"evil.example", "WWW.Bad.Example.", "münchen.example", "deep.sub.example.org"})
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]bool{
		"evil.example":              true,
		"login.evil.example":        true,
		"a.b.c.evil.example":        true,
		"notevil.example":           false,
		"evil.example.org":          false,
		"example":                   false,
		"bad.example":               true,
		"xn--mnchen-3ya.example":    true,
		"example.org":               false,
		"sub.example.org":           false,
		"very.deep.sub.example.org": true,
		"":                          false,
	} {
		if got := set.Has(host); got != want {
			t.Errorf("Has(%q) = %v", host, got)
		}
	}
	if set.Len() != 4 {
		t.Errorf("%d hosts, want 4", set.Len())
	}
}

func TestEmptyDomainSet(t *testing.T) {
	set, err := NewDomainSet(nil)
	if err != nil || set.Has("example.org") || set.Len() != 0 {
		t.Errorf("an empty set has something, or an error: %v", err)
	}
}

// A large set holds its hosts and no others.
func TestLargeDomainSet(t *testing.T) {
	var hosts []string
	for i := range 20_000 {
		hosts = append(hosts, fmt.Sprintf("host%d.example", i))
	}
	set, err := NewDomainSet(hosts)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 40_000 {
		if host := fmt.Sprintf("a.host%d.example", i); set.Has(host) != (i < 20_000) {
			t.Fatalf("Has(%q) = %v", host, set.Has(host))
		}
	}
}

func TestListsInFiles(t *testing.T) {
	const file = `# what we do not read here

imbecile
sale con   # as a phrase
   insult*
c++
#hashtag is a comment, too
a#b
`
	lines, err := ReadList(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, line := range lines {
		words = append(words, line.Text)
	}
	l := list(t, words...)
	for say, want := range map[string]string{
		"Imbécile !": "Imbécile", "a sale con": "sale con", "insulting": "insulting", "in C++": "C++", "A#B": "A#B", "as a phrase": "", "hashtag": "",
	} {
		if got := found(t, l, chat.Content{Text: say}); got != want {
			t.Errorf("%q: found %q, want %q", say, got, want)
		}
	}
	domains, err := ReadDomains(strings.NewReader("# phishing\nevil.example # since March\n\nbad.example\n"))
	if err != nil || domains.Len() != 2 || !domains.Has("evil.example") {
		t.Errorf("read %d domains, %v", domains.Len(), err)
	}
}

func TestMistakesInFiles(t *testing.T) {
	_, err := ReadDomains(strings.NewReader("good.example\nhttps://bad.example/\n\n# fine\nlocalhost\n"))
	if want := "2: \"https://bad.example/\" is not the name of a host\n5: \"localhost\" is not the name of a host"; err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	_, err = ReadList(strings.NewReader("fine\n" + strings.Repeat("x", 5000) + "\n"))
	if want := "2: the line is longer than 4096 bytes"; err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	if _, err = ReadDomains(iotest.ErrReader(fmt.Errorf("disk gone"))); err == nil || err.Error() != "read list: disk gone" {
		t.Errorf("got %v", err)
	}
}
