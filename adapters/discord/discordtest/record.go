package discordtest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"time"
)

// Request is one call as it came, with what was answered.
type Request struct {
	At     time.Time
	Kind   string // the route's name; "unknown" when there is none
	Method string
	Path   string // without the API's version
	Query  url.Values
	Header http.Header
	Body   []byte
	// Status and Answer are what the server did; Status is 0 while it works, and when it was told to break the
	// connection before doing anything.
	Status int
	Answer []byte
	Head   http.Header // the answer's
	faulty bool        // the answer is a fault's
}

func (s *Server) record(r route, request *http.Request, body []byte) (index int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := version(request.URL.EscapedPath())
	s.requests = append(s.requests, Request{At: s.now(), Kind: r.kind, Method: request.Method, Path: path,
		Query: request.URL.Query(), Header: request.Header.Clone(), Body: body})
	return len(s.requests) - 1
}

func (s *Server) recorded(index int, answer *httptest.ResponseRecorder) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if index < len(s.requests) {
		r := &s.requests[index]
		r.Status, r.Answer, r.Head = answer.Code, answer.Body.Bytes(), answer.Header().Clone()
	}
}

// faulty marks an answer that was scripted.
func (s *Server) faulty(index int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if index < len(s.requests) {
		s.requests[index].faulty = true
	}
}

// Requests gives all calls so far, those that failed included.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Calls is how many calls of a kind were made; "" counts all.
func (s *Server) Calls(kind string) (n int) {
	for _, r := range s.Requests() {
		if kind == "" || r.Kind == kind {
			n++
		}
	}
	return n
}

// ClearRequests forgets the calls so far, for long runs.
func (s *Server) ClearRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

// Effect is one thing that somebody did and that others can see.
type Effect struct {
	At      time.Time
	By      string
	Kind    string // send, edit, delete, react, unreact, timeout, nick, role add, role remove, kick, ban, unban, pin, unpin, thread, answer
	Nonce   string // of a message
	Channel string
	Message string
	Target  string // a user
	Until   time.Time
	Text    string
	Reason  string
}

// effect notes what somebody did; s.mu is held.
func (s *Server) effect(by *user, e Effect) {
	e.At, e.By = s.now(), by.id
	s.effects = append(s.effects, e)
}

// Effects gives everything that somebody did, oldest first; empty means the bot.
func (s *Server) Effects(by string) []Effect {
	s.mu.Lock()
	defer s.mu.Unlock()
	if by == "" {
		by = s.app
	}
	var out []Effect
	for _, e := range s.effects {
		if e.By == by {
			out = append(out, e)
		}
	}
	return out
}

// ByNonce counts the bot's messages by the nonce that they came with; those without one are not counted.
func (s *Server) ByNonce() map[string]int {
	out := map[string]int{}
	for _, e := range s.Effects("") {
		if e.Kind == "send" && e.Nonce != "" {
			out[e.Nonce]++
		}
	}
	return out
}
