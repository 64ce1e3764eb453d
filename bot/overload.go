package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"palabre/chat"
	"palabre/store"
)

// overloadKey is where overload is kept while it lasts, and the timer of the look whether it still does.
const overloadKey = "house/overload"

const (
	// overloadAt is how long an event waits before we are overloaded: nobody wants to be judged so late.
	overloadAt = 5 * time.Second
	// behindAt is from which wait on animation gives way to judging, and below which overload begins to be over.
	behindAt = time.Second
	calmFor  = 30 * time.Second // so long, before overload is over
)

// overload is the state of being too far behind, while it lasts; the zero overload is none.
type overload struct {
	Since time.Time     `json:"since"`
	Worst time.Duration `json:"worst"` // the longest that an event waited
	last  time.Time     // when we were behind last
}

func (l *lane) loadOverload(ctx context.Context, s *store.Store) error {
	found, err := s.Memory(ctx, overloadKey)
	if err != nil || found[overloadKey] == nil {
		return err
	}
	if err := json.Unmarshal(found[overloadKey], &l.overload); err != nil {
		return fmt.Errorf("overload: %w", err)
	}
	return nil
}

// weigh tells the moderators once when judging is too far behind. It returns how long the first undecided event has waited.
func (l *lane) weigh() time.Duration {
	now := l.clock.Now()
	events, lag := l.queue.lag(now)
	switch {
	case l.overload.Since.IsZero() && (lag < overloadAt || l.stopping.Err() != nil):
		return lag
	case l.overload.Since.IsZero():
		l.overload = overload{Since: now}
		l.turn.events++
		l.log.Warn("overloaded: events wait to be decided", "events", events, "lag", lag)
		l.tell(l.overloadScope(now), chat.Say("desk.overload", chat.Args{"count": events, "lag": lag.Round(time.Second)}))
		l.keepOverload()
		l.wake(store.Wake{Key: overloadKey, At: now.Add(calmFor)})
	}
	if lag >= behindAt {
		l.overload.last = now
	}
	l.overload.Worst = max(l.overload.Worst, lag)
	return lag
}

func (l *lane) overloadScope(now time.Time) *scope {
	return &scope{ev: chat.Event{ID: l.own("overload"), At: now}, decided: decided{source: houseSource}}
}

func (l *lane) keepOverload() {
	l.keep(chat.Remember{Key: overloadKey, Value: l.overload})
}

// overloadEnds says that we have caught up, once that has lasted; else it looks again.
func (l *lane) overloadEnds(s *scope) {
	now := s.ev.At
	if l.overload.Since.IsZero() {
		return
	}
	if now.Sub(l.overload.last) < calmFor {
		l.keepOverload()
		l.wake(store.Wake{Key: overloadKey, At: now.Add(calmFor)})
		return
	}
	lasted := now.Sub(l.overload.Since)
	l.log.Info("no longer overloaded", "lasted", lasted, "longest wait", l.overload.Worst)
	l.tell(s, chat.Say("desk.overload.over", chat.Args{"lasted": lasted.Round(time.Second), "lag": l.overload.Worst.Round(time.Second)}))
	l.overload = overload{}
	l.keep(chat.Remember{Key: overloadKey})
}

// pressing tells whether a timer is about moderation: it does not wait until the rest is judged.
func pressing(key string) bool {
	for _, prefix := range []string{sanctionPrefix, measurePrefix, askPrefix, raidKey, overloadKey, limitedKey, gatherKey} {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}
