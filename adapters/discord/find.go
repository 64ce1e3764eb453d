package discord

import (
	"strings"

	"palabre/chat"
)

// Find looks a member up by what a moderator typed: a mention, an id, or a name that only one member of the guild
// has. An id may be anybody's: who left can still be banned. It makes no call. See adapters.Directory.
func (a *Adapter) Find(_ chat.RoomRef, text string) (chat.Actor, bool) {
	text = strings.TrimSpace(text)
	id := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(text, "<@"), "!"), ">")
	a.mu.Lock()
	defer a.mu.Unlock()
	if !isSnowflake(id) {
		found, ok := a.book.guild.called(strings.TrimPrefix(text, "@"))
		if !ok {
			return chat.Actor{}, false
		}
		id = found
	}
	return a.book.someone(id), true
}

// called gives the only member of that display name or account name.
func (g *guild) called(name string) (user string, ok bool) {
	for id, m := range g.members {
		if name == "" || !strings.EqualFold(m.name, name) && !strings.EqualFold(m.account, name) {
			continue
		}
		if user != "" {
			return "", false
		}
		user = id
	}
	return user, user != ""
}
