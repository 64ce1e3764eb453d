package discord

import (
	"context"
	"encoding/json"
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
	present   bool            // who was there when we first came has been told
	fresh     bool            // this session did not resume one: the past is to be read
	listing   bool            // members are being listed
	listBy    time.Time       // until then, what was missed waits for that list
	peeked    int             // of ahead, looked at for such lists
	strangers map[string]bool // who wrote and is no member
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
		Adapter: a, ctx: ctx, emit: emit, queue: make(chan dispatch, queueLength), wants: make(chan []byte, 4),
		ring: make(chan struct{}, 1), moved: adapters.Cursors{}, channels: map[string]string{}, strangers: map[string]bool{}, gaps: gapsOf(from),
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
	return r
}

func (r *receiver) gateway(s session, b budget) *gateway {
	return &gateway{
		token: r.opts.Token, guild: r.opts.Guild, log: r.log, clock: r.opts.Clock, session: s, budget: b,
		queue: r.queue, wants: r.wants, dial: r.dial, urgent: r.acknowledge,
		start: func(ctx context.Context) (out start, err error) {
			err = r.rest.do(ctx, call{method: http.MethodGet, path: "/gateway/bot", out: &out})
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

// loop tells what arrives, in order, until ctx ends or the gateway may not go on.
func (r *receiver) loop(ctx context.Context, ended <-chan error) error {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		wait, err := r.step(ctx)
		if err != nil {
			return err
		}
		timer.Reset(wait)
		select {
		case d := <-r.queue:
			r.ahead = append(r.ahead, d)
			r.gather()
		case p := <-r.persist:
			p.done <- r.emit(adapters.Batch{Cursors: p.cursors})
		case <-r.announce:
			r.retryAt = time.Time{}
		case <-r.ring:
		case <-timer.C:
		case err := <-ended:
			return err
		case <-r.rest.limits.dead: // some call was told that our token is worthless
			return r.rest.limits.isStopped()
		case <-ctx.Done():
			return nil
		}
	}
}

// gather takes what else is waiting.
func (r *receiver) gather() {
	for len(r.ahead) < 2*batchSize { // what comes after a batch may explain its end
		select {
		case d := <-r.queue:
			r.ahead = append(r.ahead, d)
		default:
			return
		}
	}
}

// step tells what can be told now, reads on in the past, and does what is due. It gives the time until it has to be
// called again although nothing arrives.
func (r *receiver) step(ctx context.Context) (time.Duration, error) {
	now := r.opts.Clock()
	wait, err := r.waitsForMembers(now)
	if err != nil {
		return 0, err
	}
	if g := r.dueGap(now, true); g != nil { // the past comes before what follows it
		if wait > 0 {
			return wait, nil
		}
		return 0, r.fill(ctx, g)
	}
	told, err := r.tellReady(ctx, now)
	if err != nil {
		return 0, err
	}
	if g := r.dueGap(now, false); g != nil && !now.Before(r.listBy) {
		return 0, r.fill(ctx, g)
	}
	if err := r.chores(ctx, now); err != nil {
		return 0, err
	}
	if told > 0 && len(r.ahead) > 0 {
		return 0, nil
	}
	return r.patience(r.opts.Clock()), nil
}

// patience is how long the loop may sleep when nothing arrives.
func (r *receiver) patience(now time.Time) time.Duration {
	wait := max(0, r.renewAt.Sub(now))
	if r.unkept() {
		wait = min(wait, keepEvery)
	}
	if r.retryAt.After(now) {
		wait = min(wait, r.retryAt.Sub(now))
	}
	if len(r.ahead) > 0 {
		wait = min(wait, explainWait-now.Sub(r.ahead[0].arrived))
	}
	for _, g := range r.gaps {
		wait = min(wait, later(g.notBefore, r.listBy).Sub(now))
	}
	return max(time.Millisecond, wait)
}

// tellReady translates the events at the head of what has arrived, as far as nothing has to be waited for, and tells
// them with the session as it stands then.
func (r *receiver) tellReady(ctx context.Context, now time.Time) (told int, err error) {
	var events []chat.Event
	lookups := lookupLimit
	for told < min(len(r.ahead), batchSize) && r.ready(r.ahead[told], r.ahead[told+1:], now) {
		d := r.ahead[told]
		events = append(events, r.digest(ctx, d, &lookups)...)
		r.last = d.session
		told++
	}
	clear(r.ahead[:told])
	r.ahead, r.peeked = r.ahead[told:], max(0, r.peeked-told)
	if told == 0 || (len(events) == 0 && len(r.moved) == 0 && now.Sub(r.keptAt) < keepEvery) {
		return told, nil
	}
	return told, r.tell(events)
}

// tell emits events with the cursors that have moved, in batches that are not too large: the cursors go with the last.
func (r *receiver) tell(events []chat.Event) error {
	const most = 500
	for len(events) > most {
		if err := r.emit(adapters.Batch{Events: events[:most:most]}); err != nil {
			return err
		}
		events = events[most:]
	}
	now := r.opts.Clock()
	for _, ev := range events {
		if body, ok := ev.Body.(chat.MessageSent); ok {
			r.readTo(channelOf(ev.Room), body.Message.ID)
		}
	}
	r.moved[sessionCursor] = r.last.cursor()
	r.moved[seenCursor] = strconv.FormatInt(now.UnixMilli(), 10)
	cursors := r.moved
	r.moved, r.keptAt, r.kept = adapters.Cursors{}, now, r.last
	return r.emit(adapters.Batch{Events: events, Cursors: cursors})
}

// unkept tells whether there is something to commit.
func (r *receiver) unkept() bool { return len(r.moved) > 0 || r.last != r.kept }

// readTo moves a channel's cursor.
func (r *receiver) readTo(channel, message string) {
	if newer(message, r.channels[channel]) {
		r.channels[channel] = message
		r.moved[channelPrefix+channel] = message
	}
}

// ready tells whether an event can be translated already. A removal waits a moment for its reason; an interaction
// from before a break waits until it is known whether Discord still takes an answer.
func (r *receiver) ready(d dispatch, ahead []dispatch, now time.Time) bool {
	switch d.Type {
	case "GUILD_MEMBER_REMOVE":
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.book.explained(d, ahead) || now.Sub(d.arrived) >= explainWait
	case "INTERACTION_CREATE":
		k, late := r.late(d)
		if k == nil || !late {
			return true
		}
		select {
		case <-k.done:
		default:
			return false
		}
	}
	return true
}

// late gives an interaction's first answer, and whether the interaction is from before a break.
func (r *receiver) late(d dispatch) (k *ack, late bool) {
	var in wireInteraction
	if json.Unmarshal(d.Data, &in) != nil {
		return nil, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	k, _ = r.acks.get(in.ID)
	return k, d.arrived.Sub(snowflakeTime(in.ID)) > firstAnswer
}
