package matrix

import (
	"time"

	"palabre/adapters"
)

const (
	burstGuess = 10                     // what may go at once after a rest, where a homeserver counts: Synapse's default
	unlimited  = 100 * time.Millisecond // between two calls: what is shorter is no limit that we need to keep
	probeAfter = time.Minute            // so often we try whether more is granted than we believe
)

// budget is what the homeserver lets our account write, in all rooms together. There is no limit until it refuses; then its
// answer says how long one more takes, and that is kept by everybody instead of tried by each.
type budget struct {
	until    time.Time     // no call before
	interval time.Duration // between two calls in the long run; 0: no limit is known
	tokens   float64       // calls that may go at once
	filled   time.Time
	accepted time.Time // the last call that was
	probed   time.Time // the last call that went without a token
	probing  bool      // and is under way
}

// wait is how long until a call may be made; zero: now.
func (b *budget) wait(now time.Time) time.Duration {
	if rest := b.until.Sub(now); rest > 0 {
		return rest
	}
	if b.interval == 0 {
		return 0
	}
	b.tokens = min(burstGuess, b.tokens+float64(now.Sub(b.filled))/float64(b.interval))
	b.filled = now
	if b.tokens >= 1 || now.Sub(b.probed) >= probeAfter {
		return 0
	}
	return max(time.Millisecond, time.Duration((1-b.tokens)*float64(b.interval)))
}

// take is wait, and takes the call's turn when it has come.
func (b *budget) take(now time.Time) time.Duration {
	rest := b.wait(now)
	switch {
	case rest > 0 || b.interval == 0:
	case b.tokens >= 1:
		b.tokens--
		b.probing = false
	default:
		b.probed, b.probing = now, true
	}
	return rest
}

// granted notes that a call was accepted. One without a token shows that more is granted than we believe.
func (b *budget) granted(now time.Time) {
	b.accepted = now
	if !b.probing {
		return
	}
	b.probing = false
	if b.interval /= 4; b.interval < unlimited {
		b.interval = 0
	}
}

// refused notes that the homeserver asked us to wait. Where it said how long (told), that is what one call takes: after a
// burst the whole of it, else a part, and then we went only a little too fast.
func (b *budget) refused(now time.Time, after time.Duration, told bool) {
	probing, until := b.probing, now.Add(after)
	b.probing = false
	if until.Before(b.until) {
		return // others were under way
	}
	b.until = until
	if !told {
		return // a moment's trouble, perhaps
	}
	interval := max(after, b.interval)
	if b.interval > 0 && !probing {
		interval = max(interval, min(until.Sub(b.accepted), b.interval*5/4))
	}
	if b.interval = min(interval, maxPause); b.interval < unlimited {
		b.interval = 0
		return
	}
	b.probed, b.filled, b.tokens = now, now, 1-float64(after)/float64(b.interval)
}

// Pace says how orders may go: see adapters.Pacer.
func (a *Adapter) Pace() (notBefore time.Time, one bool) {
	a.api.mu.Lock()
	defer a.api.mu.Unlock()
	now := a.opts.Clock()
	b := &a.api.budget
	if rest := b.wait(now); rest > 0 {
		notBefore = now.Add(rest)
	}
	return notBefore, b.interval > 0
}

var _ adapters.Pacer = (*Adapter)(nil)
