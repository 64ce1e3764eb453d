// Package matrixtest is a small Matrix homeserver in memory, for what a real one cannot be made to do: refuse,
// slow down, lose an answer, forget a token. It keeps the rules that an adapter leans on (transactions, power
// levels, sync tokens, timelines cut short) and nothing else.
//
// Its state lives with the Server and not with its clients, so that a bot may be killed and started again
// while the homeserver goes on; Events is what it shows in the end.
package matrixtest

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Name is the server name in all ids.
const Name = "localhost"

// Server is a homeserver; it is an http.Handler. Its methods may be called at any time.
type Server struct {
	mux *http.ServeMux

	mu      sync.Mutex
	last    int // position of the newest event
	tokens  map[string]string
	rooms   map[string]*room
	order   []*room
	aliases map[string]string
	names   map[string]string // user -> display name
	txns    map[string]string // user, room, transaction -> event id
	faults  []*Fault
	chaos   chaos
	called  string // the software's name
	// The limit of what an account writes: see Limit.
	perSecond float64
	burst     int
	buckets   map[string]*bucket
	refused   int
	calls     map[string]int
	expired   int           // tokens before this position are refused
	changed   chan struct{} // closed when something happens
	clock     func() time.Time
}

// New gives an empty homeserver.
func New() *Server {
	s := &Server{
		mux: http.NewServeMux(), tokens: map[string]string{}, rooms: map[string]*room{}, aliases: map[string]string{},
		names: map[string]string{}, txns: map[string]string{}, calls: map[string]int{}, changed: make(chan struct{}), clock: time.Now, called: "matrixtest",
	}
	for _, r := range routes {
		s.mux.HandleFunc(r.pattern, s.serve(r))
	}
	return s
}

// ServeHTTP answers the client-server API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Fault makes the next calls of a kind fail. Kinds are the names of the table of routes: sync, messages, send,
// redact, state, putstate, members, event, context, join, leave, kick, ban, unban, whoami, hierarchy …
type Fault struct {
	Kind   string
	Room   string // only in this room; empty: in all
	Skip   int    // how many calls pass before
	Times  int    // how many calls; below zero: all
	Status int    // the answer's status; 0: no answer at all, the connection breaks
	Code   string // the answer's errcode
	// RetryHeader and RetryBody (milliseconds) tell how long to wait; empty and zero: not told.
	RetryHeader string
	RetryBody   int
	// Commit does what was asked before failing: the effect is there, its answer is lost.
	Commit bool
	// Then is called when what was asked is done, or not, and before the answer.
	Then func()
	// Body replaces the answer's body, for answers that are no Matrix errors.
	Body string
}

// Fail adds a fault.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Heal takes all faults away.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// Calls is how many calls of a kind were made, those that failed included.
func (s *Server) Calls(kind string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[kind]
}

// Expire makes the server forget all sync and paging tokens given so far.
func (s *Server) Expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expired = s.last + 1
	s.last++
}

// Revoke makes a user's token worthless.
func (s *Server) Revoke(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tokens, token)
}

// failing gives the fault that meets this call, if any, and uses it up.
func (s *Server) failing(kind, room string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[kind]++
	for i, f := range s.faults {
		if f.Kind != kind || f.Room != "" && f.Room != room {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		if f.Times--; f.Times == 0 {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
		}
		return f
	}
	return s.chaos.draw(kind)
}

// problem is a Matrix error.
type problem struct {
	status int
	Code   string `json:"errcode"`
	Error  string `json:"error"`
}

func refuse(status int, code, text string) *problem { return &problem{status, code, text} }

// ask is one authorised call.
type ask struct {
	*http.Request
	user string
	body map[string]any
}

func (a ask) text(key string) string {
	s, _ := a.body[key].(string)
	return s
}

func (s *Server) serve(r route) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		fault := s.failing(r.kind, request.PathValue("room"))
		if fault == nil {
			fault = s.over(r.kind, request.Header.Get("Authorization"))
		}
		if fault == nil {
			s.answer(w, request, r)
			return
		}
		if fault.Commit {
			s.answer(httptest.NewRecorder(), request, r)
		}
		if fault.Then != nil {
			fault.Then()
		}
		fault.answer(w)
	}
}

func (f *Fault) answer(w http.ResponseWriter) {
	if f.Status == 0 {
		panic(http.ErrAbortHandler) // the connection breaks and nothing is logged
	}
	if f.RetryHeader != "" {
		w.Header().Set("Retry-After", f.RetryHeader)
	}
	w.WriteHeader(f.Status)
	if f.Body != "" {
		_, _ = w.Write([]byte(f.Body)) // the client may be gone
		return
	}
	body := map[string]any{"errcode": f.Code, "error": "as scripted"}
	if f.RetryBody > 0 {
		body["retry_after_ms"] = f.RetryBody
	}
	_ = json.NewEncoder(w).Encode(body) // the client may be gone
}

func (s *Server) answer(w http.ResponseWriter, request *http.Request, r route) {
	a := ask{Request: request}
	var (
		out     any
		problem *problem
		cut     bool
	)
	if request.Body != nil {
		err := json.NewDecoder(request.Body).Decode(&a.body)
		cut = err != nil && !errors.Is(err, io.EOF) // an empty body is an empty object
	}
	token := strings.TrimPrefix(request.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	a.user = s.tokens[token]
	s.mu.Unlock()
	switch {
	case a.user == "" && !r.open:
		problem = refuse(http.StatusUnauthorized, "M_UNKNOWN_TOKEN", "unknown token")
	case cut: // whoever asked may have died half-way
		problem = refuse(http.StatusBadRequest, "M_NOT_JSON", "the body is no JSON")
	default:
		out, problem = r.handle(s, a)
	}
	w.Header().Set("Content-Type", "application/json")
	if problem != nil {
		w.WriteHeader(problem.status)
		out = problem
	}
	_ = json.NewEncoder(w).Encode(out) // the client may be gone
}

// position reads a token; false when it is none or has expired.
func (s *Server) position(token string) (int, bool) {
	n, err := strconv.Atoi(strings.TrimPrefix(token, "s"))
	return n, err == nil && strings.HasPrefix(token, "s") && n >= s.expired
}

func tokenAt(position int) string { return "s" + strconv.Itoa(position) }
