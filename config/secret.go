package config

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"regexp"
	"strings"

	"palabre/internal/yamlsrc"
)

// Secret says where a secret is kept; it never holds the secret itself, so that nothing can print it.
type Secret struct{ env, file string }

// maxSecret is far above any token; a larger file is the wrong file.
const maxSecret = 64 << 10

// IsZero tells whether no place was named.
func (s Secret) IsZero() bool { return s == Secret{} }

// Reveal reads the secret from its place, without the spaces and newlines around it. It refuses a variable that is not
// set, a file that everybody may read, and a secret that is empty or longer than one line. The error never contains
// the secret.
func (s Secret) Reveal() (string, error) {
	raw, err := s.raw()
	if err != nil {
		return "", fmt.Errorf("secret from %s: %w", s.place(), err)
	}
	secret := strings.TrimSpace(raw)
	switch {
	case secret == "":
		return "", fmt.Errorf("secret from %s: it is empty", s.place())
	case strings.ContainsAny(secret, "\r\n\x00"):
		return "", fmt.Errorf("secret from %s: it is longer than one line", s.place())
	}
	return secret, nil
}

func (s Secret) raw() (string, error) {
	switch {
	case s.env != "":
		value, set := os.LookupEnv(s.env)
		if !set {
			return "", errors.New("the variable is not set")
		}
		return value, nil
	case s.file != "":
		return readSecret(s.file)
	}
	return "", errors.New("no place was named")
}

// readSecret checks the very file that it reads: opened first, asked for its permissions then.
func readSecret(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", errors.Unwrap(err) // without the path, in which somebody may have put the secret itself
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if info.Mode().IsRegular() && info.Mode().Perm()&0o004 != 0 {
		return "", fmt.Errorf("everybody on this machine may read it: chmod 600 %s", yamlsrc.Masked(path))
	}
	data, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err == nil && len(data) > maxSecret {
		err = errors.New("it is larger than 64 KiB: is it the right file?")
	}
	return string(data), err
}

func (s Secret) place() string {
	switch {
	case s.env != "":
		return "the variable " + s.env
	case s.file != "":
		return "the file " + yamlsrc.Masked(s.file)
	}
	return "nowhere"
}

// String tells where the secret is kept.
func (s Secret) String() string { return "(secret from " + s.place() + ")" }

// GoString is String, for %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalJSON is String as a JSON string.
func (s Secret) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, "%q", s.String()), nil }

// LogValue is String, for slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

var (
	envName = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`)
	// secretKey is how the keys of secrets are called.
	secretKey = regexp.MustCompile(`(?i)(token|passw|secret|api_?key)`)
)

// secretPlace is where a token of the file goes, and how its places are called in examples.
type secretPlace struct {
	into      *Secret
	env, file string
}

func (p secretPlace) example() string {
	return "write { env: " + p.env + " } or { file: " + p.file + " }"
}

func (p secretPlace) hint() string {
	return p.example() + ", and revoke this one if others have seen the file"
}

func (r *reader) matrixToken(v yamlsrc.Value) {
	r.secret = secretPlace{&r.cfg.Matrix.Token, "PALABRE_MATRIX_TOKEN", "/run/secrets/matrix"}
	r.token(v)
}

func (r *reader) discordToken(v yamlsrc.Value) {
	r.secret = secretPlace{&r.cfg.Discord.Token, "PALABRE_DISCORD_TOKEN", "/run/secrets/discord"}
	r.token(v)
}

// token takes places only. Whatever looks like the secret itself is hidden from every message.
func (r *reader) token(v yamlsrc.Value) {
	conceal(v)
	if v.Kind() != "map" {
		v.Errorf(r.secret.hint(), "a secret never stands in this file")
		return
	}
	fields, _ := v.Fields()
	r.read(v, tokenKeys)
	s := r.secret.into
	if (s.env == "") == (s.file == "") && len(fields) != 1 {
		v.Errorf(r.secret.example(), "token needs one place: env or file")
	}
}

// conceal hides what stands where a token's place is expected, unless it is one.
func conceal(v yamlsrc.Value) {
	if v.Kind() != "map" {
		v.Conceal()
		return
	}
	fields, _ := v.Fields()
	for _, f := range fields {
		if looksSecret(f) {
			f.Value.Conceal()
		}
	}
}

// isToken tells a token from the name of a variable or a path.
func isToken(s string) bool { return yamlsrc.LooksSecret(s) }

// looksSecret is true for all that cannot be the name of a variable or a path.
func looksSecret(f yamlsrc.Field) bool {
	switch f.Name {
	case "env":
		return !envName.MatchString(f.Value.Raw())
	case "file":
		return isToken(f.Value.Raw())
	}
	return true
}

func (r *reader) tokenEnv(v yamlsrc.Value) {
	if !envName.MatchString(v.Raw()) {
		v.Errorf("capitals, digits and _: "+r.secret.env, "this is not the name of an environment variable")
		return
	}
	r.secret.into.env = v.Raw()
}

func (r *reader) tokenFile(v yamlsrc.Value) {
	if isToken(v.Raw()) {
		v.Errorf(r.secret.hint(), "a secret never stands in this file")
		return
	}
	if path, ok := v.Text(); ok {
		r.secret.into.file = path
	}
}
