package discord

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"palabre/adapters"
	"palabre/chat"
)

const longestSlowmode = 6 * time.Hour

// slowmode sets how often a member may speak, in whole seconds.
func (a *Adapter) slowmode(ctx context.Context, act chat.Slowmode) error {
	every := min(act.Every, longestSlowmode)
	seconds := int((every + time.Second - 1) / time.Second)
	return a.rest.do(ctx, call{
		method: http.MethodPatch, path: "/channels/" + channelOf(act.Room), body: map[string]any{"rate_limit_per_user": seconds}, reason: act.Reason,
		holds: "id",
	})
}

// spoken is what a lock takes away: every way to say something in a channel.
const spoken int64 = discordgo.PermissionSendMessages | discordgo.PermissionSendMessagesInThreads |
	discordgo.PermissionCreatePublicThreads | discordgo.PermissionCreatePrivateThreads | discordgo.PermissionAddReactions

// lock is what a channel's permissions were before we locked it, and what we made of them: written down as a cursor
// before anything is changed, so that it can be given back whatever happens in between.
type lock []locked

// locked is one overwrite that a lock changes, in the bits of spoken only.
type locked struct {
	ID   string `json:"id"`
	Type int    `json:"type"`
	Was  grant  `json:"was"`
	Set  grant  `json:"set"`
	New  bool   `json:"new,omitempty"` // there was no such overwrite
}

// grant is what an overwrite allows and denies.
type grant struct {
	Allow int64 `json:"allow,omitempty"`
	Deny  int64 `json:"deny,omitempty"`
}

// spokenOf are the bits of an overwrite that a lock is about.
func spokenOf(o *discordgo.PermissionOverwrite) grant {
	return grant{Allow: o.Allow & spoken, Deny: o.Deny & spoken}
}

func locksOf(from adapters.Cursors) map[string]lock {
	out := map[string]lock{}
	for name, value := range from {
		var l lock
		if channel, ok := strings.CutPrefix(name, lockPrefix); ok && json.Unmarshal([]byte(value), &l) == nil {
			out[channel] = l
		}
	}
	return out
}

// lock takes everybody's word in a channel but the moderators' and ours. A thread has a lock of its own.
func (a *Adapter) lock(ctx context.Context, act chat.Lock) error {
	if act.Room.Thread != "" {
		return a.lockThread(ctx, act.Room.Thread, true, act.Reason)
	}
	if err := a.awaitCursors(ctx); err != nil {
		return err
	}
	c, err := a.channel(ctx, act.Room.ID)
	if err != nil {
		return err
	}
	a.mu.Lock()
	plan, known := a.locks[c.ID]
	if !known {
		plan = a.book.lockOf(c)
		a.locks[c.ID] = plan
	}
	a.mu.Unlock()
	if err := a.commit(ctx, adapters.Cursors{lockPrefix + c.ID: encode(plan)}); err != nil {
		return err
	}
	for _, l := range plan {
		if err := a.overwrite(ctx, c, l.ID, l.Type, l.Set, act.Reason); err != nil {
			return err
		}
	}
	return nil
}

// lockOf is what a lock of a channel changes: first who keeps the word, then who loses it, everybody last.
func (b *book) lockOf(c *discordgo.Channel) lock {
	var keep, lose lock
	ours := spoken & b.guild.permissions(b.self) // nobody can allow or deny what they may not do themselves
	allow := func(was grant) grant { return grant{was.Allow | ours, was.Deny &^ ours} }
	clear := func(was grant) grant { return grant{was.Allow &^ ours, was.Deny} }
	deny := func(was grant) grant { return grant{was.Allow &^ ours, was.Deny | ours} }
	for _, id := range sortedKeys(b.guild.roles) {
		if id != b.guild.id && b.guild.standingOf("", []string{id}) >= chat.StandingModerator {
			keep = append(keep, lockedOf(c, id, discordgo.PermissionOverwriteTypeRole, allow))
		}
	}
	keep = append(keep, lockedOf(c, b.self, discordgo.PermissionOverwriteTypeMember, allow))
	for _, o := range c.PermissionOverwrites {
		kept := slices.ContainsFunc(keep, func(l locked) bool { return l.ID == o.ID })
		staff := o.Type == discordgo.PermissionOverwriteTypeMember && b.someone(o.ID).Standing >= chat.StandingModerator
		if o.ID != b.guild.id && !kept && !staff && o.Allow&spoken != 0 {
			lose = append(lose, lockedOf(c, o.ID, o.Type, clear))
		}
	}
	all := lock{lockedOf(c, b.guild.id, discordgo.PermissionOverwriteTypeRole, deny)}
	return slices.Concat(keep, lose, all)
}

func lockedOf(c *discordgo.Channel, id string, kind discordgo.PermissionOverwriteType, set func(was grant) grant) locked {
	l := locked{ID: id, Type: int(kind), New: true}
	if o := overwriteOf(c, id); o != nil {
		l.Was, l.New = spokenOf(o), false
	}
	l.Set = set(l.Was)
	return l
}

func overwriteOf(c *discordgo.Channel, id string) *discordgo.PermissionOverwrite {
	i := slices.IndexFunc(c.PermissionOverwrites, func(o *discordgo.PermissionOverwrite) bool { return o.ID == id })
	if i < 0 {
		return nil
	}
	return c.PermissionOverwrites[i]
}

// unlock gives back what the lock took, last what it took first. What somebody has changed since is left alone.
func (a *Adapter) unlock(ctx context.Context, act chat.Unlock) error {
	if act.Room.Thread != "" {
		return a.lockThread(ctx, act.Room.Thread, false, act.Reason)
	}
	if err := a.awaitCursors(ctx); err != nil {
		return err
	}
	a.mu.Lock()
	plan, known := a.locks[act.Room.ID]
	a.mu.Unlock()
	if !known {
		return chat.ErrGone
	}
	c, err := a.channel(ctx, act.Room.ID)
	if err != nil {
		return err
	}
	for _, l := range slices.Backward(plan) {
		if err := a.giveBack(ctx, c, l, act.Reason); err != nil {
			return err
		}
	}
	a.mu.Lock()
	delete(a.locks, c.ID)
	a.mu.Unlock()
	return a.commit(ctx, adapters.Cursors{lockPrefix + c.ID: ""})
}

func (a *Adapter) giveBack(ctx context.Context, c *discordgo.Channel, l locked, reason string) error {
	now := overwriteOf(c, l.ID)
	if now == nil || spokenOf(now) != l.Set {
		return nil
	}
	if l.New && now.Allow&^spoken == 0 && now.Deny&^spoken == 0 {
		return a.rest.do(ctx, call{method: http.MethodDelete, path: "/channels/" + c.ID + "/permissions/" + l.ID, reason: reason})
	}
	return a.overwrite(ctx, c, l.ID, l.Type, l.Was, reason)
}

// overwrite sets the bits of spoken in one overwrite, and leaves the others as they are.
func (a *Adapter) overwrite(ctx context.Context, c *discordgo.Channel, id string, kind int, g grant, reason string) error {
	if o := overwriteOf(c, id); o != nil {
		g.Allow, g.Deny = o.Allow&^spoken|g.Allow, o.Deny&^spoken|g.Deny
	}
	body := map[string]any{"type": kind, "allow": strconv.FormatInt(g.Allow, 10), "deny": strconv.FormatInt(g.Deny, 10)}
	return a.rest.do(ctx, call{method: http.MethodPut, path: "/channels/" + c.ID + "/permissions/" + id, body: body, reason: reason})
}

// channel reads a channel as it is now, and makes sure that we know the guild's roles.
func (a *Adapter) channel(ctx context.Context, id string) (*discordgo.Channel, error) {
	if err := a.know(ctx); err != nil {
		return nil, err
	}
	var c discordgo.Channel
	err := a.rest.do(ctx, call{method: http.MethodGet, path: "/channels/" + id, out: &c, holds: "id"})
	return &c, err
}

func (a *Adapter) lockThread(ctx context.Context, thread string, locked bool, reason string) error {
	return a.rest.do(ctx, call{method: http.MethodPatch, path: "/channels/" + thread, body: map[string]any{"locked": locked}, reason: reason, holds: "id"})
}
