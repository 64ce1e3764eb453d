package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"palabre/chat"
)

const (
	longestHistory = 7 * 24 * time.Hour // of a banned member's messages
	bulkBanSize    = 200
	bulkBanGather  = 30 * time.Millisecond // what the first ban waits for others
)

// banning is a set of bans that go together: for one length of history. Whoever came first makes the call.
type banning struct {
	users   []string
	reasons []string
	done    chan struct{}
	err     error           // once done: the call as a whole
	banned  map[string]bool // once done
}

func (a *Adapter) ban(ctx context.Context, act chat.Ban) error {
	user := act.Member.ID
	if err := a.guard(ctx, user); err != nil {
		return err
	}
	return a.doing("ban", user, func() error {
		if err := a.banTogether(ctx, act); !errors.Is(err, errAlone) {
			return err
		}
		body := map[string]any{"delete_message_seconds": history(act)}
		return a.rest.do(ctx, call{method: http.MethodPut, path: "/guilds/" + a.opts.Guild + "/bans/" + user, body: body, reason: act.Reason})
	})
}

// history is how many seconds of messages go with a ban.
func history(act chat.Ban) int { return int(min(act.DeleteFor, longestHistory).Seconds()) }

// banTogether joins the bans that wait, or waits a moment for others to join: in a raid one call bans many, where we may
// manage the guild. Who is not among the banned is tried alone, which tells why.
func (a *Adapter) banTogether(ctx context.Context, act chat.Ban) error {
	a.mu.Lock()
	may := a.book.may(discordgo.PermissionManageGuild)
	a.mu.Unlock()
	if !may {
		return errAlone
	}
	b, leads := a.joinBans(act)
	if leads {
		_ = sleep(ctx, bulkBanGather) // others wait for us, also when our caller does not any more
		a.banAll(context.WithoutCancel(ctx), b, history(act))
	}
	select {
	case <-b.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	if b.err == nil && !b.banned[act.Member.ID] {
		return errAlone
	}
	return b.err
}

func (a *Adapter) joinBans(act chat.Ban) (b *banning, leads bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	b = a.bans[history(act)]
	leads = b == nil || len(b.users) >= bulkBanSize
	if leads {
		b = &banning{done: make(chan struct{})}
		a.bans[history(act)] = b
	}
	b.users = append(b.users, act.Member.ID)
	if act.Reason != "" && !slices.Contains(b.reasons, act.Reason) {
		b.reasons = append(b.reasons, act.Reason)
	}
	return b, leads
}

// banAll bans several members by one call, with the reasons of all of them. What Discord refuses as a whole is tried
// one by one.
func (a *Adapter) banAll(ctx context.Context, b *banning, seconds int) {
	a.mu.Lock()
	if a.bans[seconds] == b {
		delete(a.bans, seconds)
	}
	users := slices.Compact(slices.Sorted(slices.Values(b.users)))
	a.mu.Unlock()
	defer close(b.done)
	if len(users) < 2 {
		b.err = errAlone
		return
	}
	var answer struct {
		Banned []string `json:"banned_users"`
	}
	body := map[string]any{"user_ids": users, "delete_message_seconds": seconds}
	b.err = a.rest.do(ctx, call{
		method: http.MethodPost, path: "/guilds/" + a.opts.Guild + "/bulk-ban", body: body, reason: bulkReason(b.reasons), out: &answer, holds: "banned_users",
	})
	if errors.Is(b.err, chat.ErrInvalid) || errors.Is(b.err, chat.ErrForbidden) || errors.Is(b.err, chat.ErrGone) {
		b.err = errAlone
	}
	b.banned = map[string]bool{}
	for _, user := range answer.Banned {
		b.banned[user] = true
	}
}

// bulkReason is one reason for several bans: each names its case, as far as there is room.
func bulkReason(reasons []string) string {
	return strings.Join(reasons, " · ")
}

// ofSeveral is what such a reason looks like when it was cut.
var ofSeveral = regexp.MustCompile(`\(#\d+\) · `)

func (a *Adapter) unban(ctx context.Context, act chat.Unban) error {
	user := act.Member.ID
	if !isSnowflake(user) {
		return fmt.Errorf("%w: %q is not an account", chat.ErrInvalid, user)
	}
	if err := a.ourBan(ctx, user, act.Of); err != nil {
		return err
	}
	return a.doing("unban", user, func() error {
		return a.rest.do(ctx, call{method: http.MethodDelete, path: "/guilds/" + a.opts.Guild + "/bans/" + user, reason: act.Reason})
	})
}

// ourBan makes sure that a ban which stands is the one that we imposed: its reason is ours. Zero stands for any ban.
func (a *Adapter) ourBan(ctx context.Context, user string, of chat.Imposed) error {
	if of == (chat.Imposed{}) {
		return nil
	}
	var stands struct {
		Reason string `json:"reason"`
	}
	err := a.rest.do(ctx, call{method: http.MethodGet, path: "/guilds/" + a.opts.Guild + "/bans/" + user, out: &stands})
	if err != nil {
		return err
	}
	if !strings.Contains(stands.Reason, shownReason(of.Reason)) && !ofSeveral.MatchString(stands.Reason) {
		return fmt.Errorf("%w: the ban of %s has another reason", chat.ErrForeign, user)
	}
	return nil
}
