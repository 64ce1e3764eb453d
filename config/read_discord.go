package config

import (
	"net/url"
	"regexp"
	"strings"

	"palabre/internal/yamlsrc"
)

// Discord is a bot's account on one server. Guild and Token are set whenever Enabled.
type Discord struct {
	Enabled  bool
	Guild    string // the server's id
	Token    Secret
	APIBase  string   // another address than Discord's own, without a slash at its end; empty: Discord's
	Prefix   string   // what typed commands begin with; slash commands need none
	Ignore   []string // globs (* and ?) of ids or names of accounts that are never taken for members
	Standing Roles
	Webhooks bool // what webhooks say is judged too
}

// Roles are the names or ids of the roles whose members have a standing, beside those whose permissions give it.
type Roles struct{ Trusted, Moderator, Admin []string }

// snowflake is an id on Discord: today's have 17 to 19 digits.
var snowflake = regexp.MustCompile(`^[0-9]{15,20}$`)

const snowflakeHint = "in Discord: Settings, Advanced, Developer Mode; then a click with the right button on it, Copy ID; write it in quotes"

func (r *reader) discord(v yamlsrc.Value) {
	d := &Discord{Enabled: true, Prefix: "!"}
	r.cfg.Discord = d
	r.account(v.About("discord"), discordKeys, &d.Enabled, "guild", "token")
}

// discordID reads an id. A number is one that YAML may have rounded already.
func discordID(v yamlsrc.Value, what string) (string, bool) {
	switch v.Kind() {
	case "number":
		v.Errorf(`write it in quotes: "`+v.Raw()+`"`, "the %s is a number here; ids are so long that they must be text", what)
		return "", false
	case "nothing":
		v.Errorf(snowflakeHint, "the %s is missing here", what)
		return "", false
	}
	id, ok := v.Text()
	if ok && !snowflake.MatchString(id) {
		v.Errorf(snowflakeHint, "%q is not the %s: 15 to 20 digits", id, what)
		return "", false
	}
	return id, ok
}

func (r *reader) guild(v yamlsrc.Value) {
	if id, ok := discordID(v, "id of a discord server"); ok && r.claim("discord server", id, v) {
		r.cfg.Discord.Guild = id
	}
}

func (r *reader) apiBase(v yamlsrc.Value) {
	s, ok := v.Text()
	if !ok {
		return
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		v.Errorf("leave it out for Discord itself", "%q is not the address of a server like Discord's", s)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		v.Conceal()
		v.Errorf("write scheme, host and path only: http://127.0.0.1:8080/api", "the server's address holds more than an address")
	default:
		r.cfg.Discord.APIBase = strings.TrimRight(s, "/")
	}
}

func (r *reader) ignoreOnDiscord(v yamlsrc.Value) {
	list, _ := v.List()
	for _, item := range list {
		glob, ok := item.Text()
		switch {
		case !ok:
		case strings.Trim(glob, "*? ") == "":
			item.Errorf(`name the accounts: "Bridge*"`, "%q would ignore everybody", glob)
		default:
			r.cfg.Discord.Ignore = append(r.cfg.Discord.Ignore, glob)
		}
	}
}

func (r *reader) roles(v yamlsrc.Value) { r.read(v, rolesKeys) }

// roleList reads the roles of one standing. @everyone is nobody's rank.
func roleList(field func(*Roles) *[]string) func(*reader, yamlsrc.Value) {
	return func(r *reader, v yamlsrc.Value) {
		list, _ := v.List()
		for _, item := range list {
			if item.Kind() == "number" {
				item.Errorf(`write it in quotes: "`+item.Raw()+`"`, "the id of a role is a number here; ids are so long that they must be text")
				continue
			}
			name, ok := item.Text()
			switch {
			case !ok:
			case strings.TrimPrefix(name, "@") == "everyone" || name == r.cfg.Discord.Guild:
				item.Errorf("name a role that is given to somebody", "everybody has the role %q", name)
			default:
				into := field(&r.cfg.Discord.Standing)
				*into = append(*into, name)
			}
		}
	}
}
