package bot

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"palabre/adapters"
	"palabre/chat"
)

const (
	queueLength = 256 // batches that may wait; a full queue slows the adapters
	// lastDecisions is how long a stop goes on deciding what was received before. What is left then comes again.
	lastDecisions = 5 * time.Second
)

// queue is the way into the loop. It is never closed, so that whoever comes late is refused and nothing worse. News (what
// became of orders, what operators want) goes before events: an order's end must not wait behind a flood.
type queue struct {
	batches chan input
	news    chan input
	quit    chan struct{} // closed when nothing comes any more that must be taken
	ended   chan struct{} // closed when the loop takes nothing any more
	hurry   atomic.Bool   // events are left to the next start

	mu      sync.Mutex
	waiting []*delivery // undecided, in the order of their arrival; those decided meanwhile are taken off with the first
	events  int         // of them
}

// input is one thing for the loop: at most one field is set.
type input struct {
	delivery *delivery
	settled  *settlement
	control  func(*lane)
}

// delivery is a batch on its way to be decided and committed.
type delivery struct {
	batch   adapters.Batch
	from    chat.Platform
	arrived time.Time
	decided bool
}

func newQueue() *queue {
	return &queue{
		batches: make(chan input, queueLength), news: make(chan input, queueLength),
		quit: make(chan struct{}), ended: make(chan struct{}),
	}
}

// tell hands news to the loop; false when it takes none any more.
func (q *queue) tell(in input) bool {
	select {
	case q.news <- in:
		return true
	case <-q.ended:
		return false
	}
}

// put hands a batch to the loop, and waits while the queue is full.
func (q *queue) put(ctx context.Context, d *delivery) error {
	q.note(d)
	select {
	case q.batches <- input{delivery: d}:
		return nil
	case <-ctx.Done():
		q.decided([]*delivery{d})
		return ctx.Err()
	}
}

// wait gives the next input, or an empty one when ring rings. end is true once nothing is left and nothing comes any more.
func (q *queue) wait(ring <-chan struct{}) (in input, end bool) {
	if in, some := q.next(); some {
		return in, false
	}
	select {
	case in = <-q.news:
	case in = <-q.batches:
	case <-ring:
	case <-q.quit:
		in, some := q.next()
		return in, !some
	}
	return in, false
}

// next gives what is there, news first.
func (q *queue) next() (in input, some bool) {
	select {
	case in = <-q.news:
		return in, true
	default:
	}
	select {
	case in = <-q.batches:
		return in, true
	default:
		return in, false
	}
}

// late tells whether a stop has no time left for events.
func (q *queue) late() bool { return q.hurry.Load() }

func (q *queue) note(d *delivery) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, d)
	q.events += len(d.batch.Events)
}

// decided notes that deliveries are no longer waited for.
func (q *queue) decided(ds []*delivery) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, d := range ds {
		d.decided = true
		q.events -= len(d.batch.Events)
	}
	for len(q.waiting) > 0 && q.waiting[0].decided {
		q.waiting[0] = nil
		q.waiting = q.waiting[1:]
	}
}

// lag is how many events wait to be decided and committed, and how long the first of them has waited.
func (q *queue) lag(now time.Time) (events int, oldest time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		return 0, 0
	}
	return q.events, max(now.Sub(q.waiting[0].arrived), 0)
}
