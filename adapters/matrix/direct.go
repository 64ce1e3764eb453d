package matrix

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"net/http"
	"strings"

	"palabre/chat"
)

// direct says something to one member in a room of the two of us.
func (a *Adapter) direct(ctx context.Context, key string, act chat.Direct) (chat.Receipt, error) {
	if !isUser(act.Member.ID) || act.Member.ID == a.self {
		return chat.Receipt{}, chat.ErrInvalid
	}
	room, err := a.roomWith(ctx, act.Member.ID)
	if err != nil {
		return chat.Receipt{}, err
	}
	event, err := a.put(ctx, room, "m.room.message", key, a.message(key, act.Text, nil, true))
	return chat.Receipt{Message: chat.MessageRef{Room: chat.RoomRef{Platform: chat.Matrix, ID: room}, ID: event}}, err
}

// roomWith gives the room that we share with a member alone, made at need. Its alias follows from who they are, so that a
// repeat, or a start after a crash, finds the same room. Who left it is invited again.
func (a *Adapter) roomWith(ctx context.Context, user string) (string, error) {
	local := directAlias(a.self, user)
	_, server, _ := strings.Cut(a.self, ":")
	room, err := a.resolve(ctx, "#"+local+":"+server)
	if errors.Is(err, chat.ErrGone) {
		return a.makeRoomWith(ctx, user, local)
	}
	if err != nil {
		return "", err
	}
	ev, err := a.stateEvent(ctx, room, "m.room.member", user)
	if err != nil && !errors.Is(err, chat.ErrGone) {
		return "", err
	}
	switch ev.Content.str("membership") {
	case "join", "invite":
		return room, nil
	}
	return room, a.memberCall(ctx, room, "invite", user, "")
}

func (a *Adapter) makeRoomWith(ctx context.Context, user, alias string) (string, error) {
	var made struct {
		Room string `json:"room_id"`
	}
	err := a.api.do(ctx, call{method: http.MethodPost, path: []any{"v3", "createRoom"}, out: &made, body: map[string]any{
		"preset": "private_chat", "is_direct": true, "invite": []string{user}, "room_alias_name": alias,
	}})
	return made.Room, err
}

// directAlias is the local part of the alias of our room with somebody.
func directAlias(self, user string) string {
	return "palabre-" + hashed(self+" "+user)
}

// hashed is a name of 24 characters of [a-z2-7] that follows from another.
func hashed(name string) string {
	sum := sha256.Sum256([]byte(name))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:15]))
}
