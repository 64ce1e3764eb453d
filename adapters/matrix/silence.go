package matrix

import (
	"maps"
	"slices"

	"palabre/chat"
)

// silences tells of the timeouts that we ourselves wrote into a room's power levels, or took out of them, so that one
// which lands late is noticed, and of those that somebody else lifted in this room. A homeserver that does not say what was
// there before makes every timeout new.
func (v view) silences(ev wireEvent) []chat.Event {
	if ev.Sender != v.self {
		return v.changed(ev, ":unsilenced:", raised(ev.Unsigned.obj("prev_content"), ev.Content), chat.MemberUnsilenced{By: v.actor(ev.Sender), Here: true})
	}
	before, now := ev.Unsigned.obj("prev_content").obj(mutedKey), ev.Content.obj(mutedKey)
	out := v.changed(ev, ":silenced:", missing(now, before), chat.MemberSilenced{By: v.actor(v.self)})
	return append(out, v.changed(ev, ":unsilenced:", missing(before, now), chat.MemberUnsilenced{By: v.actor(v.self)})...)
}

func (v view) changed(ev wireEvent, suffix string, users []string, body chat.Body) []chat.Event {
	var out []chat.Event
	for _, user := range users {
		told := v.event(ev, suffix+user, body)
		told.Actor = v.actor(user)
		out = append(out, told)
	}
	return out
}

// raised are the members whose level was what a timeout of ours had set, and is it no more.
func raised(before, now object) (users []string) {
	notes := before.obj(mutedKey)
	for _, user := range slices.Sorted(maps.Keys(notes)) {
		set, noted := notes.obj(user).num("set")
		was, silent := before.obj("users").num(user)
		is, stays := now.obj("users").num(user)
		if isUser(user) && noted && silent && was == set && (!stays || is != set) {
			users = append(users, user)
		}
	}
	return users
}

// missing are the keys that a map has and another lacks.
func missing(from, in object) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(from)), func(key string) bool { return in[key] != nil || !isUser(key) })
}
