package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"palabre/chat"
)

// guildWait is how long a new session may take to show us the guild.
const guildWait = 10 * time.Second

// presence is whether the guild is there for us: a session that stands says nothing about that.
type presence struct {
	awaited time.Time // since when a session owes us the guild; zero: it does not
	absent  string    // why it is not there; empty when it is
}

// expect notes that a session has begun: it has to show us the guild.
func (a *Adapter) expect(now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.state.guild.awaited = now
}

// there notes that the guild is there. The caller holds mu.
func (a *Adapter) there() {
	if a.state.guild.absent != "" {
		a.log.Info("discord: the guild is there again")
	}
	a.state.guild = presence{}
}

// absent notes why the guild is not there, and says it in the log: in the guild nobody could read it.
func (a *Adapter) absent(why string) {
	a.mu.Lock()
	changed := a.state.guild.absent != why
	a.state.guild = presence{absent: why}
	a.mu.Unlock()
	if changed {
		a.log.Warn("discord: nothing is received from the community", "why", why)
	}
}

func (a *Adapter) notInvited() string {
	return fmt.Sprintf("Discord does not show us the guild %s: our account is not in it, or `guild` in the configuration is another's id", a.opts.Guild)
}

// awaits tells how long the guild may still take, where it is awaited.
func (r *receiver) awaits(now time.Time) (left time.Duration, awaited bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return guildWait - now.Sub(r.state.guild.awaited), !r.state.guild.awaited.IsZero()
}

// lookForGuild asks whether we are in the guild, once the session has taken too long to show it: what shows it may be lost
// with a connection.
func (r *receiver) lookForGuild(ctx context.Context, now time.Time) error {
	if left, awaited := r.awaits(now); !awaited || left > 0 {
		return nil
	}
	var w wireGuild
	err := r.rest.do(ctx, call{method: http.MethodGet, path: "/guilds/" + r.opts.Guild, out: &w, holds: "id"})
	switch {
	case err == nil:
		r.mu.Lock()
		defer r.mu.Unlock()
		r.there()
	case errors.Is(err, chat.ErrGone), errors.Is(err, chat.ErrForbidden):
		r.absent(r.notInvited())
	case errors.Is(err, chat.ErrStopped):
		return err
	default:
		r.log.Warn("discord: trying again", "err", err, "wait", guildWait)
		r.expect(now)
	}
	return nil
}
