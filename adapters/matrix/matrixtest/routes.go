package matrixtest

import (
	"net/http"
	"slices"
	"strconv"
)

// route is one call of the client-server API.
type route struct {
	kind    string
	pattern string
	open    bool // without a token
	handle  func(*Server, ask) (any, *problem)
}

const v3 = " /_matrix/client/v3/"

// routes is everything that the server understands.
var routes = []route{
	{"software", "GET /_matrix/federation/v1/version", true, (*Server).software},
	{"versions", "GET /_matrix/client/versions", true, (*Server).versions},
	{"login", "POST" + v3 + "login", true, (*Server).login},
	{"register", "POST" + v3 + "register", true, (*Server).login},
	{"whoami", "GET" + v3 + "account/whoami", false, (*Server).whoami},
	{"joined_rooms", "GET" + v3 + "joined_rooms", false, (*Server).joinedRooms},
	{"directory", "GET" + v3 + "directory/room/{room}", false, (*Server).directory},
	{"hierarchy", "GET /_matrix/client/v1/rooms/{room}/hierarchy", false, (*Server).hierarchy},
	{"create", "POST" + v3 + "createRoom", false, (*Server).createRoom},
	{"join", "POST" + v3 + "join/{room}", false, (*Server).join},
	{"join", "POST" + v3 + "rooms/{room}/join", false, (*Server).join},
	{"leave", "POST" + v3 + "rooms/{room}/leave", false, (*Server).leave},
	{"invite", "POST" + v3 + "rooms/{room}/invite", false, (*Server).invite},
	{"kick", "POST" + v3 + "rooms/{room}/kick", false, removal("kick", "leave")},
	{"ban", "POST" + v3 + "rooms/{room}/ban", false, removal("ban", "ban")},
	{"unban", "POST" + v3 + "rooms/{room}/unban", false, removal("unban", "leave")},
	{"send", "PUT" + v3 + "rooms/{room}/send/{type}/{txn}", false, (*Server).send},
	{"redact", "PUT" + v3 + "rooms/{room}/redact/{event}/{txn}", false, (*Server).redaction},
	{"state", "GET" + v3 + "rooms/{room}/state/{type}/{key...}", false, (*Server).getState},
	{"putstate", "PUT" + v3 + "rooms/{room}/state/{type}/{key...}", false, (*Server).putState},
	{"members", "GET" + v3 + "rooms/{room}/members", false, (*Server).members},
	{"event", "GET" + v3 + "rooms/{room}/event/{event}", false, (*Server).event},
	{"context", "GET" + v3 + "rooms/{room}/context/{event}", false, (*Server).context},
	{"messages", "GET" + v3 + "rooms/{room}/messages", false, (*Server).messages},
	{"relations", "GET /_matrix/client/v1/rooms/{room}/relations/{event}/{relation}", false, (*Server).relations},
	{"profile", "PUT" + v3 + "profile/{user}/displayname", false, (*Server).rename},
	{"sync", "GET" + v3 + "sync", false, (*Server).sync},
}

type object = map[string]any

func (s *Server) versions(ask) (any, *problem) { return object{"versions": []string{"v1.11"}}, nil }

// software is what the server is called: as a test wants it, since some do things of their own.
func (s *Server) software(ask) (any, *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return object{"server": object{"name": s.called, "version": "1"}}, nil
}

// login gives a token to whoever asks for one: the user's name is all it takes.
func (s *Server) login(a ask) (any, *problem) {
	name := a.text("username")
	if identifier, ok := a.body["identifier"].(map[string]any); ok {
		name, _ = identifier["user"].(string)
	}
	user, token := s.Account(name)
	return object{"user_id": user, "access_token": token, "device_id": "DEVICE"}, nil
}

func (s *Server) whoami(a ask) (any, *problem) { return object{"user_id": a.user}, nil }

func (s *Server) joinedRooms(a ask) (any, *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []string{}
	for _, r := range s.order {
		if r.membership(a.user) == "join" {
			out = append(out, r.id)
		}
	}
	return object{"joined_rooms": out}, nil
}

func (s *Server) directory(a ask) (any, *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, p := s.find(a.PathValue("room"))
	if p != nil {
		return nil, p
	}
	return object{"room_id": r.id, "servers": []string{Name}}, nil
}

func (s *Server) hierarchy(a ask) (any, *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, p := s.find(a.PathValue("room"))
	if p != nil {
		return nil, p
	}
	rooms := []object{{"room_id": r.id}}
	for _, other := range s.order {
		child := r.state[stateKey{"m.space.child", other.id}]
		if child != nil && child.Content["via"] != nil {
			rooms = append(rooms, object{"room_id": other.id})
		}
	}
	return object{"rooms": rooms}, nil
}

// createRoom makes a room as Plan does, from what a client asks.
func (s *Server) createRoom(a ask) (any, *problem) {
	p := Plan{Owner: a.user, Alias: a.text("room_alias_name"), Version: a.text("room_version"), Levels: map[string]int{}}
	if content, ok := a.body["creation_content"].(map[string]any); ok {
		p.Space = content["type"] == "m.space"
	}
	if override, ok := a.body["power_level_content_override"].(map[string]any); ok {
		users, _ := override["users"].(map[string]any)
		for user, level := range users {
			n, _ := level.(float64)
			p.Levels[user] = int(n)
		}
	}
	if s.taken(p.Alias) {
		return nil, refuse(http.StatusBadRequest, "M_ROOM_IN_USE", "the alias is taken")
	}
	id := s.Room(p)
	guests, _ := a.body["invite"].([]any)
	for _, guest := range guests {
		user, _ := guest.(string)
		s.mu.Lock()
		s.member(s.rooms[id], a.user, user, "invite", "")
		s.mu.Unlock()
	}
	return object{"room_id": id}, nil
}

// taken tells whether a room has an alias already.
func (s *Server) taken(alias string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return alias != "" && s.aliases["#"+alias+":"+Name] != ""
}

func (s *Server) join(a ask) (any, *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, p := s.find(a.PathValue("room"))
	if p != nil {
		return nil, p
	}
	_, p = s.enter(r, a.user)
	return object{"room_id": r.id}, p
}

func (s *Server) leave(a ask) (any, *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, p := s.find(a.PathValue("room"))
	if p == nil {
		s.member(r, a.user, a.user, "leave", a.text("reason"))
	}
	return object{}, p
}

func (s *Server) invite(a ask) (any, *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, p := s.find(a.PathValue("room"))
	if p == nil {
		s.member(r, a.user, a.text("user_id"), "invite", "")
	}
	return object{}, p
}

func removal(verb, becomes string) func(*Server, ask) (any, *problem) {
	return func(s *Server, a ask) (any, *problem) {
		s.mu.Lock()
		defer s.mu.Unlock()
		r, p := s.find(a.PathValue("room"))
		if p != nil {
			return nil, p
		}
		target := a.text("user_id")
		if p := r.mayRemove(a.user, target, verb); p != nil {
			return nil, p
		}
		s.member(r, a.user, target, becomes, a.text("reason"))
		return object{}, nil
	}
}

// transaction runs a write once for each transaction id. s.mu is held.
func (s *Server) transaction(a ask, write func(r *room) (*Event, *problem)) (any, *problem) {
	r, p := s.find(a.PathValue("room"))
	if p != nil {
		return nil, p
	}
	key := a.user + " " + a.URL.Path
	if id, ok := s.txns[key]; ok {
		return object{"event_id": id}, nil
	}
	ev, p := write(r)
	if p != nil {
		return nil, p
	}
	s.txns[key] = ev.ID
	return object{"event_id": ev.ID}, nil
}

func (s *Server) send(a ask) (any, *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.transaction(a, func(r *room) (*Event, *problem) {
		kind := a.PathValue("type")
		if p := r.mayWrite(a.user, kind, false); p != nil {
			return nil, p
		}
		if kind == "m.reaction" && r.reacted(a.user, a.body) {
			return nil, refuse(http.StatusBadRequest, "M_DUPLICATE_ANNOTATION", "the same reaction is there already")
		}
		return s.add(r, Event{Type: kind, Sender: a.user, Content: a.body, Unsigned: object{"transaction_id": a.PathValue("txn")}}), nil
	})
}

func (s *Server) redaction(a ask) (any, *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.transaction(a, func(r *room) (*Event, *problem) {
		if p := r.mayWrite(a.user, "m.room.redaction", false); p != nil {
			return nil, p
		}
		redaction := Event{Sender: a.user, Redacts: a.PathValue("event"), Unsigned: object{"transaction_id": a.PathValue("txn")}}
		return s.redact(r, redaction, a.text("reason"))
	})
}

func (s *Server) getState(a ask) (any, *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, p := s.find(a.PathValue("room"))
	if p != nil {
		return nil, p
	}
	ev := r.state[stateKey{a.PathValue("type"), a.PathValue("key")}]
	switch {
	case ev == nil:
		return nil, refuse(http.StatusNotFound, "M_NOT_FOUND", "no such state")
	case a.URL.Query().Get("format") == "event":
		return ev, nil
	}
	return ev.Content, nil
}

func (s *Server) putState(a ask) (any, *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, p := s.find(a.PathValue("room"))
	if p != nil {
		return nil, p
	}
	kind := a.PathValue("type")
	if p := r.mayWrite(a.user, kind, true); p != nil {
		return nil, p
	}
	if kind == "m.room.power_levels" {
		if p := r.mayChange(a.user, a.body); p != nil {
			return nil, p
		}
	}
	return object{"event_id": s.addState(r, a.user, kind, a.PathValue("key"), a.body).ID}, nil
}

func (s *Server) members(a ask) (any, *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, p := s.find(a.PathValue("room"))
	if p != nil {
		return nil, p
	}
	want := a.URL.Query().Get("membership")
	chunk := []*Event{}
	for _, ev := range r.events {
		if ev.Type == "m.room.member" && ev == r.state[stateKey{"m.room.member", *ev.StateKey}] && (want == "" || ev.Content["membership"] == want) {
			chunk = append(chunk, ev)
		}
	}
	return object{"chunk": chunk}, nil
}

func (s *Server) event(a ask) (any, *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, i, p := s.lookup(a)
	if p != nil {
		return nil, p
	}
	return r.events[i], nil
}

// relations gives the events that point at another, the newest first.
func (s *Server) relations(a ask) (any, *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, i, p := s.lookup(a)
	if p != nil {
		return nil, p
	}
	chunk := []*Event{}
	for _, ev := range slices.Backward(r.events) {
		relates, _ := ev.Content["m.relates_to"].(map[string]any)
		if relates["rel_type"] == a.PathValue("relation") && relates["event_id"] == r.events[i].ID {
			chunk = append(chunk, ev)
		}
	}
	return object{"chunk": chunk}, nil
}

func (s *Server) lookup(a ask) (*room, int, *problem) {
	r, p := s.find(a.PathValue("room"))
	if p != nil {
		return nil, 0, p
	}
	i := r.index(a.PathValue("event"))
	if i < 0 {
		return nil, 0, refuse(http.StatusNotFound, "M_NOT_FOUND", "no such event")
	}
	return r, i, nil
}

func (s *Server) context(a ask) (any, *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, i, p := s.lookup(a)
	if p != nil {
		return nil, p
	}
	before := []*Event{}
	for j := i - 1; j >= 0 && len(before) < 1; j-- {
		before = append(before, r.events[j])
	}
	return object{"event": r.events[i], "events_before": before, "events_after": []*Event{}}, nil
}

// rename changes a display name in every room.
func (s *Server) rename(a ask) (any, *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	user := a.PathValue("user")
	if user != a.user {
		return nil, refuse(http.StatusForbidden, "M_FORBIDDEN", "not you")
	}
	s.names[user] = a.text("displayname")
	for _, r := range s.order {
		if r.membership(user) == "join" {
			s.member(r, user, user, "join", "")
		}
	}
	return object{}, nil
}

// messages pages through a room in both directions.
func (s *Server) messages(a ask) (any, *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, p := s.find(a.PathValue("room"))
	if p != nil {
		return nil, p
	}
	query := a.URL.Query()
	limit, err := strconv.Atoi(query.Get("limit"))
	if err != nil {
		limit = 10
	}
	back := query.Get("dir") == "b"
	from, to := 0, s.last
	if back {
		from, to = s.last, 0
	}
	for name, target := range map[string]*int{"from": &from, "to": &to} {
		if token := query.Get(name); token != "" {
			at, ok := s.position(token)
			if !ok {
				return nil, refuse(http.StatusBadRequest, "M_UNKNOWN", "unknown token "+token)
			}
			*target = at
		}
	}
	chunk := append([]*Event{}, r.between(min(from, to), max(from, to))...)
	if back {
		slices.Reverse(chunk)
	}
	out := object{"start": query.Get("from"), "chunk": chunk}
	if len(chunk) > limit {
		chunk = chunk[:limit]
		end := chunk[limit-1].Position
		if back {
			end--
		}
		out["chunk"], out["end"] = chunk, tokenAt(end)
	}
	return out, nil
}
