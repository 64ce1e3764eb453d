package bot

import (
	"time"

	"palabre/adapters"
	"palabre/chat"
	"palabre/store"
)

const (
	// limitedKey is the timer of the look whether orders wait because a platform limits our account.
	limitedKey   = "house/limited"
	limitedEvery = 30 * time.Second
	limitedAt    = time.Minute // that the first of them waits, before it is said
)

// held are the orders that wait because their platform limits our account, and how long the first of them has waited.
func (b *outbox) held(now time.Time) (orders int, waited time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for p, ready := range b.ready {
		pacer, paces := b.adapters[p].(adapters.Pacer)
		if !paces {
			continue
		}
		if at, one := pacer.Pace(); !one && !at.After(now) {
			continue
		}
		orders += ready.Len()
		for _, o := range ready.orders {
			waited = max(waited, now.Sub(o.CreatedAt))
		}
	}
	return orders, waited
}

// slowed looks a while after a platform told us to wait whether orders pile up.
func (l *lane) slowed(now time.Time) {
	if !l.wakes.has(limitedKey) {
		l.wake(store.Wake{Key: limitedKey, At: now.Add(limitedEvery)})
	}
}

// limited tells the moderators, once an hour at most and before all that waits, that orders pile up; it looks again as long
// as some do.
func (l *lane) limited(s *scope) {
	now := s.ev.At
	orders, waited := l.outbox.held(now)
	if orders == 0 {
		return
	}
	l.slowed(now)
	if waited < limitedAt || l.told.again(limitedKey, now) {
		return
	}
	l.log.Warn("a platform limits our account: orders wait", "orders", orders, "waited", waited)
	l.send(s, chat.Send{
		Logical: deskRoom, As: logLabel, Priority: chat.Safety,
		Say: chat.Say("desk.limited", chat.Args{"count": orders, "lag": waited.Round(time.Second)}),
	})
}
