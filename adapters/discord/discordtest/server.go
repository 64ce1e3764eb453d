// Package discordtest is a small Discord in memory: the HTTP API (v10, and v9 for libraries that still ask for it)
// and the gateway, with the rules that a bot leans on (permissions, role positions, intents, nonces, mentions,
// sessions that resume) and with the failures that the real one cannot be asked for.
//
// Its state lives with the Server and not with its clients, so that a bot may be killed and started again while
// the community goes on talking; Messages, Effects and AuditLog are what it shows in the end.
package discordtest

import (
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Token is the bot's token in a new server.
const Token = "MTAwMDAwMDAwMDAwMDAwMDAw.test.token"

// Options are how a server differs from the usual.
type Options struct {
	// Clock gives the time; nil means time.Now. One that stands before 2016 at New, as in a synctest bubble, is
	// moved by as much as it takes: Discord has no ids for such times. Server.Now tells what came of it.
	Clock func() time.Time
	// Intents are the privileged intents that the application was granted; an IDENTIFY that asks for others is
	// closed with 4014. Zero means all three.
	Intents int
	// NoContent: the application may not read messages, whatever it asks for.
	NoContent bool
	// Heartbeat is the interval in HELLO; zero means 41,250 ms, as Discord's.
	Heartbeat time.Duration
	// IdentifyEvery refuses an IDENTIFY that comes sooner after the one before, with op 9; zero: none is.
	IdentifyEvery time.Duration
	// Identifies is how many IDENTIFYs remain today; zero means 1,000.
	Identifies int
	// ListEvery is the time in which one request for all members of a guild is granted; others are answered with
	// RATE_LIMITED. Zero means 30 s, as Discord's.
	ListEvery time.Duration
	// Replay is how many events a session keeps for RESUME; zero means 10,000.
	Replay int
	// Limits are the buckets' sizes by kind of route; "" is for all that are not named. The zero Limit means
	// 10,000 in a second: told in the headers and never met. Reactions are 1 in 250 ms unless they are named.
	Limits map[string]Limit
	// PerSecond is the global limit of requests, interactions' answers left out; zero means 50, below zero none.
	PerSecond int
	// Invalid is how many answers 401, 403 and 429 within ten minutes shut everybody out; zero means 10,000.
	Invalid int
}

// Limit is the size of a rate-limit bucket.
type Limit struct {
	Count int
	Per   time.Duration
}

// Server is a Discord; it is an http.Handler. Its methods may be called at any time.
type Server struct {
	options  Options
	ahead    time.Duration // of the clock
	upgrader websocket.Upgrader
	closing  sync.WaitGroup // the gateway's connections

	mu       sync.Mutex
	ids      ids
	token    string
	app      string // the application's id, which is also the bot's user id
	users    map[string]*user
	guilds   map[string]*guild
	invites  map[string]string // guild by code
	channels map[string]*channel
	commands map[string][]object // "" for global ones, or the guild's id
	nonces   map[nonceKey]sent
	asked    map[string]*Interaction // by token
	effects  []Effect
	requests []Request
	spent    map[string]*bucket
	second   bucket
	renames  map[string]*bucket // by channel
	invalid  []time.Time        // answers that count against the account, oldest first
	faults   []*Fault
	chaos    chaos
	gateway  gateway
}

// New gives a Discord with the bot's account in it and no guild.
func New(o Options) *Server {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Heartbeat == 0 {
		o.Heartbeat = 41250 * time.Millisecond
	}
	if o.PerSecond == 0 {
		o.PerSecond = 50
	}
	if o.Invalid == 0 {
		o.Invalid = 10_000
	}
	if o.ListEvery == 0 {
		o.ListEvery = 30 * time.Second
	}
	if o.Replay == 0 {
		o.Replay = 10_000
	}
	if o.Identifies == 0 {
		o.Identifies = 1000
	}
	if o.Intents == 0 {
		o.Intents = intentMembers | intentPresences | intentContent
	}
	s := &Server{
		options: o, token: Token, users: map[string]*user{}, guilds: map[string]*guild{}, invites: map[string]string{},
		channels: map[string]*channel{}, commands: map[string][]object{}, nonces: map[nonceKey]sent{},
		asked: map[string]*Interaction{}, spent: map[string]*bucket{}, renames: map[string]*bucket{},
	}
	s.ahead = max(0, epoch.AddDate(1, 0, 0).Sub(o.Clock()))
	s.gateway = gateway{sessions: map[string]*session{}, remaining: o.Identifies}
	s.app = s.account("palabre", true, 2*365*24*time.Hour).id
	return s
}

// Bot is the id of the bot's user, which is also its application's.
func (s *Server) Bot() string { return s.app }

// ServeHTTP answers the API, and the gateway on any path that asks for a websocket.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if websocket.IsWebSocketUpgrade(r) {
		s.connect(w, r)
		return
	}
	if found, ok := find(r); ok {
		s.serve(found)(w, r)
		return
	}
	s.nowhere(w, r)
}

// Revoke makes the bot's token worthless: every call answers 401, and the gateway closes with 4004.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = ""
}

// Now is the server's time.
func (s *Server) Now() time.Time { return s.now() }

func (s *Server) now() time.Time { return s.options.Clock().UTC().Add(s.ahead) }
