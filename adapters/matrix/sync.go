package matrix

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"maunium.net/go/mautrix"

	"palabre/adapters"
	"palabre/chat"
)

const (
	longPoll      = 10 * time.Second // how long the homeserver may hold a sync: one that hangs is noticed soon after
	timelineLimit = 100              // events of one room in one sync; what is more comes through /messages
	shortLimit    = 5                // the same after an answer that was too large
	firstPause    = time.Second      // after a failed call; doubled up to maxBackoff, with jitter
	maxBackoff    = 10 * time.Second // between two tries to receive: an outage is over for us soon after it is
	maxPatience   = time.Minute      // whatever a homeserver asks us to wait before we try to receive again
	lookAgain     = 5 * time.Minute  // for rooms that could not be had
	presentBatch  = 500              // members told in one batch
	sureAfter     = 2                // refusals of our token before we believe that it is lost
)

// Names of our cursors.
const (
	sinceCursor = "since"
	gapPrefix   = "gap:"  // + room id: an unfilled hole
	seenPrefix  = "seen:" // + room id: its members were told
)

// receiver is one run of an adapter: what the loop alone touches.
type receiver struct {
	*Adapter
	emit     func(adapters.Batch) error
	since    string
	gaps     map[string]*gap
	seen     map[string]bool
	limit    int
	heard    time.Time // when the homeserver last answered; zero when unknown
	lags     lags
	apart    time.Duration // by which our clock is ahead of the homeserver's, as far as that is more than an answer is under way
	lookups  int           // what may still be asked while translating this batch
	lookedAt time.Time
	failures int
}

// Run receives until ctx ends. See adapters.Adapter; the errors it returns wrap chat.ErrStopped.
func (a *Adapter) Run(ctx context.Context, from adapters.Cursors, emit func(adapters.Batch) error) error {
	r := &receiver{
		Adapter: a, emit: emit, since: from[sinceCursor], limit: timelineLimit,
		gaps: gapsOf(from), seen: map[string]bool{}, lookedAt: a.opts.Clock(), heard: heardAt(from[heardCursor]),
	}
	for name := range from {
		if id, ok := strings.CutPrefix(name, seenPrefix); ok {
			r.seen[id] = true
		}
	}
	if err := r.retry(ctx, r.begin); err != nil {
		return ended(ctx, err)
	}
	for {
		if err := r.retry(ctx, r.step); err != nil {
			return ended(ctx, err)
		}
	}
}

// ended is Run's answer: nothing when it was asked to end.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil //nolint:nilerr // being asked to end is no failure
	}
	return err
}

// retry makes one step, again and again while the homeserver is at fault. It gives up when ctx has ended
// or the account may not go on.
func (r *receiver) retry(ctx context.Context, step func(context.Context) error) error {
	for {
		began := r.opts.Clock()
		err := step(ctx)
		switch {
		case err == nil:
			r.well()
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, chat.ErrStopped):
			return err
		}
		r.failures++
		wait := backoff(r.failures, maxBackoff, err)
		r.failed(began, err, wait)
		r.log.Warn("matrix: trying again", "err", err, "wait", wait)
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// backoff is full jitter below a doubling bound. A homeserver that says how long is believed, within reason: it may be well
// again long before.
func backoff(failures int, most time.Duration, err error) time.Duration {
	var retry *chat.RetryError
	if errors.As(err, &retry) && retry.After > 0 {
		return min(retry.After, maxPatience)
	}
	bound := min(most, firstPause<<min(failures-1, 10))
	return bound/4 + rand.N(bound*3/4)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// begin discovers the rooms and, at the first start ever, takes now as the beginning.
func (r *receiver) begin(ctx context.Context) error {
	if err := r.ensureReady(ctx); err != nil {
		return err
	}
	cursors := adapters.Cursors{}
	if r.since == "" {
		answer, err := r.sync(ctx, 0)
		if err != nil {
			return err
		}
		r.since, cursors[sinceCursor] = answer.NextBatch, answer.NextBatch
		r.heard = r.opts.Clock()
		cursors[heardCursor] = written(r.heard)
	}
	r.asked(true)
	return r.tell(nil, cursors)
}

// tell emits events with everything that waits to be told: members who were there already, rooms that
// cannot be protected. The cursors travel with the last batch.
func (r *receiver) tell(events []chat.Event, cursors adapters.Cursors) error {
	present, seen := r.present()
	var met []chat.Event
	for _, id := range seen {
		cursors[seenPrefix+id] = "1"
		met = append(met, r.met(id))
	}
	for len(present) > presentBatch {
		if err := r.emit(adapters.Batch{Events: present[:presentBatch]}); err != nil {
			return err
		}
		present = present[presentBatch:]
	}
	events = slices.Concat(present, met, r.drainTroubles(), events)
	if len(events) == 0 && len(cursors) == 0 {
		return nil
	}
	if err := r.emit(adapters.Batch{Events: events, Cursors: cursors}); err != nil {
		return err
	}
	for _, id := range seen {
		r.seen[id] = true
	}
	return nil
}

// present gives the members of rooms that were never told, one event for each person.
func (r *receiver) present() (events []chat.Event, rooms []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id := range r.dir.rooms {
		if !r.seen[id] {
			rooms = append(rooms, id)
		}
	}
	if len(rooms) == 0 {
		return nil, nil
	}
	now := r.opts.Clock()
	for user, p := range r.dir.people {
		if user == r.self || !inAny(p, rooms) {
			continue
		}
		actor := r.actorIn(r.dir.rooms[firstRoom(p)], user)
		events = append(events, chat.Event{ID: prefixed("present:" + user), At: now, Actor: actor, Body: chat.MemberPresent{}})
	}
	slices.SortFunc(events, func(a, b chat.Event) int { return strings.Compare(a.ID, b.ID) })
	slices.Sort(rooms)
	return events, rooms
}

// met tells that a room is protected from now on, and who is in it.
func (r *receiver) met(id string) chat.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.opts.Clock()
	known := r.dir.rooms[id]
	var members []chat.MemberRef
	for user, p := range r.dir.people {
		if _, in := p.in[id]; in && user != r.self {
			members = append(members, memberRef(user))
		}
	}
	slices.SortFunc(members, func(a, b chat.MemberRef) int { return strings.Compare(a.ID, b.ID) })
	return chat.Event{
		ID: prefixed(fmt.Sprintf("met:%s:%d", id, now.Unix())), At: now, Room: known.ref(), Logical: known.logical, // each time is news
		Actor: chat.Actor{Kind: chat.System}, Body: chat.RoomMet{Members: members},
	}
}

func inAny(p *person, rooms []string) bool {
	return slices.ContainsFunc(rooms, func(id string) bool { _, ok := p.in[id]; return ok })
}

func firstRoom(p *person) string {
	first := ""
	for id := range p.in {
		if first == "" || id < first {
			first = id
		}
	}
	return first
}

func (r *receiver) drainTroubles() []chat.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []chat.Event
	for _, t := range r.troubles {
		out = append(out, t.event(r.opts.Clock()))
	}
	r.troubles = nil
	return out
}

// step is one sync, told, and one page of every hole that is due.
func (r *receiver) step(ctx context.Context) error {
	now := r.opts.Clock()
	hold := r.holdFor(now)
	answer, err := r.sync(ctx, hold)
	switch {
	case errors.Is(err, chat.ErrInvalid) && r.failures >= sureAfter:
		return r.startOver(ctx, err)
	case errors.Is(err, mautrix.ErrBodyReadReachedLimit), errors.Is(err, mautrix.ErrResponseTooLong):
		r.limit = shortLimit
		return err
	case err != nil:
		return err
	}
	answered := r.opts.Clock()
	pace := r.pace(hold, answered.Sub(now), r.since, answer)
	events, cursors, again, err := r.digest(ctx, answer, r.arrived(now, answered))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return err
	}
	if err := r.tell(events, cursors); err != nil {
		return err
	}
	r.since, r.limit, r.heard = answer.NextBatch, timelineLimit, answered
	if again || r.isIncomplete() && now.Sub(r.lookedAt) > lookAgain {
		r.lookedAt = time.Time{} // until it has succeeded
		if err := r.rediscover(ctx); err != nil {
			return err
		}
		r.lookedAt = now
		if err := r.tell(nil, adapters.Cursors{}); err != nil {
			return err
		}
	}
	if err := r.fill(ctx); err != nil {
		return err
	}
	return sleep(ctx, pace)
}

func (r *receiver) isIncomplete() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.incomplete
}

// startOver begins at now when the homeserver no longer knows our token: what happened in between is
// unknown, and said to be.
func (r *receiver) startOver(ctx context.Context, cause error) error {
	if r.since == "" {
		return cause
	}
	lost := r.since
	r.since = ""
	answer, err := r.sync(ctx, 0)
	if err != nil {
		r.since = lost
		return err
	}
	r.since, r.heard = answer.NextBatch, r.opts.Clock()
	event := gapFound(chat.RoomRef{}, "", lost, r.opts.Clock(), "the homeserver no longer knows where we stopped reading: "+cause.Error())
	return r.tell([]chat.Event{event}, adapters.Cursors{sinceCursor: answer.NextBatch, heardCursor: written(r.heard)})
}

// holdFor is how long the homeserver may wait with its answer: not at all while holes are to be filled, nor
// after a failure, so that it is soon known to be over.
func (r *receiver) holdFor(now time.Time) time.Duration {
	if r.failures > 0 {
		return 0
	}
	hold := longPoll
	for id, g := range r.gaps {
		if r.waits(id) {
			continue
		}
		hold = min(hold, max(0, g.notBefore.Sub(now)))
	}
	return hold
}

func (r *receiver) sync(ctx context.Context, hold time.Duration) (syncResponse, error) {
	var answer syncResponse
	ok := false
	r.asks(hold)
	defer func() { r.asked(ok) }()
	query := map[string]string{
		"timeout": strconv.FormatInt(hold.Milliseconds(), 10), "filter": syncFilter(r.limit, r.since == ""), "set_presence": "offline",
	}
	if r.since != "" {
		query["since"] = r.since
	}
	err := r.api.do(ctx, call{
		method: http.MethodGet, path: []any{"v3", "sync"}, query: query, out: &answer, timeout: hold + 2*callTimeout,
	})
	if err != nil {
		return syncResponse{}, fmt.Errorf("matrix: sync: %w", err)
	}
	if answer.NextBatch == "" {
		return syncResponse{}, &chat.RetryError{Err: errors.New("matrix: sync: an answer without next_batch")}
	}
	ok = true
	return answer, nil
}

// usedTypes are the events that we understand; the homeserver sends no others.
var usedTypes = []string{
	"m.room.message", "m.room.encrypted", "m.sticker", "m.reaction", "m.room.redaction", "m.room.member",
	"m.room.power_levels", "m.room.create", "m.room.encryption", "m.room.tombstone", "m.space.child",
	pollStart, pollResponse, stablePollStart, stablePollResponse,
}

func syncFilter(limit int, first bool) string {
	nothing := map[string]any{"not_types": []string{"*"}}
	if first {
		limit = 1 // nothing before now is told
	}
	filter, err := json.Marshal(map[string]any{
		"presence": nothing, "account_data": nothing,
		"room": map[string]any{
			"account_data": nothing, "ephemeral": nothing,
			"state":    map[string]any{"types": usedTypes, "lazy_load_members": true},
			"timeline": map[string]any{"types": usedTypes, "lazy_load_members": true, "limit": limit},
		},
	})
	if err != nil {
		return "" // a map of strings always encodes
	}
	return string(filter)
}
