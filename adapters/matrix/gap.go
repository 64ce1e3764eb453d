package matrix

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"palabre/adapters"
	"palabre/chat"
)

// gap is a hole in a room's timeline: a sync brought only its newest events. Everything from the sync
// before (From) to the newest one (To) is read through /messages, oldest first, so that the room's order is
// kept; what new syncs bring to the room meanwhile only moves To. Should From be refused, Prev, where the cut
// timeline began, is the next best place.
type gap struct {
	From string `json:"from"`
	Prev string `json:"prev,omitempty"`
	To   string `json:"to"`
	// Since is the beginning of the span in which what is read arrived; zero when that is unknown.
	Since time.Time `json:"since,omitzero"`

	notBefore time.Time // the homeserver asked us to wait
	failures  int
	begun     bool   // a page was read since the start of this process
	last      string // the last event that was read, to see progress
}

const (
	pageLimit   = 100 // events in one page
	maxFailures = 10  // of one page, before the hole is given up: about five minutes
)

func (g *gap) cursor() string {
	data, err := json.Marshal(g)
	if err != nil {
		return "" // strings always encode
	}
	return string(data)
}

// gapsOf reads the holes that were open when the cursors were written.
func gapsOf(from adapters.Cursors) map[string]*gap {
	out := map[string]*gap{}
	for name, value := range from {
		id, ok := strings.CutPrefix(name, gapPrefix)
		g := &gap{}
		if ok && json.Unmarshal([]byte(value), g) == nil && g.From != "" {
			out[id] = g
		}
	}
	return out
}

// fill reads one page of every hole that is due.
func (r *receiver) fill(ctx context.Context) error {
	for _, id := range slices.Sorted(maps.Keys(r.gaps)) {
		g := r.gaps[id]
		if r.opts.Clock().Before(g.notBefore) || r.waits(id) {
			continue
		}
		events, err := r.page(ctx, id, g)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			if errors.Is(err, chat.ErrStopped) {
				return err
			}
			events = r.pageFailed(id, g, err)
		}
		value := ""
		if r.gaps[id] != nil {
			value = g.cursor()
		}
		if err := r.tell(events, adapters.Cursors{gapPrefix + id: value}); err != nil {
			return err
		}
	}
	return nil
}

// page reads one page and moves the hole's beginning; the hole is gone when there is no more.
func (r *receiver) page(ctx context.Context, id string, g *gap) ([]chat.Event, error) {
	var answer messagesResponse
	err := r.api.do(ctx, call{
		lane: id, method: http.MethodGet, path: []any{"v3", "rooms", id, "messages"}, out: &answer,
		query: map[string]string{"dir": "f", "from": g.From, "to": g.To, "limit": strconv.Itoa(pageLimit)},
	})
	if err != nil {
		return nil, err
	}
	r.lookups = maxLookups
	chunk, unreadable := readEvents(answer.Chunk)
	if unreadable > 0 {
		r.log.Warn("matrix: events that cannot be read", "room", id, "count", unreadable)
	}
	if err := r.lookAhead(ctx, id, chunk); err != nil && g.failures < maxMeetings {
		return nil, err
	}
	came := span{from: g.Since, to: r.opts.Clock()}
	r.date(came, chunk)
	if !g.begun && len(chunk) > 0 {
		chunk = append(r.justBefore(ctx, id, chunk[0].ID, came), chunk...)
	}
	g.begun = true
	var events []chat.Event
	for _, ev := range chunk {
		ev.Room = id
		events = append(events, r.handle(ctx, ev)...)
	}
	stuck := len(chunk) > 0 && chunk[len(chunk)-1].ID == g.last
	if answer.End == "" || answer.End == g.From || answer.End == g.To || stuck {
		delete(r.gaps, id)
		return events, nil
	}
	if len(chunk) > 0 {
		g.last = chunk[len(chunk)-1].ID
	}
	g.From, g.failures = answer.End, 0
	return events, nil
}

// justBefore gives the event before a hole's first page. Dendrite takes a sync token that points between two
// events for the second of them, and leaves that out when it reads forward from there. On other servers it
// is an event that was told before, which the store drops.
func (r *receiver) justBefore(ctx context.Context, id, first string, came span) []wireEvent {
	var answer struct {
		Before []json.RawMessage `json:"events_before"`
	}
	err := r.get(ctx, &answer, map[string]string{"limit": "2"}, "v3", "rooms", id, "context", first)
	if err != nil || len(answer.Before) == 0 {
		return nil
	}
	events, _ := readEvents(answer.Before[:1])
	for i := range events {
		events[i].Came = came.date(events[i].At) // its lag proves nothing: it may be an old one
	}
	return events
}

// pageFailed waits, tries the next best place, or gives the hole up and says so.
func (r *receiver) pageFailed(id string, g *gap, err error) []chat.Event {
	var retry *chat.RetryError
	if errors.As(err, &retry) && (retry.Limited || g.failures < maxFailures) {
		if !retry.Limited {
			g.failures++
		}
		g.notBefore = r.opts.Clock().Add(backoff(max(1, g.failures), maxPatience, err))
		return nil
	}
	lost := g.From
	if g.Prev == "" || g.Prev == g.From {
		delete(r.gaps, id)
	} else {
		g.From, g.Prev, g.failures = g.Prev, "", 0
	}
	r.mu.Lock()
	logical := ""
	if known := r.dir.rooms[id]; known != nil {
		logical = known.logical
	}
	r.mu.Unlock()
	room := chat.RoomRef{Platform: chat.Matrix, ID: id}
	return []chat.Event{gapFound(room, logical, lost, r.opts.Clock(), "the homeserver does not give what happened there: "+err.Error())}
}
