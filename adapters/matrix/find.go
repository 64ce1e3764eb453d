package matrix

import (
	"strings"

	"palabre/chat"
)

// Find looks a member up by what a moderator typed: a user id, a link to one, or a name that only one member
// has, of the room or, where the room has nobody of that name, of the community. An id may be anybody's: who
// left can still be banned. It makes no call. See adapters.Directory.
func (a *Adapter) Find(room chat.RoomRef, text string) (chat.Actor, bool) {
	text = strings.TrimSpace(text)
	a.mu.Lock()
	defer a.mu.Unlock()
	id := room.ID
	if known, ok := a.aliases[id]; ok {
		id = known
	}
	if user := pillUser(text); user != "" {
		text = user
	}
	if !isUser(text) {
		name := strings.TrimPrefix(text, "@")
		user, ok := a.dir.named(name, func(p *person) bool { _, in := p.in[id]; return in })
		if !ok {
			user, ok = a.dir.named(name, func(p *person) bool { return len(p.in) > 0 })
		}
		if !ok {
			return chat.Actor{}, false
		}
		text = user
	}
	return a.actorIn(a.dir.rooms[id], text), true
}

// Knows tells whether somebody is in a protected room, or banned from one. See adapters.Roll.
func (a *Adapter) Knows(member chat.MemberRef) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.dir.people[member.ID] != nil || a.dir.crowded
}

// named gives the only person of that display name or local part among those who match.
func (d *directory) named(name string, match func(*person) bool) (user string, ok bool) {
	for id, p := range d.people {
		local, _, _ := strings.Cut(strings.TrimPrefix(id, "@"), ":")
		if name == "" || !strings.EqualFold(p.name, name) && !strings.EqualFold(local, name) || !match(p) {
			continue
		}
		if user != "" {
			return "", false
		}
		user = id
	}
	return user, user != ""
}
