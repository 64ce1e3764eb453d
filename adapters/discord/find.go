package discord

import (
	"iter"
	"maps"
	"strings"

	"palabre/chat"
)

// Find looks a member up by what a moderator typed: a mention, an id, or a name that only one member of the guild
// has, or else only one of those who left lately. An id may be anybody's: who left can still be banned. It makes no call.
// See adapters.Directory.
func (a *Adapter) Find(_ chat.RoomRef, text string) (chat.Actor, bool) {
	text = strings.TrimSpace(text)
	id := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(text, "<@"), "!"), ">")
	a.mu.Lock()
	defer a.mu.Unlock()
	if !isSnowflake(id) {
		found := a.book.guild.called(strings.TrimPrefix(text, "@"))
		if found == "" {
			return chat.Actor{}, false
		}
		id = found
	}
	return a.book.someone(id), true
}

// called gives who has a name; nobody where several members have it. Those who are gone have one where no member has:
// whoever was banned, or left after what they did, is called by their name for a while.
func (g *guild) called(name string) (user string) {
	if named := calledSo(maps.All(g.members), name); len(named) > 0 {
		return only(named)
	}
	return only(calledSo(g.left.All(), name))
}

// calledSo gives those of a display name or account name.
func calledSo(people iter.Seq2[string, *member], name string) (ids []string) {
	for id, m := range people {
		if name != "" && (strings.EqualFold(m.name, name) || strings.EqualFold(m.account, name)) {
			ids = append(ids, id)
		}
	}
	return ids
}

// only gives the one id that there is.
func only(ids []string) string {
	if len(ids) != 1 {
		return ""
	}
	return ids[0]
}
