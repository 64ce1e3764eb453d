package matrix

import (
	"maps"
	"math"
	"slices"

	"maunium.net/go/mautrix/id"

	"palabre/chat"
)

// levels is who may do what in a room: m.room.power_levels with the defaults of the Matrix specification,
// and the creators, whom nobody outranks from room version 12 on.
type levels struct {
	users, events                            map[string]int64
	usersDefault, eventsDefault              int64
	stateDefault, ban, kick, redact, invites int64
	creators                                 []string
	unlocked                                 *levels // as they are without our lock; nil when the room is not locked
}

// creation is what m.room.create says about power.
type creation struct {
	version  string
	creators []string // the sender, and from version 12 on those whom they added
}

func creationOf(ev wireEvent) creation {
	return creation{
		version:  ev.Content.str("room_version"),
		creators: append([]string{ev.Sender}, ev.Content.strings("additional_creators", 100)...),
	}
}

// privileged tells whether the room's creators stand above all levels.
func (c creation) privileged() bool {
	return id.RoomVersion(c.version).PrivilegedRoomCreators()
}

// levelsOf reads power levels; a nil content is a room without that event, where the creator has 100
// and state needs nothing.
func levelsOf(content object, made creation) levels {
	l := levels{users: map[string]int64{}, events: map[string]int64{}, stateDefault: 50, ban: 50, kick: 50, redact: 50}
	if made.privileged() {
		l.creators = made.creators
	}
	if content == nil {
		l.stateDefault = 0
		if len(made.creators) > 0 {
			l.users[made.creators[0]] = 100
		}
		return l
	}
	for key, target := range map[string]*int64{
		"users_default": &l.usersDefault, "events_default": &l.eventsDefault, "state_default": &l.stateDefault,
		"ban": &l.ban, "kick": &l.kick, "redact": &l.redact, "invite": &l.invites,
	} {
		if n, ok := content.num(key); ok {
			*target = n
		}
	}
	copyNumbers(l.users, content.obj("users"))
	copyNumbers(l.events, content.obj("events"))
	if before, locked := unlockLevels(content); locked {
		without := levelsOf(before, made)
		l.unlocked = &without
	}
	return l
}

func copyNumbers(into map[string]int64, from object) {
	for key, v := range from {
		if n, ok := number(v); ok {
			into[key] = n
		}
	}
}

// of is a user's level.
func (l levels) of(user string) int64 {
	if n, ok := l.given(user); ok {
		return n
	}
	return l.usersDefault
}

// given is the level that somebody gave to a user; false where they only have what everybody has.
func (l levels) given(user string) (int64, bool) {
	if slices.Contains(l.creators, user) {
		return math.MaxInt64, true
	}
	n, ok := l.users[user]
	return n, ok
}

// state is the level that setting a kind of state needs.
func (l levels) state(eventType string) int64 {
	if n, ok := l.events[eventType]; ok {
		return n
	}
	return l.stateDefault
}

// spoken are the kinds of events that a silenced member must not be able to send.
var spoken = []string{"m.room.message", "m.room.encrypted", "m.sticker", "m.reaction", pollStart, stablePollStart}

// silent is the highest level at which nothing can be said, also once a locked room is open again.
func (l levels) silent() int64 {
	if l.unlocked != nil {
		return l.unlocked.silent()
	}
	lowest := l.eventsDefault
	for _, eventType := range spoken {
		if n, ok := l.events[eventType]; ok {
			lowest = min(lowest, n)
		}
	}
	return lowest - 1
}

// thresholds are the configuration's levels for each standing.
type thresholds struct{ trusted, moderator, admin int64 }

func (t thresholds) standing(level int64) chat.Standing {
	switch {
	case level >= t.admin:
		return chat.StandingAdmin
	case level >= t.moderator:
		return chat.StandingModerator
	case level >= t.trusted:
		return chat.StandingTrusted
	}
	return chat.StandingMember
}

// mutedKey is where a timeout notes, inside the power levels themselves, what it set and what was there
// before: it survives a restart and is seen by every copy of Palabre. Servers ignore unknown keys.
const mutedKey = "fr.palabre.muted"

// silence gives the power levels with the member below every kind of speech; ok is false when the
// member cannot speak already.
func silence(content object, l levels, user string) (changed object, ok bool) {
	level := l.silent()
	if l.of(user) <= level {
		return nil, false
	}
	if content == nil { // a first event must keep what the room had without one
		content = object{"users": anyMap(l.users)}
	}
	note := map[string]any{"set": level}
	if was, explicit := l.users[user]; explicit {
		note["was"] = was
	}
	return withUser(content, user, level, note), true
}

func anyMap(m map[string]int64) map[string]any {
	out := map[string]any{}
	for key, n := range m {
		out[key] = n
	}
	return out
}

// unsilence takes silence back; ok is false when the member's level is no longer what silence set.
func unsilence(content object, l levels, user string) (changed object, ok bool) {
	now, explicit := l.users[user]
	notes := content.obj(mutedKey)
	note := notes.obj(user)
	set, noted := note.num("set")
	if !noted && notes == nil { // a client that drops what it does not know rewrote the levels
		set, noted = l.silent(), true
	}
	if !explicit || !noted || now != set {
		return nil, false
	}
	if was, had := note.num("was"); had {
		return withUser(content, user, was, nil), true
	}
	return withUser(content, user, nil, nil), true
}

// withUser copies the content with one user's level and note replaced; nil removes.
func withUser(content object, user string, level, note any) object {
	out := maps.Clone(content)
	if out == nil {
		out = object{}
	}
	set := func(key string, value any) {
		inner := maps.Clone(map[string]any(content.obj(key)))
		if inner == nil {
			inner = map[string]any{}
		}
		if value == nil {
			delete(inner, user)
		} else {
			inner[user] = value
		}
		out[key] = inner
	}
	set("users", level)
	set(mutedKey, note)
	if len(out.obj(mutedKey)) == 0 {
		delete(out, mutedKey)
	}
	return out
}

// standings tells whose standing a change of the power levels raised or lowered. A silence is none.
func (v view) standings(ev wireEvent) (out []chat.Event) {
	before, after := ev.Unsigned.obj("prev_content"), ev.Content
	if before == nil {
		return nil
	}
	was, is := levelsOf(before, creation{}), levelsOf(after, creation{})
	users := maps.Clone(was.users)
	maps.Copy(users, is.users)
	for _, user := range slices.Sorted(maps.Keys(users)) {
		silenced := before.obj(mutedKey).obj(user) != nil || after.obj(mutedKey).obj(user) != nil
		from, to := v.ranks.standing(was.of(user)), v.ranks.standing(is.of(user))
		if silenced || from == to || !isUser(user) || user == v.self {
			continue
		}
		changed := v.event(ev, ":"+user, chat.MemberRoles{By: v.actor(ev.Sender), Added: ranked(to), Removed: ranked(from)})
		changed.Actor = v.actor(user)
		out = append(out, changed)
	}
	return out
}

// ranked is a standing as a role; an ordinary member has none.
func ranked(s chat.Standing) []string {
	if s == chat.StandingMember {
		return nil
	}
	return []string{s.String()}
}
