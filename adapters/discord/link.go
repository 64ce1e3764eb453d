package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/gorilla/websocket"
)

// link is one connection. Its loop owns it; a second goroutine only reads.
type link struct {
	*gateway
	conn   *websocket.Conn
	shard  [2]int
	frames chan frame    // what was read
	over   chan struct{} // closed when the loop has ended
	broken error         // why the reading ended, once frames is closed
	began  time.Time

	greeted     bool // HELLO came
	established bool // READY or RESUMED came
	resumed     bool // it was RESUMED
	interval    time.Duration
	waiting     bool      // for the answer to a heartbeat
	beatAt      time.Time // when it was sent
	heardAt     time.Time // the last frame
	heardTill   time.Time // the same by the clock that events go by
	toldAt      time.Time // the last event
	pending     *dispatch // what the queue has no room for
	beat        *time.Timer
	deadline    *time.Timer
}

// run takes the connection to its end. Nothing of it remains.
func (l *link) run(ctx context.Context) ending {
	l.conn.SetReadLimit(maxFrame)
	l.conn.SetCloseHandler(func(int, string) error { return nil }) // we say goodbye in our own way
	read := make(chan struct{})
	go func() {
		defer close(read)
		l.read()
	}()
	l.beat, l.deadline = time.NewTimer(time.Hour), time.NewTimer(helloTimeout)
	defer l.beat.Stop()
	defer l.deadline.Stop()
	l.beat.Stop()
	end := l.loop(ctx)
	close(l.over)
	// Any code but 1000 and 1001 keeps the session.
	goodbye := websocket.FormatCloseMessage(closeCode, "")
	_ = l.conn.WriteControl(websocket.CloseMessage, goodbye, time.Now().Add(time.Second)) // it may be gone
	_ = l.conn.Close()
	<-read
	return end
}

// read hands over frames until the connection ends. A frame that is none is counted and left out; a stream that
// cannot be inflated is the end.
func (l *link) read() {
	defer close(l.frames)
	var stream inflater
	for bad := 0; bad <= maxMalformed; {
		kind, data, err := l.conn.ReadMessage()
		if err == nil && kind == websocket.BinaryMessage {
			data, err = stream.inflate(data)
		}
		if err != nil {
			l.broken = err
			return
		}
		f, err := parseFrame(data)
		if err != nil {
			l.log.Warn("discord: frame left out", "err", err, "bytes", len(data))
			bad++
			continue
		}
		select {
		case l.frames <- f:
		case <-l.over:
			return
		}
	}
	l.broken = errors.New("too many malformed frames")
}

func (l *link) loop(ctx context.Context) ending {
	for {
		in, out, next, wants := l.frames, (chan<- dispatch)(nil), dispatch{}, l.wants
		if !l.established {
			wants = nil
		}
		if l.pending != nil {
			in, out, next = nil, l.queue, *l.pending
		}
		var end *ending
		select {
		case f, ok := <-in:
			if !ok {
				return l.lost()
			}
			l.heardAt, l.heardTill = time.Now(), l.clock()
			end = l.take(f)
		case out <- next:
			l.pending = nil
		case data := <-wants:
			end = l.write(data)
		case <-l.beat.C:
			end = l.heartbeat()
		case <-l.deadline.C:
			end = l.overdue()
		case <-ctx.Done():
			return ending{err: ctx.Err()}
		}
		if end != nil {
			return *end
		}
	}
}

// lost is the end of a connection that the other side closed or that broke.
func (l *link) lost() ending {
	var code *websocket.CloseError
	if errors.As(l.broken, &code) {
		return closed(code.Code, fmt.Errorf("closed by Discord: %d %s", code.Code, code.Text))
	}
	return ending{err: fmt.Errorf("connection lost: %w", l.broken)}
}

// take handles one frame; an ending when it is the last.
func (l *link) take(f frame) *ending {
	switch f.Op {
	case opHello:
		return l.hello(f)
	case opHeartbeat:
		return l.write(payload(opHeartbeat, l.sequence()))
	case opHeartbeatACK:
		l.waiting = false
	case opReconnect:
		return &ending{err: errors.New("Discord asks us to reconnect"), asked: true}
	case opInvalidSession:
		return l.invalid(f)
	case opDispatch:
		l.dispatched(f)
	}
	if l.established {
		l.alive()
	}
	return nil
}

func (l *link) hello(f frame) *ending {
	var hello struct {
		Interval int64 `json:"heartbeat_interval"`
	}
	if json.Unmarshal(f.Data, &hello) != nil || hello.Interval <= 0 || hello.Interval > time.Hour.Milliseconds() {
		return &ending{err: errors.New("a greeting without a heartbeat interval")}
	}
	if l.greeted {
		return nil
	}
	l.greeted = true
	l.interval = max(100*time.Millisecond, time.Duration(hello.Interval)*time.Millisecond)
	l.beat.Reset(rand.N(l.interval)) // so that not all bots of the world beat at once
	l.deadline.Reset(readyTimeout)
	if l.session.ID != "" {
		l.deadline.Reset(resumeWithin)
		return l.write(payload(opResume, l.resume()))
	}
	return l.write(payload(opIdentify, l.identify(l.shard)))
}

// invalid: Discord does not take our session, or not now. It wants a random pause of one to five seconds.
func (l *link) invalid(f frame) *ending {
	resumable := bytes.Equal(bytes.TrimSpace(f.Data), []byte("true"))
	return &ending{
		err: fmt.Errorf("session refused (resumable: %t)", resumable), forget: !resumable,
		wait: time.Second + rand.N(4*time.Second),
	}
}

func (l *link) heartbeat() *ending {
	if l.waiting && l.pending == nil {
		return &ending{err: errors.New("a heartbeat was not answered")}
	}
	l.beat.Reset(l.interval)
	l.waiting, l.beatAt = true, time.Now()
	if l.established {
		l.deadline.Reset(ackTimeout)
	}
	return l.write(payload(opHeartbeat, l.sequence()))
}

// overdue: Discord has not greeted us, begun a session, or said anything since a heartbeat.
func (l *link) overdue() *ending {
	switch {
	case !l.greeted:
		return &ending{err: errors.New("no greeting")}
	case !l.established && l.replaying():
		l.deadline.Reset(resumeWithin)
	case !l.established:
		return &ending{err: errors.New("no session")}
	case l.waiting && l.pending == nil && !l.heardAt.After(l.beatAt):
		return &ending{err: errors.New("silence after a heartbeat")}
	}
	return nil
}

// replaying tells whether a session's past is still coming, which may take its time, or waits for room in the queue.
func (l *link) replaying() bool {
	return l.session.ID != "" && (l.pending != nil || time.Since(l.toldAt) < resumeWithin)
}

// sequence is the d of a heartbeat: null before the first event.
func (l *link) sequence() any {
	if l.session.Seq == 0 {
		return nil
	}
	return l.session.Seq
}

// dispatched notes what the session needs of an event and queues it.
func (l *link) dispatched(f frame) {
	l.toldAt = time.Now()
	switch f.Type {
	case "READY":
		var ready struct {
			Session string `json:"session_id"`
			URL     string `json:"resume_gateway_url"`
		}
		if json.Unmarshal(f.Data, &ready) != nil || ready.Session == "" {
			l.log.Warn("discord: READY cannot be read")
			return
		}
		l.gateway.session = session{ID: ready.Session, URL: ready.URL}
		l.ready()
	case "RESUMED":
		l.resumed = true
		l.ready()
	case "INTERACTION_CREATE":
		l.urgent(f)
	}
	l.gateway.session.Seq = max(l.gateway.session.Seq, f.Seq)
	l.pending = &dispatch{frame: f, session: l.gateway.session, arrived: l.clock(), since: l.since}
	select {
	case l.queue <- *l.pending:
		l.pending = nil
	default: // the loop waits for room
	}
}

func (l *link) ready() {
	l.established = true
	l.deadline.Stop()
	l.trouble("")
}

func (l *link) write(data []byte) *ending {
	err := l.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
	if err == nil {
		err = l.conn.WriteMessage(websocket.TextMessage, data)
	}
	if err != nil {
		return &ending{err: fmt.Errorf("connection lost: %w", err)}
	}
	return nil
}
