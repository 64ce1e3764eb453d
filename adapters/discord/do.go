package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"palabre/chat"
)

// Do carries out one action. See adapters.Adapter. Messages carry the key as their nonce; the other calls have the
// same effect when they are repeated, or look first.
func (a *Adapter) Do(ctx context.Context, key string, act chat.Action) (chat.Receipt, error) {
	if err := a.rest.limits.isStopped(); err != nil {
		return chat.Receipt{}, err
	}
	receipt, err := a.do(ctx, key, act)
	if err != nil {
		return receipt, fmt.Errorf("discord: %s: %w", act.ActionKind(), err)
	}
	return receipt, nil
}

func (a *Adapter) do(ctx context.Context, key string, act chat.Action) (chat.Receipt, error) {
	switch act := act.(type) {
	case chat.Send:
		return a.send(ctx, key, act)
	case chat.StartThread:
		return a.startThread(ctx, key, act)
	case chat.Delete:
		return chat.Receipt{}, a.delete(ctx, act)
	case chat.React:
		return chat.Receipt{}, a.react(ctx, act)
	case chat.Pin:
		return chat.Receipt{}, a.pin(ctx, act)
	case chat.Timeout:
		return a.silence(ctx, act)
	case chat.LiftTimeout:
		return chat.Receipt{}, a.unsilence(ctx, act)
	case chat.Kick:
		return a.kick(ctx, act)
	case chat.Ban:
		return chat.Receipt{}, a.ban(ctx, act)
	case chat.Unban:
		return chat.Receipt{}, a.unban(ctx, act)
	}
	return chat.Receipt{}, chat.ErrUnsupported
}

// doing notes a deed of ours before the call, so that it is recognised when Discord tells of it, and forgets it when
// the call has failed for good.
func (a *Adapter) doing(what, target string, make func() error) error {
	a.mu.Lock()
	a.book.ours.put(deed(what, target), true)
	a.mu.Unlock()
	err := make()
	var retry *chat.RetryError
	if err != nil && !errors.As(err, &retry) {
		a.mu.Lock()
		a.book.ours.drop(deed(what, target))
		a.mu.Unlock()
	}
	return err
}

func (a *Adapter) react(ctx context.Context, act chat.React) error {
	path := "/channels/" + channelOf(act.Message.Room) + "/messages/" + act.Message.ID + "/reactions/" + url.PathEscape(act.Emoji) + "/@me"
	return a.rest.do(ctx, call{method: http.MethodPut, path: path})
}

func (a *Adapter) pin(ctx context.Context, act chat.Pin) error {
	path := "/channels/" + channelOf(act.Message.Room) + "/messages/pins/" + act.Message.ID
	return a.rest.do(ctx, call{method: http.MethodPut, path: path})
}

// guard refuses what Discord would refuse: to act against ourselves, the owner, an administrator or whoever stands not
// below us. It asks nobody but for who we are.
func (a *Adapter) guard(ctx context.Context, user string) error {
	if !isSnowflake(user) {
		return fmt.Errorf("%w: %q is not an account", chat.ErrInvalid, user)
	}
	if err := a.know(ctx); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	b := a.book
	switch {
	case user == b.self:
		return fmt.Errorf("%w: it is our own account", chat.ErrForbidden)
	case user == b.guild.owner:
		return fmt.Errorf("%w: the guild's owner", chat.ErrForbidden)
	case b.guild.members[user] == nil:
		return nil // Discord knows
	case b.guild.members[b.self] != nil && !b.guild.above(b.self, user):
		return fmt.Errorf("%w: their highest role is not below ours", chat.ErrForbidden)
	}
	return nil
}

func (a *Adapter) memberPath(user string) string {
	return "/guilds/" + a.opts.Guild + "/members/" + user
}

func (a *Adapter) kick(ctx context.Context, act chat.Kick) (chat.Receipt, error) {
	user := act.Member.ID
	if err := a.guard(ctx, user); err != nil {
		return chat.Receipt{}, err
	}
	var now struct {
		Joined time.Time `json:"joined_at"`
	}
	if err := a.rest.do(ctx, call{method: http.MethodGet, path: a.memberPath(user), out: &now}); err != nil {
		return chat.Receipt{}, err
	}
	if now.Joined.After(act.Decided) {
		return chat.Receipt{Gone: true}, nil
	}
	return chat.Receipt{}, a.doing("kick", user, func() error {
		return a.rest.do(ctx, call{method: http.MethodDelete, path: a.memberPath(user), reason: act.Reason})
	})
}

func (a *Adapter) ban(ctx context.Context, act chat.Ban) error {
	user := act.Member.ID
	if err := a.guard(ctx, user); err != nil {
		return err
	}
	return a.doing("ban", user, func() error {
		body := map[string]any{"delete_message_seconds": 0}
		return a.rest.do(ctx, call{method: http.MethodPut, path: "/guilds/" + a.opts.Guild + "/bans/" + user, body: body, reason: act.Reason})
	})
}

func (a *Adapter) unban(ctx context.Context, act chat.Unban) error {
	user := act.Member.ID
	if !isSnowflake(user) {
		return fmt.Errorf("%w: %q is not an account", chat.ErrInvalid, user)
	}
	return a.doing("unban", user, func() error {
		return a.rest.do(ctx, call{method: http.MethodDelete, path: "/guilds/" + a.opts.Guild + "/bans/" + user, reason: act.Reason})
	})
}
