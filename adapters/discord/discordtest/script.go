package discordtest

import (
	"encoding/json"
	"math/rand/v2"
	"strings"

	"github.com/gorilla/websocket"
)

// Moment is a point in a connection's life at which the gateway may do what is written in a Cue.
type Moment string

// The moments, in the order in which they come.
const (
	OnDial      Moment = "dial"      // before the websocket is there: Status and Cut only
	OnConnect   Moment = "connect"   // before HELLO
	OnHello     Moment = "hello"     // after HELLO
	OnIdentify  Moment = "identify"  // an IDENTIFY has come
	OnReady     Moment = "ready"     // READY has been sent, no guild yet
	OnGuilds    Moment = "guilds"    // all GUILD_CREATEs have been sent
	OnResume    Moment = "resume"    // a RESUME has come
	OnResumed   Moment = "resumed"   // RESUMED has been sent
	OnHeartbeat Moment = "heartbeat" // a heartbeat has come
	OnMembers   Moment = "members"   // a request for members has come
	OnEvent     Moment = "event"     // an event has been sent
)

// Cue is what the gateway does at a moment instead of what it does by itself, or after it where the moment is
// named by something sent. Frames go first, then Close or Cut.
type Cue struct {
	At    Moment
	Skip  int // how many such moments pass before
	Times int // at how many; zero: one; below zero: at all
	// Frames are sent in this order.
	Frames []Frame
	Close  int    // a close frame with this code, then the end of the link
	Reason string // of the close frame
	Cut    bool   // the link breaks without a close frame
	Mute   bool   // the link stays, and nothing more is sent on it
	Status int    // at OnDial: the answer of the handshake
	// Also: what the gateway does by itself happens too, after the frames.
	Also bool
	// Then is called when the cue is met. It must not call the Server.
	Then func()
}

// Frame is something that the gateway sends.
type Frame struct {
	text   []byte // JSON, compressed when the connection is
	raw    []byte // exactly these bytes in a frame of this kind
	kind   int
	code   int
	reason string
	cut    bool
	half   bool
	bomb   int
}

// Reconnect is op 7.
func Reconnect() Frame { return Text(`{"op":7,"d":null,"s":null,"t":null}`) }

// Invalid is op 9: the session is lost, or may be resumed.
func Invalid(resumable bool) Frame {
	if resumable {
		return Text(`{"op":9,"d":true,"s":null,"t":null}`)
	}
	return Text(`{"op":9,"d":false,"s":null,"t":null}`)
}

// Beat is op 1: the gateway asks for a heartbeat at once.
func Beat() Frame { return Text(`{"op":1,"d":null,"s":null,"t":null}`) }

// Text is a frame with this text, compressed where the connection is: JSON or not.
func Text(text string) Frame { return Frame{text: []byte(text)} }

// Dispatch is an event as it stands, outside of any session's count.
func Dispatch(name string, seq int, d any) Frame {
	data, err := json.Marshal(object{"op": opDispatch, "t": name, "s": seq, "d": d})
	if err != nil {
		panic(err) // a test's own mistake
	}
	return Frame{text: data}
}

// Binary is a binary frame with exactly these bytes, compressed or not.
func Binary(data []byte) Frame { return Frame{raw: data, kind: websocket.BinaryMessage} }

// Plain is a text frame with exactly these bytes, also where the connection is compressed.
func Plain(data []byte) Frame { return Frame{raw: data, kind: websocket.TextMessage} }

// Half sends the first half of a text's frame and then breaks the link.
func Half(text string) Frame { return Frame{text: []byte(text), half: true} }

// Bomb is a compressed frame that unfolds to so many bytes; on a plain connection it is a frame of that size.
func Bomb(bytes int) Frame { return Frame{bomb: bytes} }

// Deep is a frame of JSON arrays in arrays.
func Deep(levels int) Frame {
	return Text(strings.Repeat("[", levels) + strings.Repeat("]", levels))
}

// Script adds cues; each is met by the first connection that comes to its moment.
func (s *Server) Script(cues ...Cue) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range cues {
		if c.Times == 0 {
			c.Times = 1
		}
		s.gateway.cues = append(s.gateway.cues, &c)
	}
}

// Pending is how many cues have not been met yet.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.gateway.cues)
}

// Send sends frames on all connections now; Close, Cut and Mute end or silence them.
func (s *Server) Send(frames ...Frame) { s.all(Cue{Frames: frames}) }

// CloseAll closes all connections with a code.
func (s *Server) CloseAll(code int) { s.all(Cue{Close: code}) }

// CutAll breaks all connections without a close frame.
func (s *Server) CutAll() { s.all(Cue{Cut: true}) }

// MuteAll leaves all connections open, and sends nothing more on them.
func (s *Server) MuteAll() { s.all(Cue{Mute: true}) }

// NoAcks stops the answers to heartbeats, or begins them again; events go on.
func (s *Server) NoAcks(stop bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gateway.mute = stop
}

// ForgetSessions makes every RESUME fail with op 9.
func (s *Server) ForgetSessions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ses := range s.gateway.sessions {
		ses.dead = true
	}
}

// ResumeAt changes the address that READY gives for a RESUME ("ws://127.0.0.1:1"); empty: the usual one.
func (s *Server) ResumeAt(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gateway.resumeURL = url
}

// IdentifiesLeft changes what GET /gateway/bot says of today's budget.
func (s *Server) IdentifiesLeft(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gateway.remaining = n
}

func (s *Server) all(cue Cue) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.gateway.conns {
		s.perform(c, &cue)
	}
}

// cue takes the cue of a moment, nil when there is none.
func (s *Server) cue(c *conn, at Moment) *Cue {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.met(at)
}

func (s *Server) met(at Moment) *Cue {
	for i, cue := range s.gateway.cues {
		if cue.At != at {
			continue
		}
		if cue.Skip > 0 {
			cue.Skip--
			continue
		}
		if cue.Times--; cue.Times == 0 {
			s.gateway.cues = append(s.gateway.cues[:i:i], s.gateway.cues[i+1:]...)
		}
		return cue
	}
	return nil
}

// act does what a moment's cue says; true when it takes the place of what the gateway does by itself.
func (s *Server) act(c *conn, at Moment) bool {
	cue := s.met(at)
	if cue == nil {
		return false
	}
	s.perform(c, cue)
	return !cue.Also
}

func (s *Server) perform(c *conn, cue *Cue) {
	for _, f := range cue.Frames {
		c.push(f)
	}
	switch {
	case cue.Cut:
		c.push(Frame{cut: true})
	case cue.Close != 0:
		c.push(Frame{code: cue.Close, reason: cue.Reason})
	}
	if cue.Mute {
		c.mute = true
	}
	if cue.Then != nil {
		cue.Then()
	}
}

// GatewayChances are how often an event is followed by something bad: each from 0 (never) to 1 (always).
type GatewayChances struct {
	Reconnect float64 // op 7
	Invalid   float64 // op 9, and the session is lost
	Cut       float64 // the link breaks
	random    *rand.Rand
}

// GatewayChaos makes the gateway fail at random after events until it is called again.
func (s *Server) GatewayChaos(seed uint64, chances GatewayChances) {
	s.mu.Lock()
	defer s.mu.Unlock()
	chances.random = rand.New(rand.NewPCG(seed, 1))
	s.gateway.chances = chances
}

// eventually is called after each event.
func (s *Server) eventually(c *conn) {
	if s.act(c, OnEvent) {
		return
	}
	g := s.gateway.chances
	if g.random == nil {
		return
	}
	switch x := g.random.Float64(); {
	case x < g.Reconnect:
		c.push(Reconnect())
	case x < g.Reconnect+g.Invalid:
		c.session.dead = true
		c.push(Invalid(false))
	case x < g.Reconnect+g.Invalid+g.Cut:
		c.push(Frame{cut: true})
	}
}

// sendHalf writes the head of a frame and half of its body, and ends the link.
func (c *conn) sendHalf(text []byte) bool {
	head := []byte{0x81, 126, byte(len(text) >> 8), byte(len(text))}
	_, _ = c.ws.NetConn().Write(append(head, text[:len(text)/2]...)) // the link ends anyhow
	return false
}

// explode sends a frame that is small and unfolds to many bytes.
func (c *conn) explode(size int) bool {
	if c.zlib == nil {
		return c.ws.WriteMessage(websocket.TextMessage, make([]byte, size)) == nil
	}
	c.buffer.Reset()
	zeros := make([]byte, 1<<20)
	for ; size > 0; size -= len(zeros) {
		if _, err := c.zlib.Write(zeros[:min(size, len(zeros))]); err != nil {
			return false
		}
	}
	if c.zlib.Flush() != nil {
		return false
	}
	return c.ws.WriteMessage(websocket.BinaryMessage, c.buffer.Bytes()) == nil
}
