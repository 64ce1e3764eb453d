package matrix

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// object is a JSON object of which nothing is trusted: every field may be missing or of the wrong type.
type object map[string]any

// decodeObject reads a JSON object, numbers kept as written (1e400 is legal JSON).
func decodeObject(data []byte) (object, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var o object
	err := dec.Decode(&o)
	return o, err
}

func (o object) str(key string) string {
	s, _ := o[key].(string)
	return strings.ToValidUTF8(s, "\uFFFD")
}

func (o object) obj(key string) object {
	m, _ := o[key].(map[string]any)
	return m
}

func (o object) list(key string) []any {
	l, _ := o[key].([]any)
	return l
}

// strings gives the strings of a list, at most limit of them.
func (o object) strings(key string, limit int) []string {
	var out []string
	for _, v := range o.list(key) {
		if s, ok := v.(string); ok && len(out) < limit {
			out = append(out, s)
		}
	}
	return out
}

func (o object) num(key string) (int64, bool) { return number(o[key]) }

// maxNumber is the largest integer that Matrix's canonical JSON can hold: 2^53 - 1.
const maxNumber = 1<<53 - 1

// number reads an integer as old rooms may write it: 50, 50.0 or "50". What is not a number is refused,
// what is too large is clamped.
func number(v any) (int64, bool) {
	var text string
	switch v := v.(type) {
	case json.Number:
		text = v.String()
	case string:
		text = strings.TrimSpace(v)
	default:
		return 0, false
	}
	f, err := strconv.ParseFloat(text, 64)
	if math.IsNaN(f) || (err != nil && !math.IsInf(f, 0)) {
		return 0, false
	}
	return int64(max(-maxNumber, min(maxNumber, f))), true
}

// wireEvent is one event as a homeserver delivers it.
type wireEvent struct {
	ID, Type, Sender string
	Room             string
	StateKey         *string
	At               time.Time // the origin server's claim
	Came             came
	Redacts          string
	Content          object
	Unsigned         object
}

// parseEvent reads one event; false when it is not one that could be named again (no id, type or sender).
func parseEvent(data []byte) (wireEvent, bool) {
	o, err := decodeObject(data)
	if err != nil {
		return wireEvent{}, false
	}
	return eventOf(o)
}

func eventOf(o object) (wireEvent, bool) {
	ms, _ := o.num("origin_server_ts")
	ev := wireEvent{
		ID: o.str("event_id"), Type: o.str("type"), Sender: o.str("sender"), Room: o.str("room_id"),
		At: time.UnixMilli(ms).UTC(), Redacts: o.str("redacts"),
		Content: o.obj("content"), Unsigned: o.obj("unsigned"),
	}
	if key, ok := o["state_key"].(string); ok {
		ev.StateKey = &key
	}
	if ev.Redacts == "" {
		ev.Redacts = ev.Content.str("redacts") // where room version 11 keeps it
	}
	return ev, ev.ID != "" && ev.Type != "" && ev.Sender != ""
}

// isState tells whether the event is a piece of room state with an empty key.
func (ev wireEvent) isState(eventType string) bool {
	return ev.Type == eventType && ev.StateKey != nil && *ev.StateKey == ""
}

// before is the member event's previous membership, empty when the server did not say.
func (ev wireEvent) before() string {
	if m := ev.Unsigned.obj("prev_content").str("membership"); m != "" {
		return m
	}
	return ""
}

// syncResponse is what /sync answers. Events stay raw, so that one that cannot be read does not hide the others.
type syncResponse struct {
	NextBatch string `json:"next_batch"`
	Rooms     struct {
		Join   map[string]roomDelta `json:"join"`
		Invite map[string]roomDelta `json:"invite"`
		Leave  map[string]roomDelta `json:"leave"`
	} `json:"rooms"`
}

type roomDelta struct {
	State    rawEvents `json:"state"`
	Timeline struct {
		rawEvents
		Limited   bool   `json:"limited"`
		PrevBatch string `json:"prev_batch"`
	} `json:"timeline"`
}

type rawEvents struct {
	Events []json.RawMessage `json:"events"`
}

// read gives the events that can be read, and how many cannot.
func (r rawEvents) read() (events []wireEvent, unreadable int) { return readEvents(r.Events) }

func readEvents(raw []json.RawMessage) (events []wireEvent, unreadable int) {
	for _, data := range raw {
		ev, ok := parseEvent(data)
		if !ok {
			unreadable++
			continue
		}
		events = append(events, ev)
	}
	return events, unreadable
}

// messagesResponse is one page of a room's history.
type messagesResponse struct {
	Chunk []json.RawMessage `json:"chunk"`
	End   string            `json:"end"`
}
