package matrix

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"palabre/adapters"
	"palabre/chat"
)

const (
	// transactionFor is how long a homeserver remembers a transaction for sure: Dendrite for half an hour, Synapse for a day.
	transactionFor = 20 * time.Minute
	lookBackSlack  = time.Minute // by which our clock may be ahead of the homeserver's
	lookBackPages  = 10          // of a hundred of our own messages
)

var _ adapters.Redoer = (*Adapter)(nil)

// Redo looks for what an earlier try has sent, once the homeserver may have forgotten its transaction: every message of ours
// holds its order's key. See adapters.Redoer.
func (a *Adapter) Redo(ctx context.Context, key string, act chat.Action, since time.Time) (chat.Receipt, error) {
	if a.opts.Clock().Sub(since) <= transactionFor {
		return a.carryOut(ctx, key, act)
	}
	if d, deletes := act.(chat.Delete); deletes {
		if done, err := a.isRedacted(ctx, d.Message); done || err != nil {
			return chat.Receipt{}, err
		}
	}
	if place := sentTo(act); !place.IsZero() {
		if err := a.lookBack(ctx, place, key, since); err != nil {
			return chat.Receipt{}, err
		}
	}
	return a.carryOut(ctx, key, act)
}

// isRedacted asks whether a message has no content any more: by whom is of no matter.
func (a *Adapter) isRedacted(ctx context.Context, message chat.MessageRef) (bool, error) {
	room, err := a.resolve(ctx, message.Room.ID)
	if err != nil {
		return false, err
	}
	ev, err := a.event(ctx, room, message.ID)
	var retry *chat.RetryError
	if err != nil && !errors.As(err, &retry) {
		return false, nil // we may not read it, or it is not there: the deletion says so better
	}
	return err == nil && ev.Unsigned.obj("redacted_because") != nil, err
}

// sentTo is the room that an action says something in; zero for other actions, which look first in any case.
func sentTo(act chat.Action) chat.RoomRef {
	switch act := act.(type) {
	case chat.Send:
		return act.Room
	case chat.StartThread:
		return act.Room
	case chat.OpenPoll:
		return act.Room
	}
	return chat.RoomRef{}
}

// lookBack looks through what we said in a room since a moment, and learns which message has the key.
func (a *Adapter) lookBack(ctx context.Context, place chat.RoomRef, key string, since time.Time) error {
	room, err := a.resolve(ctx, place.ID)
	if err != nil {
		return err
	}
	filter, err := json.Marshal(map[string]any{"senders": []string{a.self}})
	if err != nil {
		return err
	}
	query := map[string]string{"dir": "b", "limit": "100", "filter": string(filter)}
	for range lookBackPages {
		var page messagesResponse
		if err := a.get(ctx, &page, query, "v3", "rooms", room, "messages"); err != nil {
			return err
		}
		events, _ := readEvents(page.Chunk)
		for _, ev := range events {
			if ev.Sender == a.self && ev.Content.str(keyField) == key {
				a.mu.Lock()
				defer a.mu.Unlock()
				a.sent.Put(key, ev.ID)
				return nil
			}
			if ev.At.Before(since.Add(-lookBackSlack)) {
				return nil
			}
		}
		if page.End == "" || len(events) == 0 {
			return nil
		}
		query["from"] = page.End
	}
	return chat.ErrUncertain
}
