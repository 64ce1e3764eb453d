package rules

import (
	"time"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

// sanction is a timeout, a kick or a ban.
type sanction struct {
	kind   chat.ActionKind
	length time.Duration // zero: for ever
	clean  time.Duration // of a ban: how much of what they said goes too
}

// Bounds of a timeout and of a ban with an end.
const (
	shortestSanction = 10 * time.Second
	longestSanction  = 365 * 24 * time.Hour
)

func parseTimeout(_ *parser, v yamlsrc.Value) (consequence, bool) {
	if v.Raw() == "forever" {
		return sanction{kind: chat.ActTimeout}, true
	}
	d, ok := v.Duration(shortestSanction, longestSanction)
	return sanction{kind: chat.ActTimeout, length: d}, ok
}

func parseKick(_ *parser, v yamlsrc.Value) (consequence, bool) {
	if !v.IsZero() {
		v.Errorf("write only kick", "kick takes no value")
		return nil, false
	}
	return sanction{kind: chat.ActKick}, true
}

func parseBan(_ *parser, v yamlsrc.Value) (consequence, bool) {
	if v.IsZero() || v.Raw() == "forever" {
		return sanction{kind: chat.ActBan}, true
	}
	c := sanction{kind: chat.ActBan}
	if v.Kind() != "map" {
		d, ok := v.Duration(shortestSanction, longestSanction)
		c.length = d
		return c, ok
	}
	m, ok := v.Map("for", "delete")
	if length := m.Get("for"); !length.IsZero() && length.Raw() != "forever" {
		d, good := length.Duration(shortestSanction, longestSanction)
		c.length, ok = d, ok && good
	}
	if clean := m.Get("delete"); !clean.IsZero() {
		d, good := clean.Duration(time.Minute, longestClean)
		c.clean, ok = d, ok && good
	}
	return c, ok
}

// longestClean is how much a ban can take away: what Discord allows.
const longestClean = 7 * 24 * time.Hour

func (s sanction) name() string { return string(s.kind) }

func (s sanction) add(u *union, r *rule) {
	if s.stronger(u.sanction) {
		u.sanction = s
	}
}

func (s sanction) rank() int {
	switch s.kind {
	case chat.ActTimeout:
		return 1
	case chat.ActKick:
		return 2
	case chat.ActBan:
		return 3
	}
	return 0
}

// stronger tells whether a sanction outweighs another: a ban a kick, a kick a timeout, a longer one a shorter.
func (s sanction) stronger(than sanction) bool {
	if s.rank() != than.rank() {
		return s.rank() > than.rank()
	}
	return than.length != 0 && (s.length == 0 || s.length > than.length)
}

func (s sanction) action(m chat.MemberRef, name, reason string, at time.Time) chat.Action {
	var until time.Time
	if s.length > 0 {
		until = at.Add(s.length)
	}
	switch s.kind {
	case chat.ActTimeout:
		return chat.Timeout{Member: m, Name: name, Until: until, Reason: reason}
	case chat.ActKick:
		return chat.Kick{Member: m, Name: name, Reason: reason, Decided: at}
	}
	return chat.Ban{Member: m, Name: name, Until: until, DeleteFor: s.clean, Reason: reason}
}
