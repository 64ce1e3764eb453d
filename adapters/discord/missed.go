package discord

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"
)

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

// dueGap gives a gap of which a page can be read now; with first, only one of which none was.
func (r *receiver) dueGap(now time.Time, first bool) *gap {
	for _, id := range sortedKeys(r.gaps) {
		if g := r.gaps[id]; (g.first || !first) && !now.Before(g.notBefore) {
			return g
		}
	}
	return nil
}

// nextGap gives the gap of which a page is read next: the one that the next event waits for, so that what happens now in one
// room does not wait for the past of all others; then those of which no page was read; then any.
func (r *receiver) nextGap(now time.Time) *gap {
	if len(r.ahead) > 0 {
		if g := r.awaited(r.ahead[0]); g != nil {
			return g
		}
	}
	if g := r.dueGap(now, true); g != nil {
		return g
	}
	return r.dueGap(now, false)
}

// awaited gives the gap whose first page comes before an event: its room's, and, for all but what people say, the audit
// log's. A ban that was missed is known before it is lifted, by hand or by command.
func (r *receiver) awaited(d dispatch) *gap {
	if len(r.gaps) == 0 {
		return nil
	}
	var at struct {
		Channel string `json:"channel_id"`
		Content string `json:"content"`
	}
	_ = json.Unmarshal(d.Data, &at) // as far as it can be read
	if g := r.gaps[at.Channel]; g != nil && g.first {
		return g
	}
	said := strings.HasPrefix(d.Type, "MESSAGE_") && !strings.HasPrefix(strings.TrimSpace(at.Content), r.opts.Prefix)
	if g := r.gaps[auditGap]; g != nil && g.first && !said {
		return g
	}
	return nil
}
