package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"palabre/adapters"
	"palabre/chat"
)

// Discord silences for 28 days at most. A longer silence is imposed for as long as can be, written down as a cursor
// before that, and renewed while it stands.
const (
	longestSilence = 28*24*time.Hour - 10*time.Minute
	renewBefore    = 2 * 24 * time.Hour // of the end of what was imposed
)

// silence is one that lasts longer than Discord's.
type silence struct {
	Until time.Time `json:"until,omitzero"` // for ever when zero
	Set   time.Time `json:"set"`            // until when it was imposed last
}

func silencesOf(from adapters.Cursors) map[string]silence {
	out := map[string]silence{}
	for name, value := range from {
		var s silence
		if user, ok := strings.CutPrefix(name, silencePrefix); ok && json.Unmarshal([]byte(value), &s) == nil {
			out[user] = s
		}
	}
	return out
}

// imposed is until when a silence can be imposed now.
func imposed(until, now time.Time) (end time.Time, renewed bool) {
	longest := now.Add(longestSilence)
	if until.IsZero() || until.After(longest) {
		return longest, true
	}
	return until, false
}

func (a *Adapter) silence(ctx context.Context, act chat.Timeout) (chat.Receipt, error) {
	user := act.Member.ID
	if err := a.guard(ctx, user); err != nil {
		return chat.Receipt{}, err
	}
	a.mu.Lock()
	administrates := a.book.guild.members[user] != nil && a.book.guild.permissions(user)&discordgo.PermissionAdministrator != 0
	a.mu.Unlock()
	if administrates {
		return chat.Receipt{}, fmt.Errorf("%w: administrators cannot be silenced", chat.ErrForbidden)
	}
	now := a.opts.Clock()
	end, renewed := imposed(act.Until, now)
	if !end.After(now) {
		return chat.Receipt{Gone: true}, nil
	}
	if err := a.awaitCursors(ctx); err != nil {
		return chat.Receipt{}, err
	}
	if err := a.keepSilence(ctx, user, silence{Until: act.Until, Set: end}, renewed); err != nil {
		return chat.Receipt{}, err
	}
	err := a.setSilence(ctx, user, &end, act.Reason)
	if renewed && (errors.Is(err, chat.ErrForbidden) || errors.Is(err, chat.ErrInvalid)) { // what never was must not be renewed
		return chat.Receipt{}, errors.Join(err, a.keepSilence(ctx, user, silence{}, false))
	}
	return chat.Receipt{}, err
}

func (a *Adapter) unsilence(ctx context.Context, act chat.LiftTimeout) error {
	if !isSnowflake(act.Member.ID) {
		return chat.ErrInvalid
	}
	if err := a.awaitCursors(ctx); err != nil { // else one that has to be renewed would come back
		return err
	}
	if err := a.ourSilence(ctx, act.Member.ID, act.Of); err != nil {
		return err
	}
	if err := a.keepSilence(ctx, act.Member.ID, silence{}, false); err != nil {
		return err
	}
	return a.setSilence(ctx, act.Member.ID, nil, act.Reason)
}

// ourSilence makes sure that a silence which stands is the one that we imposed: it ends when ours was to end. Zero stands
// for any silence.
func (a *Adapter) ourSilence(ctx context.Context, user string, of chat.Imposed) error {
	if of == (chat.Imposed{}) {
		return nil
	}
	var now struct {
		Until time.Time `json:"communication_disabled_until"`
	}
	if err := a.rest.do(ctx, call{method: http.MethodGet, path: a.memberPath(user), out: &now}); err != nil {
		return err
	}
	a.mu.Lock()
	kept := a.silences[user]
	a.mu.Unlock()
	switch until := now.Until.Truncate(time.Second); {
	case !until.After(a.opts.Clock()):
		return errors.Join(chat.ErrGone, a.keepSilence(ctx, user, silence{}, false))
	case until.Equal(of.Until.Truncate(time.Second)), until.Equal(kept.Set.Truncate(time.Second)):
		return nil
	}
	return errors.Join(
		fmt.Errorf("%w: the silence of %s ends at %s", chat.ErrForeign, user, now.Until.UTC().Format(time.RFC3339)),
		a.keepSilence(ctx, user, silence{}, false),
	)
}

func (a *Adapter) setSilence(ctx context.Context, user string, end *time.Time, reason string) error {
	var value any
	if end != nil {
		value = end.UTC().Format(time.RFC3339)
	}
	return a.doing("silence", user, func() error {
		body := map[string]any{"communication_disabled_until": value}
		return a.rest.do(ctx, call{method: http.MethodPatch, path: a.memberPath(user), body: body, reason: reason, holds: "user"})
	})
}

// keepSilence writes a silence down that has to be renewed, or forgets the one that was.
func (a *Adapter) keepSilence(ctx context.Context, user string, s silence, renewed bool) error {
	a.mu.Lock()
	_, was := a.silences[user]
	if renewed {
		a.silences[user] = s
	} else {
		delete(a.silences, user)
	}
	a.mu.Unlock()
	cursor := ""
	switch {
	case renewed:
		cursor = encode(s)
	case !was:
		return nil
	}
	return a.commit(ctx, adapters.Cursors{silencePrefix + user: cursor})
}

// renew imposes the long silences anew whose end comes near. One that somebody lifted in their own client is over.
func (r *receiver) renew(ctx context.Context, now time.Time) error {
	r.mu.Lock()
	due := map[string]silence{}
	for user, s := range r.silences {
		if s.Set.Sub(now) < renewBefore {
			due[user] = s
		}
	}
	r.mu.Unlock()
	for _, user := range sortedKeys(due) {
		cursor, err := r.renewOne(ctx, user, due[user], now)
		if err != nil {
			return err
		}
		r.moved[silencePrefix+user] = cursor
	}
	return nil
}

// renewOne gives the silence's cursor as it is then.
func (r *receiver) renewOne(ctx context.Context, user string, s silence, now time.Time) (cursor string, err error) {
	var stands struct {
		Until *time.Time `json:"communication_disabled_until"`
	}
	err = r.rest.do(ctx, call{method: http.MethodGet, path: r.memberPath(user), out: &stands, holds: "user"})
	over := !s.Until.IsZero() && !s.Until.After(now)
	switch {
	case errors.Is(err, chat.ErrGone): // they may come back: it waits
		return encode(s), nil
	case err != nil:
		return "", err
	case stands.Until == nil && s.Set.After(now): // lifted by somebody
		over = true
	}
	if !over {
		end, _ := imposed(s.Until, now)
		if err := r.setSilence(ctx, user, &end, "a longer timeout, renewed"); err != nil && !errors.Is(err, chat.ErrForbidden) {
			return "", err
		}
		s.Set = end
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if over {
		delete(r.silences, user)
		return "", nil
	}
	r.silences[user] = s
	return encode(s), nil
}
