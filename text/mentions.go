package text

import (
	"strings"
	"unicode/utf8"
)

// Mentions counts who is called by a message.
type Mentions struct {
	Total    int  // every call written, repeated ones too
	Members  int  // distinct members
	Roles    int  // distinct roles
	Everyone bool // @everyone, @here or @room is written
}

// Mentions counts the calls in the message, and the members that the platform says are pinged without being named.
func (v *View) Mentions() Mentions {
	if !v.first(askedMentions) {
		return v.mentions
	}
	if !v.callsSomebody() {
		return v.mentions
	}
	members, roles := people{}, people{}
	for i := range v.written {
		m := scanMentions(v.fields[i].raw, members, roles)
		v.mentions.Total = max(v.mentions.Total, m.Total)
		v.mentions.Everyone = v.mentions.Everyone || m.Everyone
	}
	for _, l := range v.content.Links {
		if _, id, ok := strings.Cut(l.URL, "matrix.to/#/"); ok && strings.HasPrefix(unescape(id), "@") {
			v.callOnce(members, unescape(id))
		}
	}
	for _, m := range v.content.Mentions {
		v.callOnce(members, m.ID)
	}
	if v.content.MentionsAll && !v.mentions.Everyone {
		v.mentions.Everyone = true
		v.mentions.Total++
	}
	v.mentions.Members, v.mentions.Roles = len(members), len(roles)
	return v.mentions
}

// callsSomebody is false for the message that certainly calls nobody.
func (v *View) callsSomebody() bool {
	c := &v.content
	return c.MentionsAll || len(c.Mentions) > 0 || len(c.Links) > 0 ||
		strings.IndexByte(c.Text, '@') >= 0 || strings.IndexByte(c.Formatted, '@') >= 0
}

// callOnce counts a call that the platform tells of, unless the text has it.
func (v *View) callOnce(members people, id string) {
	if members.add(id) {
		v.mentions.Total++
	}
}

// people is a set of ids.
type people map[string]struct{}

func (p people) add(id string) bool {
	_, known := p[id]
	if !known {
		p[id] = struct{}{}
	}
	return !known
}

// scanMentions counts the calls written in one text.
func scanMentions(s string, members, roles people) Mentions {
	var m Mentions
	for from := 0; ; {
		at := strings.IndexByte(s[from:], '@')
		if at < 0 {
			return m
		}
		at += from
		from = at + 1
		switch id, kind := called(s, at); kind {
		case callsMember:
			members.add(id)
			m.Total++
			from = at + len(id)
		case callsRole:
			roles.add(id)
			m.Total++
		case callsEveryone:
			m.Everyone = true
			m.Total++
		}
	}
}

const (
	callsNobody = iota
	callsMember
	callsRole
	callsEveryone
)

// called tells whom the @ at a place of the text calls.
func called(s string, at int) (id string, kind int) {
	rest := s[at+1:]
	if at > 0 && s[at-1] == '<' {
		return numbered(rest)
	}
	if r, _ := utf8.DecodeLastRuneInString(s[:at]); at > 0 && wordRune(r) {
		return "", callsNobody
	}
	for _, name := range [...]string{"everyone", "here", "room"} {
		if after, ok := strings.CutPrefix(rest, name); ok {
			if r, _ := utf8.DecodeRuneInString(after); after == "" || !wordRune(r) && r != ':' && r != '_' {
				return "", callsEveryone
			}
		}
	}
	return matrixUser(s[at:])
}

// idAtMost is more than any id of Discord has, with its marks.
const idAtMost = 32

// numbered reads what Discord writes: <@1>, <@!1>, <@&1>.
func numbered(rest string) (string, int) {
	rest = rest[:min(len(rest), idAtMost)]
	kind := callsMember
	if r, ok := strings.CutPrefix(rest, "&"); ok {
		rest, kind = r, callsRole
	}
	rest = strings.TrimPrefix(rest, "!")
	id, _, ok := strings.Cut(rest, ">")
	if !ok || id == "" || strings.Trim(id, "0123456789") != "" {
		return "", callsNobody
	}
	return id, kind
}

// matrixUser reads @name:server.
func matrixUser(s string) (string, int) {
	colon := strings.IndexFunc(s[1:], func(r rune) bool { return !userRune(r) }) + 1
	if colon <= 1 || s[colon] != ':' {
		return "", callsNobody
	}
	end := colon + 1
	for end < len(s) && (wordByte(s[end]) || s[end] == '.' || s[end] == '-' || s[end] == ':') {
		end++
	}
	id := strings.TrimRight(s[:end], ".-:")
	if len(id) <= colon+1 {
		return "", callsNobody
	}
	return id, callsMember
}

func userRune(r rune) bool {
	return r < utf8.RuneSelf && (wordByte(byte(r)) || strings.ContainsRune("._=-/+", r))
}
