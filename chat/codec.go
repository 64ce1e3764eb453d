package chat

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// EncodeAction turns an action that a platform carries out into the JSON that an order stores.
func EncodeAction(a Action) ([]byte, error) {
	body, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", a.ActionKind(), err)
	}
	return json.Marshal(envelope{Kind: a.ActionKind(), Body: body})
}

type envelope struct {
	Kind ActionKind      `json:"kind"`
	Body json.RawMessage `json:"body"`
}

// DecodeAction reads what EncodeAction wrote.
func DecodeAction(data []byte) (Action, error) {
	var env envelope
	if err := json.Unmarshal(data, &env); err != nil {
		return nil, fmt.Errorf("decode action: %w", err)
	}
	decode, ok := decoders[env.Kind]
	if !ok {
		return nil, fmt.Errorf("decode action: unknown kind %q", env.Kind)
	}
	return decode(env.Body)
}

// Carried are the kinds of actions that a platform may have to carry out, in alphabetical order.
func Carried() []ActionKind { return slices.Sorted(maps.Keys(decoders)) }

var decoders = map[ActionKind]func([]byte) (Action, error){
	ActSend:        decodeAs[Send],
	ActEdit:        decodeAs[Edit],
	ActDelete:      decodeAs[Delete],
	ActReact:       decodeAs[React],
	ActTimeout:     decodeAs[Timeout],
	ActLiftTimeout: decodeAs[LiftTimeout],
	ActKick:        decodeAs[Kick],
	ActBan:         decodeAs[Ban],
	ActUnban:       decodeAs[Unban],
	ActStartThread: decodeAs[StartThread],
	ActPin:         decodeAs[Pin],
	ActUnpin:       decodeAs[Unpin],
	ActOpenPoll:    decodeAs[OpenPoll],
	ActClosePoll:   decodeAs[ClosePoll],
	ActGiveRole:    decodeAs[GiveRole],
	ActTakeRole:    decodeAs[TakeRole],
	ActResetName:   decodeAs[ResetName],
	ActSlowmode:    decodeAs[Slowmode],
	ActLock:        decodeAs[Lock],
	ActUnlock:      decodeAs[Unlock],
	ActDirect:      decodeAs[Direct],
	ActLookUp:      decodeAs[LookUp],
}

func decodeAs[A Action](data []byte) (Action, error) {
	var a A
	if err := json.Unmarshal(data, &a); err != nil {
		return nil, fmt.Errorf("decode %s: %w", a.ActionKind(), err)
	}
	return a, nil
}
