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
}

// Bounds of a timeout and of a ban with an end.
const (
	shortestSanction = 10 * time.Second
	longestSanction  = 365 * 24 * time.Hour
)

func parseTimeout(_ *parser, v yamlsrc.Value) (consequence, bool) {
	d, ok := v.Duration(shortestSanction, longestSanction)
	return sanction{chat.ActTimeout, d}, ok
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
	d, ok := v.Duration(shortestSanction, longestSanction)
	return sanction{chat.ActBan, d}, ok
}

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
	return chat.Ban{Member: m, Name: name, Until: until, Reason: reason}
}
