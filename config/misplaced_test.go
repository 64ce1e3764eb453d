package config

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
)

// tokens have the shapes of those that the networks give out.
var tokens = map[string]string{
	"of Synapse":     "syt_cGFsYWJyZQ_xKqVbTnRfDhWjLmZpYcs_0aBcDe",
	"of its service": "mat_Zk3PqW8sVbN1xYtR5uJmL0oHgFdSaE_Q9w2eR",
	"of Dendrite":    "9mXqT2vLb7ZkP4sHcR8wYdN3fJgK6aUeQ1oViCxWzM0",
	"of Conduit":     "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE",
	"in hexadecimal": "4f3c2b1a0e9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b",
	"of Discord":     "MTIzNDU2Nzg5MDEyMzQ1Njc4.GhIjKl.abcdefghijklmnopqrstuvwxyz0123456789AB",
}

// misplaced are the places where people put a token that the file must not hold. %s is the token.
var misplaced = []string{
	"matrix:\n  homeserver: https://example.org\n  token: %s\n",
	"matrix:\n  homeserver: https://example.org\n  tokn: %s\n",
	"matrix:\n  access: %s\n",
	"matrix:\n  env: %s\n",
	"matrix: { tokn: %s }\n",
	"discord:\n  bot: %s\n",
	"%s\n",
	"- %s\n",
	"%s: true\n",
	"matrix:\n  %s\n",
	"matrix:\n  user: %s\n",
	"matrix:\n  space: %s\n",
	"matrix:\n  homeserver: https://palabre:%s@example.org\n",
	"PALABRE_MATRIX_TOKEN=%s\n",
	"export PALABRE_MATRIX_TOKEN=%s\n",
	"token = %s\n",
	"matrix:\n  token: { env: [ %s ] }\n",
	"matrix:\n  token:\n    - %s\n",
	"matrix:\n  token:\n    env:\n      name: %s\n",
	"matrix:\n  token: { file: %s }\n",
	"matrix:\n  token: { file: /run/secrets/%s }\n",
	"matrix:\n  token: |\n    %s\n",
	"matrix:\n  token: {\n  %s\n",
	"desk: %s\n",
	"rooms:\n  general: { matrix: %s }\n",
	"rooms:\n  general: { discord: %s }\n",
	"community: { name: %s, zone: %[1]s }\n",
	"store: [ %s ]\n",
	"listen: %s\n",
	"include: [ %s ]\n",
	"include: [ secret ]\n",
	"rules:\n  - name: x\n    when: { words: { file: secret } }\n    do: [ delet ]\n",
	"rules:\n  - name: x\n    when: { words: { file: secrets.txt } }\n    do: [ delete ]\n",
	"rules:\n  - %s\n",
	"# %s\nfoo: bar # %[1]s\n",
	"foo: {%s\n",
	"foo: \"%s\n",
}

// A token is not shown, wherever somebody puts it: not in what is printed, and not in what goes to a room.
func TestMisplacedTokensAreNotShown(t *testing.T) {
	for shape, token := range tokens {
		for _, place := range misplaced {
			src := place
			if strings.Contains(place, "%") {
				src = fmt.Sprintf(place, token)
			}
			err := refuse(t, src, map[string]string{"secret": token + "\n", "secrets.txt": "good\n" + token + "  \n* \n"})
			if err == nil {
				continue // a name may look like a token: nothing is said of it
			}
			for _, said := range []string{err.Error(), err.Brief()} {
				if strings.Contains(said, token) || strings.Contains(said, token[8:24]) {
					t.Errorf("a token %s in\n%s\nis shown:\n%s", shape, src, said)
				}
			}
		}
	}
}

// refuse reads a configuration whose other files stand in a map; nil when it has no mistake.
func refuse(t *testing.T, src string, files map[string]string) Mistakes {
	t.Helper()
	_, err := parse("palabre.yaml", []byte(src), nil, func(name string) ([]byte, error) {
		if text, ok := files[name]; ok {
			return []byte(text), nil
		}
		return nil, fs.ErrNotExist
	})
	var mistakes Mistakes
	if err != nil && !errors.As(err, &mistakes) {
		t.Fatal(err)
	}
	return mistakes
}

// What goes to the moderators' room says where and what, and quotes no line of the file.
func TestABriefQuotesNoLine(t *testing.T) {
	mistakes := refuse(t, "community: { name: Our secret club }\ndesk: nowhere\nrooms: { general: }\n", nil)
	brief := mistakes.Brief()
	if strings.Contains(brief, "secret club") || strings.Contains(brief, " | ") || !strings.Contains(brief, "palabre.yaml:") {
		t.Errorf("the brief is\n%s", brief)
	}
}

// A file that is included by mistake and is no YAML is not shown at all.
func TestAnIncludedFileThatIsNoYAMLIsNotShown(t *testing.T) {
	for _, text := range []string{
		"root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n",
		"root:$6$saltsalt$hashhashhash:19000:0:99999:7:::\n", "swordfish\n", "a: b: c swordfish\n", "{ swordfish", "- swordfish\n- swordfish\n", "\"swordfish", "% swordfish",
	} {
		mistakes := refuse(t, "community: { name: Club }\ndesk: general\nrooms: { general: { matrix: '#a:example.org' } }\ninclude: [ other ]\n", map[string]string{"other": text})
		if mistakes == nil {
			t.Fatalf("%q is accepted", text)
		}
		for _, part := range []string{"swordfish", "root", "daemon", "saltsalt"} {
			if strings.Contains(mistakes.Error(), part) {
				t.Errorf("of %q this is shown:\n%v", text, mistakes)
			}
		}
	}
}
