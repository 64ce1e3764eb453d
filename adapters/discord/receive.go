package discord

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"palabre/adapters"
	"palabre/chat"
)

const (
	batchSize   = 100                    // dispatches told in one batch
	explainWait = 500 * time.Millisecond // what a removal waits for the audit log to say why
	keepEvery   = 15 * time.Second       // the session is committed at least so often
	lookupLimit = 20                     // channels asked for in one batch
	renewEvery  = time.Hour              // silences longer than Discord's are looked at
)

// Names of our cursors.
const (
	sessionCursor  = "session"
	identifyCursor = "identify"
	beganCursor    = "began"   // when we first came
	presentCursor  = "present" // who was there then has been told
	seenCursor     = "seen"    // the last moment that we heard of, in milliseconds
	auditCursor    = "audit"   // the last entry of the audit log that we read
	channelPrefix  = "channel:"
	gapPrefix      = "gap:"     // + channel: messages that were missed and are not read yet
	silencePrefix  = "silence:" // + user: a silence longer than Discord's longest
	lockPrefix     = "lock:"    // + channel: what was allowed there before we locked it
)

// receiver is one run of an adapter. Its loop owns its fields.
type receiver struct {
	*Adapter
	ctx     context.Context //nolint:containedctx // of the run, for the goroutines of interactions
	emit    func(adapters.Batch) error
	queue   chan dispatch
	wants   chan []byte
	ring    chan struct{} // something that was waited for has happened
	helpers sync.WaitGroup

	ahead     []dispatch // arrived, not told
	last      session    // as it stands after what was told
	moved     adapters.Cursors
	keptAt    time.Time
	kept      session           // as it was committed
	channels  map[string]string // channel -> last message told
	gaps      map[string]*gap
	seen      time.Time
	audit     string
	present   bool      // who was there when we first came has been told
	fresh     bool      // this session did not resume one: the past is to be read
	listing   bool      // members were asked for, and no part of the list has come
	listAsked time.Time // when
	listAt    time.Time // when they are asked for again; zero once the list has begun
	listBy    time.Time // until then, what was missed waits for that list
	peeked    int       // of ahead, looked at for such lists
	commands  string
	announced int
	renewAt   time.Time
	retryAt   time.Time // when calls that failed are made again
}

// persisting asks the loop to commit cursors.
type persisting struct {
	cursors adapters.Cursors
	done    chan error
}

// Run receives until ctx ends. See adapters.Adapter; the errors it returns wrap chat.ErrStopped.
func (a *Adapter) Run(ctx context.Context, from adapters.Cursors, emit func(adapters.Batch) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := a.receiver(ctx, from, emit)
	defer r.helpers.Wait()
	defer cancel()
	a.catching.shut()
	defer a.catching.lift()
	session := readSession(from[sessionCursor])
	r.last, r.kept = session, session
	if err := r.prepare(ctx, session.ID != ""); err != nil {
		return a.ended(ctx, err)
	}
	g := r.gateway(session, readBudget(from[identifyCursor]))
	ended := make(chan error, 1)
	r.helpers.Go(func() { ended <- g.run(ctx) })
	return a.ended(ctx, r.loop(ctx, ended))
}

// ended is Run's answer: nothing when it was asked to end.
func (a *Adapter) ended(ctx context.Context, err error) error {
	if err == nil || (ctx.Err() != nil && !errors.Is(err, chat.ErrStopped)) {
		return nil
	}
	if errors.Is(err, chat.ErrStopped) {
		a.mu.Lock()
		a.state.stopped = err
		a.mu.Unlock()
		a.rest.limits.stop(err)
	}
	return err
}

func (a *Adapter) receiver(ctx context.Context, from adapters.Cursors, emit func(adapters.Batch) error) *receiver {
	r := &receiver{
		Adapter: a, ctx: ctx, emit: emit, queue: make(chan dispatch, queueLength), wants: make(chan []byte, 1),
		ring: make(chan struct{}, 1), moved: adapters.Cursors{}, channels: map[string]string{}, gaps: gapsOf(from),
		audit: from[auditCursor], present: from[presentCursor] != "", commands: from[commandsCursor], keptAt: a.opts.Clock(),
		renewAt: a.opts.Clock(),
	}
	for name, value := range from {
		if id, ok := strings.CutPrefix(name, channelPrefix); ok {
			r.channels[id] = value
		}
	}
	if ms, err := strconv.ParseInt(from[seenCursor], 10, 64); err == nil {
		r.seen = time.UnixMilli(ms).UTC()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if ms, err := strconv.ParseInt(from[beganCursor], 10, 64); err == nil {
		a.book.began = time.UnixMilli(ms).UTC()
	}
	maps.Copy(a.silences, silencesOf(from))
	maps.Copy(a.locks, locksOf(from))
	a.remember()
	return r
}

// remember lets those go on who wait for what an earlier process wrote down. A mutex is held.
func (a *Adapter) remember() {
	select {
	case <-a.given: // Run began again
	default:
		close(a.given)
	}
}

// awaitCursors waits until Run has been told what an earlier process wrote down. An order may be due before that, at the very start;
// it would find no lock to take back, call that done, and leave the room closed for ever.
func (a *Adapter) awaitCursors(ctx context.Context) error {
	select {
	case <-a.given:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *receiver) gateway(s session, b budget) *gateway {
	return &gateway{
		token: r.opts.Token, guild: r.opts.Guild, log: r.log, clock: r.opts.Clock, session: s, budget: b, since: r.seen,
		queue: r.queue, wants: r.wants, dial: r.dial, urgent: r.acknowledge,
		start: func(ctx context.Context) (out start, err error) {
			err = r.rest.do(ctx, call{method: http.MethodGet, path: "/gateway/bot", out: &out, holds: "url"})
			return out, err
		},
		spent: func(cursor string) error { return r.commit(r.ctx, adapters.Cursors{identifyCursor: cursor}) },
		trouble: func(sentence string) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.state.trouble = sentence
		},
		alive: func() {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.state.heard = r.opts.Clock()
		},
	}
}

func (r *receiver) dial(ctx context.Context, address string) (*websocket.Conn, error) {
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: dialTimeout}
	if r.opts.Dial != nil {
		dialer.NetDialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
			return r.opts.Dial(ctx, network, addr)
		}
	}
	conn, response, err := dialer.DialContext(ctx, address, http.Header{"User-Agent": {"DiscordBot palabre"}})
	if response != nil && err != nil {
		err = fmt.Errorf("%w: %s", err, response.Status)
	}
	return conn, err
}

// wake makes the loop look again.
func (r *receiver) wake() {
	select {
	case r.ring <- struct{}{}:
	default: // it will look anyway
	}
}

// commit hands cursors to the loop and waits until they are on their way into the store, before what depends on them.
// Without a loop there is nobody to commit: the next run reads what is true.
func (a *Adapter) commit(ctx context.Context, cursors adapters.Cursors) error {
	p := persisting{cursors: cursors, done: make(chan error, 1)}
	select {
	case a.persist <- p:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-p.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
