package matrix

import (
	"fmt"
	"strings"
	"time"

	"palabre/adapters"
)

const (
	deadAfter  = 90 * time.Second // without an answer, whatever the reason
	downAfter  = 20 * time.Second // of failures
	downTimes  = 3                // failures in a row
	overdueBy  = 10 * time.Second // an answer that was promised for a moment
	hastyTimes = 5                // answers in a row that came at once although nothing had happened
)

// link is how receiving goes. It is guarded by the adapter's mu.
type link struct {
	answered time.Time // the last sync; zero until the homeserver has answered
	due      time.Time // when the call under way should be answered; zero when none is
	failing  time.Time // since when nothing is received; zero while all is well
	failures int
	next     time.Time // when the next try comes
	why      error
	hasty    int
}

// trouble says in a sentence why events are not received, empty when they are.
func (l link) trouble(now time.Time) string {
	switch {
	case l.failures >= downTimes, l.failures > 0 && now.Sub(l.failing) > downAfter:
		return fmt.Sprintf("nothing is received from the homeserver for %s (next try in %s): %v",
			now.Sub(l.failing).Round(time.Second), max(0, l.next.Sub(now)).Round(time.Second), l.why)
	case !l.due.IsZero() && now.Sub(l.due) > overdueBy:
		return fmt.Sprintf("the homeserver has not answered a sync that was due %s ago", now.Sub(l.due).Round(time.Second))
	case l.answered.IsZero():
		return "not connected to the homeserver yet"
	case now.Sub(l.answered) > deadAfter:
		return fmt.Sprintf("no answer from the homeserver for %s", now.Sub(l.answered).Round(time.Second))
	case l.hasty >= hastyTimes:
		return "the homeserver answers every sync at once, also when nothing has happened: does a proxy drop the parameter timeout?"
	}
	return ""
}

// Live says whether events are being received from all rooms that the configuration names, and can be answered: soon after
// the homeserver fails it says no, and yes again once a sync was answered and told.
func (a *Adapter) Live() string {
	if err := a.api.isStopped(); err != nil {
		return fmt.Sprintf("the homeserver refuses our account: %v", err)
	}
	if a.api.isSuspended() {
		return "the homeserver's administrators have suspended our account: it can read and not write"
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if trouble := a.link.trouble(a.opts.Clock()); trouble != "" {
		return trouble
	}
	if len(a.dir.rooms) == 0 {
		return "our account is in none of the rooms: invite it, or look at `rooms` in the configuration"
	}
	if missing := a.missing(); len(missing) > 0 {
		return "our account is not in " + strings.Join(missing, ", ") + ": invite it, or look at `rooms` in the configuration"
	}
	return ""
}

// missing are the configured rooms that we are not in. mu is held.
func (a *Adapter) missing() (names []string) {
	for _, r := range append([]adapters.Room{{Logical: "the space", ID: a.opts.Space}}, a.opts.Rooms...) {
		id := r.ID
		if known, ok := a.aliases[id]; ok {
			id = known
		}
		if id != "" && a.dir.rooms[id] == nil {
			names = append(names, r.Logical)
		}
	}
	return names
}

// asks notes that a sync is under way, which the homeserver may hold for a while.
func (r *receiver) asks(hold time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.link.due = r.opts.Clock().Add(hold)
}

// asked notes that it is not any more.
func (r *receiver) asked(ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.link.due = time.Time{}
	if ok {
		r.link.answered = r.opts.Clock()
	}
}

// well notes that what the homeserver answered was told.
func (r *receiver) well() {
	r.failures = 0
	r.mu.Lock()
	defer r.mu.Unlock()
	r.link.failing, r.link.failures, r.link.why = time.Time{}, 0, nil
}

// failed notes that a step which began at a moment failed, and when the next try comes.
func (r *receiver) failed(began time.Time, why error, wait time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.link.failures == 0 {
		r.link.failing = began
	}
	r.link.failures, r.link.why, r.link.next = r.failures, why, r.opts.Clock().Add(wait)
}

const (
	atOnce     = time.Second // an answer that the homeserver did not hold
	calmPause  = 100 * time.Millisecond
	mostHasted = 2 * time.Second
)

// pace is what to wait after an answer that came at once although the homeserver was to hold it until something happens:
// else we would ask again without an end. Every answer that was held, or brings news, ends it.
func (r *receiver) pace(hold, took time.Duration, since string, answer syncResponse) time.Duration {
	empty := len(answer.Rooms.Join)+len(answer.Rooms.Invite)+len(answer.Rooms.Leave) == 0
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case hold < atOnce:
		return 0 // it was not to wait
	case took >= atOnce, !empty && answer.NextBatch != since:
		r.link.hasty = 0
		return 0
	}
	r.link.hasty++
	if r.link.hasty == hastyTimes {
		r.log.Warn("matrix: the homeserver answers every sync at once, also when nothing has happened; asking less often")
	}
	return min(mostHasted, calmPause<<min(r.link.hasty-1, 10))
}
