package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"palabre/adapters"
	"palabre/catalogue"
	"palabre/chat"
	"palabre/internal/faults"
	"palabre/rules"
	"palabre/store"
)

// A group is committed after so many events, or so much time, at the latest.
const (
	groupSize = 200
	groupTime = 50 * time.Millisecond
)

// lane is the community's loop: everything that happens goes through it, one event at a time, in order.
// Its goroutine owns all of its fields but queue.
type lane struct {
	store     *store.Store
	clock     Clock
	log       *slog.Logger
	catalogue *catalogue.Catalogue
	finders   map[chat.Platform]adapters.Adapter
	outbox    *outbox
	idle      *idle
	health    *health
	metrics   *meters

	plan      *Plan
	written   *rules.Ruleset // the plan's rules as the file has them
	modes     Modes          // what admins chose instead
	raid      raid
	overload  overload
	invites   invites
	raised    []chat.Event   // of the shell itself, which follow the one that is being recorded
	confirms  []confirmation // who waits to hear how a command ended, oldest first
	history   *rules.History
	ledger    *ledger
	guard     guard
	wakes     *wakes
	seen      *seen
	told      told
	gathering gathering

	incidents map[string]openIncident
	lastCase  int
	lastSeq   int64
	named     int // events of the shell itself
	turn      *turn
	stopping  context.Context //nolint:containedctx // set by run: ends when nothing need be waited for any more
	looked    time.Time       // when the database's file was looked for last
	fileGone  bool            // and was not there
	abandoned bool            // the store failed while stopping: nothing of this turn is written, or done

	queue   *queue
	pruning sync.WaitGroup // old rows are being removed
}

// openIncident is the case that an incident's later messages still belong to.
type openIncident struct {
	number int
	at     time.Time
}

// turn is what the loop decided and has not committed yet.
type turn struct {
	group     store.Group
	orders    []*store.Order
	memory    map[string][]byte
	questions map[string]store.Question
	events    int
	inputs    int
	delivered []*delivery
	committed []chan struct{}
	after     []func()
}

func newTurn() *turn {
	return &turn{memory: map[string][]byte{}, questions: map[string]store.Question{}}
}

// run works until the queue ends, or until it must stop and the store takes nothing any more.
func (l *lane) run(ctx context.Context) {
	defer close(l.queue.ended)
	defer l.pruning.Wait()
	l.stopping = ctx
	stop := func() {}
	defer func() { stop() }()
	for !l.abandoned {
		l.ticks()
		ring, next := l.alarm() // set before the commit, after which all may be quiet
		l.commit(ctx)
		stop()
		stop = next
		in, end := l.queue.wait(ring)
		if end {
			return
		}
		l.take(in)
		l.gather()
	}
}

func (l *lane) alarm() (<-chan struct{}, func()) {
	next := l.wakes.next()
	if next.IsZero() {
		return nil, func() {}
	}
	return l.clock.Alarm(next)
}

// gather takes what else is waiting into the same group. Under load groups grow by themselves; when it is
// quiet, nobody waits for a group to fill.
func (l *lane) gather() {
	for began := l.clock.Now(); l.turn.events < groupSize && !l.abandoned && l.clock.Now().Sub(began) < groupTime; {
		in, some := l.queue.next()
		if !some {
			return
		}
		l.take(in)
	}
}

func (l *lane) take(in input) {
	switch {
	case in.delivery != nil:
		l.turn.inputs++
		l.deliver(in.delivery)
	case in.settled != nil:
		l.turn.inputs++
		l.settle(in.settled)
	case in.control != nil:
		l.turn.inputs++
		in.control(l)
	}
}

// deliver decides about a batch. Its cursors move with the last of its events and never before: what a stop leaves
// undecided comes again from there, and what was decided of it is recognised.
func (l *lane) deliver(d *delivery) {
	for _, ev := range d.batch.Events {
		if l.abandoned || l.queue.late() {
			return
		}
		l.arrived(ev)
	}
	for name, token := range d.batch.Cursors {
		l.turn.group.Cursors = append(l.turn.group.Cursors, store.Cursor{Platform: d.from, Name: name, Token: token})
	}
	l.turn.delivered = append(l.turn.delivered, d)
}

// ticks turns timers that are due into events. While events wait to be judged, greetings and questions wait too.
func (l *lane) ticks() {
	behind := l.weigh() >= behindAt
	l.lookForFile()
	for {
		now := l.clock.Now()
		wake, due := l.wakes.due(now, behind)
		if !due {
			return
		}
		l.turn.group.Wakes = append(l.turn.group.Wakes, store.Wake{Key: wake.Key})
		l.event(chat.Event{
			ID: l.own("tick:" + wake.Key), At: now,
			Actor: chat.Actor{Kind: chat.System}, Body: chat.Tick{Key: wake.Key, Due: wake.At},
		})
	}
}

// own names an event of the shell itself, each time anew: two timers of one key may be due at the same moment, and their
// orders must not be taken for each other's. What was not committed is named anew too, and nothing of it was done.
func (l *lane) own(what string) string {
	l.named++
	return fmt.Sprintf("%s:%d.%d", what, time.Now().UnixNano(), l.named)
}

// arrived takes an event of a platform, unless it came before.
func (l *lane) arrived(ev chat.Event) {
	now := l.clock.Now()
	if l.repeated(ev, now) {
		l.metrics.repeats.Inc()
		return
	}
	if ev.Actor.Person == "" && !ev.Actor.IsZero() {
		ev.Actor.Person = chat.PersonOf(ev.Actor.MemberRef)
	}
	ev.Late = ev.Late || age(ev, now) > l.plan.Limits.Late
	l.metrics.events.Inc()
	l.event(ev)
}

// age is how long ago something happened. What members do is as old as its arrival; what a moderator asks for is as old as
// it was said, since an order that was hours under way may no longer be meant.
func age(ev chat.Event, now time.Time) time.Duration {
	switch ev.Body.(type) {
	case chat.CommandInvoked, chat.ButtonPressed, chat.FormSubmitted:
		return now.Sub(ev.At) + ev.Lag
	}
	return now.Sub(ev.At)
}

func (l *lane) repeated(ev chat.Event, now time.Time) bool {
	if l.seen.add(ev.ID, now) {
		return true
	}
	if !ev.At.Add(-ev.Lag).Before(l.seen.floor) { // what comes again arrives again, later
		return false
	}
	var known bool
	err := l.insist(func() (err error) {
		known, err = l.store.Seen(context.Background(), ev.ID)
		return err
	})
	return known || err != nil // abandoned: it comes again
}

// event decides about one event and records what was decided.
func (l *lane) event(ev chat.Event) {
	l.turn.events++
	decided, fact, err := l.decide(ev)
	if fromPlatform(ev) {
		l.journal(ev, fact)
	}
	if err != nil {
		l.quarantine(ev, err)
		return
	}
	for _, d := range decided {
		l.record(ev, d)
	}
	l.house(ev)
	l.archive(ev)
	faults.Point("decided")
	for len(l.raised) > 0 {
		next := l.raised[0]
		l.raised = l.raised[1:]
		l.event(next)
	}
}

func fromPlatform(ev chat.Event) bool {
	switch ev.Body.(type) {
	case chat.Tick, chat.Settled, chat.Started, chat.Quarantined, chat.RaidChanged:
		return false
	default:
		return true
	}
}

func (l *lane) journal(ev chat.Event, fact rules.Fact) {
	data, err := json.Marshal(fact)
	if err != nil {
		l.log.Error("fact cannot be written", "event", ev.ID, "error", err)
	}
	l.turn.group.Events = append(l.turn.group.Events, store.Event{ID: ev.ID, At: ev.At, Kind: ev.Body.EventKind(), Fact: data})
}

// decide asks every decider. A panic in one of them becomes an error: the event is set aside, the process lives.
func (l *lane) decide(ev chat.Event) (decided []decided, fact rules.Fact, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	reading := l.plan.Rules.Read(&ev, l.history)
	defer reading.Release()
	fact = reading.Fact
	l.remember(ev, l.history.Fold(fact))
	decided = append(decided, l.askRules(reading))
	decided = append(decided, l.askCommands(ev))
	for i, activity := range l.plan.Activities {
		decided = append(decided, l.askActivity(i, activity, ev))
	}
	return decided, fact, nil
}

// remember keeps what the history learnt about a membership.
func (l *lane) remember(ev chat.Event, c rules.Change) {
	if c.NewMember || c.FirstMessage {
		l.turn.group.Members = append(l.turn.group.Members, store.Member{
			Person: c.Member.Person, Name: ev.Actor.Name, Joined: c.Member.Joined, First: c.Member.First,
		})
	}
}

// quarantine sets an event aside that made a decider fail, and tells the moderators.
func (l *lane) quarantine(ev chat.Event, why error) {
	l.log.Error("event set aside", "event", ev.ID, "error", why)
	l.metrics.quarantined.Inc()
	payload, err := json.Marshal(ev)
	if err != nil {
		l.log.Error("event cannot be written", "event", ev.ID, "error", err)
	}
	l.turn.group.Quarantine = append(l.turn.group.Quarantine, store.Quarantined{Event: ev.ID, At: ev.At, Why: why.Error(), Payload: payload})
	l.house(chat.Event{
		ID: "quarantine:" + ev.ID, At: l.clock.Now(), Actor: chat.Actor{Kind: chat.System},
		Body: chat.Quarantined{Event: ev.ID, Why: why.Error()},
	})
	if _, isCommand := called(ev); isCommand {
		l.answer(&scope{ev: ev, decided: decided{source: houseSource}}, chat.Answer{Say: chat.Say("commands.failed", nil)})
	}
}

// commit writes the group, tries again until the store takes it, and only then lets its orders go.
func (l *lane) commit(ctx context.Context) {
	t := l.turn
	if l.abandoned || t.inputs == 0 && t.events == 0 {
		return
	}
	l.keepGathered()
	faults.Point("before commit")
	err := l.insist(func() error {
		defer l.metrics.commits.UpdateDuration(time.Now())
		return l.store.Commit(context.WithoutCancel(ctx), &t.group)
	})
	if err != nil {
		return
	}
	faults.Point("committed")
	l.turn = newTurn()
	l.release(t)
}

// flush commits in the middle of an input, which stays under way.
func (l *lane) flush() {
	inputs := l.turn.inputs
	l.turn.inputs = 0
	l.commit(l.stopping)
	l.turn.inputs = inputs
}

// release lets go what a committed turn holds.
func (l *lane) release(t *turn) {
	l.outbox.add(t.orders...)
	l.queue.decided(t.delivered)
	for _, done := range t.committed {
		close(done)
	}
	for _, f := range t.after {
		f()
	}
	l.idle.add(-t.inputs)
}

// insist asks the store again until it answers. Meanwhile nothing else is decided, so that nothing is decided on less than
// is known. When there is no more time it returns the last error, and the turn is abandoned: what was not written is not
// done either, its cursors stay where they were, and it comes again.
func (l *lane) insist(ask func() error) error {
	for attempt := 0; ; attempt++ {
		err := ask()
		l.health.set("store", err)
		if err == nil {
			return nil
		}
		l.log.Error("the store fails; nothing is done until it works", "error", err, "attempt", attempt+1)
		if !pause(l.stopping, backoff(attempt, time.Second, 30*time.Second)) {
			l.abandoned = true
			return err
		}
	}
}

// pause waits, unless ctx ends before.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
