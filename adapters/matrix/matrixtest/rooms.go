package matrixtest

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// Event is one event of a room, as it stands now.
type Event struct {
	Position int            `json:"-"`
	ID       string         `json:"event_id"`
	Type     string         `json:"type"`
	Sender   string         `json:"sender"`
	Room     string         `json:"room_id"`
	StateKey *string        `json:"state_key,omitempty"`
	Content  map[string]any `json:"content"`
	Time     int64          `json:"origin_server_ts"`
	Redacts  string         `json:"redacts,omitempty"`
	Unsigned map[string]any `json:"unsigned,omitempty"`
	Redacted bool           `json:"-"`
}

type stateKey struct{ kind, key string }

type room struct {
	id     string
	events []*Event
	state  map[stateKey]*Event
}

// index finds an event by its id, the newest first; -1 when there is none.
func (r *room) index(id string) int {
	for i, ev := range slices.Backward(r.events) {
		if ev.ID == id {
			return i
		}
	}
	return -1
}

// between gives the events after one position up to another, oldest first.
func (r *room) between(after, upTo int) []*Event {
	from, _ := slices.BinarySearchFunc(r.events, after+1, byPosition)
	to, _ := slices.BinarySearchFunc(r.events, upTo+1, byPosition)
	return r.events[from:max(from, to)]
}

func byPosition(ev *Event, position int) int { return ev.Position - position }

func (r *room) membership(user string) string {
	if ev := r.state[stateKey{"m.room.member", user}]; ev != nil {
		m, _ := ev.Content["membership"].(string)
		return m
	}
	return "leave"
}

// levels are the room's power levels, read as the library reads them.
func (r *room) levels() *event.PowerLevelsEventContent {
	l := &event.PowerLevelsEventContent{}
	if ev := r.state[stateKey{"m.room.power_levels", ""}]; ev != nil {
		parse(ev, &l)
	}
	if ev := r.state[stateKey{"m.room.create", ""}]; ev != nil {
		create := &event.CreateEventContent{}
		parse(ev, &create)
		l.CreateEvent = &event.Event{Sender: id.UserID(ev.Sender), Content: event.Content{Parsed: create}}
	}
	return l
}

// add puts an event into a room. s.mu is held.
func (s *Server) add(r *room, ev Event) *Event {
	s.last++
	ev.Position, ev.Room = s.last, r.id
	if ev.ID == "" {
		ev.ID = fmt.Sprintf("$event%d", s.last)
	}
	if ev.Time == 0 {
		ev.Time = s.clock().UnixMilli()
	}
	if ev.Content == nil {
		ev.Content = map[string]any{}
	}
	if ev.StateKey != nil {
		key := stateKey{ev.Type, *ev.StateKey}
		if old := r.state[key]; old != nil {
			ev.Unsigned = map[string]any{"prev_content": old.Content, "replaces_state": old.ID}
		}
		r.state[key] = &ev
	}
	r.events = append(r.events, &ev)
	close(s.changed)
	s.changed = make(chan struct{})
	return &ev
}

func (s *Server) addState(r *room, sender, kind, key string, content map[string]any) *Event {
	return s.add(r, Event{Type: kind, Sender: sender, StateKey: &key, Content: content})
}

// member sets a membership, with the display name that the user has.
func (s *Server) member(r *room, sender, user, membership, reason string) *Event {
	content := map[string]any{"membership": membership}
	if name := s.names[user]; name != "" {
		content["displayname"] = name
	}
	if reason != "" {
		content["reason"] = reason
	}
	return s.addState(r, sender, "m.room.member", user, content)
}

// enter lets a user into a room; who is in it already stays.
func (s *Server) enter(r *room, user string) (*Event, *problem) {
	switch r.membership(user) {
	case "ban":
		return nil, refuse(http.StatusForbidden, "M_FORBIDDEN", "banned")
	case "join":
		return r.state[stateKey{"m.room.member", user}], nil
	}
	return s.member(r, user, user, "join", ""), nil
}

// redact empties the event that a redaction names. s.mu is held.
func (s *Server) redact(r *room, redaction Event, reason string) (*Event, *problem) {
	i := r.index(redaction.Redacts)
	if i < 0 {
		return nil, refuse(http.StatusNotFound, "M_NOT_FOUND", "no such event")
	}
	victim, sender := r.events[i], redaction.Sender
	if l := r.levels(); victim.Sender != sender && l.GetUserLevel(id.UserID(sender)) < l.Redact() {
		return nil, refuse(http.StatusForbidden, "M_FORBIDDEN", "may not redact")
	}
	redaction.Type = "m.room.redaction"
	redaction.Content = map[string]any{"redacts": redaction.Redacts, "reason": reason}
	ev := s.add(r, redaction)
	changed := *victim
	changed.Content, changed.Redacted = map[string]any{}, true
	changed.Unsigned = map[string]any{"redacted_because": ev}
	r.events[i] = &changed
	return ev, nil
}

// reacted tells whether somebody's reaction of this content is there already.
func (r *room) reacted(user string, content map[string]any) bool {
	return slices.ContainsFunc(r.events, func(ev *Event) bool {
		return ev.Type == "m.reaction" && ev.Sender == user && reflect.DeepEqual(ev.Content, content)
	})
}

// mayWrite tells whether a member may send such an event.
func (r *room) mayWrite(user string, kind string, state bool) *problem {
	if r.membership(user) != "join" {
		return refuse(http.StatusForbidden, "M_FORBIDDEN", "not in the room")
	}
	class := event.MessageEventType
	if state {
		class = event.StateEventType
	}
	l := r.levels()
	if l.GetUserLevel(id.UserID(user)) < l.GetEventLevel(event.Type{Type: kind, Class: class}) {
		return refuse(http.StatusForbidden, "M_FORBIDDEN", "power level too low")
	}
	return nil
}

// mayChange tells whether a user may turn the room's power levels into others.
func (r *room) mayChange(user string, content map[string]any) *problem {
	l := r.levels()
	next := &event.PowerLevelsEventContent{CreateEvent: l.CreateEvent}
	parse(&Event{Content: content}, &next)
	ours := l.GetUserLevel(id.UserID(user))
	people := maps.Clone(l.Users)
	if people == nil {
		people = map[id.UserID]int{}
	}
	maps.Copy(people, next.Users)
	for other := range people {
		was, is := l.GetUserLevel(other), next.GetUserLevel(other)
		if was != is && (is > ours || was >= ours && other.String() != user) {
			return refuse(http.StatusForbidden, "M_FORBIDDEN", "may not change that level")
		}
	}
	return nil
}

// mayRemove tells whether a user may kick, ban or unban another.
func (r *room) mayRemove(user, target, verb string) *problem {
	l := r.levels()
	need := l.Kick()
	if verb != "kick" {
		need = l.Ban()
	}
	ours := l.GetUserLevel(id.UserID(user))
	if r.membership(user) != "join" || ours < need || ours <= l.GetUserLevel(id.UserID(target)) {
		return refuse(http.StatusForbidden, "M_FORBIDDEN", "may not "+verb)
	}
	now := r.membership(target)
	if verb == "kick" && now != "join" && now != "invite" || verb == "unban" && now != "ban" {
		return refuse(http.StatusForbidden, "M_FORBIDDEN", "the user's membership is "+now)
	}
	return nil
}
