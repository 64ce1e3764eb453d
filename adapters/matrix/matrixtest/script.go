package matrixtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// parse reads an event's content as the library does; what cannot be read stays zero.
func parse[C any](ev *Event, into *C) {
	data, err := json.Marshal(ev.Content)
	if err != nil {
		return
	}
	_ = json.Unmarshal(data, into) // a content of the wrong shape has no meaning
}

// Account makes a user ("ana" is @ana:localhost) and gives their token, which is the same each time.
func (s *Server) Account(name string) (user, token string) {
	user, token = "@"+name+":"+Name, "token-of-"+name
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[token] = user
	if s.names[user] == "" {
		s.names[user] = name
	}
	return user, token
}

// Plan is a room to make.
type Plan struct {
	Alias    string // "general" is #general:localhost; empty: none
	Version  string // "11" when empty
	Space    bool
	Owner    string         // who makes it, a user id
	Levels   map[string]int // power levels of users
	Members  []string       // who is in it from the beginning
	Children []string       // rooms of a space, by id
}

// Room makes a room and gives its id.
func (s *Server) Room(p Plan) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.Version == "" {
		p.Version = "11"
	}
	r := &room{id: fmt.Sprintf("!room%d:%s", len(s.order)+1, Name), state: map[stateKey]*Event{}}
	s.rooms[r.id], s.order = r, append(s.order, r)
	create := map[string]any{"room_version": p.Version}
	if p.Space {
		create["type"] = "m.space"
	}
	s.addState(r, p.Owner, "m.room.create", "", create)
	s.member(r, p.Owner, p.Owner, "join", "")
	users := map[string]any{}
	for user, level := range p.Levels {
		users[user] = level
	}
	if _, ok := p.Levels[p.Owner]; !ok && p.Version != "12" {
		users[p.Owner] = 100
	}
	s.addState(r, p.Owner, "m.room.power_levels", "", map[string]any{"users": users})
	if p.Alias != "" {
		alias := "#" + p.Alias + ":" + Name
		s.aliases[alias] = r.id
		s.addState(r, p.Owner, "m.room.canonical_alias", "", map[string]any{"alias": alias})
	}
	for _, user := range p.Members {
		s.member(r, user, user, "join", "")
	}
	for _, child := range p.Children {
		s.addState(r, p.Owner, "m.space.child", child, map[string]any{"via": []string{Name}})
	}
	return r.id
}

// Post puts an event of somebody else into a room, power levels or not: as other servers would send it. Its
// ID and Time may be given.
func (s *Server) Post(roomID string, ev Event) (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(s.rooms[roomID], ev).ID
}

// Say posts a message.
func (s *Server) Say(roomID, user, text string) (id string) {
	return s.Post(roomID, Event{Type: "m.room.message", Sender: user, Content: map[string]any{"msgtype": "m.text", "body": text}})
}

// Events gives everything that happened in a room, oldest first, as it stands now.
func (s *Server) Events(roomID string) []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Event
	for _, ev := range s.rooms[roomID].events {
		out = append(out, *ev)
	}
	return out
}

// Shown gives the texts of a room's messages that were not redacted, oldest first.
func (s *Server) Shown(roomID string) []string {
	var out []string
	for _, ev := range s.Events(roomID) {
		body, _ := ev.Content["body"].(string)
		if ev.Type == "m.room.message" && !ev.Redacted {
			out = append(out, body)
		}
	}
	return out
}

// Levels gives the power levels that a room's users have been given.
func (s *Server) Levels(roomID string) map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]int{}
	for user, level := range s.rooms[roomID].levels().Users {
		out[user.String()] = level
	}
	return out
}

// State is the content of a piece of a room's state with an empty key, nil when there is none.
func (s *Server) State(roomID, kind string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ev := s.rooms[roomID].state[stateKey{kind, ""}]; ev != nil {
		return ev.Content
	}
	return nil
}

// ForgetTransactions lets the server forget which transactions it has seen, as all do after a while.
func (s *Server) ForgetTransactions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.txns)
}

// Membership is a user's membership of a room: join, leave, ban, invite.
func (s *Server) Membership(roomID, user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rooms[roomID].membership(user)
}

// Call gives the server's software another name.
func (s *Server) Call(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.called = name
}

// SetClock replaces time.Now, for events whose time matters.
func (s *Server) SetClock(clock func() time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock = clock
}

// find gives a room by id or alias. s.mu is held.
func (s *Server) find(name string) (*room, *problem) {
	if strings.HasPrefix(name, "#") {
		name = s.aliases[name]
	}
	if r := s.rooms[name]; r != nil {
		return r, nil
	}
	return nil, refuse(http.StatusNotFound, "M_NOT_FOUND", "no such room")
}
