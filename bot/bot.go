// Package bot is the shell around the deciders: the only package with a loop. It takes what adapters
// deliver, asks rules, commands and activities, passes their answers through the guard, commits them,
// and carries them out.
package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"palabre/adapters"
	"palabre/catalogue"
	"palabre/chat"
	"palabre/internal/faults"
	"palabre/rules"
	"palabre/store"
)

// Options are what a Bot needs. All fields but Workers and Clock are required.
type Options struct {
	Plan      *Plan
	Store     *store.Store
	Adapters  []adapters.Adapter
	Catalogue *catalogue.Catalogue
	Log       *slog.Logger
	Clock     Clock // nil: the wall clock
	// Workers is how many calls are in flight at most; 0: eight. With one, effects come in a fixed order.
	Workers int
}

// Bot is Palabre at work for one community.
type Bot struct {
	lane     *lane
	outbox   *outbox
	health   *health
	metrics  *meters
	idle     *idle
	adapters []adapters.Adapter
	log      *slog.Logger
	running  atomic.Bool
}

// New builds a bot and folds the past back in: windows, strikes, running sanctions and open orders go on
// where they stopped.
func New(ctx context.Context, o Options) (*Bot, error) {
	if o.Clock == nil {
		o.Clock = SystemClock{}
	}
	if o.Workers == 0 {
		o.Workers = defaultWorkers
	}
	b := &Bot{health: newHealth(), idle: newIdle(), adapters: o.Adapters, log: o.Log}
	if manual, ok := o.Clock.(*ManualClock); ok {
		manual.attach(b.idle)
	}
	b.outbox = newOutbox(o.Clock, o.Adapters, b.idle, o.Log)
	b.outbox.workers = o.Workers
	waiting := newQueue()
	b.metrics = newMeters(b.outbox, func() (int, time.Duration) { return waiting.lag(o.Clock.Now()) })
	b.metrics.set.NewGauge("palabre_store_gone", func() float64 {
		if o.Store.Gone() {
			return 1
		}
		return 0
	})
	b.lane = &lane{
		store: o.Store, clock: o.Clock, log: o.Log, catalogue: o.Catalogue, finders: b.outbox.adapters, outbox: b.outbox,
		idle: b.idle, health: b.health, metrics: b.metrics, plan: o.Plan, history: rules.NewHistory(o.Store.Key()),
		told: told{}, invites: invites{}, incidents: map[string]openIncident{}, turn: newTurn(), stopping: context.WithoutCancel(ctx),
		queue: waiting,
	}
	b.metrics.watch(o.Adapters)
	b.lane.guard.allows = b.lane.allowsDirect
	b.outbox.report = func(s settlement) bool { return b.lane.queue.tell(input{settled: &s}) }
	b.outbox.ended = b.lane.queue.ended
	return b, b.load(ctx, o)
}

// load folds the past back in.
func (b *Bot) load(ctx context.Context, o Options) error {
	l, now := b.lane, o.Clock.Now()
	last, err := o.Store.LastEvent(ctx)
	if err != nil {
		return err
	}
	// What happened while we were away comes next, so windows reach back from where we stopped. What is older is looked
	// up where it is needed: seen, last seen.
	since := soonest(last, now).Add(-o.Plan.Rules.Horizon())
	past, err := o.Store.Load(ctx, since, time.Time{})
	if err != nil {
		return err
	}
	l.ledger = newLedger(past.Sanctions, past.LastSanc)
	l.wakes = newWakes(past.Wakes)
	l.seen = newSeen(past.Seen, since, now)
	l.lastCase = past.LastCase
	if l.guard.sanctions, err = o.Store.Sanctioned(ctx, now.Add(-time.Hour)); err != nil {
		return err
	}
	if l.modes, err = readModes(ctx, o.Store); err != nil {
		return err
	}
	l.adopt(o.Plan)
	if err := errors.Join(l.loadRaid(ctx, o.Store), l.loadOverload(ctx, o.Store), l.loadGathered(ctx, o.Store)); err != nil {
		return err
	}
	if err := l.loadConfirms(ctx, o.Store); err != nil {
		return err
	}
	b.loadOrders(past.Orders)
	return l.fold(past)
}

// loadOrders puts open orders back into the outbox. One that was in flight and may not be repeated is
// uncertain: it is shown to a human.
func (b *Bot) loadOrders(orders []store.Order) {
	for _, o := range orders {
		b.lane.lastSeq = max(b.lane.lastSeq, o.Seq)
		switch o.State {
		case store.Pending:
			if b.lane.superseded(o) {
				b.settled(&o, store.Cancelled, chat.Phrase{})
				continue
			}
			o.Doubtful = true
			b.outbox.add(&o)
		case store.Sending:
			b.settled(&o, store.Uncertain, chat.Say("failure.uncertain", nil))
		default: // held: it waits for the operator
		}
	}
}

// settled lets the lane know what became of an order before this start.
func (b *Bot) settled(o *store.Order, state store.State, why chat.Phrase) {
	update := store.Update{Key: o.Key, State: state, Attempts: o.Attempts, At: b.lane.clock.Now(), Deadline: o.Deadline}
	b.idle.add(1)
	b.lane.queue.tell(input{settled: &settlement{order: o, update: update, why: why}})
}

func (l *lane) fold(past *store.Past) error {
	for _, m := range past.Members {
		l.history.RestoreMember(rules.Member{Person: m.Person, Joined: m.Joined, First: m.First})
	}
	for _, data := range past.Facts {
		var fact rules.Fact
		if err := json.Unmarshal(data, &fact); err != nil {
			return fmt.Errorf("journal: %w", err)
		}
		l.history.Fold(fact)
	}
	for _, o := range past.Deletions { // the platform may not have told yet that they are gone
		if d, ok := o.Action.(chat.Delete); ok {
			l.history.Fold(rules.Fact{Kind: chat.KindDeleted, Person: chat.PersonOf(d.Author), Message: d.Message})
		}
	}
	for _, v := range past.Verdicts {
		l.history.RestoreIncident(rules.Incident{ID: v.Incident, Rule: v.Rule, Person: v.Person, Last: v.At})
		if v.Case > 0 {
			l.incidents[v.Incident] = openIncident{number: v.Case, at: v.At}
		}
	}
	for _, s := range past.Strikes {
		l.history.AddStrike(s.Person, s.Points, s.At, s.Case)
	}
	return nil
}

// Run works until ctx ends: it decides what is queued (for 5 s at most; the rest comes again at the next start), finishes
// calls in flight (20 s at most), and returns. An adapter that cannot go on is reported by Ready and does not stop the others.
func (b *Bot) Run(ctx context.Context) {
	var receiving, delivering, deciding sync.WaitGroup
	b.lane.publish(b.lane.plan)
	b.start(false)
	b.running.Store(true)
	deciding.Go(func() { b.lane.run(ctx) })
	delivering.Go(func() { b.outbox.run(ctx) })
	for _, a := range b.adapters {
		receiving.Go(func() { b.receive(ctx, a) })
	}
	<-ctx.Done()
	b.running.Store(false)
	hurry := time.AfterFunc(lastDecisions, func() { b.lane.queue.hurry.Store(true) })
	defer hurry.Stop()
	receiving.Wait()
	delivering.Wait()
	close(b.lane.queue.quit)
	deciding.Wait()
}

// receive runs one adapter. One that fails is started again: only a stopped account stays stopped.
func (b *Bot) receive(ctx context.Context, a adapters.Adapter) {
	part := string(a.Platform())
	for attempt := 0; ; attempt++ {
		err := b.runAdapter(ctx, a)
		if ctx.Err() != nil {
			return
		}
		b.health.set(part, err)
		b.log.Error("adapter stopped", "platform", part, "error", err)
		if errors.Is(err, chat.ErrStopped) || !pause(ctx, backoff(attempt, time.Second, time.Minute)) {
			return
		}
		b.health.set(part, nil)
	}
}

func (b *Bot) runAdapter(ctx context.Context, a adapters.Adapter) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	from, err := b.cursors(ctx, a.Platform())
	if err != nil {
		return err
	}
	err = a.Run(ctx, from, func(batch adapters.Batch) error { return b.emit(ctx, a.Platform(), batch) })
	if err == nil {
		err = errors.New("it ended by itself")
	}
	return err
}

// cursors are where an adapter goes on: as far as its events are committed. What is still queued comes again,
// and is recognised.
func (b *Bot) cursors(ctx context.Context, platform chat.Platform) (adapters.Cursors, error) {
	stored, err := b.lane.store.Cursors(ctx)
	out := adapters.Cursors{}
	for _, c := range stored {
		if c.Platform == platform {
			out[c.Name] = c.Token
		}
	}
	return out, err
}

// emit queues a batch; a full queue makes the adapter wait.
func (b *Bot) emit(ctx context.Context, from chat.Platform, batch adapters.Batch) error {
	b.idle.add(1)
	if err := b.lane.queue.put(ctx, &delivery{batch: batch, from: from, arrived: b.lane.clock.Now()}); err != nil {
		b.idle.add(-1)
		return err
	}
	faults.Point("emitted")
	return nil
}

// control lets the loop do something between two events. It returns false, and nothing is done, when the loop has ended.
func (b *Bot) control(do func(*lane)) bool {
	b.idle.add(1)
	if !b.lane.queue.tell(input{control: do}) {
		b.idle.add(-1)
		return false
	}
	return true
}

// start tells activities that a plan begins to work.
func (b *Bot) start(reload bool) {
	b.control(func(l *lane) { l.started(reload) })
}

func (l *lane) started(reload bool) {
	now := l.clock.Now()
	l.event(chat.Event{
		ID: fmt.Sprintf("started:%d", now.UnixNano()), At: now, Actor: chat.Actor{Kind: chat.System}, Body: chat.Started{Reload: reload},
	})
}

// Reload swaps the plan whole, between two events. Once Run is over it changes nothing.
func (b *Bot) Reload(p *Plan) {
	b.control(func(l *lane) {
		l.adopt(p)
		l.publish(p)
		faults.Point("reloading")
		l.started(true)
	})
}

// ReloadFailed tells the moderators that a new configuration was refused and the running one stays. Once Run is over it
// tells nobody.
func (b *Bot) ReloadFailed(why error) {
	b.control(func(l *lane) {
		now := l.clock.Now()
		s := &scope{ev: chat.Event{ID: fmt.Sprintf("reload:%d", now.UnixNano()), At: now}, decided: decided{source: houseSource}}
		l.turn.events++
		l.tell(s, chat.Say("desk.reload_failed", chat.Args{"mistakes": chat.Excerpt(why.Error())}))
	})
}

// Quiet waits until everything that is due was decided, committed and carried out.
func (b *Bot) Quiet(ctx context.Context) error { return b.idle.wait(ctx) }

// Ready lists what is wrong right now; nothing when events are received, decided and carried out.
func (b *Bot) Ready() []string {
	problems := b.health.list()
	if !b.running.Load() {
		problems = append(problems, "not running")
	}
	if b.lane.store.Gone() {
		problems = append(problems, "the database's file was deleted or moved: what is remembered now is lost at the next start")
	}
	if events, lag := b.lane.queue.lag(b.lane.clock.Now()); lag >= overloadAt {
		problems = append(problems, fmt.Sprintf("overloaded: %d events wait to be decided, the first for %s", events, lag.Round(time.Second)))
	}
	if orders, waited := b.outbox.held(b.outbox.clock.Now()); waited >= limitedAt {
		problems = append(problems, fmt.Sprintf("a platform limits our account: %d orders wait, the first for %s", orders, waited.Round(time.Second)))
	}
	for _, a := range b.adapters {
		if live, ok := a.(adapters.Live); ok {
			if trouble := live.Live(); trouble != "" {
				problems = append(problems, fmt.Sprintf("%s: %s", a.Platform(), trouble))
			}
		}
	}
	return problems
}

// WriteMetrics writes what an operator watches, in Prometheus' text format.
func (b *Bot) WriteMetrics(w io.Writer) { b.metrics.set.WritePrometheus(w) }
