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
	maxPause     = time.Hour        // what a homeserver may make us wait
)

// api makes the calls: one deadline each, errors in the words of package chat, and a memory of who asked us
// to slow down.
type api struct {
	client *mautrix.Client
	clock  func() time.Time

	mu        sync.Mutex
	pauses    map[string]time.Time // lane -> when it may go on
	stopped   error
	suspended bool // what we last wanted to write was refused to us as suspended
}

// call is one request. Lane is what a homeserver's 429 holds back, others go on: a room's messages, or what is
// done to its members and state.
type call struct {
	lane    string // empty: nobody waits for it
	method  string
	path    []any
	query   map[string]string
	body    any
	out     any
	timeout time.Duration // callTimeout when zero
}

// stateLane is the lane of a room's members and state: nobody stays unbanned because we talked too much.
func stateLane(room string) string { return room + " state" }

// do makes the call once. Errors wrap those of package chat; when ctx has ended, its error comes back.
func (a *api) do(ctx context.Context, c call) error {
	if err := a.mayCall(c.lane); err != nil {
		return err
	}
	timeout := c.timeout
	if timeout == 0 {
		timeout = callTimeout
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	answer, response, err := a.client.MakeFullRequestWithResp(limited, mautrix.FullRequest{
		Method: c.method, URL: a.client.BuildURLWithQuery(mautrix.ClientURLPath(c.path), c.query),
		RequestJSON: c.body, MaxAttempts: 1, ResponseSizeLimit: maxResponse, SensitiveContent: true,
	})
	if err == nil {
		err = c.read(answer)
	}
	if err == nil {
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

// mayCall answers without a call while the lane waits or after the account was stopped.
func (a *api) mayCall(lane string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stopped != nil {
		return a.stopped
	}
	if wait := a.pauses[lane].Sub(a.clock()); lane != "" && wait > 0 {
		return &chat.RetryError{After: wait, Limited: true, Err: errors.New("the homeserver asked us to wait")}
	}
	return nil
}

func (a *api) remember(lane string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var retry *chat.RetryError
	a.suspended = a.suspended || errors.Is(err, errSuspended)
	switch {
	case errors.Is(err, chat.ErrStopped):
		a.stopped = err
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
		return &chat.RetryError{After: pause(coded, response, now), Limited: true, Err: plain(err)}
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

// pause is how long a 429 asks us to wait: its header, else its body, else defaultPause.
func pause(coded mautrix.RespError, response *http.Response, now time.Time) time.Duration {
	wait := defaultPause
	header := response.Header.Get("Retry-After")
	if seconds, err := strconv.ParseFloat(header, 64); err == nil && seconds >= 0 {
		wait = time.Duration(min(seconds, maxPause.Seconds()) * float64(time.Second))
	} else if at, err := http.ParseTime(header); err == nil {
		wait = at.Sub(now)
	} else if ms, ok := coded.ExtraData["retry_after_ms"].(float64); ok && ms >= 0 {
		wait = time.Duration(min(ms, float64(maxPause.Milliseconds()))) * time.Millisecond
	}
	return max(0, min(wait, maxPause))
}
