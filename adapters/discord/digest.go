package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/bwmarrin/discordgo"

	"palabre/chat"
)

// digest translates one event of the gateway. What makes us panic is set aside and told, and the others go on.
func (r *receiver) digest(ctx context.Context, d dispatch, lookups *int) (out []chat.Event) {
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("discord: translate", "type", d.Type, "panic", p)
			id := unique("event", d)
			out = []chat.Event{{
				ID: prefixed(id + ":quarantined"), At: r.opts.Clock(), Actor: chat.Actor{Kind: chat.System},
				Body: chat.Quarantined{Event: prefixed(id), Why: fmt.Sprint(p)},
			}}
		}
	}()
	events, err := r.understand(ctx, d, lookups)
	if err != nil {
		r.book.losses.event(d.Type, err)
	}
	return events
}

func (r *receiver) understand(ctx context.Context, d dispatch, lookups *int) ([]chat.Event, error) {
	switch d.Type {
	case "READY":
		return nil, r.begun(d)
	case "RESUMED":
		r.caughtUp()
		return nil, nil
	case "GUILD_CREATE":
		return r.guildCame(d)
	case "GUILD_UPDATE":
		return nil, r.guildChanged(d)
	case "GUILD_DELETE":
		return nil, r.guildGone(d)
	case "GUILD_MEMBERS_CHUNK":
		return r.listed(d)
	case "RATE_LIMITED":
		r.unlisted(d)
		return nil, nil
	case "INTERACTION_CREATE":
		if k, late := r.late(d); late && k != nil && k.refused() {
			return nil, nil // its caller was told that nobody answers
		}
	case "GUILD_ROLE_UPDATE", "GUILD_ROLE_CREATE", "CHANNEL_UPDATE":
		r.permitted()
	case "GUILD_MEMBER_UPDATE":
		r.regraded(d)
	case "GUILD_AUDIT_LOG_ENTRY_CREATE":
		r.heardAudit(d)
	case "THREAD_DELETE", "CHANNEL_DELETE":
		r.forget(d)
	}
	r.lookUp(ctx, d, lookups)
	met, err := r.meetSpeaker(ctx, d, lookups)
	if err != nil {
		r.log.Warn("discord: who had a program speak is not known: it is taken for the program's own", "err", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	events, err := r.book.tell(d)
	return append(met, events...), err
}

// heardAudit moves the audit log's cursor.
func (r *receiver) heardAudit(d dispatch) {
	var entry wireAudit
	if json.Unmarshal(d.Data, &entry) == nil && entry.Guild == r.opts.Guild && newer(entry.ID, r.audit) {
		r.audit = entry.ID
		r.moved[auditCursor] = entry.ID
	}
}

// forget lets go of the cursors of a channel that is no more.
func (r *receiver) forget(d dispatch) {
	var c struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(d.Data, &c) != nil || c.ID == "" {
		return
	}
	if _, known := r.channels[c.ID]; known {
		delete(r.channels, c.ID)
		r.moved[channelPrefix+c.ID] = ""
	}
	if r.gaps[c.ID] != nil {
		delete(r.gaps, c.ID)
		r.moved[gapPrefix+c.ID] = ""
	}
}

// lookUp asks for the channel of an event when we do not know it: a thread that was archived until now, for the most
// part. Without it, an event in a thread would seem to be in a room of its own.
func (r *receiver) lookUp(ctx context.Context, d dispatch, lookups *int) {
	var at struct {
		Guild   string `json:"guild_id"`
		Channel string `json:"channel_id"`
	}
	if json.Unmarshal(d.Data, &at) != nil || at.Guild != r.opts.Guild || at.Channel == "" || *lookups == 0 {
		return
	}
	r.mu.Lock()
	known := r.book.guild.channels[at.Channel] != nil
	r.mu.Unlock()
	if known {
		return
	}
	*lookups--
	var c discordgo.Channel
	if err := r.rest.do(ctx, call{method: http.MethodGet, path: "/channels/" + at.Channel, out: &c, holds: "id"}); err != nil {
		r.log.Warn("discord: channel", "room", at.Channel, "err", err)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.book.guild.putChannel(&c)
}
