package discordtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"hash/fnv"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// ask is one call.
type ask struct {
	*http.Request
	data   []byte   // the body, or the form's part named payload_json
	files  []object // the other parts, as attachments
	by     *user    // who calls: the bot
	reason string   // for the audit log
}

// read takes the JSON body apart; unknown fields are for Validate to find.
func (a *ask) read(into any) *problem {
	if len(a.data) == 0 {
		return nil
	}
	if err := json.Unmarshal(a.data, into); err != nil {
		return malformed("_", err.Error())
	}
	return nil
}

func (a *ask) number(key string, otherwise, low, high int) int {
	n, err := strconv.Atoi(a.URL.Query().Get(key))
	if err != nil {
		return otherwise
	}
	return min(max(n, low), high)
}

// route is one line of the table: the kind names it for faults, limits and counts.
type route struct {
	kind, method, path string
	open               bool // needs no token: the path carries one, or nothing secret
	free               bool // does not count for the global limit
	handle             func(*Server, *ask) (any, *problem)
}

// made is an answer with another status than 200.
type made struct {
	status int
	body   any
}

const bodyAtMost = 26 << 20

func (s *Server) serve(r route) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(io.LimitReader(request.Body, bodyAtMost))
		if err != nil {
			panic(http.ErrAbortHandler) // the client is gone
		}
		index := s.record(r, request, body)
		fault := s.failing(r, request)
		if fault == nil {
			answer := s.answer(request, r, body)
			s.recorded(index, answer)
			send(w, answer)
			return
		}
		if fault.Commit && fault.Late == 0 {
			s.recorded(index, s.answer(request, r, body))
		}
		if fault.Then != nil {
			fault.Then()
		}
		if fault.Late > 0 {
			time.Sleep(fault.Late)
			s.recorded(index, s.answer(request, r, body))
		}
		answer := fault.answer()
		if answer == nil {
			panic(http.ErrAbortHandler) // the connection breaks and nothing is logged
		}
		if !fault.Commit && fault.Late == 0 {
			s.recorded(index, answer)
			s.faulty(index)
		}
		send(w, answer)
	}
}

// nowhere answers a path or a method that the table does not have.
func (s *Server) nowhere(w http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(request.Body, bodyAtMost)) // what came is recorded
	index := s.record(route{kind: "unknown"}, request, body)
	answer := write(http.StatusNotFound, object{"message": "404: Not Found", "code": 0})
	s.recorded(index, answer)
	send(w, answer)
}

func send(w http.ResponseWriter, answer *httptest.ResponseRecorder) {
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes()) // the client may be gone
}

func write(status int, body any) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	if status != http.StatusNoContent {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	if status != http.StatusNoContent {
		if err := json.NewEncoder(w).Encode(body); err != nil {
			panic(err) // an object of ours that is no JSON
		}
	}
	return w
}

// answer does what is asked for.
func (s *Server) answer(request *http.Request, r route, body []byte) *httptest.ResponseRecorder {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shutOut() {
		return (&Fault{Status: http.StatusTooManyRequests, HTML: true, After: invalidWindow}).answer()
	}
	answer := s.admit(request, r, body)
	switch answer.Code {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		s.invalid = append(s.invalid, s.now())
	}
	return answer
}

const invalidWindow = 10 * time.Minute

// shutOut tells whether so many calls were refused that Discord's front door takes none any more.
func (s *Server) shutOut() bool {
	for len(s.invalid) > 0 && s.now().Sub(s.invalid[0]) >= invalidWindow {
		s.invalid = s.invalid[1:]
	}
	return len(s.invalid) >= s.options.Invalid
}

// admit does what is asked for where limits and token allow it.
func (s *Server) admit(request *http.Request, r route, body []byte) *httptest.ResponseRecorder {
	if limited := s.spend(r, request); limited != nil {
		return limited
	}
	if !r.open && (s.token == "" || request.Header.Get("Authorization") != "Bot "+s.token) {
		return write(http.StatusUnauthorized, object{"message": "401: Unauthorized", "code": 0})
	}
	a, problem := s.parseBody(request, body)
	var out any
	if problem == nil {
		out, problem = r.handle(s, a)
	}
	answer := s.written(out, problem)
	s.limits(answer.Header(), r, request)
	return answer
}

func (s *Server) written(out any, problem *problem) *httptest.ResponseRecorder {
	switch {
	case problem != nil && problem.after > 0:
		return limited(problem.after, false, "user")
	case problem != nil:
		return write(problem.status, problem)
	}
	switch out := out.(type) {
	case nil:
		return write(http.StatusNoContent, nil)
	case made:
		return write(out.status, out.body)
	}
	return write(http.StatusOK, out)
}

func (s *Server) parseBody(request *http.Request, body []byte) (*ask, *problem) {
	a := &ask{Request: request, data: body, by: s.users[s.app]}
	if reason := request.Header.Get("X-Audit-Log-Reason"); reason != "" {
		text, err := url.PathUnescape(reason)
		if err != nil || len([]rune(text)) > 512 {
			return nil, malformed("reason", "Must be 512 or fewer in length.")
		}
		a.reason = text
	}
	kind, params, err := mime.ParseMediaType(request.Header.Get("Content-Type"))
	if len(body) > 0 && err != nil {
		return nil, refuse(http.StatusBadRequest, 50109, "The request body contains invalid JSON.")
	}
	if kind != "multipart/form-data" {
		return a, nil
	}
	return a, a.parts(multipart.NewReader(bytes.NewReader(body), params["boundary"]))
}

// parts reads a form: the JSON and the files.
func (a *ask) parts(form *multipart.Reader) *problem {
	a.data = nil
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return malformed("_", err.Error())
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return malformed("_", err.Error())
		}
		if part.FormName() == "payload_json" {
			a.data = data
			continue
		}
		id := strconv.Itoa(1000 + len(a.files))
		place := "https://cdn.discordapp.com/attachments/" + id + "/" + part.FileName()
		a.files = append(a.files, object{"id": id, "filename": part.FileName(), "size": len(data), "url": place, "proxy_url": place,
			"content_type": part.Header.Get("Content-Type")})
	}
}

// bucket counts calls in a window.
type bucket struct {
	used  int
	until time.Time
}

// take counts one more call; after is how long to wait when there is no room.
func (b *bucket) take(now time.Time, l Limit) (after time.Duration) {
	if !now.Before(b.until) {
		b.used, b.until = 0, now.Add(l.Per)
	}
	if b.used >= l.Count {
		return b.until.Sub(now)
	}
	b.used++
	return 0
}

// usualLimits are Discord's where they are known and narrow.
var usualLimits = map[string]Limit{"react": {1, 250 * time.Millisecond}, "unreact": {1, 250 * time.Millisecond}}

func (s *Server) limit(kind string) Limit {
	l, ok := s.options.Limits[kind]
	if !ok {
		l, ok = usualLimits[kind]
	}
	if !ok {
		l, ok = s.options.Limits[""]
	}
	if !ok || l.Count == 0 {
		return Limit{Count: 10_000, Per: time.Second}
	}
	return l
}

// major is what splits a bucket: the channel, the guild or the webhook.
func major(request *http.Request) string {
	for _, key := range []string{"channel", "guild", "webhook"} {
		if id := request.PathValue(key); id != "" {
			return id + request.PathValue("token")
		}
	}
	return ""
}

func (s *Server) bucket(r route, request *http.Request) *bucket {
	key := r.kind + " " + major(request)
	if s.spent[key] == nil {
		s.spent[key] = &bucket{}
	}
	return s.spent[key]
}

// spend counts a call and answers 429 when there is no room for it.
func (s *Server) spend(r route, request *http.Request) *httptest.ResponseRecorder {
	if s.options.PerSecond > 0 && !r.free {
		if after := s.second.take(s.now(), Limit{s.options.PerSecond, time.Second}); after > 0 {
			return limited(after, true, "global")
		}
	}
	if after := s.bucket(r, request).take(s.now(), s.limit(r.kind)); after > 0 {
		answer := limited(after, false, "user")
		s.limits(answer.Header(), r, request)
		return answer
	}
	return nil
}

func limited(after time.Duration, global bool, scope string) *httptest.ResponseRecorder {
	answer := write(http.StatusTooManyRequests, object{"message": "You are being rate limited.", "retry_after": after.Seconds(), "global": global})
	answer.Header().Set("Retry-After", strconv.Itoa(int((after+time.Second-1)/time.Second)))
	answer.Header().Set("X-RateLimit-Scope", scope)
	if global {
		answer.Header().Set("X-RateLimit-Global", "true")
	}
	return answer
}

// limits writes what a client may know of the bucket.
func (s *Server) limits(h http.Header, r route, request *http.Request) {
	b, l := s.bucket(r, request), s.limit(r.kind)
	name := fnv.New64a()
	_, _ = name.Write([]byte(r.kind)) // never fails
	after := b.until.Sub(s.now()).Seconds()
	h.Set("X-RateLimit-Bucket", strconv.FormatUint(name.Sum64(), 16))
	h.Set("X-RateLimit-Limit", strconv.Itoa(l.Count))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(max(0, l.Count-b.used)))
	h.Set("X-RateLimit-Reset", strconv.FormatFloat(float64(b.until.UnixMilli())/1000, 'f', 3, 64))
	h.Set("X-RateLimit-Reset-After", strconv.FormatFloat(max(0, after), 'f', 3, 64))
}

// find gives the route of a call, the one with the most words of its own, and sets the values of its path.
func find(request *http.Request) (best route, ok bool) {
	path := version(request.URL.EscapedPath())
	if path == request.URL.EscapedPath() {
		return route{}, false
	}
	parts := segments(path)
	most := -1
	for _, r := range routes {
		if words := r.match(request.Method, parts); words > most {
			best, most = r, words
		}
	}
	for i, name := range strings.Split(best.path, "/") {
		if strings.HasPrefix(name, "{") {
			request.SetPathValue(name[1:len(name)-1], parts[i])
		}
	}
	return best, most >= 0
}

// segments are the parts of an escaped path; what cannot be unescaped stays as it is.
func segments(path string) []string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if plain, err := url.PathUnescape(p); err == nil {
			parts[i] = plain
		}
	}
	return parts
}

// match counts the words that a path shares with a route; below zero it is not the route's.
func (r route) match(method string, parts []string) (words int) {
	names := strings.Split(r.path, "/")
	if r.method != method || len(names) != len(parts) {
		return -1
	}
	for i, name := range names {
		switch {
		case name == parts[i]:
			words++
		case !strings.HasPrefix(name, "{") || parts[i] == "":
			return -1
		}
	}
	return words
}

// version takes the API's version off a path.
func version(path string) string {
	for _, prefix := range []string{"/api/v10", "/api/v9"} {
		if rest, ok := strings.CutPrefix(path, prefix); ok {
			return rest
		}
	}
	return path
}
