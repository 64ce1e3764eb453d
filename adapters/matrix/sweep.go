package matrix

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"palabre/chat"
)

const (
	sweepPages     = 20 // of a hundred messages, in each room
	longestHistory = 7 * 24 * time.Hour
)

// sweep takes away what somebody said in a room since a moment, newest first. A repeat redacts what is left: each redaction
// has a transaction of its own.
func (a *Adapter) sweep(ctx context.Context, room, user, reason string, since time.Time) error {
	filter, err := json.Marshal(map[string]any{"senders": []string{user}, "types": []string{"m.room.message", "m.sticker", "m.room.encrypted", pollStart}})
	if err != nil {
		return err
	}
	query := map[string]string{"dir": "b", "limit": "100", "filter": string(filter)}
	for range sweepPages { // a whole page of old messages is the end: a single one may only be dated back
		var page messagesResponse
		if err := a.get(ctx, &page, query, "v3", "rooms", room, "messages"); err != nil {
			return err
		}
		events, _ := readEvents(page.Chunk)
		old := 0
		for _, ev := range events {
			if a.cameAt(ev).Before(since) {
				old++
				continue
			}
			if err := a.sweepOne(ctx, room, user, reason, ev); err != nil {
				return err
			}
		}
		if page.End == "" || old == len(events) {
			return nil
		}
		query["from"] = page.End
	}
	return nil
}

// cameAt is when a message came, if we saw it come; else what its server says.
func (a *Adapter) cameAt(ev wireEvent) time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	if f, seen := a.facts.Get(ev.ID); seen && !f.came.IsZero() {
		return f.came
	}
	return ev.At
}

// sweepKey is the transaction of a message's redaction: the same whenever it is tried.
func sweepKey(event string) string { return "sweep-" + hashed(event) }

func (a *Adapter) sweepOne(ctx context.Context, room, user, reason string, ev wireEvent) error {
	if ev.Sender != user || len(ev.Content) == 0 || ev.StateKey != nil {
		return nil // redacted before, or nothing that was said
	}
	err := a.redactOne(ctx, room, ev.ID, sweepKey(ev.ID), reason)
	if errors.Is(err, chat.ErrGone) {
		return nil
	}
	return err
}
