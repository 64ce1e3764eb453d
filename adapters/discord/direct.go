package discord

import (
	"context"
	"fmt"
	"net/http"

	"palabre/chat"
)

// direct says something to one member in private. The channel with them is the same whenever it is asked for.
func (a *Adapter) direct(ctx context.Context, e errand, act chat.Direct) (chat.Receipt, error) {
	if !isSnowflake(act.Member.ID) {
		return chat.Receipt{}, fmt.Errorf("%w: %q is not an account", chat.ErrInvalid, act.Member.ID)
	}
	parts, err := a.compose(chat.Send{Text: act.Text})
	if err != nil {
		return chat.Receipt{}, err
	}
	var channel struct {
		ID string `json:"id"`
	}
	body := map[string]any{"recipient_id": act.Member.ID}
	if err := a.rest.do(ctx, call{method: http.MethodPost, path: "/users/@me/channels", body: body, out: &channel, holds: "id"}); err != nil {
		return chat.Receipt{}, err
	}
	id, err := a.postAll(ctx, channel.ID, e, parts)
	return chat.Receipt{Message: chat.MessageRef{Room: chat.RoomRef{Platform: chat.Discord, ID: channel.ID}, ID: id}}, err
}
