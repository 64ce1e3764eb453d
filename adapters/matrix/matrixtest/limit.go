package matrixtest

import (
	"net/http"
	"time"
)

// limited are the kinds of calls that a homeserver counts together: what an account writes, in whatever room.
var limited = map[string]bool{"send": true, "redact": true, "putstate": true, "kick": true, "ban": true, "unban": true}

// bucket is Synapse's: it holds so many calls, and leaks.
type bucket struct {
	level  float64
	filled time.Time
}

// Limit lets every account write so often a second in the long run, and so much at once: Synapse's default is 0.2 and 10.
// Zero lifts the limit. What people do through Person is not limited.
func (s *Server) Limit(perSecond float64, burst int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.perSecond, s.burst, s.buckets = perSecond, burst, map[string]*bucket{}
}

// Refused is how many calls were over the limit.
func (s *Server) Refused() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused
}

// over gives the answer to a call that is over its account's limit; nil for others, which are counted.
func (s *Server) over(kind, token string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.perSecond == 0 || !limited[kind] {
		return nil
	}
	now := s.clock()
	b := s.buckets[token]
	if b == nil {
		b = &bucket{filled: now}
		s.buckets[token] = b
	}
	b.level = max(0, b.level-now.Sub(b.filled).Seconds()*s.perSecond)
	b.filled = now
	if over := b.level + 1 - float64(s.burst); over > 0 {
		s.refused++
		wait := int(over/s.perSecond*1000) + 1
		return &Fault{Status: http.StatusTooManyRequests, Code: "M_LIMIT_EXCEEDED", RetryBody: wait}
	}
	b.level++
	return nil
}
