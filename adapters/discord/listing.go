package discord

import (
	"encoding/json"
	"time"

	"github.com/bwmarrin/discordgo"

	"palabre/chat"
)

const (
	listWait   = 5 * time.Second  // what the past waits for the list of members, who wrote it
	listEvery  = 30 * time.Second // Discord grants one list of a guild within it
	listAgain  = 2 * time.Minute  // when a list that was asked for has not begun by then, it is asked for again
	longestAsk = 5 * time.Minute  // what a refusal may ask us to wait
)

// list asks for all members of the guild.
func (r *receiver) list() {
	now := r.opts.Clock()
	r.listing, r.listAsked, r.listBy, r.listAt = true, now, now.Add(listWait), now.Add(listAgain)
	select {
	case r.wants <- payload(opRequestMembers, map[string]any{"guild_id": r.opts.Guild, "query": "", "limit": 0}):
	default: // it was asked for already
	}
}

// listed is a part of the list of members.
func (r *receiver) listed(d dispatch) ([]chat.Event, error) {
	var w discordgo.GuildMembersChunk
	if err := r.book.losses.read(d.Type, d.Data, &w); err != nil || w.GuildID != r.opts.Guild {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if w.ChunkIndex == 0 && r.listing {
		r.book.guild.round++
		r.listing, r.listAt = false, time.Time{}
	}
	out := r.met(w.Members, d.arrived)
	if w.ChunkIndex == w.ChunkCount-1 {
		r.listBy = time.Time{}
		out = append(out, r.complete(d.arrived)...)
	}
	return out, nil
}

// unlisted: Discord grants no list of members now. It is asked for again when Discord says; until then nothing waits for
// it. A refusal of an earlier list, or one that was looked at already, changes nothing.
func (r *receiver) unlisted(d dispatch) {
	var w struct {
		Op    int     `json:"opcode"`
		After float64 `json:"retry_after"`
		Meta  struct {
			Guild string `json:"guild_id"`
		} `json:"meta"`
	}
	_ = json.Unmarshal(d.Data, &w) // what cannot be read is as it was: the usual time, for our guild
	if w.Op != 0 && w.Op != opRequestMembers || w.Meta.Guild != "" && w.Meta.Guild != r.opts.Guild || !r.listing || d.arrived.Before(r.listAsked) {
		return
	}
	wait := listEvery
	if w.After > 0 {
		wait = time.Duration(min(w.After, longestAsk.Seconds()) * float64(time.Second))
	}
	r.listBy, r.listAt = time.Time{}, d.arrived.Add(wait)
}

// listDue asks for the members again when the last list was refused or never came.
func (r *receiver) listDue(now time.Time) {
	if !r.listAt.IsZero() && !now.Before(r.listAt) {
		r.list()
	}
}
