package discordtest

import (
	"encoding/json"
	"slices"
	"time"
)

// session outlives its connections.
type session struct {
	id      string
	intents int
	shard   [2]int
	seq     int
	first   int      // the sequence number of events[0]
	events  [][]byte // for RESUME
	conn    *conn
	dead    bool
	resumes int
}

// identity is the body of an IDENTIFY.
type identity struct {
	Token      string         `json:"token"`
	Intents    *int           `json:"intents"`
	Properties map[string]any `json:"properties"`
	Shard      *[2]int        `json:"shard"`
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
