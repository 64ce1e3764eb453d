package replay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"palabre/chat"
	"palabre/rules"
	"palabre/store"
)

// errReached ends the reading of an archive.
var errReached = errors.New("reached")

// Before is what the rules knew when an event came: from the journal while that reaches back so far, else from the archive.
func Before(ctx context.Context, s *store.Store, rs *rules.Ruleset, ev *chat.Event) (*rules.History, error) {
	since := ev.At.Add(-rs.Horizon())
	kept, err := s.Load(ctx, since, time.Time{})
	if err != nil {
		return nil, err
	}
	h := remembered(s, kept, ev)
	reached, err := journaled(h, kept, ev)
	if err != nil || reached {
		return h, err
	}
	h = remembered(s, kept, ev)
	err = s.Archive(ctx, since, func(data []byte) error {
		past, err := chat.DecodeEvent(data)
		switch {
		case err != nil:
			return err
		case past.ID == ev.ID:
			return errReached
		}
		reading := rs.Read(&past, h)
		defer reading.Release()
		h.Fold(reading.Fact)
		return nil
	})
	if errors.Is(err, errReached) {
		err = nil
	}
	return h, err
}

// remembered is what is known for longer than the journal reaches.
func remembered(s *store.Store, kept *store.Past, ev *chat.Event) *rules.History {
	h := rules.NewHistory(s.Key())
	for _, m := range kept.Members {
		h.RestoreMember(rules.Member{Person: m.Person, Joined: m.Joined, First: m.First})
	}
	for _, strike := range kept.Strikes {
		if strike.At.Before(ev.At) {
			h.AddStrike(strike.Person, strike.Points, strike.At, strike.Case)
		}
	}
	return h
}

// journaled folds the journal up to an event; false when the event is not there any more.
func journaled(h *rules.History, kept *store.Past, ev *chat.Event) (bool, error) {
	for _, data := range kept.Facts {
		var fact rules.Fact
		if err := json.Unmarshal(data, &fact); err != nil {
			return false, fmt.Errorf("journal: %w", err)
		}
		if fact.ID == ev.ID {
			return true, nil
		}
		h.Fold(fact)
	}
	return false, nil
}
