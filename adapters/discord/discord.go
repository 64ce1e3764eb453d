// Package discord connects Palabre to one Discord guild as a bot account: it translates gateway dispatches into
// chat.Events and carries actions out over the HTTP API.
//
// The gateway's session, its sequence number and where each channel was read to travel with the events that they
// cover, so that a restart resumes where the last commit stood. What a lost session leaves out is read from the
// HTTP API, in the channels that moved. No type of the library leaves this folder.
package discord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"palabre/adapters"
	"palabre/chat"
)

// DefaultAPIBase is where Discord's HTTP API is, without its version.
const DefaultAPIBase = "https://discord.com/api"

// Standing names roles, by name or id, whose members have a standing. A moderator is also who may manage messages,
// silence, kick or ban; an administrator who owns the guild, or may administrate or manage it.
type Standing struct{ Trusted, Moderator, Admin []string }

// Options are what an Adapter needs. Token and Guild are required.
type Options struct {
	Token         string          // the bot's token, without "Bot "
	Guild         string          // id of the guild that is served; others are ignored
	Rooms         []adapters.Room // logical names of channels, by id
	APIBase       string          // DefaultAPIBase when empty; the gateway's address is asked there
	Prefix        string          // how typed commands begin; "!" when empty
	Ignore        []string        // globs (* and ?) of user ids or names that a bridge or another program speaks through
	Standing      Standing
	JudgeWebhooks bool              // rules look at what webhooks say
	Acts          []chat.ActionKind // what rules may order beyond what Palabre does in any case: the invitation asks for it too
	Log           *slog.Logger      // slog.Default when nil
	Clock         func() time.Time  // time.Now when nil

	// Client and Dial are for tests: the HTTP client, and how the gateway is reached.
	Client *http.Client
	Dial   func(ctx context.Context, network, address string) (net.Conn, error)
}

// Adapter is one bot account in one guild. It implements adapters.Adapter, Live, Directory, Publisher, Redoer and Sweeper.
type Adapter struct {
	opts Options
	log  *slog.Logger
	rest *rest

	persist  chan persisting // cursors that actions need committed
	announce chan struct{}   // rings when definitions of commands have changed
	given    chan struct{}   // closed once Run has been given its cursors: see awaitCursors
	catching gate            // shut while the past is being told
	meeting  sync.Mutex      // held while the guild is asked for
	sweeping turns           // of the channels in which messages are being deleted together

	mu       sync.Mutex // guards what follows
	book     *book
	acks     *adapters.Recent[*ack]    // by interaction id
	answers  *adapters.Recent[*answer] // by interaction token
	pasts    *adapters.Recent[*past]   // by channel
	silences map[string]silence
	sweeps   map[string]*sweep // deletions that wait for others, by channel
	bans     map[int]*banning  // bans that wait for others, by the seconds of history that go too
	locks    map[string]lock   // rooms that we locked
	refused  breaker
	state    liveness
}

var (
	_ adapters.Adapter   = (*Adapter)(nil)
	_ adapters.Live      = (*Adapter)(nil)
	_ adapters.Directory = (*Adapter)(nil)
	_ adapters.Publisher = (*Adapter)(nil)
	_ adapters.Redoer    = (*Adapter)(nil)
	_ adapters.Sweeper   = (*Adapter)(nil)
	_ adapters.Reader    = (*Adapter)(nil)
)

// liveness is what Live reads.
type liveness struct {
	heard   time.Time // the last frame of a session
	trouble string    // why there is no session
	stopped error     // why there never will be one
	guild   presence
}

// New checks the options. It makes no call.
func New(o Options) (*Adapter, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	o = o.withDefaults()
	a := &Adapter{
		opts: o, log: o.Log.With("platform", string(chat.Discord)), rest: newREST(o), book: newBook(o),
		persist: make(chan persisting), announce: make(chan struct{}, 1), given: make(chan struct{}), catching: newGate(),
		acks: adapters.NewRecent[*ack](1_000), answers: adapters.NewRecent[*answer](1_000), pasts: adapters.NewRecent[*past](100), silences: map[string]silence{}, sweeps: map[string]*sweep{},
		bans: map[int]*banning{}, locks: map[string]lock{}, refused: breaker{},
	}
	a.rest.losses = a.book.losses
	a.state.heard = o.Clock()
	return a, nil
}

func (o Options) check() error {
	switch {
	case o.Token == "":
		return errors.New("discord: no token")
	case strings.ContainsAny(o.Token, " \r\n"):
		return errors.New("discord: the token holds a space or a line break")
	case !isSnowflake(o.Guild):
		return fmt.Errorf("discord: guild %q is not an id (a number of 15 to 20 digits)", o.Guild)
	}
	for _, r := range o.Rooms {
		if !isSnowflake(r.ID) {
			return fmt.Errorf("discord: room %s: %q is not a channel's id (a number of 15 to 20 digits)", r.Logical, r.ID)
		}
	}
	if o.APIBase == "" {
		return nil
	}
	base, err := url.Parse(o.APIBase)
	if err != nil || base.Host == "" || (base.Scheme != "https" && base.Scheme != "http") {
		return fmt.Errorf("discord: api_base %q is not an address (https://…)", o.APIBase)
	}
	return nil
}

func (o Options) withDefaults() Options {
	if o.APIBase == "" {
		o.APIBase = DefaultAPIBase
	}
	o.APIBase = strings.TrimSuffix(strings.TrimSuffix(o.APIBase, "/"), "/v"+apiVersion)
	if o.Prefix == "" {
		o.Prefix = "!"
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o
}

// Platform is chat.Discord.
func (a *Adapter) Platform() chat.Platform { return chat.Discord }

// Capabilities tell what Discord has: every action, and all but a form once a command was acknowledged, which it
// always is.
func (a *Adapter) Capabilities() chat.Capabilities {
	can := map[chat.ActionKind]chat.Support{}
	for _, kind := range chat.Carried() {
		can[kind] = chat.Support{Can: true}
	}
	return chat.Capabilities{AccountAge: true, Ephemeral: true, Buttons: true, Actions: can}
}

// deadAfter is the silence of the gateway after which events are not really being received: two heartbeats of
// Discord's 41.25 s.
const deadAfter = 90 * time.Second

// Live says whether events are being received: a session stands, its last frame is not older than 90 s, and the guild is in it.
func (a *Adapter) Live() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.state.stopped; err != nil {
		return fmt.Sprintf("Discord refuses our account: %v", err)
	}
	if err := a.rest.limits.isStopped(); err != nil {
		return fmt.Sprintf("Discord refuses our account: %v", err)
	}
	if a.state.trouble != "" {
		return a.state.trouble
	}
	if a.state.guild.absent != "" {
		return a.state.guild.absent
	}
	if age := a.opts.Clock().Sub(a.state.heard); age > deadAfter {
		return fmt.Sprintf("nothing heard from Discord for %s", age.Round(time.Second))
	}
	return ""
}

// snowflakeEpoch is the first millisecond of 2015, from which Discord's ids count.
const snowflakeEpoch = 1420070400000

// isSnowflake tells whether s can be one of Discord's ids.
func isSnowflake(s string) bool {
	if len(s) < 15 || len(s) > 20 {
		return false
	}
	_, err := strconv.ParseUint(s, 10, 64)
	return err == nil
}

// snowflakeTime is when the thing of that id was made; zero when it is no id.
func snowflakeTime(id string) time.Time {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(int64(n>>22) + snowflakeEpoch).UTC() //nolint:gosec // 42 bits
}

// snowflakeAt is the smallest id that a thing made at t can have.
func snowflakeAt(t time.Time) string {
	return strconv.FormatInt(max(0, t.UnixMilli()-snowflakeEpoch)<<22, 10)
}

// newer tells whether id a was made after id b; an empty id is older than all.
func newer(a, b string) bool {
	if len(a) != len(b) {
		return len(a) > len(b)
	}
	return a > b
}

// byID orders snowflakes, oldest first.
func byID(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

func memberRef(user string) chat.MemberRef {
	return chat.MemberRef{Platform: chat.Discord, ID: user}
}

// prefixed is an event's id: the same when Discord repeats itself.
func prefixed(id string) string { return string(chat.Discord) + ":" + id }

// gate is closed while somebody works behind it.
type gate struct {
	mu   *sync.Mutex
	open *chan struct{}
}

func newGate() gate {
	open := make(chan struct{})
	close(open)
	return gate{mu: &sync.Mutex{}, open: &open}
}

// shut closes the gate, if it is open.
func (g gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-*g.open:
		*g.open = make(chan struct{})
	default:
	}
}

// lift opens the gate.
func (g gate) lift() {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-*g.open:
	default:
		close(*g.open)
	}
}

// passable gives the channel that is closed while the gate is open.
func (g gate) passable() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	return *g.open
}
