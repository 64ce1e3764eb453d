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

// errand is an order to be carried out: its key and, where an earlier try may have worked, since when.
type errand struct {
	key   string
	since time.Time
}

// doubtful tells whether an earlier try may have worked.
func (e errand) doubtful() bool { return !e.since.IsZero() }

// Do carries out one action. See adapters.Adapter. Messages carry the key as their nonce; the other calls have the
// same effect when they are repeated, or look first.
func (a *Adapter) Do(ctx context.Context, key string, act chat.Action) (chat.Receipt, error) {
	return a.carryOut(ctx, errand{key: key}, act)
}

// Redo looks for what an earlier try has sent before it sends anything. See adapters.Redoer.
func (a *Adapter) Redo(ctx context.Context, key string, act chat.Action, since time.Time) (chat.Receipt, error) {
	return a.carryOut(ctx, errand{key: key, since: since}, act)
}

func (a *Adapter) carryOut(ctx context.Context, e errand, act chat.Action) (chat.Receipt, error) {
	if err := a.rest.limits.isStopped(); err != nil {
		return chat.Receipt{}, err
	}
	a.mu.Lock()
	err := a.mayTry(act)
	a.mu.Unlock()
	if err != nil {
		return chat.Receipt{}, fmt.Errorf("discord: %s: %w", act.ActionKind(), err)
	}
	receipt, err := a.do(ctx, e, act)
	a.mu.Lock()
	defer a.mu.Unlock()
	err = a.explain(err, act)
	a.tried(act, err)
	if err != nil {
		return receipt, fmt.Errorf("discord: %s: %w", act.ActionKind(), err)
	}
	return receipt, nil
}

func (a *Adapter) do(ctx context.Context, e errand, act chat.Action) (chat.Receipt, error) {
	switch act := act.(type) {
	case chat.Send:
		return a.send(ctx, e, act)
	case chat.Direct:
		return a.direct(ctx, e, act)
	case chat.StartThread:
		return a.startThread(ctx, e, act)
	case chat.OpenPoll:
		return a.openPoll(ctx, e, act)
	case chat.LookUp:
		return a.lookUp(ctx, act.Invite)
	case chat.Kick:
		return a.kick(ctx, act)
	case chat.Timeout:
		return a.silence(ctx, act)
	}
	return chat.Receipt{}, a.repeat(ctx, act)
}

// repeat carries out what has the same effect however often it is done.
func (a *Adapter) repeat(ctx context.Context, act chat.Action) error {
	switch act := act.(type) {
	case chat.Edit:
		return a.edit(ctx, act)
	case chat.ClosePoll:
		return a.closePoll(ctx, act)
	case chat.Delete:
		return a.delete(ctx, act)
	case chat.React:
		return a.react(ctx, act)
	case chat.Pin:
		return a.pin(ctx, act)
	case chat.Unpin:
		return a.unpin(ctx, act)
	case chat.LiftTimeout:
		return a.unsilence(ctx, act)
	case chat.Ban:
		return a.ban(ctx, act)
	case chat.Unban:
		return a.unban(ctx, act)
	case chat.GiveRole:
		return a.giveRole(ctx, act)
	case chat.TakeRole:
		return a.takeRole(ctx, act)
	case chat.ResetName:
		return a.resetName(ctx, act)
	case chat.Slowmode:
		return a.slowmode(ctx, act)
	case chat.Lock:
		return a.lock(ctx, act)
	case chat.Unlock:
		return a.unlock(ctx, act)
	}
	return chat.ErrUnsupported
}

// doing notes a deed of ours before the call, so that it is recognised when Discord tells of it, and forgets it when
// the call has failed for good.
func (a *Adapter) doing(what, target string, make func() error) error {
	a.mu.Lock()
	a.book.ours.Put(deed(what, target), true)
	a.mu.Unlock()
	err := make()
	var retry *chat.RetryError
	if err != nil && !errors.As(err, &retry) {
		a.mu.Lock()
		a.book.ours.Drop(deed(what, target))
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

func (a *Adapter) unpin(ctx context.Context, act chat.Unpin) error {
	path := "/channels/" + channelOf(act.Message.Room) + "/messages/pins/" + act.Message.ID
	return a.rest.do(ctx, call{method: http.MethodDelete, path: path})
}

// edit replaces what a message of ours says. What is too long for one message is cut: an edit makes no second one.
func (a *Adapter) edit(ctx context.Context, act chat.Edit) error {
	parts, err := a.compose(chat.Send{Text: act.Text, Card: act.Card})
	if err != nil {
		return err
	}
	body := parts[0]
	body["components"] = parts[len(parts)-1]["components"]
	if act.Card == nil {
		body["components"] = []any{}
	}
	path := "/channels/" + channelOf(act.Message.Room) + "/messages/" + act.Message.ID
	return a.rest.do(ctx, call{method: http.MethodPatch, path: path, body: body, holds: "id"})
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
		return chat.Explain(fmt.Errorf("%w: it is our own account", chat.ErrForbidden), "failure.self", nil)
	case user == b.guild.owner:
		return chat.Explain(fmt.Errorf("%w: the guild's owner", chat.ErrForbidden), "failure.discord.owner", nil)
	case b.guild.members[user] == nil:
		return nil // Discord knows
	case b.guild.members[b.self] != nil && !b.guild.above(b.self, user):
		return chat.Explain(fmt.Errorf("%w: their highest role is not below ours", chat.ErrForbidden), "failure.discord.rank", chat.Args{"role": b.ourRole()})
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
	if err := a.rest.do(ctx, call{method: http.MethodGet, path: a.memberPath(user), out: &now, holds: "joined_at"}); err != nil {
		return chat.Receipt{}, err
	}
	if now.Joined.After(act.Decided) {
		return chat.Receipt{Gone: true}, nil
	}
	return chat.Receipt{}, a.doing("kick", user, func() error {
		return a.rest.do(ctx, call{method: http.MethodDelete, path: a.memberPath(user), reason: act.Reason})
	})
}
