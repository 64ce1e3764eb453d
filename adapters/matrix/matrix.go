// Package matrix connects Palabre to a Matrix homeserver as an ordinary account: it translates room events
// into chat.Events and carries actions out over the client-server API.
//
// The sync token and the cursors of unfilled gaps travel with the events that they cover, so that the shell
// commits both together and a crash loses nothing. A room whose timeline came back cut short is read on
// through /messages, page by page and in order, from where it was cut.
package matrix

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"palabre/adapters"
	"palabre/chat"
)

// Standing are the power levels from which a member is trusted, a moderator, an administrator. What somebody asks of us is
// measured by their level in the room where they ask; whom it may hit, by the highest level that the member was given in
// any room: who moderates one room is safe from rules and from other moderators in all.
type Standing struct{ Trusted, Moderator, Admin int }

// Options are what an Adapter needs. Homeserver, User, Token and at least one of Space and Rooms are required.
type Options struct {
	Homeserver string          // the base URL, "https://matrix.example.org"
	User       string          // our own user id, "@palabre:example.org"
	Token      string          // the access token; keep it: the device's transactions belong to it
	Space      string          // alias or id of the space whose rooms are protected; empty protects Rooms alone
	Rooms      []adapters.Room // logical names of rooms, by alias or id
	Prefix     string          // how commands begin; "!" when empty
	Ignore     []string        // globs (* and ?) of user ids that a bridge or another program speaks through
	Standing   Standing        // 10, 50 and 100 when zero
	Log        *slog.Logger    // slog.Default when nil
	Client     *http.Client    // for tests; one that follows no redirect to another host when nil
	Clock      func() time.Time
}

// Adapter is one account on one homeserver. It implements adapters.Adapter and adapters.Live.
type Adapter struct {
	opts Options
	log  *slog.Logger
	api  *api
	self string

	setup   sync.Mutex // held while rooms are discovered
	ready   bool       // under setup
	failing time.Time  // under setup: since when discoveries end half-way; zero when the last one did not

	naming sync.Mutex // held while we ask whose the token is
	named  bool       // under naming: it is ours

	writing keyedMutex // one writer of a room's shared state at a time

	mu         sync.Mutex // guards what follows
	dir        *directory
	wanted     map[string]string                  // ids of rooms to protect -> logical name
	aliases    map[string]string                  // alias -> room id
	ways       map[string]string                  // room id -> a server that is in it
	troubles   []trouble                          // what is to be told about rooms that cannot be protected
	incomplete bool                               // some room could not be had: look again later
	facts      *adapters.Recent[fact]             // by event id
	sent       *adapters.Recent[string]           // order key -> event id, as the homeserver showed them to us
	gone       *adapters.Recent[bool]             // events that were redacted
	acted      *adapters.Recent[map[string]error] // orders to be tried again -> room -> how it ended there
	link       link
}

// trouble is a room that cannot be protected: what is the matter, and the homeserver's sentence.
type trouble struct{ id, logical, what, why string }

// New checks the options. It makes no call.
func New(o Options) (*Adapter, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	o = o.withDefaults()
	client, err := mautrix.NewClient(o.Homeserver, id.UserID(o.User), o.Token)
	if err != nil {
		return nil, fmt.Errorf("matrix: homeserver %q: %w", o.Homeserver, err)
	}
	client.Client, client.UserAgent = o.Client, "palabre"
	return &Adapter{
		opts: o, log: o.Log.With("platform", string(chat.Matrix)), self: o.User,
		api: &api{client: client, clock: o.Clock, pauses: map[string]time.Time{}},
		dir: newDirectory(), wanted: map[string]string{}, aliases: map[string]string{}, ways: map[string]string{},
		facts: adapters.NewRecent[fact](10_000), sent: adapters.NewRecent[string](2_000), gone: adapters.NewRecent[bool](5_000), acted: adapters.NewRecent[map[string]error](1_000),
	}, nil
}

func (o Options) check() error {
	switch {
	case o.Homeserver == "":
		return errors.New("matrix: no homeserver")
	case !isUser(o.User):
		return fmt.Errorf("matrix: %q is not a user id (@name:server)", o.User)
	case o.Token == "":
		return errors.New("matrix: no access token")
	case o.Space == "" && len(o.Rooms) == 0:
		return errors.New("matrix: neither a space nor a room to protect")
	}
	for _, r := range append([]adapters.Room{{Logical: "space", ID: o.Space}}, o.Rooms...) {
		if r.ID != "" && !strings.HasPrefix(r.ID, "#") && !strings.HasPrefix(r.ID, "!") {
			return fmt.Errorf("matrix: %s: %q is neither an alias (#name:server) nor a room id (!…)", r.Logical, r.ID)
		}
	}
	return nil
}

func (o Options) withDefaults() Options {
	if o.Prefix == "" {
		o.Prefix = "!"
	}
	if o.Standing == (Standing{}) {
		o.Standing = Standing{Trusted: 10, Moderator: 50, Admin: 100}
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Client == nil {
		o.Client = &http.Client{CheckRedirect: sameHost}
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o
}

// sameHost refuses redirects to another host: our token is for this one.
func sameHost(req *http.Request, via []*http.Request) error {
	if len(via) > 3 || req.URL.Host != via[0].URL.Host || req.URL.Scheme != via[0].URL.Scheme {
		return http.ErrUseLastResponse
	}
	return nil
}

// Platform is chat.Matrix.
func (a *Adapter) Platform() chat.Platform { return chat.Matrix }

// Capabilities tell what Matrix lacks: timeouts and locks (replaced by power levels), slowmode, roles, nicknames that
// others may change, real buttons (reactions and
// numbers instead), answers for one member alone, the age of accounts. No action is Once: transaction ids
// make sends repeatable, and the other calls look first.
func (a *Adapter) Capabilities() chat.Capabilities {
	can := chat.Support{Can: true}
	silenced := chat.Support{Can: true, Instead: "silenced by power level"}
	return chat.Capabilities{Actions: map[chat.ActionKind]chat.Support{
		chat.ActSend: can, chat.ActDelete: can, chat.ActReact: can, chat.ActKick: can, chat.ActBan: can,
		chat.ActUnban: can, chat.ActPin: can, chat.ActUnpin: can, chat.ActEdit: can, chat.ActDirect: can,
		chat.ActTimeout: silenced, chat.ActLiftTimeout: silenced,
		chat.ActOpenPoll: can, chat.ActClosePoll: can, chat.ActLookUp: can,
		chat.ActLock:        {Can: true, Instead: "writing takes a moderator's power level"},
		chat.ActUnlock:      {Can: true, Instead: "writing takes the power level that it took before"},
		chat.ActSlowmode:    {Instead: "Matrix has no slowmode: lock the room, or let a rule count messages"},
		chat.ActGiveRole:    {Instead: "Matrix has no roles: power levels are given by a room's administrators"},
		chat.ActTakeRole:    {Instead: "Matrix has no roles: power levels are taken by a room's administrators"},
		chat.ActResetName:   {Instead: "a display name on Matrix is its member's own"},
		chat.ActStartThread: {Can: true, Instead: "a message with its title, as the thread's root"},
	}}
}

// keyedMutex is one mutex for each key.
type keyedMutex struct {
	mu    sync.Mutex
	locks map[string]*sync.Mutex
}

// lock waits for the key's turn and gives the function that ends it.
func (k *keyedMutex) lock(key string) (unlock func()) {
	k.mu.Lock()
	if k.locks == nil {
		k.locks = map[string]*sync.Mutex{}
	}
	m := k.locks[key]
	if m == nil {
		m = &sync.Mutex{}
		k.locks[key] = m
	}
	k.mu.Unlock()
	m.Lock()
	return m.Unlock
}
