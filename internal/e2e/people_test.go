package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// person is somebody with a client of their own: plain calls of the client-server API.
type person struct {
	t           *testing.T
	base        string
	id, token   string
	transaction int
}

// event is what a room's history shows.
type event struct {
	ID       string         `json:"event_id"`
	Type     string         `json:"type"`
	Sender   string         `json:"sender"`
	Redacted string         `json:"redacts"`
	Content  map[string]any `json:"content"`
}

// call makes one call and gives the status; an error means that there was no answer.
func (p *person) call(method, path string, body, out any) (int, error) {
	sent, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequestWithContext(p.t.Context(), method, p.base+"/_matrix/client/v3"+path, bytes.NewReader(sent))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Authorization", "Bearer "+p.token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err
	}
	if answer.StatusCode == http.StatusOK && out != nil {
		err = json.Unmarshal(got, out)
	}
	return answer.StatusCode, err
}

// must makes a call that has to work.
func (p *person) must(method, path string, body, out any) {
	p.t.Helper()
	if status, err := p.call(method, path, body, out); err != nil || status != http.StatusOK {
		p.t.Fatalf("%s: %s %s: status %d, %v", p.id, method, path, status, err)
	}
}

func at(room string, parts ...string) string {
	path := []string{"/rooms", url.PathEscape(room)}
	for _, part := range parts {
		path = append(path, url.PathEscape(part))
	}
	return strings.Join(path, "/")
}

func (p *person) join(rooms ...string) {
	p.t.Helper()
	for _, room := range rooms {
		p.must(http.MethodPost, at(room, "join"), map[string]any{}, nil)
	}
}

func (p *person) leave(rooms ...string) {
	p.t.Helper()
	for _, room := range rooms {
		p.must(http.MethodPost, at(room, "leave"), map[string]any{}, nil)
	}
}

// say posts a text and gives its event, which must be accepted.
func (p *person) say(room, text string) string {
	p.t.Helper()
	id, status, err := p.try(room, text)
	if err != nil || status != http.StatusOK {
		p.t.Fatalf("%s may not say %q: status %d, %v", p.id, text, status, err)
	}
	return id
}

// try posts a text and gives the homeserver's answer.
func (p *person) try(room, text string) (id string, status int, err error) {
	p.transaction++
	return p.tryAs(room, text, fmt.Sprint("t", p.transaction))
}

func (p *person) tryAs(room, text, transaction string) (id string, status int, err error) {
	var sent struct {
		Event string `json:"event_id"`
	}
	content := map[string]any{"msgtype": "m.text", "body": text}
	status, err = p.call(http.MethodPut, at(room, "send", "m.room.message", transaction), content, &sent)
	return sent.Event, status, err
}

// read gives a room's whole history, oldest first. A sync of its own tells all of it: the homeserver's /messages
// leaves out some of what was said at the same moment.
func (p *person) read(room string) []event {
	p.t.Helper()
	nothing := map[string]any{"types": []string{}}
	filter, err := json.Marshal(map[string]any{"presence": nothing, "account_data": nothing, "room": map[string]any{
		"rooms": []string{room}, "state": nothing, "ephemeral": nothing, "account_data": nothing, "timeline": map[string]any{"limit": 10_000},
	}})
	if err != nil {
		p.t.Fatal(err)
	}
	var answer struct {
		Rooms struct {
			Join map[string]struct {
				Timeline struct {
					Events  []event `json:"events"`
					Limited bool    `json:"limited"`
				} `json:"timeline"`
			} `json:"join"`
		} `json:"rooms"`
	}
	p.must(http.MethodGet, "/sync?filter="+url.QueryEscape(string(filter)), nil, &answer)
	timeline := answer.Rooms.Join[room].Timeline
	if timeline.Limited || len(timeline.Events) == 0 {
		p.t.Fatalf("%s cannot be read whole: %d events, limited: %t", room, len(timeline.Events), timeline.Limited)
	}
	return timeline.Events
}

// power is a member's entry in a room's power levels; false when there is none.
func (p *person) power(room, member string) (float64, bool) {
	p.t.Helper()
	var levels struct {
		Users map[string]float64 `json:"users"`
	}
	p.must(http.MethodGet, at(room, "state", "m.room.power_levels")+"/", nil, &levels)
	level, ok := levels.Users[member]
	return level, ok
}

// target is the event that a redaction takes away, wherever the room's version keeps it.
func (e event) target() string {
	if e.Type != "m.room.redaction" {
		return ""
	}
	if e.Redacted != "" {
		return e.Redacted
	}
	inside, _ := e.Content["redacts"].(string)
	return inside
}

func (e event) text() string {
	body, _ := e.Content["body"].(string)
	return body
}

// pings are the members that a message notifies.
func (e event) pings() []string {
	mentions, _ := e.Content["m.mentions"].(map[string]any)
	listed, _ := mentions["user_ids"].([]any)
	var out []string
	for _, user := range listed {
		out = append(out, fmt.Sprint(user))
	}
	return out
}

// send posts a message of any shape, which must be accepted.
func (p *person) send(room string, content map[string]any) string {
	p.t.Helper()
	var sent struct {
		Event string `json:"event_id"`
	}
	p.transaction++
	p.must(http.MethodPut, at(room, "send", "m.room.message", fmt.Sprint("t", p.transaction)), content, &sent)
	return sent.Event
}
