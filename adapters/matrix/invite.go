package matrix

import (
	"context"
	"fmt"
	"strings"

	"palabre/chat"
)

// lookUp finds the room of an invitation: the alias is asked for, an id stands for itself. It is ours when we protect
// the room.
func (a *Adapter) lookUp(ctx context.Context, ref chat.InviteRef) (chat.Receipt, error) {
	if !strings.HasPrefix(ref.Code, "#") && !strings.HasPrefix(ref.Code, "!") {
		return chat.Receipt{}, fmt.Errorf("%w: neither an alias nor a room's id", chat.ErrGone)
	}
	room, err := a.resolve(ctx, ref.Code)
	if err != nil {
		return chat.Receipt{}, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return chat.Receipt{Invite: chat.Invite{
		InviteRef: ref, State: chat.InviteLeads, Community: room, Name: ref.Code, Own: a.dir.rooms[room] != nil,
	}}, nil
}
