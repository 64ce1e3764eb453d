package config

import (
	"regexp"
	"slices"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

var roomKeys = []key{
	{name: "matrix", meaning: "the room's alias or id on Matrix", fallback: "the room is not on Matrix", example: `"#general:example.org"`},
	{name: "discord", meaning: "the channel's id on Discord, in quotes", fallback: "the room is not on Discord", example: `"1152921504606846977"`},
	{name: "bridge", meaning: "true when a bridge carries messages between the networks: Palabre says things once, on Matrix", fallback: "false", example: "true"},
}

var (
	logicalName = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}_-]{0,39}$`)
	// matrixRoom: since room version 12 an id has no server part.
	matrixRoom = regexp.MustCompile(`^(#[^:\s]+:[^\s]+|![^\s]+)$`)
)

const matrixRoomHint = `write an alias ("#general:example.org") or a room id ("!abc:example.org"), in quotes`

func (r *reader) rooms(v yamlsrc.Value) {
	fields, ok := v.Fields()
	if !ok {
		return
	}
	if len(fields) == 0 {
		v.Errorf("add one, such as general: {}", "rooms names no room")
	}
	for _, f := range fields {
		if !logicalName.MatchString(f.Name) {
			f.Key.Errorf("letters, digits, - and _, at most 40", "%q cannot be the name of a room", f.Name)
		}
		room := Room{Name: f.Name, IDs: map[chat.Platform]string{}}
		r.room(f.Value.About("room %q", f.Name), &room)
		r.cfg.Rooms = append(r.cfg.Rooms, room)
	}
}

// room reads the ids of one room. Nothing at all is a room that only the console shows.
func (r *reader) room(v yamlsrc.Value, room *Room) {
	if v.Kind() == "nothing" {
		return
	}
	fields, ok := v.Fields()
	if !ok {
		return
	}
	for _, f := range fields {
		switch f.Name {
		case string(chat.Matrix):
			if id, ok := matrixRoomID(f.Value); ok && r.claim("matrix room", id, f.Value) {
				room.IDs[chat.Matrix] = id
			}
		case string(chat.Discord):
			if id, ok := discordID(f.Value, "id of a discord channel"); ok && r.claim("discord channel", id, f.Value) {
				room.IDs[chat.Discord] = id
			}
		case "bridge":
			room.Bridged, _ = f.Value.Bool()
		default:
			f.Key.Errorf(knownPlatforms, "unknown platform %q", f.Name)
		}
	}
	if room.Bridged && !slices.ContainsFunc(fields, isPlace(chat.Matrix)) || room.Bridged && !slices.ContainsFunc(fields, isPlace(chat.Discord)) {
		v.Errorf("name the room on both, or leave bridge out", "a bridge joins matrix and discord, but the room is not on both")
	}
}

func isPlace(p chat.Platform) func(yamlsrc.Field) bool {
	return func(f yamlsrc.Field) bool { return f.Name == string(p) }
}

// matrixRoomID reads an alias or an id. A number is another network's id, or one that YAML has already rounded.
func matrixRoomID(v yamlsrc.Value) (string, bool) {
	switch v.Kind() {
	case "text":
	case "nothing":
		v.Errorf("put the alias in quotes: # begins a comment", "the room's alias is missing here")
		return "", false
	case "number":
		v.Errorf(matrixRoomHint, "the number %s is not a matrix room", v.Raw())
		return "", false
	}
	id, ok := v.Text()
	if ok && !matrixRoom.MatchString(id) {
		v.Errorf(matrixRoomHint, "%q is not a matrix room", id)
		return "", false
	}
	return id, ok
}

func (r *reader) groups(v yamlsrc.Value) {
	fields, ok := v.Fields()
	if !ok {
		return
	}
	for _, f := range fields {
		switch {
		case !logicalName.MatchString(f.Name):
			f.Key.Errorf("letters, digits, - and _, at most 40", "%q cannot be the name of a group", f.Name)
		case slices.Contains(r.cfg.RoomNames(), f.Name):
			f.Key.Errorf("give the group a name of its own", "%q is a room already", f.Name)
		}
		r.cfg.Groups[f.Name] = r.group(f.Value.About("group %q", f.Name))
	}
}

func (r *reader) group(v yamlsrc.Value) []string {
	list, ok := v.List()
	if ok && len(list) == 0 {
		v.Errorf("name its rooms, or remove the group", "the group holds no room")
	}
	var rooms []string
	for _, item := range list {
		name, ok := item.Text()
		switch {
		case !ok:
		case !r.knows(item, name):
		case slices.Contains(rooms, name):
			item.Errorf("name it once", "room %q stands here twice", name)
		default:
			rooms = append(rooms, name)
		}
	}
	return rooms
}

// knows reports a room that `rooms` does not name.
func (r *reader) knows(v yamlsrc.Value, name string) bool {
	if slices.Contains(r.cfg.RoomNames(), name) {
		return true
	}
	v.Errorf(yamlsrc.DidYouMean(name, r.cfg.RoomNames()), "unknown room %q", name)
	return false
}

// deskWord is how rules and activities call the moderators' room, whatever its name.
const deskWord = "desk"

func (r *reader) desk(v yamlsrc.Value) {
	name, ok := v.Text()
	if !ok || !r.knows(v.About("desk"), name) {
		return
	}
	if name != deskWord && slices.Contains(r.cfg.RoomNames(), deskWord) {
		v.Errorf("give that room another name, or write desk: desk", "a room is called %q, but the desk is %q", deskWord, name)
	}
	r.cfg.Desk = name
}
