package bot

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"palabre/adapters"
	"palabre/chat"
	"palabre/internal/faults"
	"palabre/store"
)

const (
	defaultWorkers = 8
	callDeadline   = 15 * time.Second // of one call; a platform that hangs must not hold a worker for long
	drainTime      = 20 * time.Second // what a stop waits for calls in flight
	firstBackoff   = time.Second
	lastBackoff    = 5 * time.Minute
	// A reversal that the platform forbids is tried again all the same: somebody is waiting for it.
	forbiddenReversal     = 15 * time.Minute
	lastForbiddenReversal = 6 * time.Hour
	// A line for the moderators waits for the day on which their room can be written to, within its deadline.
	forbiddenLine     = time.Minute
	lastForbiddenLine = 15 * time.Minute
)

// outbox carries recorded orders out: the most urgent first, the orders of one subject one after the
// other, each until it is settled. It is the only caller of Adapter.Do.
type outbox struct {
	clock    Clock
	adapters map[chat.Platform]adapters.Adapter
	report   func(settlement) bool // hands what became of an order to the lane; false when that has ended
	ended    <-chan struct{}       // closed when the lane has ended
	idle     *idle
	log      *slog.Logger
	jitter   func(time.Duration) time.Duration

	workers int
	work    chan *store.Order
	notify  chan struct{}

	mu       sync.Mutex
	subjects map[string][]*store.Order // waiting their turn; the first is scheduled or in flight
	ready    map[chat.Platform]*orderHeap
	inFlight map[chat.Platform]int
	fair     fairness
	waiting  orderHeap
	unwanted map[string]bool // orders in flight, by key, that are not tried again
}

// settlement is what became of an order: an end, or another try.
type settlement struct {
	order  *store.Order
	update store.Update
	// why is the update's Reason, to be put into words by the lane.
	why     chat.Phrase
	limited bool // the platform told us to wait
	// refused tells that the platform forbids it; committed is closed once the update is in the store, nil
	// when nobody waits for it.
	refused   bool
	committed chan struct{}
}

func newOutbox(clock Clock, platforms []adapters.Adapter, idle *idle, log *slog.Logger) *outbox {
	b := &outbox{
		clock: clock, adapters: map[chat.Platform]adapters.Adapter{}, idle: idle, log: log,
		jitter: func(d time.Duration) time.Duration { return rand.N(d) + time.Millisecond },
		work:   make(chan *store.Order), notify: make(chan struct{}, 1), subjects: map[string][]*store.Order{}, unwanted: map[string]bool{},
		ready: map[chat.Platform]*orderHeap{}, inFlight: map[chat.Platform]int{},
		waiting: orderHeap{less: byTime},
	}
	for _, a := range platforms {
		b.adapters[a.Platform()] = a
	}
	return b
}

// add takes recorded orders.
func (b *outbox) add(orders ...*store.Order) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, o := range orders {
		b.subjects[o.Subject] = append(b.subjects[o.Subject], o)
		if len(b.subjects[o.Subject]) == 1 {
			b.schedule(o)
		}
	}
	b.poke()
}

// schedule puts an order, the first of its subject, where the dispatcher finds it.
func (b *outbox) schedule(o *store.Order) {
	if o.NextAt.After(b.clock.Now()) {
		heap.Push(&b.waiting, o)
		return
	}
	b.idle.add(1)
	heap.Push(b.readyFor(o.Platform), o)
}

// readyFor are the orders of a platform that are due.
func (b *outbox) readyFor(p chat.Platform) *orderHeap {
	if b.ready[p] == nil {
		b.ready[p] = &orderHeap{less: byUrgency}
		if _, paces := b.adapters[p].(adapters.Pacer); paces {
			b.ready[p].less = byNeed
		}
	}
	return b.ready[p]
}

func (b *outbox) poke() {
	b.idle.add(1) // the dispatcher has not looked yet
	select {
	case b.notify <- struct{}{}:
	default: // it will look anyway
		b.idle.add(-1)
	}
}

// remove takes an order back that is not in flight, and tells whether it was there.
func (b *outbox) remove(key string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for subject, queue := range b.subjects {
		i := slices.IndexFunc(queue, func(o *store.Order) bool { return o.Key == key })
		if i < 0 {
			continue
		}
		if i == 0 && !b.unschedule(queue[0]) {
			return false
		}
		b.subjects[subject] = slices.Delete(queue, i, i+1)
		if i == 0 {
			b.next(subject)
		}
		b.poke()
		return true
	}
	return false
}

// giveUp takes an order back like remove. One that is in flight ends with this try, whatever becomes of it.
func (b *outbox) giveUp(o *store.Order) (removed bool) {
	if b.remove(o.Key) {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if slices.Contains(b.subjects[o.Subject], o) {
		b.unwanted[o.Key] = true
	}
	return false
}

// isUnwanted tells whether an order was given up while it was in flight.
func (b *outbox) isUnwanted(key string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.unwanted[key]
}

// of lists the orders of a subject that wait or are in flight.
func (b *outbox) of(subject string) []*store.Order {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.subjects[subject])
}

// waitingFor is how many orders of a subject wait or are in flight.
func (b *outbox) waitingFor(subject string) int { return len(b.of(subject)) }

// holds tells whether an order waits or is in flight.
func (b *outbox) holds(o *store.Order) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Contains(b.subjects[o.Subject], o)
}

// unschedule takes the first order of a subject off its heap; false when it is in flight.
func (b *outbox) unschedule(o *store.Order) bool {
	if ready := b.readyFor(o.Platform); slices.Contains(ready.orders, o) {
		heap.Remove(ready, slices.Index(ready.orders, o))
		b.idle.add(-1)
		return true
	}
	if i := slices.Index(b.waiting.orders, o); i >= 0 {
		heap.Remove(&b.waiting, i)
		return true
	}
	return false
}

// backlog is how many orders wait or are in flight.
func (b *outbox) backlog() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, q := range b.subjects {
		n += len(q)
	}
	return n
}

// run delivers until ctx ends, then waits for the calls in flight.
func (b *outbox) run(ctx context.Context) {
	calls, hangUp := context.WithCancel(context.WithoutCancel(ctx))
	defer hangUp()
	var group sync.WaitGroup
	for range b.workers {
		group.Go(func() { b.worker(calls) })
	}
	b.dispatch(ctx)
	close(b.work)
	late := time.AfterFunc(drainTime, hangUp)
	defer late.Stop()
	group.Wait()
}

// dispatch gives the most urgent due order to the next free worker. An alarm counts as under way until
// what it woke for is taken, so its stop comes after the take.
func (b *outbox) dispatch(ctx context.Context) {
	stop := func() {}
	defer func() { stop() }()
	for poked := false; ; {
		order, next := b.take()
		stop()
		var ring <-chan struct{}
		ring, stop = b.alarm(next)
		if poked {
			b.idle.add(-1)
			poked = false
		}
		var work chan<- *store.Order
		if order != nil {
			work = b.work
		}
		select {
		case work <- order:
			b.handedOut(order)
			continue
		case <-ring:
		case <-b.notify:
			poked = true
		case <-ctx.Done():
			return
		}
		b.putBack(order)
	}
}

func (b *outbox) alarm(next time.Time) (<-chan struct{}, func()) {
	if next.IsZero() {
		return nil, func() {}
	}
	return b.clock.Alarm(next)
}

// take removes the most urgent order that is due, nil when none is, and tells when the next one will be.
func (b *outbox) take() (order *store.Order, next time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.clock.Now()
	for b.waiting.Len() > 0 && !b.waiting.first().NextAt.After(now) {
		b.idle.add(1)
		o := heap.Pop(&b.waiting).(*store.Order)
		heap.Push(b.readyFor(o.Platform), o)
	}
	if b.waiting.Len() > 0 {
		next = b.waiting.first().NextAt
	}
	ready, again := b.mostUrgent(now)
	if ready != nil {
		order = b.fair.take(ready)
		b.inFlight[order.Platform]++
	}
	if next.IsZero() || !again.IsZero() && again.Before(next) {
		next = again
	}
	return order, next
}

// mostUrgent gives the orders of which the first is the most urgent of the platforms that take one now, nil when there is
// none, and tells when a platform takes one again.
func (b *outbox) mostUrgent(now time.Time) (best *orderHeap, again time.Time) {
	for p, ready := range b.ready {
		if ready.Len() == 0 {
			continue
		}
		at, free := b.pace(p, now)
		switch {
		case at.After(now) && (again.IsZero() || at.Before(again)):
			again = at
		case free && (best == nil || byUrgency(ready.first(), best.first())):
			best = ready
		}
	}
	return best, again
}

// pace tells whether a platform takes an order now, or when it will.
func (b *outbox) pace(p chat.Platform, now time.Time) (at time.Time, free bool) {
	pacer, paces := b.adapters[p].(adapters.Pacer)
	if !paces {
		return time.Time{}, true
	}
	at, one := pacer.Pace()
	return at, !at.After(now) && (!one || b.inFlight[p] == 0)
}

func (b *outbox) handedOut(o *store.Order) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fair.handedOut(o, b.readyFor(o.Platform).Len() > 0)
}

func (b *outbox) putBack(o *store.Order) {
	if o == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inFlight[o.Platform]--
	heap.Push(b.readyFor(o.Platform), o)
}

func (b *outbox) worker(ctx context.Context) {
	for o := range b.work {
		var group sync.WaitGroup
		for _, also := range b.alike(o) {
			group.Go(func() { b.carryOut(ctx, also) })
		}
		b.carryOut(ctx, o)
		group.Wait()
	}
}

// mostLooked bounds among how many orders those are looked for that go together.
const mostLooked = 1_000

// alike takes the orders that are due and can go with one in a single call: each is carried out and settled like any other,
// the adapter joins them.
func (b *outbox) alike(o *store.Order) (also []*store.Order) {
	sweeper, sweeps := b.adapters[o.Platform].(adapters.Sweeper)
	if !sweeps {
		return nil
	}
	most := sweeper.Together(o.Action) - 1
	b.mu.Lock()
	defer b.mu.Unlock()
	ready := b.readyFor(o.Platform)
	for _, other := range slices.Clone(ready.orders[:min(ready.Len(), mostLooked)]) {
		if len(also) < most && other.Action.ActionKind() == o.Action.ActionKind() && placeOf(other.Action) == placeOf(o.Action) {
			also = append(also, other)
		}
	}
	for _, other := range also {
		heap.Remove(ready, slices.Index(ready.orders, other))
		b.inFlight[o.Platform]++
	}
	return also
}

// carryOut makes one try and reports it; then the subject goes on, with the same order or the next. The next one waits until
// the end of this one is committed: else a crash would do this one again after it, a silence after its lift.
func (b *outbox) carryOut(ctx context.Context, o *store.Order) {
	b.idle.add(1) // until what comes next is scheduled
	defer b.idle.add(-1)
	update, err := b.try(ctx, o)
	b.landed(o)
	if update.State == store.Pending && b.isUnwanted(o.Key) {
		update = b.end(o, chat.Cancelled, chat.Receipt{}, err)
	}
	o.State, o.Attempts, o.NextAt = update.State, update.Attempts, update.NextAt
	o.Why, o.Doubtful = why(o, err), o.Doubtful || doubtful(err)
	ended := o.State != store.Pending
	var retry *chat.RetryError
	news := settlement{order: o, update: update, why: o.Why, refused: errors.Is(err, chat.ErrForbidden)}
	news.limited = errors.As(err, &retry) && retry.Limited
	written := b.tell(ctx, news, ended)
	if !written {
		return // stopping, and the store takes nothing any more
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if ended {
		b.subjects[o.Subject] = b.subjects[o.Subject][1:]
		delete(b.unwanted, o.Key)
	}
	b.next(o.Subject)
	b.poke()
}

// landed notes that a call is over.
func (b *outbox) landed(o *store.Order) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inFlight[o.Platform]--
}

// next schedules the first order of a subject, and forgets a subject without any.
func (b *outbox) next(subject string) {
	if len(b.subjects[subject]) == 0 {
		delete(b.subjects, subject)
		return
	}
	b.schedule(b.subjects[subject][0])
}

// try makes one call and says what to write about it. The error is why it did not succeed.
func (b *outbox) try(ctx context.Context, o *store.Order) (store.Update, error) {
	receipt, err := b.call(ctx, o)
	return b.judge(o, receipt, err), err
}

func (b *outbox) call(ctx context.Context, o *store.Order) (chat.Receipt, error) {
	if !o.Deadline.IsZero() && b.clock.Now().After(o.Deadline) {
		return chat.Receipt{}, errTooLate
	}
	if b.isUnwanted(o.Key) {
		return chat.Receipt{}, errUnwanted
	}
	adapter, ok := b.adapters[o.Platform]
	if !ok {
		return chat.Receipt{}, fmt.Errorf("no adapter for %s: %w", o.Platform, chat.ErrUnsupported)
	}
	support := adapter.Capabilities().Actions[o.Action.ActionKind()]
	if !support.Can {
		return chat.Receipt{}, chat.ErrUnsupported
	}
	if support.Once && !b.markSending(ctx, o) {
		return chat.Receipt{}, ctx.Err()
	}
	faults.Point("before call")
	call, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	receipt, err := do(call, adapter, o)
	faults.Point("after call")
	return receipt, err
}

// do makes the call, in a way that looks first when the order may have been carried out already.
func do(ctx context.Context, adapter adapters.Adapter, o *store.Order) (chat.Receipt, error) {
	if redoer, ok := adapter.(adapters.Redoer); ok && o.Doubtful {
		return redoer.Redo(ctx, o.Key, o.Action, o.CreatedAt)
	}
	return adapter.Do(ctx, o.Key, o.Action)
}

// markSending records that a call which may not be repeated is about to be made: after a crash in it,
// the order is uncertain.
func (b *outbox) markSending(ctx context.Context, o *store.Order) (written bool) {
	update := store.Update{Key: o.Key, State: store.Sending, Attempts: o.Attempts, NextAt: o.NextAt, Deadline: o.Deadline}
	b.idle.add(1)
	return b.tell(ctx, settlement{order: o, update: update}, true)
}

// tell hands news of an order to the lane, and waits, if asked, until they are committed. It is false when that cannot be
// waited for any more.
func (b *outbox) tell(ctx context.Context, news settlement, wait bool) (written bool) {
	if !wait {
		return b.report(news)
	}
	committed := make(chan struct{})
	news.committed = committed
	if !b.report(news) {
		return false
	}
	select {
	case <-committed:
		return true
	case <-ctx.Done():
	case <-b.ended:
	}
	return false
}

// judge turns an adapter's answer into what to write.
func (b *outbox) judge(o *store.Order, receipt chat.Receipt, err error) store.Update {
	var retry *chat.RetryError
	switch {
	case err == nil:
		return b.end(o, chat.Done, receipt, nil)
	case errors.Is(err, chat.ErrGone):
		receipt.Gone = true
		return b.end(o, chat.Done, receipt, nil)
	case errors.Is(err, chat.ErrForeign):
		receipt.Gone, receipt.Foreign = true, true
		return b.end(o, chat.Done, receipt, nil)
	case errors.Is(err, errUnwanted):
		return b.end(o, chat.Cancelled, receipt, nil)
	case errors.Is(err, chat.ErrUncertain):
		return b.end(o, chat.Uncertain, receipt, err)
	case errors.Is(err, chat.ErrUnsupported), errors.Is(err, chat.ErrInvalid), errors.Is(err, errTooLate):
		return b.end(o, chat.Dead, receipt, err)
	case errors.Is(err, chat.ErrForbidden) && isReversal(o.Action):
		return b.again(o, 1, backoff(o.Attempts, forbiddenReversal, lastForbiddenReversal), err)
	case errors.Is(err, chat.ErrForbidden) && o.Label == logLabel:
		return b.again(o, 1, backoff(o.Attempts, forbiddenLine, lastForbiddenLine), err)
	case errors.Is(err, chat.ErrForbidden):
		return b.end(o, chat.Blocked, receipt, err)
	case errors.As(err, &retry) && retry.Limited:
		return b.again(o, 0, max(retry.After, time.Millisecond), err)
	case errors.Is(err, chat.ErrStopped):
		return b.again(o, 0, lastBackoff, err)
	case errors.As(err, &retry) && retry.After > 0:
		return b.again(o, 1, retry.After, err)
	default:
		return b.again(o, 1, b.jitter(backoff(o.Attempts, firstBackoff, lastBackoff)), err)
	}
}

// end settles an order. What the platform said stands in the log; people read it in words.
func (b *outbox) end(o *store.Order, outcome chat.Outcome, receipt chat.Receipt, err error) store.Update {
	if err != nil {
		b.log.Warn("order failed", "order", o.Key, "action", o.Action.ActionKind(), "outcome", outcome, "error", err)
	}
	return store.Update{
		Key: o.Key, State: store.State(outcome), Attempts: o.Attempts + 1, At: b.clock.Now(), Deadline: o.Deadline,
		Receipt: receipt,
	}
}

// again asks for another try; tries is how much this one counts.
func (b *outbox) again(o *store.Order, tries int, after time.Duration, err error) store.Update {
	b.log.Info("order will be tried again", "order", o.Key, "action", o.Action.ActionKind(), "after", after, "error", err)
	return store.Update{
		Key: o.Key, State: store.Pending, Attempts: o.Attempts + tries, NextAt: b.clock.Now().Add(after), Deadline: o.Deadline,
	}
}

// backoff doubles from first, never beyond last.
func backoff(attempts int, first, last time.Duration) time.Duration {
	return min(first<<min(attempts, 16), last)
}

// isReversal tells whether an order gives something back: it is never given up.
func isReversal(a chat.Action) bool {
	switch a.(type) {
	case chat.LiftTimeout, chat.Unban, chat.Unlock:
		return true
	default:
		return false
	}
}
