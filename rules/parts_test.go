package rules_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"palabre/chat"
	"palabre/rules"
	"palabre/text"
)

// files lets rules read other files, from memory.
func files(named map[string]string) rules.Env {
	system := fstest.MapFS{}
	for name, text := range named {
		system[name] = &fstest.MapFile{Data: []byte(text)}
	}
	e := env
	e.Open = func(path string) ([]byte, error) {
		src, err := fs.ReadFile(system, path)
		return src, errors.Unwrap(err)
	}
	return e
}

func TestIncludedFiles(t *testing.T) {
	e := files(map[string]string{
		"more/links.yaml": "signals: { short: { link: { domain: [bit.ly] } } }\nrules: [ { name: b, when: { signal: short }, do: [delete] } ]",
	})
	rs, err := rules.ParseFile("rules.yaml", []byte("include: more/links.yaml\nrules: [ { name: a, when: { words: [dog] }, do: [delete] } ]"), e)
	if err != nil {
		t.Fatal(err)
	}
	if rs.Len() != 2 || strings.Join(rs.Files(), " ") != "more/links.yaml" {
		t.Errorf("%d rules from %v", rs.Len(), rs.Files())
	}
	if d := decide(rs, rules.NewHistory([16]byte{}), message("1", "https://bit.ly/x", noon)); len(d.Verdicts) != 1 || d.Verdicts[0].Rule != "b" {
		t.Errorf("verdicts %+v", d.Verdicts)
	}
}

// Mistakes name the file that they stand in.
func TestMistakesInOtherFiles(t *testing.T) {
	e := files(map[string]string{
		"more.yaml": "rules:\n  - { name: a, when: { wrods: [dog] }, do: [delete] }\n",
	})
	_, err := rules.ParseFile("rules.yaml", []byte("include: [more.yaml, none.yaml]\nrules: [ { name: a, when: { words: [dog] }, do: [delete] } ]\npacks: { spam: { fload: 3 } }\n"), e)
	want := `rules.yaml:1:22: none.yaml cannot be read: file does not exist
    1 | include: [more.yaml, none.yaml]
      |                      ^^^^^^^^^
   hint: paths begin in the folder of this file
rules.yaml:3:18: pack "spam": unknown parameter "fload"
    3 | packs: { spam: { fload: 3 } }
      |                  ^^^^^
   hint: did you mean "flood"?
more.yaml:2:13: rule "a": a rule of this name stands already on line 2 of rules.yaml
    2 |   - { name: a, when: { wrods: [dog] }, do: [delete] }
      |             ^
   hint: give each rule its own name
more.yaml:2:24: rule "a": unknown condition "wrods"
    2 |   - { name: a, when: { wrods: [dog] }, do: [delete] }
      |                        ^^^^^
   hint: did you mean "words"?`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v", err)
	}
}

// TestInvitations follows one message from "nobody has asked" to what the platform told.
func TestInvitations(t *testing.T) {
	e := env
	e.Platforms = map[chat.Platform]chat.Capabilities{chat.Discord: {}}
	rs, err := rules.ParseFile("rules.yaml", []byte(`rules: [ { name: a, when: { invite: foreign }, do: [alert] } ]`), e)
	if err == nil {
		t.Fatal("a platform that can do nothing was accepted")
	}
	e.Platforms[chat.Discord] = chat.Capabilities{Actions: map[chat.ActionKind]chat.Support{chat.ActSend: {Can: true}}}
	if rs, err = rules.ParseFile("rules.yaml", []byte(`rules: [ { name: a, when: { invite: foreign }, do: [alert] } ]`), e); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		known *chat.Invite
		want  string
	}{
		{"not asked yet", nil, "waits"},
		{"ours", &chat.Invite{State: chat.InviteLeads, Own: true}, "nothing"},
		{"another community's", &chat.Invite{State: chat.InviteLeads, Community: "7"}, "acts"},
		{"expired", &chat.Invite{State: chat.InviteGone}, "nothing"},
		{"C26 the platform does not say", &chat.Invite{State: chat.InviteUnclear}, "asks"},
	} {
		past := rules.NewHistory([16]byte{})
		r := rs.Read(message("1", "https://discord.gg/abc123", noon), past)
		r.Invites = func(ref chat.InviteRef) (chat.Invite, bool) {
			if ref.Code != "abc123" || c.known == nil {
				return chat.Invite{}, false
			}
			return *c.known, true
		}
		past.Fold(r.Fact)
		d := rs.Decide(r, past)
		got := "nothing"
		switch {
		case len(d.Unresolved) > 0:
			got = "waits"
		case d.Asked != nil:
			got = "asks"
		case len(d.Actions) > 0:
			got = "acts"
		}
		if got != c.want || (got != "acts") != (len(d.Actions) == 0) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		r.Release()
	}
}

func TestLikeness(t *testing.T) {
	for _, name := range []string{"Admin", "АDMIN", "adm1n", "A d m i n", "ad.min", "@dmin"} {
		if got, want := text.Likeness(name), text.Likeness("admin"); got != want {
			t.Errorf("%q is like %q, want %q", name, got, want)
		}
	}
	if text.Likeness("adrian") == text.Likeness("admin") {
		t.Error("adrian is like admin")
	}
}
