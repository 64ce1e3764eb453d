package discordtest

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// Fault makes the next calls of a kind fail. Kinds are the names in the table of routes: send, edit, delete,
// bulk delete, messages, react, timeout (any change of a member), kick, ban, unban, role add, audit log,
// callback, follow-up, original, commands put, gateway bot …
type Fault struct {
	Kind  string // empty: all kinds
	Path  string // only calls whose path contains this
	Skip  int    // how many calls pass before
	Times int    // how many calls; zero: one; below zero: all
	// Status is the answer's; 0: no answer at all, the connection breaks.
	Status  int
	Code    int    // Discord's own code in the answer: 50013, 10008 …
	Message string // the sentence with it
	// After is how long a 429 asks to wait: in its body, and in its header rounded up.
	After  time.Duration
	Scope  string // of a 429: user, global, shared
	NoHead bool   // a 429 whose headers tell nothing
	NoBody bool   // a 429 whose body tells nothing
	HTML   bool   // the answer is the page of a proxy, as for 1015 or a 502
	Body   string // the answer's body as it stands
	// Commit does what was asked before failing: the effect is there, its answer is lost.
	Commit bool
	// Then is called when what was asked is done, or not, and before the answer; it may wait.
	Then func()
	// Late does what was asked only so long after Then, as a call does that outlives whoever made it. It implies Commit.
	Late time.Duration
}

// Fail adds faults.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		if f.Times == 0 {
			f.Times = 1
		}
		s.faults = append(s.faults, &f)
	}
}

// Heal takes all faults and chances away, and the gateway's cues too.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.chaos, s.gateway.cues, s.gateway.chances, s.gateway.mute = nil, chaos{}, nil, GatewayChances{}, false
}

// failing gives the fault that meets this call, if any, and uses it up.
func (s *Server) failing(r route, request *http.Request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if f.Kind != "" && f.Kind != r.kind || !strings.Contains(request.URL.Path, f.Path) {
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
	return s.chaos.draw(r.kind)
}

const page = `<!DOCTYPE html><html><head><title>Access denied | discord.com used Cloudflare to restrict access</title></head>` +
	`<body><h1>Error 1015</h1><p>You are being rate limited</p></body></html>`

// answer is what the fault says; nil: nothing, the connection breaks.
func (f *Fault) answer() *httptest.ResponseRecorder {
	switch {
	case f.Status == 0:
		return nil
	case f.Body != "":
		return f.raw(f.Body, "application/json")
	case f.HTML:
		return f.raw(page, "text/html; charset=UTF-8")
	case f.Status == http.StatusTooManyRequests:
		return f.limited()
	}
	message := f.Message
	if message == "" {
		message = http.StatusText(f.Status)
	}
	return write(f.Status, object{"message": message, "code": f.Code})
}

func (f *Fault) raw(body, kind string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", kind)
	if f.After > 0 && !f.NoHead {
		w.Header().Set("Retry-After", itoa(int((f.After+time.Second-1)/time.Second)))
	}
	w.WriteHeader(f.Status)
	_, _ = w.WriteString(body) // a recorder takes all
	return w
}

func (f *Fault) limited() *httptest.ResponseRecorder {
	scope := f.Scope
	if scope == "" {
		scope = "user"
	}
	w := limited(f.After, scope == "global", scope)
	if f.NoHead {
		w.Header().Del("Retry-After")
		w.Header().Del("X-RateLimit-Scope")
		w.Header().Del("X-RateLimit-Global")
	}
	if f.NoBody {
		w.Body.Reset()
		w.Body.WriteString("{}")
	}
	return w
}

// Chances are how often calls of one kind fail by themselves: each from 0 (never) to 1 (always).
type Chances struct {
	Limited float64 // refused with 429 and some milliseconds to wait
	Refused float64 // refused with 502: nothing happened
	Lost    float64 // done, but the connection breaks before the answer
}

// chaos decides which calls fail. s.mu is held when it is asked.
type chaos struct {
	random *rand.Rand
	kinds  map[string]Chances
}

// maxWait is the longest that a call limited by chance is asked to wait, in milliseconds.
const maxWait = 60

// Chaos makes calls fail at random until it is called again; no kinds ends it. The kind "" stands for all that
// are not named. The same seed and the same calls in the same order give the same failures.
func (s *Server) Chaos(seed uint64, kinds map[string]Chances) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chaos = chaos{rand.New(rand.NewPCG(seed, 0)), kinds}
}

// draw gives the failure that meets a call, nil for none.
func (c chaos) draw(kind string) *Fault {
	chances, ok := c.kinds[kind]
	if !ok {
		chances, ok = c.kinds[""]
	}
	if !ok {
		return nil
	}
	switch x := c.random.Float64(); {
	case x < chances.Limited:
		return &Fault{Status: http.StatusTooManyRequests, After: time.Duration(1+c.random.IntN(maxWait)) * time.Millisecond}
	case x < chances.Limited+chances.Refused:
		return &Fault{Status: http.StatusBadGateway, HTML: true}
	case x < chances.Limited+chances.Refused+chances.Lost:
		return &Fault{Commit: true}
	}
	return nil
}
