package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/bwmarrin/discordgo"

	"palabre/chat"
)

// maxNick bounds a nickname, in characters.
const maxNick = 32

// giveRole gives a role that moderates nothing: what makes a moderator is given by people.
func (a *Adapter) giveRole(ctx context.Context, act chat.GiveRole) error {
	role, err := a.roleCalled(ctx, act.Role)
	if err != nil {
		return err
	}
	a.mu.Lock()
	g := a.book.guild
	staff := g.standingOf("", []string{role.ID}) >= chat.StandingModerator
	a.mu.Unlock()
	if staff {
		return chat.Explain(fmt.Errorf("%w: the role %s moderates", chat.ErrForbidden, role.Name), "failure.discord.role.staff", chat.Args{"role": chat.Excerpt(role.Name)})
	}
	return a.role(ctx, http.MethodPut, act.Member.ID, role.ID, act.Reason)
}

func (a *Adapter) takeRole(ctx context.Context, act chat.TakeRole) error {
	role, err := a.roleCalled(ctx, act.Role)
	if err != nil {
		return err
	}
	return a.role(ctx, http.MethodDelete, act.Member.ID, role.ID, act.Reason)
}

// roleCalled finds a role by its name or its id.
func (a *Adapter) roleCalled(ctx context.Context, name string) (*discordgo.Role, error) {
	if err := a.know(ctx); err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	g := a.book.guild
	if r := g.roles[name]; r != nil {
		return r, nil
	}
	for _, id := range sortedKeys(g.roles) {
		if g.roles[id].Name == name && id != g.id {
			return g.roles[id], nil
		}
	}
	return nil, chat.Explain(fmt.Errorf("%w: no role is called %q", chat.ErrInvalid, name), "failure.discord.role.unknown", chat.Args{"role": chat.Excerpt(name)})
}

func (a *Adapter) role(ctx context.Context, method, user, role, reason string) error {
	if !isSnowflake(user) {
		return fmt.Errorf("%w: %q is not an account", chat.ErrInvalid, user)
	}
	return a.rest.do(ctx, call{method: method, path: a.memberPath(user) + "/roles/" + role, reason: reason})
}

// resetName takes a nickname away, or replaces it.
func (a *Adapter) resetName(ctx context.Context, act chat.ResetName) error {
	if err := a.guard(ctx, act.Member.ID); err != nil {
		return err
	}
	var nick any
	if to := short(act.To, maxNick); to != "" {
		nick = to
	}
	return a.rest.do(ctx, call{method: http.MethodPatch, path: a.memberPath(act.Member.ID), body: map[string]any{"nick": nick}, reason: act.Reason, holds: "user"})
}

// rolesChanged tells of roles that changed, when the audit log does not.
func (b *book) rolesChanged(before, now *member, d dispatch) []chat.Event {
	body := chat.MemberRoles{Added: b.guild.names(without(now.roles, before.roles)), Removed: b.guild.names(without(before.roles, now.roles))}
	if len(body.Added)+len(body.Removed) == 0 {
		return nil
	}
	return []chat.Event{b.event(unique("roles:"+now.id, d), d.arrived, d.arrived, "", b.someone(now.id), body)}
}

// without are the elements of a that are not in b.
func without(a, b []string) (out []string) {
	for _, e := range a {
		if !slices.Contains(b, e) {
			out = append(out, e)
		}
	}
	return out
}

// roleChanges reads an entry of the audit log about somebody's roles.
func (b *book) roleChanges(a wireAudit) chat.MemberRoles {
	body := chat.MemberRoles{By: b.by(a.User)}
	for _, change := range a.Changes {
		var roles []struct {
			Name string `json:"name"`
		}
		if json.Unmarshal(change.New, &roles) != nil {
			continue
		}
		for _, r := range roles {
			switch change.Key {
			case "$add":
				body.Added = append(body.Added, r.Name)
			case "$remove":
				body.Removed = append(body.Removed, r.Name)
			}
		}
	}
	return body
}
