package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"palabre/chat"
)

const onMatrix = `
community: { name: Test }
rooms: { general: { matrix: "#general:example.org" }, moderators: {} }
desk: moderators
listen: ""
matrix:
  homeserver: http://matrix.example.org
  user: "@palabre:example.org"
  token: { env: PALABRE_MATRIX_TOKEN }
rules:
  - { name: newcomers, when: { account_age: "< 1d", words: [spam] }, do: [ timeout: 1h ] }
`

func capabilities(timeout chat.Support) Platforms {
	all := map[chat.ActionKind]chat.Support{}
	for _, k := range []chat.ActionKind{chat.ActSend, chat.ActDelete, chat.ActKick, chat.ActBan} {
		all[k] = chat.Support{Can: true}
	}
	all[chat.ActTimeout] = timeout
	return Platforms{chat.Matrix: {Actions: all}, chat.Console: {AccountAge: true}}
}

func TestDescribe(t *testing.T) {
	cfg, err := Parse("x.yaml", []byte(onMatrix), capabilities(chat.Support{Can: true, Instead: "silenced by power level"}))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"matrix: the token travels unencrypted to http://matrix.example.org",
		"matrix: silencing changes power levels; in rooms made by most clients that takes power level 100",
		"matrix: no space is named, so only the rooms of this file are protected",
		`matrix: room "moderators" has no alias or id, so nothing is heard or said there`,
		"listen is off: nobody can ask whether Palabre is well",
		"rule newcomers: matrix does not tell when an account was made; the time since they joined is taken instead",
		"rule newcomers: matrix has no timeout; silenced by power level",
	}
	if diff := cmp.Diff(want, Describe(cfg)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestDescribeWithoutPlatform(t *testing.T) {
	cfg, err := Parse("x.yaml", []byte(small), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"no platform is enabled: only the console will run"}
	if diff := cmp.Diff(want, Describe(cfg)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// What the only enabled platform cannot do at all is a mistake; without the account it is none.
func TestPlatformCannot(t *testing.T) {
	_, err := Parse("x.yaml", []byte(onMatrix), capabilities(chat.Support{}))
	var ms Mistakes
	if !errors.As(err, &ms) || !strings.Contains(err.Error(), "matrix cannot time a member out") {
		t.Errorf("got %v", err)
	}
	src := strings.Replace(onMatrix, "matrix:\n", "matrix:\n  enabled: false\n", 1)
	if _, err := Parse("x.yaml", []byte(src), Platforms{chat.Matrix: {}}); err != nil {
		t.Error(err)
	}
}
