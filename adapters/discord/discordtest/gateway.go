package discordtest

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/websocket"
)

// The gateway's opcodes.
const (
	opDispatch  = 0
	opHeartbeat = 1
	opIdentify  = 2
	opPresence  = 3
	opVoice     = 4
	opResume    = 6
	opMembers   = 8
	opInvalid   = 9
	opHello     = 10
	opAck       = 11
)

// gateway is everything that the websocket side remembers.
type gateway struct {
	sessions   map[string]*session
	conns      []*conn
	dials      []Dial
	identifies []time.Time
	remaining  int
	resumeURL  string
	cues       []*Cue
	mute       bool
	chances    GatewayChances
}

// conn is one connection.
type conn struct {
	ws      *websocket.Conn
	dial    int // its index in gateway.dials
	host    string
	zlib    *zlib.Writer
	buffer  bytes.Buffer
	session *session
	out     []Frame // what is still to be written, guarded by Server.mu
	wake    chan struct{}
	ended   bool
	mute    bool // sends nothing and answers nothing
	sends   []time.Time
	closing bool // a close frame has been sent; the writer's own
}

// Dial is one connection that a client made to the gateway, from the first to the last.
type Dial struct {
	At         time.Time
	Host       string // as the client asked for it
	Path       string
	Query      string
	Identify   object // what the client said, when it identified
	Resume     object // what the client said, when it resumed
	Heartbeats []time.Time
	CloseCode  int // the client's close code; 1005 when the frame had none, 1006 when the link just broke, 0 while it lives
	Closed     time.Time
	Sent       []object // everything that the client sent
}

// Dials gives all connections so far.
func (s *Server) Dials() []Dial {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.gateway.dials)
}

// Identifies gives the instants of all IDENTIFYs.
func (s *Server) Identifies() []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.gateway.identifies)
}

// Drained tells whether a bot is connected and has been sent everything that it may hear of.
func (s *Server) Drained() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	drained := false
	for _, session := range s.gateway.sessions {
		if c := session.conn; c != nil {
			if len(c.out) > 0 || c.mute {
				return false
			}
			drained = true
		}
	}
	return drained
}

// Connected is how many sessions have a connection.
func (s *Server) Connected() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, session := range s.gateway.sessions {
		if session.conn != nil {
			n++
		}
	}
	return n
}

// connect serves one connection until it ends.
func (s *Server) connect(w http.ResponseWriter, r *http.Request) {
	s.closing.Add(1)
	defer s.closing.Done()
	c := s.dialled(r)
	if cue := s.cue(c, OnDial); cue != nil {
		if cue.Status != 0 {
			http.Error(w, "as scripted", cue.Status)
			s.ended(c, 0)
			return
		}
		if cue.Cut {
			s.ended(c, 0)
			panic(http.ErrAbortHandler)
		}
	}
	ws, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		s.ended(c, 0)
		return // the client has been told
	}
	ws.SetReadLimit(1 << 20)
	s.mu.Lock()
	c.ws = ws
	s.mu.Unlock()
	if r.URL.Query().Get("compress") == "zlib-stream" {
		c.zlib = zlib.NewWriter(&c.buffer)
	}
	written := make(chan struct{})
	go func() {
		defer close(written)
		s.write(c)
	}()
	s.greet(c)
	code := s.read(c)
	s.ended(c, code)
	_ = ws.Close() // it may have been cut
	<-written
}

func (s *Server) dialled(r *http.Request) *conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &conn{dial: len(s.gateway.dials), host: r.Host, wake: make(chan struct{}, 1)}
	s.gateway.dials = append(s.gateway.dials, Dial{At: s.now(), Host: r.Host, Path: r.URL.Path, Query: r.URL.RawQuery})
	s.gateway.conns = append(s.gateway.conns, c)
	return c
}

// closingFor is how long a client has for going after a close frame.
const closingFor = 5 * time.Second

func (s *Server) greet(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.act(c, OnConnect) {
		return
	}
	s.push(c, opHello, object{"heartbeat_interval": s.options.Heartbeat.Milliseconds(), "_trace": []string{"[\"discordtest\"]"}})
	s.act(c, OnHello)
}

// ended forgets a connection; its session stays for a RESUME unless the client closed with 1000 or 1001.
func (s *Server) ended(c *conn, code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.ended = true
	s.gateway.conns = slices.DeleteFunc(s.gateway.conns, func(o *conn) bool { return o == c })
	d := &s.gateway.dials[c.dial]
	d.CloseCode, d.Closed = code, s.now()
	if session := c.session; session != nil && session.conn == c {
		session.conn = nil
		if code == websocket.CloseNormalClosure || code == websocket.CloseGoingAway {
			session.dead = true
		}
	}
	c.poke()
}

func (c *conn) poke() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// read takes what the client says until the link ends, and gives the close code.
func (s *Server) read(c *conn) int {
	for {
		_, data, err := c.ws.ReadMessage()
		if err != nil {
			var closed *websocket.CloseError
			if errors.As(err, &closed) {
				return closed.Code
			}
			return websocket.CloseAbnormalClosure
		}
		s.hear(c, data)
	}
}

const sendsAtMost = 120 // in a minute

func (s *Server) hear(c *conn, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var p struct {
		Op int             `json:"op"`
		D  json.RawMessage `json:"d"`
	}
	if json.Unmarshal(data, &p) != nil {
		s.close(c, 4002)
		return
	}
	var whole object
	_ = json.Unmarshal(data, &whole) // it was read a line above
	d := &s.gateway.dials[c.dial]
	d.Sent = append(d.Sent, whole)
	now := s.now()
	c.sends = append(slices.DeleteFunc(c.sends, func(t time.Time) bool { return now.Sub(t) >= time.Minute }), now)
	if len(c.sends) > sendsAtMost {
		s.close(c, 4008)
		return
	}
	switch p.Op {
	case opHeartbeat:
		d.Heartbeats = append(d.Heartbeats, now)
		if !s.gateway.mute && !s.act(c, OnHeartbeat) {
			s.push(c, opAck, nil)
		}
	case opIdentify:
		s.identify(c, p.D)
	case opResume:
		s.resume(c, p.D)
	case opMembers:
		if !s.act(c, OnMembers) {
			s.chunk(c, p.D)
		}
	case opPresence, opVoice:
		if c.session == nil {
			s.close(c, 4003)
		}
	default:
		s.close(c, 4001)
	}
}

// push sends something that is no event.
func (s *Server) push(c *conn, op int, d any) {
	data, err := json.Marshal(object{"op": op, "d": d, "s": nil, "t": nil})
	if err != nil {
		panic(err) // an object of ours that is no JSON
	}
	c.push(Frame{text: data})
}

func (s *Server) close(c *conn, code int) { c.push(Frame{code: code}) }

func (c *conn) push(f Frame) {
	if end := f.cut || f.code != 0; c.ended || c.mute && !end {
		return
	}
	c.out = append(c.out, f)
	c.poke()
}

// write sends what is to be sent, in order, until the connection ends.
func (s *Server) write(c *conn) {
	for range c.wake {
		for {
			s.mu.Lock()
			if c.ended {
				s.mu.Unlock()
				return
			}
			if len(c.out) == 0 {
				s.mu.Unlock()
				break
			}
			f := c.out[0]
			c.out = c.out[1:]
			s.mu.Unlock()
			if !c.send(f) {
				if !c.closing {
					_ = c.ws.Close() // the reader notices
				}
				s.await(c)
				return
			}
		}
	}
}

// await waits until the reader has ended the connection.
func (s *Server) await(c *conn) {
	for {
		s.mu.Lock()
		ended := c.ended
		s.mu.Unlock()
		if ended {
			return
		}
		<-c.wake
	}
}

// send writes one frame; false when the connection is to end.
func (c *conn) send(f Frame) bool {
	switch {
	case f.cut:
		if tcp, ok := c.ws.NetConn().(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // a reset, not an end
		}
		return false
	case f.code != 0:
		text := websocket.FormatCloseMessage(f.code, f.reason)
		_ = c.ws.WriteControl(websocket.CloseMessage, text, time.Time{}) // the client may be gone
		_ = c.ws.NetConn().SetReadDeadline(time.Now().Add(closingFor))   // as above
		c.closing = true
		return false
	case f.raw != nil:
		return c.ws.WriteMessage(f.kind, f.raw) == nil
	case f.half:
		return c.sendHalf(f.text)
	case f.bomb > 0:
		return c.explode(f.bomb)
	case c.zlib == nil:
		return c.ws.WriteMessage(websocket.TextMessage, f.text) == nil
	}
	c.buffer.Reset()
	if _, err := c.zlib.Write(f.text); err != nil {
		return false
	}
	if c.zlib.Flush() != nil {
		return false
	}
	return c.ws.WriteMessage(websocket.BinaryMessage, c.buffer.Bytes()) == nil
}
