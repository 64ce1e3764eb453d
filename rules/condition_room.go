package rules

import (
	"palabre/chat"
	"palabre/internal/yamlsrc"
)

type room struct{ any map[string]bool }

func parseRoom(p *parser, v yamlsrc.Value) (condition, bool) {
	rooms, _ := p.rooms(v)
	return room{rooms}, rooms != nil
}

func (c room) match(r *Reading, _ *History) bool { return c.any[r.Event.Logical] }

func (c room) reason(r *Reading, _ *History) chat.Reason {
	return chat.Reason{Say: chat.Say("reason.room", chat.Args{"room": chat.RoomName{Room: r.Event.Room, Name: r.Event.Logical}})}
}

func (c room) value(r *Reading, _ *History) string {
	if r.Event.Logical == "" {
		return "a room without a name here"
	}
	return r.Event.Logical
}
