package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"palabre/adapters"
	"palabre/chat"
)

const (
	pageSize     = 100
	backfillDays = 7 * 24 * time.Hour // older messages are not read any more
	backfillMost = 10_000             // messages of one channel
	gapRetry     = time.Second        // after a failure; doubled up to lastGapRetry
	lastGapRetry = 5 * time.Minute
)

// gap is a hole in what we heard of a channel: the messages after one id, up to another. It is a cursor, committed
// with the events read from it, so that it is filled to its end after any crash.
type gap struct {
	channel string
	After   string `json:"after"`
	Upto    string `json:"upto"`
	Read    int    `json:"read,omitempty"`
	Cut     bool   `json:"cut,omitempty"` // its beginning was too old, and this was told

	first     bool // no page was read since we connected
	failures  int
	notBefore time.Time
}

// gapsOf reads the gaps that an earlier run left.
func gapsOf(from adapters.Cursors) map[string]*gap {
	out := map[string]*gap{}
	for name, value := range from {
		id, ok := strings.CutPrefix(name, gapPrefix)
		g := &gap{channel: id}
		if ok && json.Unmarshal([]byte(value), g) == nil && (isSnowflake(id) || id == auditGap) {
			out[id] = g
		}
	}
	return out
}

// fill reads one page of a gap, and tells it with the moved cursor.
func (r *receiver) fill(ctx context.Context, g *gap) error {
	g.first = false
	var events []chat.Event
	var done bool
	var err error
	if g.channel == auditGap {
		events, done, err = r.auditPage(ctx, g)
	} else {
		events, done, err = r.messagePage(ctx, g)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, chat.ErrStopped):
		return err
	case errors.Is(err, chat.ErrGone):
		done = true
	case errors.Is(err, chat.ErrForbidden), errors.Is(err, chat.ErrInvalid):
		events, done = append(events, r.unfillable(g, err.Error())), true
	case err != nil:
		g.notBefore = r.opts.Clock().Add(g.patience(err))
		r.log.Warn("discord: what was missed cannot be read yet", "room", g.channel, "err", err)
	}
	r.moved[gapPrefix+g.channel] = encode(g)
	if done {
		delete(r.gaps, g.channel)
		r.moved[gapPrefix+g.channel] = ""
	}
	if r.dueGap(r.opts.Clock(), true) == nil {
		r.catching.lift()
	}
	return r.tell(events)
}

// patience is how long to wait after a failure. Who was asked to slow down has not failed.
func (g *gap) patience(err error) time.Duration {
	var retry *chat.RetryError
	if errors.As(err, &retry) && retry.Limited {
		return retry.After
	}
	g.failures++
	return max(retryWait(err), min(lastGapRetry, gapRetry<<min(g.failures-1, 10)))
}

// meetAhead meets the members whose list has arrived before its turn, while what was missed waits for it: otherwise each
// author would have to be asked for.
func (r *receiver) meetAhead(now time.Time) error {
	if !now.Before(r.listBy) || len(r.gaps) == 0 {
		return nil
	}
	events := r.peek()
	if len(events) == 0 {
		return nil
	}
	return r.tell(events)
}

// peek meets the members of the lists that have arrived and whose turn has not come.
func (r *receiver) peek() (events []chat.Event) {
	for ; r.peeked < len(r.ahead); r.peeked++ {
		d := r.ahead[r.peeked]
		if d.Type == "RATE_LIMITED" {
			r.unlisted(d)
		}
		var w discordgo.GuildMembersChunk
		if d.Type != "GUILD_MEMBERS_CHUNK" || r.book.losses.read(d.Type, d.Data, &w) != nil || w.GuildID != r.opts.Guild {
			continue
		}
		r.listAt = time.Time{} // it has begun
		r.mu.Lock()
		events = append(events, r.met(w.Members, d.arrived)...)
		r.mu.Unlock()
		if w.ChunkIndex == w.ChunkCount-1 {
			r.listBy = time.Time{}
		}
	}
	return events
}

// messagePage reads the next messages of a gap, oldest first.
func (r *receiver) messagePage(ctx context.Context, g *gap) (events []chat.Event, done bool, err error) {
	now := r.opts.Clock()
	if oldest := snowflakeAt(now.Add(-backfillDays)); !g.Cut && newer(oldest, g.After) {
		if g.After != "0" {
			events = append(events, r.unfillable(g, fmt.Sprintf("messages of more than %d days ago are not read", int(backfillDays.Hours()/24))))
		}
		g.After, g.Cut = oldest, true
	}
	if g.Read >= backfillMost {
		return append(events, r.unfillable(g, fmt.Sprintf("more than %d messages were missed", backfillMost))), true, nil
	}
	var page []wireMessage
	query := url.Values{"after": {g.After}, "limit": {fmt.Sprint(pageSize)}}
	if err := r.rest.do(ctx, call{method: http.MethodGet, path: "/channels/" + g.channel + "/messages", query: query, out: &page, past: true}); err != nil {
		return nil, false, err
	}
	read := len(page)
	page = slices.DeleteFunc(page, func(m wireMessage) bool { return newer(m.ID, g.Upto) || !newer(m.ID, g.After) })
	slices.SortFunc(page, func(a, b wireMessage) int { return byID(a.ID, b.ID) })
	met, err := r.meetAuthors(ctx, page)
	events = append(events, met...)
	if err != nil {
		return events, false, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range page {
		g.After = m.ID
		m.Guild, m.Channel = r.opts.Guild, g.channel
		said, err := r.book.message(m, now)
		if err != nil {
			r.log.Warn("discord: message left out", "room", g.channel, "err", err)
		}
		events = append(events, said...)
	}
	g.Read += read
	g.failures = 0
	return events, read < pageSize || len(page) == 0 || !newer(g.Upto, g.After), nil
}

// meetAuthors asks for the members who wrote a page and whom we do not know yet, although members were listed: messages
// that are read come without them, and who somebody is decides what they may say. Who has left is nobody's member. Whoever
// was met before an error is told all the same.
func (r *receiver) meetAuthors(ctx context.Context, page []wireMessage) (events []chat.Event, _ error) {
	for _, m := range page {
		r.mu.Lock()
		unknown := r.book.unknown(m)
		r.mu.Unlock()
		if unknown == "" {
			continue
		}
		met, err := r.meetMember(ctx, unknown)
		if err != nil {
			return events, err
		}
		events = append(events, met...)
	}
	return events, nil
}

// unfillable says what cannot be read any more.
func (r *receiver) unfillable(g *gap, why string) chat.Event {
	now := r.opts.Clock()
	return r.book.event("gap:"+g.channel+":"+g.After, now, now, g.channel, chat.Actor{Kind: chat.System}, chat.GapFound{Why: why})
}

// auditPage reads the entries of the audit log since the last one before the gap. What the gateway tells as well has the
// same names.
func (r *receiver) auditPage(ctx context.Context, g *gap) (events []chat.Event, done bool, err error) {
	var page struct {
		Entries []wireAudit `json:"audit_log_entries"`
	}
	query := url.Values{"after": {g.After}, "limit": {fmt.Sprint(pageSize)}}
	if err := r.rest.do(ctx, call{method: http.MethodGet, path: "/guilds/" + r.opts.Guild + "/audit-logs", query: query, out: &page, past: true, holds: "audit_log_entries"}); err != nil {
		return nil, false, err
	}
	slices.SortFunc(page.Entries, func(a, b wireAudit) int { return byID(a.ID, b.ID) })
	if events, err = r.meetRenamers(ctx, page.Entries); err != nil {
		return events, false, err
	}
	now := r.opts.Clock()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, entry := range page.Entries {
		if !newer(entry.ID, g.After) {
			continue
		}
		g.After = entry.ID
		if newer(entry.ID, r.audit) {
			r.audit = entry.ID
			r.moved[auditCursor] = entry.ID
		}
		events = append(events, r.book.audited(entry, now)...)
	}
	return events, len(page.Entries) < pageSize, nil
}
