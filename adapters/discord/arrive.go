package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"palabre/chat"
)

// prepare reads what a resumed session will not tell again: the guild. It tries until it can.
func (r *receiver) prepare(ctx context.Context, resuming bool) error {
	for failures := 1; resuming; failures++ {
		err := r.know(ctx)
		switch {
		case err == nil, errors.Is(err, chat.ErrGone), errors.Is(err, chat.ErrForbidden):
			return nil // the gateway will say that we are not in the guild
		case errors.Is(err, chat.ErrStopped), ctx.Err() != nil:
			return err
		}
		wait := max(min(lastPause, firstPause<<min(failures, 10)), retryWait(err))
		r.log.Warn("discord: trying again", "err", err, "wait", wait)
		r.mu.Lock()
		r.state.trouble = "the guild cannot be read"
		r.mu.Unlock()
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
	return nil
}

// know reads who we are and the guild's roles and channels, once, unless the gateway has told already.
func (a *Adapter) know(ctx context.Context) error {
	a.meeting.Lock()
	defer a.meeting.Unlock()
	a.mu.Lock()
	known := a.book.guild.known && a.book.self != "" && a.book.app != ""
	a.mu.Unlock()
	if known {
		return nil
	}
	var me discordgo.User
	var app struct {
		ID string `json:"id"`
	}
	var w wireGuild
	var active struct {
		Threads []*discordgo.Channel `json:"threads"`
	}
	guild := "/guilds/" + a.opts.Guild
	for _, ask := range []call{
		{path: "/users/@me", out: &me}, {path: "/applications/@me", out: &app}, {path: guild, out: &w},
		{path: guild + "/channels", out: &w.Channels}, {path: guild + "/threads/active", out: &active},
	} {
		ask.method = http.MethodGet
		if err := a.rest.do(ctx, ask); err != nil {
			return err
		}
	}
	var self discordgo.Member
	if err := a.rest.do(ctx, call{method: http.MethodGet, path: guild + "/members/" + me.ID, out: &self}); err != nil {
		return err
	}
	w.Threads = active.Threads
	a.mu.Lock()
	defer a.mu.Unlock()
	a.book.self, a.book.app = me.ID, app.ID
	a.book.guild.read(w)
	if self.User != nil {
		a.book.guild.meet(&self)
	}
	return nil
}

// begun is a new session: who we are, and that the past has to be read.
func (r *receiver) begun(d dispatch) error {
	var ready struct {
		User struct {
			ID string `json:"id"`
		} `json:"user"`
		App struct {
			ID string `json:"id"`
		} `json:"application"`
	}
	if err := json.Unmarshal(d.Data, &ready); err != nil {
		return err
	}
	r.catching.shut()
	r.fresh = true
	clear(r.strangers)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.book.self = ready.User.ID
	r.book.app = first(ready.App.ID, ready.User.ID)
	return nil
}

// caughtUp is the end of a resumed session's past. Members are listed when we do not know them any more.
func (r *receiver) caughtUp() {
	r.catching.lift()
	r.mu.Lock()
	unknown := len(r.book.guild.members) < 2
	r.mu.Unlock()
	if unknown || !r.present {
		r.list()
	}
}

// list asks for all members of the guild.
func (r *receiver) list() {
	r.listing, r.listBy = true, r.opts.Clock().Add(listWait)
	select {
	case r.wants <- payload(opRequestMembers, map[string]any{"guild_id": r.opts.Guild, "query": "", "limit": 0}):
	default: // it was asked for already
	}
}

// guildCame takes the guild as the gateway describes it when a session begins or an outage ends.
func (r *receiver) guildCame(d dispatch) ([]chat.Event, error) {
	var w wireGuild
	if err := json.Unmarshal(d.Data, &w); err != nil || w.ID != r.opts.Guild {
		return nil, err
	}
	if w.Unavailable {
		return nil, nil
	}
	now := d.arrived
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.book
	b.guild.round++
	b.guild.read(w)
	if b.began.IsZero() {
		b.began = now
		r.moved[beganCursor] = strconv.FormatInt(now.UnixMilli(), 10)
	}
	out := r.blind(now)
	out = append(out, r.met(w.Members, now)...)
	if r.fresh {
		r.fresh = false
		r.missed(now)
	}
	if len(r.gaps) == 0 {
		r.catching.lift()
	}
	if w.Count > 0 && len(w.Members) >= w.Count {
		return append(out, r.complete(now)...), nil
	}
	r.list()
	return out, nil
}

// met notes members, and tells of those who were there when we first came or who came while we were away.
func (r *receiver) met(members []*discordgo.Member, now time.Time) (out []chat.Event) {
	since := r.seen.Add(-screening)
	for _, m := range members {
		if m == nil || m.User == nil || m.User.ID == "" {
			continue
		}
		known, before := r.book.guild.meet(m)
		switch {
		case known.joined.After(r.book.began) && known.joined.After(since) && (before == nil || before.pending):
			out = append(out, r.book.arrival(known, now)...)
		case !r.present && !known.joined.After(r.book.began):
			out = append(out, r.book.presence(known, now)...)
		}
	}
	return out
}

// listed is a part of the list of members.
func (r *receiver) listed(d dispatch) ([]chat.Event, error) {
	var w discordgo.GuildMembersChunk
	if err := json.Unmarshal(d.Data, &w); err != nil || w.GuildID != r.opts.Guild {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if w.ChunkIndex == 0 && r.listing {
		r.book.guild.round++
		r.listing = false
	}
	out := r.met(w.Members, d.arrived)
	if w.ChunkIndex == w.ChunkCount-1 {
		r.listBy = time.Time{}
		out = append(out, r.complete(d.arrived)...)
	}
	return out, nil
}

// complete ends a list of members: who is not in it has left while we did not hear of it.
func (r *receiver) complete(now time.Time) (out []chat.Event) {
	g := r.book.guild
	for _, id := range sortedKeys(g.members) {
		m := g.members[id]
		if m.round == g.round || id == r.book.self {
			continue
		}
		actor := r.book.someone(id)
		g.part(id)
		if _, banned := r.book.banned.get(id); !banned && !m.pending {
			out = append(out, r.book.event(fmt.Sprintf("left:%s:%d", id, m.joined.UnixMilli()), now, now, "", actor, chat.MemberLeft{}))
		}
	}
	if !r.present {
		r.present = true
		r.moved[presentCursor] = "1"
	}
	return out
}

// blind tells of configured rooms that we cannot read.
func (r *receiver) blind(now time.Time) (out []chat.Event) {
	g := r.book.guild
	for _, id := range sortedKeys(g.logical) {
		why := ""
		switch may := g.permissionsIn(r.book.self, id); {
		case g.channels[id] == nil:
			why = "there is no channel of this id, or we may not see it"
		case g.members[r.book.self] == nil:
		case may&discordgo.PermissionViewChannel == 0:
			why = "we lack the permission “View Channel” there"
		case may&discordgo.PermissionReadMessageHistory == 0:
			why = "we lack the permission “Read Message History” there"
		}
		if why != "" {
			ev := r.book.event("unreadable:"+id+":"+why, now, now, id, chat.Actor{Kind: chat.System}, chat.RoomUnreadable{Why: why})
			out = append(out, ev)
		}
	}
	return out
}

func (r *receiver) guildChanged(d dispatch) error {
	var w wireGuild
	if err := json.Unmarshal(d.Data, &w); err != nil || w.ID != r.opts.Guild {
		return err
	}
	r.rest.limits.permitted()
	r.mu.Lock()
	defer r.mu.Unlock()
	if w.Roles == nil {
		r.book.guild.owner = first(w.Owner, r.book.guild.owner)
		return nil
	}
	w.Channels, w.Threads = nil, nil // an update has none
	r.book.guild.read(w)
	return nil
}

// guildGone: the guild has an outage, in which nobody leaves, or we were put out of it.
func (r *receiver) guildGone(d dispatch) ([]chat.Event, error) {
	var w wireGuild
	if err := json.Unmarshal(d.Data, &w); err != nil || w.ID != r.opts.Guild || w.Unavailable {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	ev := r.book.event(unique("unreadable", d), d.arrived, d.arrived, "", chat.Actor{Kind: chat.System}, chat.RoomUnreadable{Why: "we are no longer in the guild"})
	return []chat.Event{ev}, nil
}

// missed notes what a lost session leaves out: messages of the channels that moved on, and the audit log.
func (r *receiver) missed(now time.Time) {
	g := r.book.guild
	for _, id := range sortedKeys(g.channels) {
		c := g.channels[id]
		if !c.talked() {
			continue
		}
		from, known := r.channels[id]
		last := first(c.last, "0")
		if !known && !r.seen.IsZero() {
			from, known = snowflakeAt(r.seen), true // made while we were away
		}
		r.channels[id] = last
		if newer(from, last) {
			r.channels[id] = from
		}
		r.moved[channelPrefix+id] = r.channels[id]
		if !known || !newer(last, from) || g.permissionsIn(r.book.self, id)&reads != reads {
			continue
		}
		if old := r.gaps[id]; old != nil {
			from = old.After // it was not read to its end
		}
		r.gaps[id] = &gap{channel: id, After: from, Upto: last, first: true}
		r.moved[gapPrefix+id] = encode(r.gaps[id])
	}
	r.outdated()
	if r.audit == "" {
		r.audit = snowflakeAt(now)
		r.moved[auditCursor] = r.audit
	} else if r.book.hearsAudits() {
		from := r.audit
		if old := r.gaps[auditGap]; old != nil {
			from = old.After
		}
		r.gaps[auditGap] = &gap{channel: auditGap, After: from, Upto: snowflakeAt(now), first: true}
		r.moved[gapPrefix+auditGap] = encode(r.gaps[auditGap])
	}
}

// reads is what reading a channel's past needs.
const reads = discordgo.PermissionViewChannel | discordgo.PermissionReadMessageHistory

// outdated lets go of the cursors of channels that are no more, and of threads that sleep.
func (r *receiver) outdated() {
	for id := range r.channels {
		if r.book.guild.channels[id] == nil {
			delete(r.channels, id)
			r.moved[channelPrefix+id] = ""
		}
	}
	for id := range r.gaps {
		if id != auditGap && r.book.guild.channels[id] == nil {
			delete(r.gaps, id)
			r.moved[gapPrefix+id] = ""
		}
	}
}

// auditGap stands for the audit log among the gaps.
const auditGap = "audit"

// chores are what is due now and then: the commands' registration, silences to be renewed, the session's cursor.
func (r *receiver) chores(ctx context.Context, now time.Time) error {
	if now.Sub(r.keptAt) >= keepEvery && r.unkept() {
		if err := r.tell(nil); err != nil {
			return err
		}
	}
	if now.Before(r.retryAt) {
		return nil
	}
	err := r.register(ctx)
	if err == nil && !now.Before(r.renewAt) {
		r.renewAt = now.Add(renewEvery)
		err = r.renew(ctx, now)
	}
	if err != nil && ctx.Err() == nil {
		r.log.Warn("discord: later again", "err", err)
		r.retryAt = now.Add(max(lastPause, retryWait(err)))
		if errors.Is(err, chat.ErrForbidden) || errors.Is(err, chat.ErrInvalid) {
			r.retryAt = now.Add(renewEvery) // somebody has to change something first
		}
	}
	return nil
}

// dueGap gives a gap of which a page can be read now; with first, only one of which none was.
func (r *receiver) dueGap(now time.Time, first bool) *gap {
	for _, id := range sortedKeys(r.gaps) {
		if g := r.gaps[id]; (g.first || !first) && !now.Before(g.notBefore) {
			return g
		}
	}
	return nil
}

// byID orders snowflakes, oldest first.
func byID(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}
