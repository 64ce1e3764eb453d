package discordtest

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// mentions are whom a message notifies.
type mentions struct {
	users    []*user
	roles    []string
	everyone bool
}

// allowed is a body's allowed_mentions; nil means that everything is parsed.
type allowed struct {
	Parse   []string `json:"parse"`
	Users   []string `json:"users"`
	Roles   []string `json:"roles"`
	Replied *bool    `json:"replied_user"`
}

const mentionsAtMost = 100

// wrong tells what is against the contract, by field; empty when nothing is.
func (a *allowed) wrong() string {
	if a == nil {
		return ""
	}
	for _, word := range a.Parse {
		if !slices.Contains([]string{"users", "roles", "everyone"}, word) {
			return "allowed_mentions.parse: value must be one of users, roles, everyone"
		}
	}
	switch {
	case slices.Contains(a.Parse, "users") && len(a.Users) > 0:
		return "allowed_mentions: parse:[\"users\"] and users: [ids...] are mutually exclusive."
	case slices.Contains(a.Parse, "roles") && len(a.Roles) > 0:
		return "allowed_mentions: parse:[\"roles\"] and roles: [ids...] are mutually exclusive."
	case len(a.Users) > mentionsAtMost || len(a.Roles) > mentionsAtMost:
		return "allowed_mentions: must be 100 or fewer in length."
	}
	return ""
}

func (a *allowed) user(id string) bool {
	return a == nil || slices.Contains(a.Parse, "users") || slices.Contains(a.Users, id)
}

func (a *allowed) role(id string) bool {
	return a == nil || slices.Contains(a.Parse, "roles") || slices.Contains(a.Roles, id)
}

func (a *allowed) everyone() bool { return a == nil || slices.Contains(a.Parse, "everyone") }

func (a *allowed) replied() bool {
	if a == nil {
		return true
	}
	return a.Replied != nil && *a.Replied
}

// code is what stands in code, where nothing is a mention; escaped is what a backslash disarms.
var (
	code    = regexp.MustCompile("(?s)```.*?```|``.+?``|`[^`]+`")
	escaped = regexp.MustCompile(`\\[<@]`)
	mention = regexp.MustCompile(`<@(!?|&)([0-9]{1,20})>|@everyone|@here`)
)

// parse finds whom a text notifies, for an author with these permissions.
func (s *Server) parse(text string, a *allowed, c *channel, may uint64) mentions {
	var out mentions
	text = code.ReplaceAllString(escaped.ReplaceAllString(text, " "), " ")
	for _, found := range mention.FindAllStringSubmatch(text, -1) {
		switch {
		case found[2] == "":
			out.everyone = out.everyone || a.everyone() && may&MentionEveryone != 0
		case found[1] == "&":
			out.addRole(s, found[2], a, c, may)
		default:
			out.addUser(s.users[found[2]], a.user(found[2]))
		}
	}
	return out
}

func (m *mentions) addUser(u *user, ok bool) {
	if ok && u != nil && !slices.Contains(m.users, u) {
		m.users = append(m.users, u)
	}
}

func (m *mentions) addRole(_ *Server, id string, a *allowed, c *channel, may uint64) {
	if c.guild == nil || !a.role(id) || slices.Contains(m.roles, id) {
		return
	}
	if r := c.guild.role(id); r != nil && (r.mentionable || may&MentionEveryone != 0) {
		m.roles = append(m.roles, id)
	}
}

// visible is what all texts of a body say: components of the second kind carry text that notifies too.
func visible(content string, components []object) string {
	var b strings.Builder
	b.WriteString(content)
	for _, c := range components {
		if text, ok := c["content"].(string); ok {
			b.WriteString("\n" + text)
		}
		data, _ := json.Marshal(c["components"]) // objects that came from JSON go back to it
		var inner []object
		if json.Unmarshal(data, &inner) == nil && len(inner) > 0 {
			b.WriteString(visible("", inner))
		}
	}
	return b.String()
}
