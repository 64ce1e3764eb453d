package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"palabre/chat"
)

const (
	perSecond     = 40               // calls; Discord grants 50 to one account
	burst         = 10               // calls that may go at once: with perSecond, 50 in any second
	maxInvalid    = 500              // answers 401, 403 and 429 within invalidWindow; Discord shuts out at 10,000
	invalidWindow = 10 * time.Minute // Discord's
	maxWait       = 2 * time.Second  // what a call waits for its turn; a longer wait is the outbox's
	probeEvery    = 20 * time.Millisecond
	maxBuckets    = 5_000
)

// route is what Discord limits together until it names the bucket: the method, the path without its ids, and the
// first id of it.
type route struct {
	template    string // "PATCH /guilds/{}/members/{}"
	major       string // the guild's, channel's or webhook's id
	interaction bool   // authorised by an interaction's token
}

func (r route) key() string { return r.template + " " + r.major }

var idSegment = regexp.MustCompile(`^[0-9]{5,}$`)

// routeOf reads a path after the version.
func routeOf(method, path string) route {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(strings.Trim(path, "/"), "/")
	r := route{interaction: (parts[0] == "webhooks" || parts[0] == "interactions") && len(parts) > 2}
	for i, part := range parts {
		switch {
		case (r.interaction || parts[0] == "webhooks") && i == 2:
			r.major += "/" + part
			parts[i] = "{token}" // a secret: it stands in no message of ours
		case len(parts) > 2 && i > 0 && parts[i-1] == "reactions":
			parts[i] = "{emoji}"
		case i == 1 && parts[0] == "invites":
			parts[i] = "{code}"
		case idSegment.MatchString(part):
			if r.major == "" {
				r.major = part
			}
			parts[i] = "{}"
		}
	}
	r.template = method + " /" + strings.Join(parts, "/")
	return r
}

// limiter knows what Discord allows now. It never waits long: a call whose turn is far gets a RetryError.
type limiter struct {
	clock func() time.Time
	dead  chan struct{} // closed once no call is made any more

	mu      sync.Mutex
	stopped error
	tokens  float64 // of the budget of calls
	filled  time.Time
	paused  time.Time            // until when all calls wait
	names   map[string]string    // route -> bucket, as Discord named it
	buckets map[string]*bucket   // by bucket and major id, or by route
	probing map[string]time.Time // routes without a known bucket -> when a first call began
	invalid []time.Time          // answers that count against us, oldest first
}

type bucket struct {
	limit, remaining int
	reset            time.Time
	window           time.Duration // the longest that was left of one
}

// renew begins a new window when the last one is over.
func (b *bucket) renew(now time.Time) {
	if b.limit > 0 && !now.Before(b.reset) {
		b.remaining, b.reset = b.limit, now.Add(b.window)
	}
}

func newLimiter(clock func() time.Time) *limiter {
	return &limiter{
		clock: clock, dead: make(chan struct{}), tokens: burst, filled: clock(), names: map[string]string{}, buckets: map[string]*bucket{},
		probing: map[string]time.Time{},
	}
}

// isStopped is why no call is made any more, nil while all is well.
func (l *limiter) isStopped() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stopped
}

// failed notes that a call brought no answer.
func (l *limiter) failed(r route) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.probing, r.key())
}

// turn waits until the call may be made. It answers with an error when that is never, or far away.
func (l *limiter) turn(ctx context.Context, r route) error {
	for waited := time.Duration(0); ; {
		wait, err := l.ask(r)
		if err != nil {
			return err
		}
		if wait == 0 {
			return nil
		}
		if waited += wait; waited > maxWait {
			return &chat.RetryError{After: wait, Limited: true, Err: errors.New("our turn has not come")}
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// ask takes the turn, or tells how long to wait for it.
func (l *limiter) ask(r route) (time.Duration, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock()
	if l.stopped != nil {
		return 0, l.stopped
	}
	if err := l.patience(now); err != nil {
		return 0, err
	}
	wait := time.Duration(0)
	b := l.buckets[l.bucketKey(r)]
	switch began, probing := l.probing[r.key()]; {
	case b != nil:
		b.renew(now)
		if b.remaining <= 0 {
			wait = max(0, b.reset.Sub(now))
		}
	case probing && now.Sub(began) < callTimeout && !r.interaction:
		wait = probeEvery // its answer tells how many may go
	}
	if !r.interaction {
		wait = max(wait, l.paused.Sub(now), l.budget(now))
	}
	if wait > 0 {
		return wait, nil
	}
	if b != nil {
		b.remaining--
	} else {
		l.probing[r.key()] = now
	}
	if !r.interaction {
		l.tokens--
	}
	return 0, nil
}

// patience refuses calls while too many were answered with 401, 403 or 429.
func (l *limiter) patience(now time.Time) error {
	for len(l.invalid) > 0 && now.Sub(l.invalid[0]) >= invalidWindow {
		l.invalid = l.invalid[1:]
	}
	if len(l.invalid) < maxInvalid {
		return nil
	}
	return &chat.RetryError{
		After: invalidWindow - now.Sub(l.invalid[0]), Limited: true, Err: errors.New("too many calls were refused: none is made for a while"),
	}
}

// budget refills the calls of this second and tells how long until there is one.
func (l *limiter) budget(now time.Time) time.Duration {
	l.tokens = min(burst, l.tokens+now.Sub(l.filled).Seconds()*perSecond)
	l.filled = now
	if l.tokens >= 1 {
		return 0
	}
	return max(time.Millisecond, time.Duration((1-l.tokens)/perSecond*float64(time.Second)))
}

func (l *limiter) bucketKey(r route) string {
	if name, ok := l.names[r.key()]; ok {
		return name + " " + r.major
	}
	return r.key()
}

// heard learns from an answer, and gives its problem when it is not a success.
func (l *limiter) heard(r route, resp *http.Response, body []byte) *apiError {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock()
	delete(l.probing, r.key())
	l.read(r, resp.Header, now)
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return nil
	}
	e := problemOf(r, resp, body, now)
	switch resp.StatusCode {
	case http.StatusUnauthorized:
		l.invalid = append(l.invalid, now)
		if !e.ofInteraction() {
			l.halt(fmt.Errorf("%w: %w", chat.ErrStopped, e))
		}
	case http.StatusForbidden:
		l.invalid = append(l.invalid, now)
	case http.StatusTooManyRequests:
		l.slowed(e, resp.Header, now)
	}
	return e
}

// read takes the limits of an answer's headers. What cannot be read is not there.
func (l *limiter) read(r route, h http.Header, now time.Time) {
	remaining, err := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	after, err2 := strconv.ParseFloat(h.Get("X-RateLimit-Reset-After"), 64)
	if err != nil || err2 != nil || !(after >= 0 && after < maxPause.Seconds()) {
		return
	}
	if len(l.buckets) > maxBuckets {
		l.names, l.buckets = map[string]string{}, map[string]*bucket{} // they are learnt again
	}
	if name := h.Get("X-RateLimit-Bucket"); name != "" {
		l.names[r.key()] = name
	}
	limit, err := strconv.Atoi(h.Get("X-RateLimit-Limit"))
	if err != nil || limit < remaining {
		limit = remaining
	}
	key, window := l.bucketKey(r), time.Duration(after*float64(time.Second))
	fresh := &bucket{limit: limit, remaining: remaining, reset: now.Add(window), window: window}
	if b := l.buckets[key]; b != nil {
		fresh.window = max(window, b.window)
		if now.Before(b.reset) {
			fresh.remaining, fresh.reset = min(remaining, b.remaining), later(fresh.reset, b.reset) // others are under way
		}
	}
	l.buckets[key] = fresh
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// slowed takes a 429: one for all calls stops them all, also the page that Discord's front door shows.
func (l *limiter) slowed(e *apiError, h http.Header, now time.Time) {
	if !e.shared {
		l.invalid = append(l.invalid, now)
	}
	if h.Get("X-RateLimit-Global") != "" || h.Get("X-RateLimit-Scope") == "global" || !e.isJSON {
		l.paused = later(l.paused, now.Add(e.retry))
		return
	}
	l.buckets[l.bucketKey(e.route)] = &bucket{reset: now.Add(e.retry)}
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// stop makes every further call fail with why.
func (l *limiter) stop(why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.halt(why)
}

func (l *limiter) halt(why error) {
	if l.stopped == nil {
		l.stopped = why
		close(l.dead)
	}
}
