package discord

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/bwmarrin/discordgo"

	"palabre/chat"
)

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
	r.expect(d.arrived)
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.book.strangers)
	r.book.self = ready.User.ID
	r.book.app = first(ready.App.ID, ready.User.ID)
	return nil
}

// caughtUp is the end of a resumed session's past. Members are listed unless this process has met them all.
func (r *receiver) caughtUp() {
	r.catching.lift()
	r.mu.Lock()
	listed := r.book.guild.listed
	r.mu.Unlock()
	if !listed || !r.present {
		r.list()
	}
}

// guildCame takes the guild as the gateway describes it when a session begins or an outage ends.
func (r *receiver) guildCame(d dispatch) ([]chat.Event, error) {
	var w wireGuild
	if err := r.book.losses.read(d.Type, d.Data, &w); err != nil || w.ID != r.opts.Guild {
		return nil, err
	}
	if w.Unavailable {
		return nil, nil
	}
	now := d.arrived
	r.mu.Lock()
	defer r.mu.Unlock()
	r.there()
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

// complete ends a list of members: who is not in it has left while we did not hear of it.
func (r *receiver) complete(now time.Time) (out []chat.Event) {
	g := r.book.guild
	g.listed = true
	for _, id := range sortedKeys(g.members) {
		m := g.members[id]
		if m.round == g.round || id == r.book.self {
			continue
		}
		actor := r.book.someone(id)
		g.part(id)
		if _, banned := r.book.banned.Get(id); !banned && !m.pending {
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
	r.permitted()
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
func (r *receiver) guildGone(d dispatch) error {
	var w wireGuild
	if err := json.Unmarshal(d.Data, &w); err != nil || w.ID != r.opts.Guild {
		return err
	}
	if w.Unavailable {
		r.absent("Discord says that the guild is not available: an outage of theirs")
		return nil
	}
	r.absent("our account was removed from the guild; invite it again (`palabre doctor` prints the link)")
	return nil
}
