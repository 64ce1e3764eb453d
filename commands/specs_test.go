package commands_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"palabre/catalogue"
	"palabre/chat"
	"palabre/commands"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what comes out as what is wanted")

func specs(t *testing.T, own string) []chat.CommandSpec {
	t.Helper()
	sentences, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	return commands.Specs(catalogue.Languages(), own, func(language, key string) string {
		if !sentences.Has(key) {
			t.Errorf("the catalogue lacks %s", key)
		}
		return sentences.Plain(catalogue.Voice{Language: language}, chat.Say(key, nil), catalogue.Resolver{})
	})
}

// What platforms are told of our commands, as a moderator would read it.
func TestSpecs(t *testing.T) {
	var b strings.Builder
	for _, s := range specs(t, "fr") {
		fmt.Fprintf(&b, "/%s, /%s (%s)\n  %s\n  %s\n", s.Names["en"], s.Names["fr"], s.Standing, s.Description["en"], s.Description["fr"])
		if s.OnMember || s.OnMessage {
			fmt.Fprintf(&b, "  menus: member %t, message %t: %q, %q\n", s.OnMember, s.OnMessage, s.Menu["en"], s.Menu["fr"])
		}
		for _, p := range s.Params {
			fmt.Fprintf(&b, "  - %s, %s: %s, required %t, completed %t\n", p.Names["en"], p.Names["fr"], p.Kind, p.Required, p.Autocomplete)
		}
		if s.Form != nil {
			fmt.Fprintf(&b, "  form %s: %s\n", s.Form.Key, s.Form.Title)
			for _, f := range s.Form.Fields {
				fmt.Fprintf(&b, "    %s: %s, long %t, required %t, %d characters\n", f.ID, f.Label, f.Long, f.Required, f.Max)
			}
		}
	}
	const file = "testdata/specs.txt"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("want - got +\n%s", diff)
	}
}

// name is what Discord takes for the name of a command or an option.
var name = regexp.MustCompile(`^[-_'\p{Ll}\p{N}]{1,32}$`)

// Discord's limits hold in every language, and no two commands share a name.
func TestSpecsFitTheirPlatform(t *testing.T) {
	owners := map[string]string{}
	for _, s := range specs(t, "en") {
		for language, n := range s.Names {
			fits(t, s.Name+" name", n, name)
			if owner := owners[n]; owner != "" && owner != s.Name {
				t.Errorf("%s is %s and %s (%s)", n, owner, s.Name, language)
			}
			owners[n] = s.Name
			shortEnough(t, s.Name+" description", s.Description[language], 100)
			shortEnough(t, s.Name+" menu", s.Menu[language], 32)
		}
		if (s.OnMember || s.OnMessage) == (len(s.Menu) == 0) {
			t.Errorf("%s: menus and their words do not go together", s.Name)
		}
		params(t, s)
		if s.Form != nil {
			shortEnough(t, s.Name+" form", s.Form.Title, 45)
			for _, f := range s.Form.Fields {
				shortEnough(t, s.Name+" "+f.ID, f.Label, 45)
			}
		}
	}
}

func params(t *testing.T, s chat.CommandSpec) {
	t.Helper()
	optional, hasMember := "", false
	for _, p := range s.Params {
		for language, n := range p.Names {
			fits(t, s.Name+" "+p.Name, n, name)
			shortEnough(t, s.Name+" "+p.Name, p.Description[language], 100)
		}
		if p.Required && optional != "" {
			t.Errorf("%s: %s is required after %s, which is not", s.Name, p.Name, optional)
		}
		if !p.Required {
			optional = p.Name
		}
		hasMember = hasMember || p.Kind == chat.ParamMember
	}
	if (s.OnMember || s.OnMessage) && !hasMember {
		t.Errorf("%s: offered in menus without a member to give it", s.Name)
	}
}

func fits(t *testing.T, what, s string, form *regexp.Regexp) {
	t.Helper()
	if !form.MatchString(s) {
		t.Errorf("%s: %q is not of the form", what, s)
	}
}

func shortEnough(t *testing.T, what, s string, most int) {
	t.Helper()
	if n := utf8.RuneCountInString(s); n > most {
		t.Errorf("%s: %q has %d characters, more than %d", what, s, n, most)
	}
}
