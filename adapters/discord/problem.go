package discord

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"palabre/chat"
)

// Codes of Discord's errors that mean something of their own to us.
const (
	codeUnknownMember      = 10007
	codeUnknownMessage     = 10008
	codeUnknownBan         = 10026
	codeUnknownInteraction = 10062
	codeAlreadyAnswered    = 40060
	codeNoMessages         = 50008 // the channel takes none: a forum, a category
	codeInvalidWebhook     = 50027
	codeTooOld             = 50034
	codeBlockedByAutoMod   = 200000
	codeOverloaded         = 130000
	codeThreadExists       = 160004
	codePollExpired        = 520001
)

// limitsReached are codes that say that there is no more room (reactions, pins, bans, threads): asking again
// changes nothing.
var limitsReached = map[int]bool{30003: true, 30010: true, 30013: true, 30033: true, 30035: true, 160006: true, 160007: true}

// apiError is an answer that is not a success.
type apiError struct {
	route   route
	status  int
	code    int // 0 when the answer is not Discord's JSON
	message string
	isJSON  bool
	retry   time.Duration // of a 429
	shared  bool          // the 429 is not our fault
}

// Error is Discord's sentence.
func (e *apiError) Error() string {
	text := e.message
	if text == "" {
		text = http.StatusText(e.status)
	}
	if e.code != 0 {
		return fmt.Sprintf("%s: %d %s (%d)", e.route.template, e.status, text, e.code)
	}
	return fmt.Sprintf("%s: %d %s", e.route.template, e.status, text)
}

// classify puts the answer into the words of package chat.
func (e *apiError) classify() error {
	switch {
	case e.status == http.StatusTooManyRequests:
		return &chat.RetryError{After: e.retry, Limited: true, Err: e}
	case e.ofInteraction() && (e.status == http.StatusUnauthorized || e.status == http.StatusNotFound):
		return fmt.Errorf("%w: %w", chat.ErrGone, e)
	case e.status == http.StatusUnauthorized:
		return fmt.Errorf("%w: %w", chat.ErrStopped, e)
	case e.code == codeOverloaded, e.status >= 500, e.status < 400, e.status == http.StatusRequestTimeout:
		return &chat.RetryError{Err: e}
	case !e.isJSON: // a proxy speaks, not Discord: what it says of the thing means nothing
		return &chat.RetryError{Err: e}
	case e.status == http.StatusForbidden, limitsReached[e.code], e.code == codeBlockedByAutoMod, e.code == codeNoMessages:
		return fmt.Errorf("%w: %w", chat.ErrForbidden, e)
	case e.status == http.StatusNotFound && e.code != 0:
		return fmt.Errorf("%w: %w", chat.ErrGone, e)
	}
	return fmt.Errorf("%w: %w", chat.ErrInvalid, e)
}

// ofInteraction tells whether the call was authorised by an interaction's token, and not by ours.
func (e *apiError) ofInteraction() bool { return e.route.interaction }

// hasCode tells whether an error is Discord's answer of that code.
func hasCode(err error, code int) bool {
	var e *apiError
	return errors.As(err, &e) && e.code == code
}

// maxErrorText bounds what an error page may put into our records, in bytes.
const maxErrorText = 300

// problemOf reads an answer that is not a success.
func problemOf(r route, resp *http.Response, body []byte, now time.Time) *apiError {
	e := &apiError{route: r, status: resp.StatusCode}
	var said struct {
		Code    int             `json:"code"`
		Message string          `json:"message"`
		Retry   *float64        `json:"retry_after"`
		Errors  json.RawMessage `json:"errors"`
	}
	if json.Unmarshal(body, &said) == nil && len(body) > 0 && body[0] == '{' {
		e.isJSON, e.code, e.message = true, said.Code, said.Message
		if len(said.Errors) > 0 {
			e.message += " " + string(said.Errors)
		}
	}
	if len(e.message) > maxErrorText {
		e.message = strings.ToValidUTF8(e.message[:maxErrorText], "") + "…"
	}
	if e.status == http.StatusTooManyRequests {
		e.retry, e.shared = retryAfter(resp.Header, said.Retry, now), resp.Header.Get("X-RateLimit-Scope") == "shared"
	}
	return e
}

const (
	unknownPause = time.Minute // after a 429 that does not say how long
	maxPause     = 24 * time.Hour
)

// retryAfter is how long a 429 asks us to wait: its body, which is the most precise, else its header, else a minute.
func retryAfter(h http.Header, body *float64, now time.Time) time.Duration {
	seconds := -1.0
	if body != nil {
		seconds = *body
	} else if n, err := strconv.ParseFloat(h.Get("Retry-After"), 64); err == nil {
		seconds = n
	} else if at, err := http.ParseTime(h.Get("Retry-After")); err == nil {
		seconds = at.Sub(now).Seconds()
	}
	if !(seconds >= 0) { // nor is NaN
		return unknownPause
	}
	return time.Duration(min(seconds, maxPause.Seconds()) * float64(time.Second))
}
