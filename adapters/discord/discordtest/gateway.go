package discordtest

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
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
	opReconnect = 7
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

// session outlives its connections.
type session struct {
	id       string
	intents  int
	shard    [2]int
	seq      int
	first    int      // the sequence number of events[0]
	events   [][]byte // for RESUME
	conn     *conn
	dead     bool
	resumes  int
	identity object
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
			if closed, ok := err.(*websocket.CloseError); ok {
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
		s.chunk(c, p.D)
	case opPresence, opVoice:
		if c.session == nil {
			s.close(c, 4003)
		}
	default:
		s.close(c, 4001)
	}
}

// identity is the body of an IDENTIFY.
type identity struct {
	Token      string         `json:"token"`
	Intents    *int           `json:"intents"`
	Properties map[string]any `json:"properties"`
	Shard      *[2]int        `json:"shard"`
	Compress   bool           `json:"compress"`
}

func (s *Server) identify(c *conn, data json.RawMessage) {
	d := &s.gateway.dials[c.dial]
	_ = json.Unmarshal(data, &d.Identify) // read again below
	var i identity
	problem := json.Unmarshal(data, &i) != nil || i.Intents == nil || i.Properties == nil
	last := time.Time{}
	if n := len(s.gateway.identifies); n > 0 {
		last = s.gateway.identifies[n-1]
	}
	if !problem {
		s.gateway.identifies = append(s.gateway.identifies, s.now())
		s.gateway.remaining = max(0, s.gateway.remaining-1)
	}
	if s.act(c, OnIdentify) {
		return
	}
	switch {
	case problem:
		s.close(c, 4002)
	case c.session != nil:
		s.close(c, 4005)
	case s.token == "" || bare(i.Token) != s.token:
		s.close(c, 4004)
	case i.Shard != nil && (i.Shard[0] < 0 || i.Shard[0] >= i.Shard[1]):
		s.close(c, 4010)
	case *i.Intents < 0 || *i.Intents > knownIntents:
		s.close(c, 4013)
	case *i.Intents&privileged&^s.options.Intents != 0:
		s.close(c, 4014)
	case s.options.IdentifyEvery > 0 && s.now().Sub(last) < s.options.IdentifyEvery:
		s.push(c, opInvalid, false)
	default:
		s.ready(c, i)
	}
}

// bare is a token without the word that some clients put before it.
func bare(token string) string {
	if len(token) > 4 && token[:4] == "Bot " {
		return token[4:]
	}
	return token
}

func (s *Server) ready(c *conn, i identity) {
	shard := [2]int{0, 1}
	if i.Shard != nil {
		shard = *i.Shard
	}
	ses := &session{id: "session" + s.ids.at(s.now()), intents: *i.Intents, shard: shard, first: 1, conn: c}
	if s.options.NoContent {
		ses.intents &^= intentContent
	}
	s.gateway.sessions[ses.id], c.session = ses, ses
	guilds := []object{}
	for _, g := range s.sorted() {
		if g.members[s.app] != nil && ses.has(g) {
			guilds = append(guilds, object{"id": g.id, "unavailable": true})
		}
	}
	bot := s.users[s.app].object()
	bot["verified"], bot["mfa_enabled"], bot["email"] = true, false, nil
	s.event(ses, "READY", object{
		"v": 10, "user": bot, "guilds": guilds, "session_id": ses.id, "resume_gateway_url": s.resumeURL(c), "shard": shard,
		"application": object{"id": s.app, "flags": s.application()["flags"]}, "session_type": "normal", "private_channels": []object{},
	})
	if s.act(c, OnReady) {
		return
	}
	for _, g := range s.sorted() {
		if g.members[s.app] != nil && ses.has(g) {
			name, o := s.arrival(g, ses)
			s.event(ses, name, o)
		}
	}
	s.act(c, OnGuilds)
}

func (s *Server) resumeURL(c *conn) string {
	if s.gateway.resumeURL != "" {
		return s.gateway.resumeURL
	}
	return "ws://" + c.host
}

// has tells whether a shard serves a guild.
func (ses *session) has(g *guild) bool {
	return g == nil && ses.shard[0] == 0 || g != nil && int(number(g.id)>>22)%ses.shard[1] == ses.shard[0]
}

// arrival is GUILD_CREATE, or GUILD_DELETE for a guild that is out of order.
func (s *Server) arrival(g *guild, ses *session) (string, object) {
	if g.gone {
		return "GUILD_DELETE", object{"id": g.id, "unavailable": true}
	}
	o := g.object()
	channels, threads, members := []object{}, []object{}, []object{}
	me := g.members[s.app]
	for _, c := range g.channels {
		if g.permissions(me, c, s.now())&ViewChannel != 0 {
			channels = append(channels, c.object())
		}
	}
	for _, c := range s.threads(g) {
		if !c.archived && g.permissions(me, c, s.now())&ViewChannel != 0 {
			threads = append(threads, c.object())
		}
	}
	for _, id := range g.order {
		// Without presences a guild comes with the bot alone; the others are asked for.
		if m := g.members[id]; m != nil && (id == s.app || ses.intents&intentPresences != 0) {
			members = append(members, m.object())
		}
	}
	o["joined_at"], o["large"], o["unavailable"], o["member_count"] = stamp(me.joined), false, false, len(g.members)
	o["channels"], o["threads"], o["members"] = channels, threads, members
	for _, empty := range []string{"voice_states", "presences", "stage_instances", "guild_scheduled_events", "soundboard_sounds"} {
		o[empty] = []object{}
	}
	return "GUILD_CREATE", o
}

func (s *Server) sorted() []*guild {
	var out []*guild
	for _, g := range s.guilds {
		out = append(out, g)
	}
	slices.SortFunc(out, func(a, b *guild) int { return int(number(a.id)>>22) - int(number(b.id)>>22) })
	return out
}

func (s *Server) threads(g *guild) []*channel {
	var out []*channel
	for _, c := range s.channels {
		if c.guild == g && c.thread() {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b *channel) int { return int(number(a.id)>>22) - int(number(b.id)>>22) })
	return out
}

func (s *Server) resume(c *conn, data json.RawMessage) {
	d := &s.gateway.dials[c.dial]
	_ = json.Unmarshal(data, &d.Resume) // read again below
	var r struct {
		Token   string `json:"token"`
		Session string `json:"session_id"`
		Seq     *int   `json:"seq"`
	}
	bad := json.Unmarshal(data, &r) != nil || r.Seq == nil
	if s.act(c, OnResume) {
		return
	}
	ses := s.gateway.sessions[r.Session]
	switch {
	case bad:
		s.close(c, 4002)
	case s.token == "" || bare(r.Token) != s.token:
		s.close(c, 4004)
	case ses == nil || ses.dead || *r.Seq < ses.first-1:
		s.push(c, opInvalid, false)
	case *r.Seq > ses.seq:
		s.close(c, 4007)
	default:
		if ses.conn != nil {
			s.close(ses.conn, 4000)
		}
		ses.conn, c.session, ses.resumes = c, ses, ses.resumes+1
		for _, event := range ses.events[*r.Seq-ses.first+1:] {
			c.push(Frame{text: event})
		}
		s.event(ses, "RESUMED", object{"_trace": []string{}})
		s.act(c, OnResumed)
	}
}

const chunkSize = 1000

// chunk answers a request for members: all, some by id, or those whose names begin in a way.
func (s *Server) chunk(c *conn, data json.RawMessage) {
	if c.session == nil {
		s.close(c, 4003)
		return
	}
	var r struct {
		Guild string          `json:"guild_id"`
		Query *string         `json:"query"`
		Limit int             `json:"limit"`
		Users json.RawMessage `json:"user_ids"`
		Nonce string          `json:"nonce"`
	}
	_ = json.Unmarshal(data, &r) // what cannot be read asks for nobody
	g := s.guilds[r.Guild]
	if g == nil || c.session.intents&intentMembers == 0 && r.Query != nil && *r.Query == "" && r.Limit == 0 {
		return
	}
	found, missing := s.wanted(g, r.Query, r.Limit, several(r.Users))
	chunks := slices.Collect(slices.Chunk(found, chunkSize))
	if len(chunks) == 0 {
		chunks = [][]object{{}}
	}
	for i, members := range chunks {
		o := object{"guild_id": g.id, "members": members, "chunk_index": i, "chunk_count": len(chunks)}
		if r.Nonce != "" {
			o["nonce"] = r.Nonce
		}
		if len(missing) > 0 {
			o["not_found"] = missing
		}
		s.event(c.session, "GUILD_MEMBERS_CHUNK", o)
	}
}

// several reads one id or a list of them.
func several(data json.RawMessage) []string {
	var many []string
	var one string
	if json.Unmarshal(data, &many) == nil {
		return many
	}
	if json.Unmarshal(data, &one) == nil {
		return []string{one}
	}
	return nil
}

func (s *Server) wanted(g *guild, query *string, limit int, ids []string) (found []object, missing []string) {
	found = []object{}
	for _, id := range ids {
		if m := g.members[id]; m != nil {
			found = append(found, m.object())
		} else {
			missing = append(missing, id)
		}
	}
	if query == nil || len(ids) > 0 {
		return found, missing
	}
	for _, id := range g.order {
		m := g.members[id]
		if m != nil && named(m, *query) && (limit == 0 || len(found) < limit) {
			found = append(found, m.object())
		}
	}
	return found, nil
}

// tell dispatches an event to all sessions that may hear of it; s.mu is held.
func (s *Server) tell(name string, g *guild, c *channel, d object) {
	if g != nil && (g.gone || g.members[s.app] == nil) {
		return
	}
	if c != nil && g != nil && g.permissions(g.members[s.app], c, s.now())&ViewChannel == 0 {
		return
	}
	for _, ses := range s.gateway.sessions {
		if ses.dead || !ses.has(g) || !ses.wants(name, g, d) {
			continue
		}
		s.event(ses, name, ses.redacted(name, s.app, g, d))
	}
}

// intents say which intent lets an event through; events that are not named need none.
var intents = map[string]int{
	"GUILD_CREATE": intentGuilds, "GUILD_UPDATE": intentGuilds, "GUILD_DELETE": intentGuilds, "GUILD_ROLE_CREATE": intentGuilds,
	"GUILD_ROLE_UPDATE": intentGuilds, "GUILD_ROLE_DELETE": intentGuilds, "CHANNEL_CREATE": intentGuilds, "CHANNEL_UPDATE": intentGuilds,
	"CHANNEL_DELETE": intentGuilds, "CHANNEL_PINS_UPDATE": intentGuilds, "THREAD_CREATE": intentGuilds, "THREAD_UPDATE": intentGuilds,
	"THREAD_DELETE": intentGuilds, "THREAD_LIST_SYNC": intentGuilds, "THREAD_MEMBER_UPDATE": intentGuilds, "THREAD_MEMBERS_UPDATE": intentGuilds,
	"GUILD_MEMBER_ADD": intentMembers, "GUILD_MEMBER_UPDATE": intentMembers, "GUILD_MEMBER_REMOVE": intentMembers,
	"GUILD_AUDIT_LOG_ENTRY_CREATE": intentModeration, "GUILD_BAN_ADD": intentModeration, "GUILD_BAN_REMOVE": intentModeration,
	"MESSAGE_CREATE": intentMessages, "MESSAGE_UPDATE": intentMessages, "MESSAGE_DELETE": intentMessages, "MESSAGE_DELETE_BULK": intentMessages,
	"MESSAGE_REACTION_ADD": intentReactions, "MESSAGE_REACTION_REMOVE": intentReactions, "MESSAGE_REACTION_REMOVE_ALL": intentReactions,
	"MESSAGE_REACTION_REMOVE_EMOJI": intentReactions, "TYPING_START": intentTyping, "INVITE_CREATE": intentInvites,
	"AUTO_MODERATION_ACTION_EXECUTION": intentAutoModActions, "AUTO_MODERATION_RULE_CREATE": intentAutoModRules,
	"AUTO_MODERATION_RULE_UPDATE": intentAutoModRules, "MESSAGE_POLL_VOTE_ADD": intentPolls, "MESSAGE_POLL_VOTE_REMOVE": intentPolls,
}

// private are the intents of the same events in private channels.
var private = map[int]int{intentMessages: intentDirectMessages, intentReactions: intentDirectReactions}

func (ses *session) wants(name string, g *guild, _ object) bool {
	need, ok := intents[name]
	if !ok {
		return true
	}
	if g == nil {
		need = private[need]
	}
	return need == 0 || ses.intents&need != 0
}

// redacted hides what members wrote from a session without the content intent, unless it wrote it itself or is
// mentioned in it.
func (ses *session) redacted(name, me string, g *guild, d object) object {
	if g == nil || ses.intents&intentContent != 0 || name != "MESSAGE_CREATE" && name != "MESSAGE_UPDATE" {
		return d
	}
	if author, _ := d["author"].(object); author["id"] == me {
		return d
	}
	mentioned, _ := d["mentions"].([]object)
	if slices.ContainsFunc(mentioned, func(u object) bool { return u["id"] == me }) {
		return d
	}
	return hidden(d)
}

// hidden is a message without its content.
func hidden(d object) object {
	out := object{}
	for key, value := range d {
		out[key] = value
	}
	out["content"] = ""
	for _, key := range []string{"embeds", "attachments", "components"} {
		out[key] = []object{}
	}
	delete(out, "poll")
	if inner, ok := out["referenced_message"].(object); ok {
		out["referenced_message"] = hidden(inner)
	}
	delete(out, "message_snapshots")
	return out
}

// event gives a session one more event.
func (s *Server) event(ses *session, name string, d object) {
	ses.seq++
	data, err := json.Marshal(object{"op": opDispatch, "t": name, "s": ses.seq, "d": d})
	if err != nil {
		panic(err) // an object of ours that is no JSON
	}
	ses.events = append(ses.events, data)
	if over := len(ses.events) - s.options.Replay; over > 0 {
		ses.events, ses.first = slices.Clone(ses.events[over:]), ses.first+over
	}
	if c := ses.conn; c != nil {
		c.push(Frame{text: data})
		s.eventually(c)
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
