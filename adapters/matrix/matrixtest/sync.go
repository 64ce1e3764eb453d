package matrixtest

import (
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// filter is the part of a sync filter that the server obeys.
type filter struct {
	Room struct {
		Timeline struct {
			Types []string `json:"types"`
			Limit int      `json:"limit"`
		} `json:"timeline"`
	} `json:"room"`
}

func (f filter) wants(ev *Event) bool {
	types := f.Room.Timeline.Types
	return len(types) == 0 || slices.Contains(types, ev.Type)
}

// Token is the sync token of this moment: a client that was given it has everything that happened.
func (s *Server) Token() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return tokenAt(s.last)
}

// sync answers with what happened since a token, and waits for it if nothing did.
func (s *Server) sync(a ask) (any, *problem) {
	query := a.URL.Query()
	var f filter
	f.Room.Timeline.Limit = 10
	_ = json.Unmarshal([]byte(query.Get("filter")), &f) // without a filter, the defaults
	ms, _ := strconv.Atoi(query.Get("timeout"))
	timer := time.NewTimer(time.Duration(ms) * time.Millisecond)
	defer timer.Stop()
	for {
		s.mu.Lock()
		since, ok := s.position(query.Get("since"))
		if query.Get("since") != "" && !ok {
			s.mu.Unlock()
			return nil, refuse(http.StatusBadRequest, "M_UNKNOWN", "unknown token")
		}
		rooms, some := s.delta(a.user, since, query.Get("since") == "", f)
		answer, changed := object{"next_batch": tokenAt(s.last), "rooms": rooms}, s.changed
		s.mu.Unlock()
		if some || ms == 0 || query.Get("since") == "" {
			return answer, nil
		}
		select {
		case <-changed:
		case <-timer.C:
			return answer, nil
		case <-a.Context().Done():
			return answer, nil
		}
	}
}

// delta gives the rooms in which something happened to a user after a position.
func (s *Server) delta(user string, since int, first bool, f filter) (rooms object, some bool) {
	join, invite, leave := object{}, object{}, object{}
	for _, r := range s.order {
		mine := r.state[stateKey{"m.room.member", user}]
		switch {
		case mine == nil:
		case r.membership(user) == "join":
			from, all := since, first
			if mine.Position > since && !renames(mine) {
				from, all = 0, true // a room that is new to the user comes with its past
			}
			if d := r.delta(from, all, f); d != nil {
				join[r.id] = d
			}
		case mine.Position <= since:
		case r.membership(user) == "invite":
			invite[r.id] = object{"invite_state": object{"events": []*Event{mine}}}
		default:
			leave[r.id] = object{"timeline": object{"events": []*Event{mine}}}
		}
	}
	return object{"join": join, "invite": invite, "leave": leave}, len(join)+len(invite)+len(leave) > 0
}

// renames tells whether a join only changes a name.
func renames(ev *Event) bool {
	before, _ := ev.Unsigned["prev_content"].(map[string]any)
	return before["membership"] == "join"
}

// delta is one room's part: the newest events, cut short to the limit, and the state before them.
func (r *room) delta(since int, first bool, f filter) object {
	events := []*Event{}
	for _, ev := range r.between(since, math.MaxInt-1) {
		if f.wants(ev) {
			events = append(events, ev)
		}
	}
	if len(events) == 0 {
		return nil
	}
	limited := len(events) > f.Room.Timeline.Limit
	state := []*Event{}
	if limited {
		events = events[len(events)-f.Room.Timeline.Limit:]
	}
	start := events[0].Position
	for _, ev := range r.state {
		news := first || limited && ev.Position > since
		if news && ev.Position < start && (ev.Type != "m.room.member" || speaks(events, *ev.StateKey)) {
			state = append(state, ev)
		}
	}
	return object{
		"state":    object{"events": state},
		"timeline": object{"events": events, "limited": limited, "prev_batch": tokenAt(start - 1)},
	}
}

// speaks tells whether a timeline has events of a user: members are loaded lazily.
func speaks(events []*Event, user string) bool {
	return slices.ContainsFunc(events, func(ev *Event) bool { return ev.Sender == user })
}
