package matrixtest

import (
	"math/rand/v2"
	"net/http"
)

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
	x := c.random.Float64()
	switch {
	case x < chances.Limited:
		return &Fault{Status: http.StatusTooManyRequests, Code: "M_LIMIT_EXCEEDED", RetryBody: 1 + c.random.IntN(maxWait)}
	case x < chances.Limited+chances.Refused:
		return &Fault{Status: http.StatusBadGateway, Body: "<html>bad gateway</html>"}
	case x < chances.Limited+chances.Refused+chances.Lost:
		return &Fault{Commit: true}
	}
	return nil
}
