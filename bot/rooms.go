package bot

import (
	"slices"

	"palabre/chat"
)

// Rooms are the configuration's logical rooms: one name for a place, whatever each network calls it.
type Rooms struct {
	rooms []LogicalRoom
}

// LogicalRoom is one name and the rooms that it stands for, one per platform.
type LogicalRoom struct {
	Name    string
	Places  []chat.RoomRef
	Bridged bool // a bridge carries messages between the places: saying it once is enough
}

// NewRooms makes the table of logical rooms.
func NewRooms(rooms []LogicalRoom) Rooms { return Rooms{rooms} }

// name is the configuration's name of a platform's room, else the platform's id.
func (r Rooms) name(place chat.RoomRef) string {
	for _, l := range r.rooms {
		if slices.Contains(l.Places, place.Parent()) {
			return l.Name
		}
	}
	return place.ID
}

// Places are where a message to a logical room goes.
func (r Rooms) Places(logical string) []chat.RoomRef {
	i := slices.IndexFunc(r.rooms, func(l LogicalRoom) bool { return l.Name == logical })
	if i < 0 {
		return nil
	}
	if r.rooms[i].Bridged && len(r.rooms[i].Places) > 1 {
		return r.rooms[i].Places[:1]
	}
	return r.rooms[i].Places
}

// On is the place of a logical room on one network, whether or not a bridge carries messages there.
func (r Rooms) On(logical string, platform chat.Platform) (chat.RoomRef, bool) {
	for _, l := range r.rooms {
		if l.Name != logical {
			continue
		}
		i := slices.IndexFunc(l.Places, func(p chat.RoomRef) bool { return p.Platform == platform })
		if i >= 0 {
			return l.Places[i], true
		}
	}
	return chat.RoomRef{}, false
}
