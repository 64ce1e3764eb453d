package config

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"palabre/internal/yamlsrc"
)

var (
	matrixUser    = regexp.MustCompile(`^@[^:\s]+:[^\s]+$`)
	commandPrefix = regexp.MustCompile(`^[^\p{L}\p{N}\s]{1,3}$`)
)

func (r *reader) matrix(v yamlsrc.Value) {
	m := &Matrix{Enabled: true, Prefix: "!", Standing: PowerLevels{Trusted: 10, Moderator: 50, Admin: 100}}
	r.cfg.Matrix = m
	r.account(v.About("matrix"), matrixKeys, &m.Enabled, "homeserver", "user", "token")
}

// account reads the block of a network; needed are the keys that an enabled one must have.
func (r *reader) account(v yamlsrc.Value, keys []key, on *bool, needed ...string) {
	fields, ok := v.Fields()
	if !ok {
		return
	}
	r.read(v, keys)
	given := map[string]bool{}
	for _, f := range fields {
		given[f.Name] = true
	}
	for _, k := range keys {
		if *on && slices.Contains(needed, k.name) && !given[k.name] {
			v.Errorf("add "+k.name+": "+k.example+", or enabled: false", "%q is missing", k.name)
		}
	}
}

func enabled(field func(*Config) *bool) func(*reader, yamlsrc.Value) {
	return func(r *reader, v yamlsrc.Value) {
		if on, ok := v.Bool(); ok {
			*field(r.cfg) = on
		}
	}
}

func (r *reader) homeserver(v yamlsrc.Value) {
	s, ok := v.Text()
	if !ok {
		return
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		v.Errorf("write https://matrix.example.org", "%q is not the address of a homeserver", s)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		v.Conceal()
		v.Errorf("write scheme and host only: https://matrix.example.org", "the homeserver's address holds more than an address")
	default:
		r.cfg.Matrix.Homeserver = strings.TrimRight(s, "/")
	}
}

func (r *reader) user(v yamlsrc.Value) {
	s, ok := v.Text()
	switch {
	case !ok:
	case !matrixUser.MatchString(s):
		v.Errorf(`write "@palabre:example.org", in quotes`, "%q is not a matrix account", s)
	case r.claim("matrix account", s, v):
		r.cfg.Matrix.User = s
	}
}

func (r *reader) space(v yamlsrc.Value) {
	if id, ok := matrixRoomID(v); ok && r.claim("matrix room", id, v) {
		r.cfg.Matrix.Space = id
	}
}

func prefix(field func(*Config) *string) func(*reader, yamlsrc.Value) {
	return func(r *reader, v yamlsrc.Value) {
		s, ok := v.Text()
		switch {
		case !ok:
		case !commandPrefix.MatchString(s):
			v.Errorf(`write "!" or another sign`, "a prefix is one to three signs without letters, digits or spaces, not %q", s)
		case s == "/":
			v.Errorf(`write "!" or another sign`, `people's clients keep "/" for themselves`)
		default:
			*field(r.cfg) = s
		}
	}
}

func (r *reader) ignore(v yamlsrc.Value) {
	list, _ := v.List()
	for _, item := range list {
		glob, ok := item.Text()
		switch {
		case !ok:
		case !matrixUser.MatchString(glob):
			item.Errorf(`write "@_discord_*:*"`, "%q is not the pattern of matrix accounts", glob)
		case strings.Trim(glob, "@*?") == ":" || strings.HasPrefix(glob, "@*:"):
			item.Errorf(`name the puppets: "@_discord_*:*"`, "%q would ignore everybody of a server", glob)
		default:
			r.cfg.Matrix.Ignore = append(r.cfg.Matrix.Ignore, glob)
		}
	}
}

func (r *reader) standing(v yamlsrc.Value) {
	r.read(v, standingKeys)
	if p := r.cfg.Matrix.Standing; p.Trusted > p.Moderator || p.Moderator > p.Admin {
		v.Errorf("write { trusted: 10, moderator: 50, admin: 100 }",
			"standing must rise: trusted %d, moderator %d, admin %d", p.Trusted, p.Moderator, p.Admin)
	}
}

// level reads one power level. 0 is what everybody has, so no standing begins there.
func level(field func(*PowerLevels) *int) func(*reader, yamlsrc.Value) {
	return func(r *reader, v yamlsrc.Value) {
		if n, ok := v.Int(1, 1_000_000); ok {
			*field(&r.cfg.Matrix.Standing) = n
		}
	}
}
