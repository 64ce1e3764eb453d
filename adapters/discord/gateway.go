package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"runtime"
	"time"

	"github.com/gorilla/websocket"

	"palabre/chat"
)

const (
	dialTimeout  = 15 * time.Second // until the connection stands
	helloTimeout = 10 * time.Second // until Discord greets
	readyTimeout = 60 * time.Second // from our IDENTIFY to the session
	resumeWithin = 15 * time.Second // from our RESUME to its first event, from each to the next, and to the end of the past
	writeTimeout = 10 * time.Second
	ackTimeout   = 5 * time.Second // of silence after a heartbeat
	queueLength  = 10_000          // dispatches that may wait; a full queue stops the reading
	maxMalformed = 100             // frames of one connection
	worksAfter   = 30 * time.Second
	steadyAfter  = time.Second // of a connection that resumed, or that Discord itself asked us to leave
	firstPause   = time.Second // after a connection that failed; doubled up to lastPause, with jitter
	lastPause    = time.Minute
	deadURLAfter = 2 // failures to reach the address for resuming, before the main one is tried
	closeCode    = 4000
)

// intents are what we ask to hear of: guilds, members, moderation, messages, reactions, message content, polls and
// AutoMod's executions.
const intents = 1<<0 | 1<<1 | 1<<2 | 1<<9 | 1<<10 | 1<<15 | 1<<21 | 1<<24

// dispatch is one event of the gateway on its way to be translated.
type dispatch struct {
	frame
	session session // as it stands once this event is told
	arrived time.Time
	since   time.Time // until when the connection before this one was heard: what happened later was not
}

// gateway keeps one connection to Discord and hands over what it dispatches, in order. It owns the session; no other
// goroutine touches its fields.
type gateway struct {
	token string
	guild string
	log   *slog.Logger
	clock func() time.Time

	dial    func(ctx context.Context, address string) (*websocket.Conn, error)
	start   func(ctx context.Context) (start, error) // where to connect, and what is granted
	spent   func(budget string) error                // commits the count of IDENTIFYs
	urgent  func(frame)                              // sees an interaction before it queues
	trouble func(sentence string)                    // says why there is no session; empty when there is one
	alive   func()                                   // a frame of a session was read

	session session
	budget  budget
	main    string    // the main address, once known
	fails   int       // connections in a row that did not work
	dead    int       // failures in a row to reach the address for resuming
	since   time.Time // until when the last connection with a session was heard

	queue chan dispatch
	wants chan []byte // what others want sent
}

// ending is how a connection ended.
type ending struct {
	err    error
	fatal  bool          // the account may not go on
	forget bool          // the session cannot be resumed
	asked  bool          // Discord wants us to reconnect: no failure
	wait   time.Duration // at least, before the next one
	lived  bool          // the connection worked for a while
}

// run connects, again and again, until ctx ends or the account may not go on.
func (g *gateway) run(ctx context.Context) error {
	for ctx.Err() == nil {
		end := g.once(ctx)
		if ctx.Err() != nil {
			break
		}
		if end.fatal {
			return end.err
		}
		if end.forget {
			g.session = session{}
		}
		wait := g.pause(end)
		g.log.Warn("discord: reconnecting", "err", end.err, "wait", wait, "resume", g.session.ID != "")
		if g.fails > 1 {
			g.trouble(fmt.Sprintf("no connection to Discord: %v", end.err))
		}
		if sleep(ctx, wait) != nil {
			break
		}
	}
	return nil
}

// pause is how long to wait before the next connection.
func (g *gateway) pause(end ending) time.Duration {
	if end.lived || end.asked && g.fails == 0 {
		g.fails = 0
	}
	wait := rand.N(time.Second)
	if g.fails > 0 {
		bound := min(lastPause, firstPause<<min(g.fails, 10))
		wait = bound/2 + rand.N(bound/2)
	}
	if !end.lived {
		g.fails++
	}
	return max(wait, end.wait)
}

// once is one connection, from its dialling to its end.
func (g *gateway) once(ctx context.Context) ending {
	resuming := g.session.ID != ""
	address, shard, err := g.address(ctx, resuming)
	if err != nil {
		return ending{err: err, fatal: errors.Is(err, chat.ErrStopped), wait: retryWait(err)}
	}
	limited, cancel := context.WithTimeout(ctx, dialTimeout)
	conn, err := g.dial(limited, address)
	cancel()
	if err != nil {
		if resuming {
			g.dead++
		}
		return ending{err: fmt.Errorf("gateway not reached: %w", err)}
	}
	l := &link{gateway: g, conn: conn, frames: make(chan frame), over: make(chan struct{}), shard: shard, began: g.clock()}
	end := l.run(ctx)
	if resuming && !l.greeted {
		g.dead++
	}
	if l.established {
		g.dead, g.since = 0, l.heardTill
	}
	end.lived = l.worked(end)
	return end
}

// worked tells whether a connection was none that failed, however it ended: after it, the next one may be tried at once.
// One that resumed costs nobody anything; one that began a session has to last, since sessions are counted.
func (l *link) worked(end ending) bool {
	age := l.clock().Sub(l.began)
	return l.established && (age >= worksAfter || (l.resumed || end.asked) && age >= steadyAfter)
}

func retryWait(err error) time.Duration {
	var retry *chat.RetryError
	if errors.As(err, &retry) {
		return retry.After
	}
	return 0
}

// address is where to connect. A resume goes where Discord said, and to the main gateway when nobody is there.
func (g *gateway) address(ctx context.Context, resuming bool) (address string, shard [2]int, err error) {
	if resuming && g.session.URL != "" && g.dead < deadURLAfter {
		address, err = withQuery(g.session.URL)
		return address, shard, err
	}
	if resuming && g.main != "" {
		address, err = withQuery(g.main)
		return address, shard, err
	}
	granted, err := g.start(ctx)
	if err != nil {
		return "", shard, fmt.Errorf("gateway's address: %w", err)
	}
	g.main = granted.URL
	if address, err = withQuery(granted.URL); err != nil {
		return "", shard, err
	}
	if !resuming {
		err = g.permit(ctx, granted)
	}
	return address, shardOf(g.guild, granted.Shards), err
}

// withQuery asks for version, encoding and compression.
func withQuery(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "wss" && u.Scheme != "ws") {
		return "", fmt.Errorf("gateway %q is not an address", address)
	}
	if u.Path == "" {
		u.Path = "/"
	}
	u.RawQuery = url.Values{"v": {apiVersion}, "encoding": {"json"}, "compress": {"zlib-stream"}}.Encode()
	return u.String(), nil
}

// stop tells why a close code ends everything, empty when it does not.
func stop(code int) string {
	switch code {
	case 4004:
		return "the token is wrong: copy it anew from the bot's page (Reset Token)"
	case 4010, 4011:
		return "Discord wants another number of shards"
	case 4012:
		return "Discord no longer speaks this version of its gateway"
	case 4013:
		return "Discord does not know an intent that we ask for"
	case 4014:
		return "switch on “Server Members Intent” and “Message Content Intent” on the bot's page of the developer portal"
	}
	return ""
}

// closed is the ending that a close code means.
func closed(code int, err error) ending {
	if why := stop(code); why != "" {
		return ending{err: fmt.Errorf("%w: %s (close code %d)", chat.ErrStopped, why, code), fatal: true}
	}
	end := ending{err: err}
	switch code {
	case 4003, 4007, 4009: // not authenticated, wrong sequence number, session timed out
		end.forget = true
	case 4008: // we talked too much
		end.wait = lastPause / 2
	}
	return end
}

func (g *gateway) identify(shard [2]int) any {
	return map[string]any{
		"token": g.token, "intents": intents, "shard": shard, "compress": false, "large_threshold": 250,
		"properties": map[string]string{"os": runtime.GOOS, "browser": "palabre", "device": "palabre"},
	}
}

func (g *gateway) resume() any {
	return map[string]any{"token": g.token, "session_id": g.session.ID, "seq": g.session.Seq}
}

// payload writes a frame of ours.
func payload(op int, d any) []byte {
	data, err := json.Marshal(map[string]any{"op": op, "d": d})
	if err != nil {
		return nil // strings and numbers always encode
	}
	return data
}
