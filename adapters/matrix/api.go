package matrix

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"maunium.net/go/mautrix"

	"palabre/chat"
)

const (
	callTimeout  = 15 * time.Second // of one call
	maxResponse  = 32 << 20         // bytes of one answer
	defaultPause = 10 * time.Second // after a 429 that does not say how long: the time in which Synapse's default grants two messages
	maxPause     = 5 * time.Minute  // whatever a homeserver asks for: it may be well again long before
)

// api makes the calls: one deadline each, errors in the words of package chat, and a memory of who asked us
// to slow down.
type api struct {
	client *mautrix.Client
	clock  func() time.Time

	mu        sync.Mutex
	pauses    map[string]time.Time // lane -> when it may go on
	budget    budget               // of the lane of what we write
	stopped   error
	suspended bool // what we last wanted to write was refused to us as suspended
}

// call is one request. Lane is what a homeserver's 429 holds back, others go on: all that we write, what is read of a room,
// or entering one.
type call struct {
	lane    string // empty: nobody waits for it
	method  string
	path    []any
	root    bool // the path begins at the server's root
	query   map[string]string
	body    any
	out     any
	timeout time.Duration // callTimeout when zero
}

func (c call) place() mautrix.PrefixableURLPath {
	if c.root {
		return mautrix.BaseURLPath(c.path)
	}
	return mautrix.ClientURLPath(c.path)
}

// writes is the lane of messages, redactions, and what is done to members and state: homeservers count them together for an
// account, whatever the room.
const writes = "writes"

// stateLane is the lane of reading a room's members and state, and of entering it.
func stateLane(room string) string { return room + " state" }

// do makes the call once. Errors wrap those of package chat; when ctx has ended, its error comes back.
func (a *api) do(ctx context.Context, c call) error {
	if err := a.turn(c.lane); err != nil {
		return err
	}
	timeout := c.timeout
	if timeout == 0 {
		timeout = callTimeout
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	answer, response, err := a.client.MakeFullRequestWithResp(limited, mautrix.FullRequest{
		Method: c.method, URL: a.client.BuildURLWithQuery(c.place(), c.query),
		RequestJSON: c.body, MaxAttempts: 1, ResponseSizeLimit: maxResponse, SensitiveContent: true,
	})
	if err == nil {
		err = c.read(answer)
	}
	if err == nil {
		a.granted(c.lane)
		a.wrote(c)
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	err = classify(err, response, a.clock())
	a.remember(c.lane, err)
	return err
}

// mayWrite answers, without a call, whether what we want to write would have to wait: then nothing need be looked up for it.
func (a *api) mayWrite() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return patience(a.budget.wait(a.clock()))
}

// turn takes the call's turn. It answers without a call while the lane waits or after the account was stopped.
func (a *api) turn(lane string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.clock()
	switch {
	case a.stopped != nil:
		return a.stopped
	case lane == writes:
		return patience(a.budget.take(now))
	case lane == "":
		return nil
	}
	return patience(a.pauses[lane].Sub(now))
}

func patience(wait time.Duration) error {
	if wait <= 0 {
		return nil
	}
	return &chat.RetryError{After: wait, Limited: true, Err: errors.New("the homeserver asked us to wait")}
}

func (a *api) granted(lane string) {
	if lane != writes {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.budget.granted(a.clock())
}

func (a *api) remember(lane string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var retry *chat.RetryError
	suspended := errors.Is(err, errSuspended)
	a.suspended = a.suspended || suspended
	switch {
	case errors.Is(err, chat.ErrStopped):
		a.stopped = err
	case suspended:
		a.budget.until = a.clock().Add(suspendedPause) // it tells nothing about a limit
	case lane == writes && errors.As(err, &retry) && retry.Limited:
		a.budget.refused(a.clock(), retry.After, !errors.Is(err, errUntold))
	case lane != "" && errors.As(err, &retry) && retry.Limited:
		a.pauses[lane] = a.clock().Add(retry.After)
	}
}

// stop ends all further calls, and gives the reason back.
func (a *api) stop(err error) error {
	a.remember("", err)
	return err
}

// wrote notes that we may write: a suspended account only reads.
func (a *api) wrote(c call) {
	if c.method == http.MethodGet {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.suspended = false
}

func (a *api) isSuspended() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.suspended
}

// isStopped is why no further call is made, nil while all is well.
func (a *api) isStopped() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.stopped
}

// errDuplicate: the same reaction is there already.
var errDuplicate = mautrix.RespError{ErrCode: "M_DUPLICATE_ANNOTATION"}

// errUnreachable: there was no answer at all.
var errUnreachable = errors.New("homeserver not reached")

// errSuspended: the server's administrators let our account read and not write.
var errSuspended = errors.New("our account is suspended")

// suspendedPause is how long what we want to write waits until it is tried again.
const suspendedPause = time.Minute

// classify puts a failed call into the words of package chat.
func classify(err error, response *http.Response, now time.Time) error {
	if response == nil {
		return &chat.RetryError{Err: fmt.Errorf("%w: %w", errUnreachable, plain(err))}
	}
	var coded mautrix.RespError
	errors.As(err, &coded)
	status := response.StatusCode
	switch {
	case status == http.StatusUnauthorized, coded.ErrCode == "M_USER_DEACTIVATED":
		return fmt.Errorf("%w: %w", chat.ErrStopped, plain(err))
	case status == http.StatusTooManyRequests:
		wait, told := pause(coded, response, now)
		if err = plain(err); !told {
			err = fmt.Errorf("%w: %w", err, errUntold)
		}
		return &chat.RetryError{After: wait, Limited: true, Err: err}
	case coded.ErrCode == "": // a proxy speaks, not the homeserver: what it says of the thing means nothing
		return &chat.RetryError{Err: plain(err)}
	case coded.ErrCode == "M_UNRECOGNIZED":
		return fmt.Errorf("%w: %w", chat.ErrUnsupported, plain(err))
	case coded.ErrCode == "M_USER_SUSPENDED":
		return &chat.RetryError{After: suspendedPause, Limited: true, Err: fmt.Errorf("%w: %w", errSuspended, plain(err))}
	case status == http.StatusForbidden:
		return fmt.Errorf("%w: %w", chat.ErrForbidden, plain(err))
	case status == http.StatusNotFound, status == http.StatusGone:
		return fmt.Errorf("%w: %w", chat.ErrGone, plain(err))
	case status >= 500, status < 400, status == http.StatusRequestTimeout:
		return &chat.RetryError{Err: plain(err)}
	}
	return fmt.Errorf("%w: %w", chat.ErrInvalid, plain(err))
}

// plainError says what failed without the request, whose headers hold the token.
type plainError struct {
	text  string
	cause error
}

func (e plainError) Error() string { return e.text }

// Is keeps the two causes that the sync loop asks for.
func (e plainError) Is(target error) bool { return errors.Is(e.cause, target) }

// maxErrorText bounds what a server's error page may put into our records, in bytes.
const maxErrorText = 300

func plain(err error) error {
	text := err.Error()
	var request *url.Error
	if errors.As(err, &request) {
		text = request.Err.Error() // the address says nothing new
	}
	if len(text) > maxErrorText {
		text = strings.ToValidUTF8(text[:maxErrorText], "") + "…"
	}
	return plainError{text: text, cause: err}
}

// errUntold: a 429 that does not say how long, or says what no limit of calls takes.
var errUntold = errors.New("it is not said how long a call takes")

// longestInterval is the longest that a limit of calls may take for one.
const longestInterval = time.Minute

// pause is how long a 429 asks us to wait: its header, else its body, else defaultPause. told is whether it says something
// about how often we may call.
func pause(coded mautrix.RespError, response *http.Response, now time.Time) (wait time.Duration, told bool) {
	wait, told = defaultPause, true
	header := response.Header.Get("Retry-After")
	if seconds, err := strconv.ParseFloat(header, 64); err == nil && seconds >= 0 {
		wait = time.Duration(min(seconds, maxPause.Seconds()) * float64(time.Second))
	} else if at, err := http.ParseTime(header); err == nil {
		wait = at.Sub(now)
	} else if ms, ok := coded.ExtraData["retry_after_ms"].(float64); ok && ms >= 0 {
		wait = time.Duration(min(ms, float64(maxPause.Milliseconds()))) * time.Millisecond
	} else {
		told = false
	}
	return max(0, min(wait, maxPause)), told && wait <= longestInterval
}
