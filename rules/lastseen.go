package rules

import (
	"slices"

	"palabre/chat"
)

// LastSeen is the room where a person last said something; zero when the history does not reach that far.
func (h *History) LastSeen(id chat.Person) chat.RoomRef {
	p := h.people[id]
	if p == nil {
		return chat.RoomRef{}
	}
	for i := range slices.Backward(p.facts) {
		if p.facts[i].Kind == chat.KindMessage {
			return p.facts[i].Room
		}
	}
	return chat.RoomRef{}
}
