package matrix

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"

	"palabre/chat"
)

// nothing: the documented answer is an empty object.
const nothing = ""

// documented is what the answers of our calls hold, by the call's method and the word of its path.
var documented = map[string]string{
	"PUT redact": "event_id", "PUT send": "event_id", "PUT state": "event_id", "POST join": "room_id", "POST createRoom": "room_id",
	"POST ban": nothing, "POST unban": nothing, "POST kick": nothing, "POST invite": nothing,
	"GET account": "user_id", "GET joined_rooms": "joined_rooms", "GET hierarchy": "rooms", "GET directory": "room_id",
	"GET messages": "chunk", "GET members": "chunk", "GET context": "event", "GET event": "event_id",
}

// errForeign: a success that is not the documented answer. Whatever stands between us and the homeserver can say 200 as well.
var errForeign = errors.New("it is not what a homeserver answers")

// read takes the documented answer of a call. Anything else is no answer: what was asked for may have been done, or not.
func (c call) read(answer []byte) error {
	if err := c.check(answer); err != nil || c.out == nil {
		return err
	}
	return json.Unmarshal(answer, c.out)
}

// check looks for what the documented answer holds. What a sync or a piece of state holds, whoever asked looks at.
func (c call) check(answer []byte) error {
	if !bytes.HasPrefix(bytes.TrimLeft(answer, " \t\r\n"), []byte("{")) {
		return errForeign
	}
	holds, known := documented[c.method+" "+c.word()]
	if !known {
		return nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(answer, &fields); err != nil {
		return err
	}
	value, given := fields[holds]
	if holds == nothing && len(fields) > 0 || holds != nothing && (!given || string(value) == "null") {
		return errForeign
	}
	return nil
}

// word is what a call is about: "send" in v3/rooms/!room/send/…, "sync" in v3/sync.
func (c call) word() string {
	at := 1
	if len(c.path) > 3 && c.path[1] == "rooms" {
		at = 3
	}
	if at >= len(c.path) {
		return ""
	}
	word, _ := c.path[at].(string)
	return word
}

// stateHolds are fields of which a piece of state has one at least, where the server tells its content alone.
var stateHolds = map[string][]string{
	"m.room.member": {"membership"}, "m.room.create": {"room_version", "creator"}, "m.room.pinned_events": {"pinned"},
	powerType: {"users", "users_default", "events", "events_default", "state_default", "ban", "kick", "redact", "invite"},
}

// sound tells whether a content can be what a room has. We write back what we read, and must not write emptiness over it.
func sound(eventType string, content object) error {
	fields, known := stateHolds[eventType]
	if known && !slices.ContainsFunc(fields, func(name string) bool { return content[name] != nil }) {
		return &chat.RetryError{Err: errForeign}
	}
	return nil
}
