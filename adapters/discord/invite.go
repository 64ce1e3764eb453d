package discord

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"

	"palabre/chat"
)

// inviteCode is what Discord's codes and the names of vanity links are made of; a longer one is none.
var inviteCode = regexp.MustCompile(`^[A-Za-z0-9-]{2,100}$`)

// lookUp asks which guild an invitation leads to. One to a friend or to a group leads to no guild.
func (a *Adapter) lookUp(ctx context.Context, ref chat.InviteRef) (chat.Receipt, error) {
	if !inviteCode.MatchString(ref.Code) {
		return chat.Receipt{}, fmt.Errorf("%w: no invitation has such a code", chat.ErrGone)
	}
	var told struct {
		Guild struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		} `json:"guild"`
	}
	if err := a.rest.do(ctx, call{method: http.MethodGet, path: "/invites/" + url.PathEscape(ref.Code), out: &told, holds: "code"}); err != nil {
		return chat.Receipt{}, err
	}
	return chat.Receipt{Invite: chat.Invite{
		InviteRef: ref, State: chat.InviteLeads, Community: told.Guild.ID, Name: told.Guild.Name, Own: told.Guild.ID == a.opts.Guild,
	}}, nil
}
