package matrix

import (
	"maps"
	"slices"

	"palabre/chat"
)

// silences tells of the timeouts that we ourselves wrote into a room's power levels, or took out of them, so that one
// which lands late is noticed. A homeserver that does not say what was there before makes every timeout new.
func (v view) silences(ev wireEvent) []chat.Event {
	if ev.Sender != v.self {
		return nil
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

// missing are the keys that a map has and another lacks.
func missing(from, in object) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(from)), func(key string) bool { return in[key] != nil || !isUser(key) })
}
