package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"palabre/chat"
)

const (
	apiVersion  = "10"
	callTimeout = 15 * time.Second // of one call
	maxResponse = 8 << 20          // bytes of one answer
	maxReason   = 512              // characters of an audit log reason, encoded
)

// rest makes calls: one deadline each, errors in the words of package chat.
type rest struct {
	session *discordgo.Session
	limits  *limiter
	losses  *losses
	base    string
}

// call is one request.
type call struct {
	method string
	path   string // from the version on: "/channels/1/messages"
	query  url.Values
	body   any
	reason string // for the audit log
	out    any
	past   bool // what was missed: one value that cannot be read must not hold back the rest
	// holds is a field that the documented answer has, or list. A call with neither holds nor out is answered by 204.
	holds string
}

func newREST(o Options) *rest {
	session, err := discordgo.New("Bot " + o.Token)
	if err != nil {
		panic("discordgo.New fails: " + err.Error()) // it has no way to
	}
	limits := newLimiter(o.Clock)
	inner := http.RoundTripper(newTransport(o))
	if o.Client != nil && o.Client.Transport != nil {
		inner = o.Client.Transport
	}
	session.Client = &http.Client{
		Transport:     &transport{inner: inner, limits: limits, base: o.APIBase + "/v" + apiVersion},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	session.ShouldRetryOnRateLimit, session.MaxRestRetries = false, 0
	session.StateEnabled, session.UserAgent = false, "DiscordBot (https://palabre.example, 1) palabre"
	return &rest{session: session, limits: limits, base: o.APIBase + "/v" + apiVersion}
}

func newTransport(o Options) *http.Transport {
	t := &http.Transport{
		Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 16, IdleConnTimeout: 90 * time.Second,
		TLSHandshakeTimeout: 10 * time.Second, ForceAttemptHTTP2: true,
	}
	if o.Dial != nil {
		t.DialContext = o.Dial
	}
	return t
}

// do makes the call once. Errors wrap those of package chat; when ctx has ended, its error comes back.
func (r *rest) do(ctx context.Context, c call) error {
	var body []byte
	if c.body != nil {
		var err error
		if body, err = json.Marshal(c.body); err != nil {
			return fmt.Errorf("%w: %w", chat.ErrInvalid, err)
		}
	}
	address := r.base + c.path
	if len(c.query) > 0 {
		address += "?" + c.query.Encode()
	}
	limited, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	options := []discordgo.RequestOption{discordgo.WithContext(limited)}
	if reason := auditReason(c.reason); reason != "" {
		options = append(options, discordgo.WithAuditLogReason(reason))
	}
	// A bucket of its own for each call: the library's would sleep without an end. Ours are in the transport.
	bucket := discordgo.NewRatelimiter().LockBucket("")
	answer, err := r.session.RequestWithLockedBucket(c.method, address, "application/json", body, bucket, 0, options...)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return inWords(err)
	}
	if err := c.read(answer, r.losses); err != nil {
		return &chat.RetryError{Err: fmt.Errorf("discord: %s %s: an answer that cannot be read: %w", c.method, routeOf(c.method, c.path).template, err)}
	}
	return nil
}

// inWords finds the error that the transport gave, without the request that the client wraps around it: its address
// may hold the token of an interaction.
func inWords(err error) error {
	var refused *apiError
	if errors.As(err, &refused) {
		return refused.classify()
	}
	var retry *chat.RetryError
	if errors.As(err, &retry) {
		return retry
	}
	for _, known := range []error{chat.ErrStopped, chat.ErrForbidden} {
		if errors.Is(err, known) {
			return fmt.Errorf("%w: no call is made", known)
		}
	}
	var request *url.Error
	if errors.As(err, &request) {
		err = request.Err
	}
	return &chat.RetryError{Err: fmt.Errorf("discord not reached: %w", err)}
}

// shownReason is a reason as Discord shows it after it was sent.
func shownReason(s string) string {
	shown, err := url.PathUnescape(auditReason(s))
	if err != nil {
		return s // it cannot be: we have escaped it
	}
	return shown
}

// auditReason makes a reason fit for the header: one line, encoded, at most 512 characters of it.
func auditReason(s string) string {
	s = strings.Join(strings.Fields(harmless(s)), " ")
	var b strings.Builder
	for _, r := range s {
		encoded := url.PathEscape(string(r))
		if b.Len()+len(encoded) > maxReason {
			break
		}
		b.WriteString(encoded)
	}
	return b.String()
}

// transport is where every call passes: it waits for its turn, reads the answer whole and within bounds, and
// remembers what Discord says about limits.
type transport struct {
	inner  http.RoundTripper
	limits *limiter
	base   string
}

// RoundTrip makes one call. What is not a success is an *apiError.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	route := routeOf(req.Method, strings.TrimPrefix(req.URL.String(), t.base))
	if err := t.limits.turn(req.Context(), route); err != nil {
		return nil, err
	}
	resp, err := t.inner.RoundTrip(req)
	if err != nil {
		t.limits.failed(route)
		return nil, err
	}
	defer resp.Body.Close() //nolint:errcheck // it was read
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxResponse+1))
	if err != nil {
		t.limits.failed(route)
		return nil, err
	}
	refused := t.limits.heard(route, resp, body)
	switch {
	case refused != nil:
		return nil, refused
	case len(body) > maxResponse:
		return nil, fmt.Errorf("an answer of more than %d bytes", maxResponse)
	case resp.StatusCode == http.StatusNoContent:
		body = nil
	case len(body) == 0:
		return nil, errForeign
	}
	resp.Header = http.Header{} // the limits are read: the library need not
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if resp.StatusCode == http.StatusAccepted {
		resp.StatusCode = http.StatusOK
	}
	return resp, nil
}
