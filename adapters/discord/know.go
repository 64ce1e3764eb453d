package discord

import (
	"context"
	"errors"
	"net/http"

	"github.com/bwmarrin/discordgo"

	"palabre/chat"
)

// prepare reads what a resumed session will not tell again: the guild. It tries until it can.
func (r *receiver) prepare(ctx context.Context, resuming bool) error {
	for failures := 1; resuming; failures++ {
		err := r.know(ctx)
		switch {
		case errors.Is(err, chat.ErrGone), errors.Is(err, chat.ErrForbidden): // until the gateway shows it
			r.absent(r.notInvited())
			return nil
		case err == nil:
			return nil
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
		{path: "/users/@me", out: &me, holds: "id"}, {path: "/applications/@me", out: &app, holds: "id"}, {path: guild, out: &w, holds: "id"},
		{path: guild + "/channels", out: &w.Channels}, {path: guild + "/threads/active", out: &active, holds: "threads"},
	} {
		ask.method = http.MethodGet
		if err := a.rest.do(ctx, ask); err != nil {
			return err
		}
	}
	var self discordgo.Member
	if err := a.rest.do(ctx, call{method: http.MethodGet, path: guild + "/members/" + me.ID, out: &self, holds: "user"}); err != nil {
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
