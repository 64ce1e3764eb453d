package text

import (
	"slices"
	"strings"
)

// Invite is an invitation to a community or a room.
type Invite struct {
	Platform string // discord, matrix or other
	Code     string // what to give the platform to know more: a code, a room's alias or id
	Span     Span
}

// Invites gives the invitations that the message's links hold, each once.
func (v *View) Invites() []Invite {
	if !v.first(askedInvites) {
		return v.invites
	}
	for _, l := range v.Links() {
		v.keepInvite(&l, l.Span)
		if strings.IndexByte(l.path, '.') < 0 {
			continue
		}
		for _, inner := range scanInner(unescape(l.path)) { // …/redirect?to=https://discord.gg/abc
			v.keepInvite(&inner, l.Span)
		}
	}
	return v.invites
}

// keepInvite adds what a link invites to, unless it is known.
func (v *View) keepInvite(l *Link, at Span) {
	platform, code := l.invite()
	same := func(o Invite) bool { return o.Platform == platform && o.Code == code }
	if code != "" && !slices.ContainsFunc(v.invites, same) {
		v.invites = append(v.invites, Invite{platform, code, at})
	}
}

// invitePlace is where a site keeps its invitations: what the path begins with, before the code.
type invitePlace struct{ platform, host, before string }

// invitePlaces are the sites that invite to communities. A host stands for its subdomains too.
var invitePlaces = []invitePlace{
	{"discord", "discord.gg", ""},
	{"discord", "discord.com", "invite"},
	{"discord", "discord.com", "friend-invite"},
	{"discord", "discordapp.com", "invite"},
	{"discord", "discordapp.com", "friend-invite"},
	{"other", "dsc.gg", ""},
	{"other", "invite.gg", ""},
	{"other", "discord.me", ""},
	{"other", "discord.io", ""},
	{"other", "discord.link", ""},
	{"other", "disboard.org", "server"},
	{"other", "top.gg", "servers"},
	{"other", "t.me", "joinchat"},
	{"other", "telegram.me", "joinchat"},
	{"other", "chat.whatsapp.com", ""},
	{"other", "signal.group", ""},
	{"other", "guilded.gg", "i"},
	{"other", "rvlt.gg", ""},
	{"other", "stt.gg", ""},
}

// inviteHosts are the sites of invitePlaces, and those that invite in ways of their own.
var inviteHosts = func() []string {
	hosts := []string{"matrix.to", "app.element.io", "t.me"}
	for _, p := range invitePlaces {
		if !slices.Contains(hosts, p.host) {
			hosts = append(hosts, p.host)
		}
	}
	return hosts
}()

// invite gives what the link invites to; an empty code when it does not.
func (l *Link) invite() (platform, code string) {
	if l.Scheme == "matrix" {
		return "matrix", matrixURI(l.path)
	}
	if l.Host == "" {
		return "", ""
	}
	if !slices.ContainsFunc(inviteHosts, func(site string) bool { return under(l.Host, site) }) {
		return "", ""
	}
	path := segments(l.path)
	if under(l.Host, "matrix.to") || under(l.Host, "app.element.io") {
		return "matrix", matrixRoom(path)
	}
	if under(l.Host, "t.me") && len(path) > 0 && strings.HasPrefix(path[0], "+") {
		return "other", path[0]
	}
	for _, p := range invitePlaces {
		if under(l.Host, p.host) {
			if code := p.code(path); code != "" {
				return p.platform, code
			}
		}
	}
	return "", ""
}

func (p invitePlace) code(path []string) string {
	if p.before != "" {
		if len(path) == 0 || !strings.EqualFold(path[0], p.before) {
			return ""
		}
		path = path[1:]
	}
	if len(path) == 0 {
		return ""
	}
	if len(path) > 1 && (path[0] == "invite" || path[0] == "join") {
		path = path[1:]
	}
	code := strings.TrimLeft(path[0], "#")
	if end := strings.IndexFunc(code, func(r rune) bool { return r != '-' && r != '_' && r != '.' && !wordRune(r) }); end >= 0 {
		code = code[:end]
	}
	return code
}

// under tells whether host is site or one of its subdomains.
func under(host, site string) bool {
	rest, ok := strings.CutSuffix(host, site)
	return ok && (rest == "" || strings.HasSuffix(rest, "."))
}

// segments gives the parts of a path that say something: no empty ones, no query, no "#" alone.
func segments(path string) []string {
	if i := strings.IndexByte(path, '?'); i >= 0 {
		path = path[:i]
	}
	var out []string
	for part := range strings.SplitSeq(path, "/") {
		if part = strings.TrimSpace(unescape(part)); part != "" && part != "#" {
			out = append(out, part)
		}
	}
	return out
}

// matrixRoom gives the room that a matrix.to path leads to: an alias or an id, never a user.
func matrixRoom(path []string) string {
	for _, part := range path {
		if (strings.HasPrefix(part, "#") || strings.HasPrefix(part, "!")) && len(part) > 1 {
			return strings.TrimPrefix(part, "#/")
		}
	}
	return ""
}

// matrixURI gives the room of a matrix: address ("r/alias:server", "roomid/id:server").
func matrixURI(rest string) string {
	kind, id, _ := strings.Cut(rest, "/")
	id, _, _ = strings.Cut(id, "?")
	id, _, _ = strings.Cut(id, "/")
	switch {
	case id == "":
		return ""
	case kind == "r", kind == "room":
		return "#" + unescape(id)
	case kind == "roomid":
		return "!" + unescape(id)
	}
	return ""
}

// matrixUserURI tells whether a matrix: address leads to a user ("u/name:server").
func matrixUserURI(rest string) bool {
	return strings.HasPrefix(rest, "u/") || strings.HasPrefix(rest, "user/")
}

// userPill tells whether the link is how Matrix writes a mention of a user.
func (l *Link) userPill() bool {
	if l.Scheme == "matrix" {
		return matrixUserURI(l.path)
	}
	if !under(l.Host, "matrix.to") {
		return false
	}
	path := segments(l.path)
	return len(path) > 0 && strings.HasPrefix(path[0], "@")
}
