package bot_test

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"palabre/activities"
	"palabre/adapters"
	"palabre/bot"
	"palabre/catalogue"
	"palabre/chat"
	"palabre/rules"
	"palabre/store"
)

// The rules of these tests: one word, one consequence of each weight.
const testRules = `
rules:
  - name: no-spam
    when: { words: [spam] }
    do: [ delete, warn, strike: 1 ]
ladder:
  steps: { 2: { timeout: 1h } }
`

var (
	general = chat.RoomRef{Platform: chat.Console, ID: "general"}
	desk    = chat.RoomRef{Platform: chat.Console, ID: "moderators"}
)

// network is a platform under the test's control: it delivers what the test emits and answers as told.
type network struct {
	mu     sync.Mutex
	emit   chan adapters.Batch
	answer func(key string, a chat.Action) error
	calls  []string // label and key of each call, in order
	once   bool     // no call may be repeated
	leads  func(chat.InviteRef) (chat.Receipt, error)
	is     chat.Platform // empty: the console
	fail   chan error
	began  []adapters.Cursors // where each Run began

	published [][]chat.CommandSpec // what each Publish gave
	complete  adapters.Complete
	able      []chat.ActionKind // what it can besides
	receipt   chat.Receipt      // what it answers
	mallory   chat.Standing     // what mallory is by now
	every     time.Duration     // it takes one order in so long; zero: all at once
	next      time.Time
}

func newNetwork() *network { return &network{emit: make(chan adapters.Batch), fail: make(chan error)} }

func (n *network) Platform() chat.Platform { return cmp.Or(n.is, chat.Console) }

func (n *network) Capabilities() chat.Capabilities {
	actions := map[chat.ActionKind]chat.Support{}
	can := []chat.ActionKind{chat.ActSend, chat.ActDelete, chat.ActTimeout, chat.ActLiftTimeout, chat.ActStartThread, chat.ActReact}
	for _, kind := range append(can, n.able...) {
		actions[kind] = chat.Support{Can: true, Once: n.once}
	}
	actions[chat.ActLookUp] = chat.Support{Can: n.leads != nil}
	return chat.Capabilities{Actions: actions, AccountAge: true}
}

func (n *network) Run(ctx context.Context, from adapters.Cursors, emit func(adapters.Batch) error) error {
	n.mu.Lock()
	n.began = append(n.began, from)
	n.mu.Unlock()
	for {
		select {
		case b := <-n.emit:
			if err := emit(b); err != nil {
				return nil //nolint:nilerr // ctx has ended
			}
		case err := <-n.fail:
			return err
		case <-ctx.Done():
			return nil
		}
	}
}

func (n *network) Do(_ context.Context, key string, a chat.Action) (chat.Receipt, error) {
	n.mu.Lock()
	n.calls = append(n.calls, describe(a))
	if n.every > 0 {
		n.next = time.Now().Add(n.every)
	}
	leads, answer, receipt := n.leads, n.answer, n.receipt
	n.mu.Unlock() // an answer may wait
	if look, ok := a.(chat.LookUp); ok {
		return leads(look.Invite)
	}
	if answer != nil {
		return chat.Receipt{}, answer(key, a)
	}
	return receipt, nil
}

// Pace is that of a platform that limits our account.
func (n *network) Pace() (time.Time, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.next, n.every > 0
}

func (n *network) answers(f func(key string, a chat.Action) error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.answer = f
}

// did lists the calls so far and forgets them.
func (n *network) did() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	calls := n.calls
	n.calls = nil
	return calls
}

// starts lists where each Run began.
func (n *network) starts() []adapters.Cursors {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.began)
}

func describe(a chat.Action) string {
	switch a := a.(type) {
	case chat.Send:
		return a.As + ": " + a.Text.Plain()
	case chat.Delete:
		return "delete " + a.Message.ID
	default:
		return string(a.ActionKind())
	}
}

// house is a bot in a synctest bubble, on a network and a database that outlive it.
type house struct {
	t       *testing.T
	path    string
	network *network
	bot     *bot.Bot
	rules   string
	extra   []activities.Activity
	others  []adapters.Adapter // other platforms
	limits  bot.Limits
	plan    *bot.Plan
	stop    func()
}

func newHouse(t *testing.T) *house {
	return &house{
		t: t, path: filepath.Join(t.TempDir(), "palabre.db"), network: newNetwork(), rules: testRules, limits: bot.Limits{Late: 10 * time.Minute},
	}
}

func (h *house) start() {
	h.t.Helper()
	ruleset, err := rules.ParseFile("rules.yaml", []byte(h.rules), rules.Env{Languages: []string{"en"}, Platforms: h.platforms()})
	if err != nil {
		h.t.Fatal(err)
	}
	sentences, err := catalogue.Load()
	if err != nil {
		h.t.Fatal(err)
	}
	memory, err := store.Open(h.t.Context(), h.path)
	if err != nil {
		h.t.Fatal(err)
	}
	h.plan = &bot.Plan{
		Rules: ruleset, Activities: h.extra, Desk: "moderators", Voice: catalogue.Voice{Language: "en"},
		Rooms:  bot.NewRooms([]bot.LogicalRoom{{Name: "moderators", Places: []chat.RoomRef{desk}}}),
		Limits: h.limits,
	}
	h.bot, err = bot.New(h.t.Context(), bot.Options{
		Plan: h.plan, Store: memory, Adapters: append([]adapters.Adapter{h.network}, h.others...), Catalogue: sentences, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(h.t.Context())
	var running sync.WaitGroup
	running.Go(func() { h.bot.Run(ctx) })
	h.stop = func() {
		cancel()
		running.Wait()
		if err := memory.Close(); err != nil {
			h.t.Error(err)
		}
	}
	synctest.Wait()
}

// platforms is what the networks can do.
func (h *house) platforms() map[chat.Platform]chat.Capabilities {
	can := map[chat.Platform]chat.Capabilities{chat.Console: h.network.Capabilities()}
	for _, a := range h.others {
		can[a.Platform()] = a.Capabilities()
	}
	return can
}

func (h *house) emit(events ...chat.Event) {
	h.network.emit <- adapters.Batch{Events: events}
	synctest.Wait()
}

func says(id, who, text string) chat.Event {
	ref := chat.MemberRef{Platform: chat.Console, ID: who}
	return chat.Event{
		ID: "console:" + id, At: time.Now(), Room: general, Logical: "general",
		Actor: chat.Actor{MemberRef: ref, Name: who, Joined: time.Now().Add(-time.Hour), Created: time.Now().Add(-time.Hour)},
		Body:  chat.MessageSent{Message: chat.MessageRef{Room: general, ID: id}, Content: chat.Content{Text: text}},
	}
}

func (h *house) expect(want ...string) {
	h.t.Helper()
	got := h.network.did()
	if len(got) != len(want) {
		h.t.Errorf("did %d things, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
	for _, w := range want {
		if !containsPrefix(got, w) {
			h.t.Errorf("no %q in:\n%s", w, strings.Join(got, "\n"))
		}
	}
}

func containsPrefix(all []string, prefix string) bool {
	for _, s := range all {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return false
}

// A platform that repeats itself is answered once, also after a restart.
func TestARepeatedEventIsAnsweredOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		spam := says("1", "mallory", "spam")
		h.emit(spam, spam)
		h.expect("delete 1", "warn:", "log: **#1**")
		h.emit(spam)
		h.expect()
		h.stop()
		h.start()
		h.emit(spam)
		h.expect()
		h.stop()
	})
}

// A failing network is asked again, later and later, until it answers; the order stays one order.
func TestRetriesUntilItWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		defer func() { h.stop() }()
		h.network.answers(func(string, chat.Action) error { return errors.New("502") })
		h.emit(says("1", "mallory", "spam"))
		time.Sleep(8 * time.Minute)
		tries := len(h.network.did())
		if tries < 12 || tries > 300 {
			t.Errorf("%d tries of three orders in eight minutes", tries)
		}
		h.network.answers(nil)
		time.Sleep(6 * time.Minute)
		synctest.Wait()
		h.expect("delete 1", "warn:", "log: **#1**")
	})
}

// Asked to slow down, it waits as long as it is told; the others go on.
func TestSlowsDownWhereItIsAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		defer func() { h.stop() }()
		limited := map[string]bool{}
		h.network.answers(func(key string, a chat.Action) error {
			if _, isDelete := a.(chat.Delete); isDelete && !limited[key] {
				limited[key] = true
				return &chat.RetryError{After: time.Hour, Limited: true, Err: errors.New("429")}
			}
			return nil
		})
		h.emit(says("1", "mallory", "spam"))
		h.expect("delete 1", "warn:", "log:")
		time.Sleep(59 * time.Minute)
		synctest.Wait()
		h.expect()
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		h.expect("delete 1")
	})
}

// What the platform forbids is not tried again, and the moderators hear it once.
func TestForbiddenIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		defer func() { h.stop() }()
		h.network.answers(func(_ string, a chat.Action) error {
			if _, isDelete := a.(chat.Delete); isDelete {
				return chat.ErrForbidden
			}
			return nil
		})
		h.emit(says("1", "mallory", "spam"))
		h.expect("delete 1", "warn:", "log: **#1** mallory", "log: **#1** delete failed")
		time.Sleep(5 * time.Minute)
		h.emit(says("2", "eve", "spam"))
		h.expect("delete 2", "warn:", "log: **#2**")
		orders, err := h.bot.Orders(t.Context())
		if err != nil || len(orders) != 2 || orders[0].State != store.Blocked {
			t.Errorf("orders %v, %v", orders, err)
		}
	})
}

// The lift of a silence is never given up, however long the platform refuses it; the moderators hear of it.
func TestAReversalIsNeverGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		defer func() { h.stop() }()
		h.emit(says("1", "mallory", "spam"))
		time.Sleep(2 * time.Minute)
		h.emit(says("2", "mallory", "spam again"))
		h.network.did()
		h.network.answers(func(_ string, a chat.Action) error {
			if _, isLift := a.(chat.LiftTimeout); isLift {
				return chat.ErrForbidden
			}
			return nil
		})
		time.Sleep(61 * time.Minute)
		synctest.Wait()
		h.expect("lift timeout", "log: **#2** mallory: the time is over", "log: **#2** mallory: timeout lifted is refused")
		time.Sleep(10 * 24 * time.Hour)
		h.network.answers(nil)
		h.network.did()
		time.Sleep(7 * time.Hour)
		synctest.Wait()
		h.expect("lift timeout")
	})
}

// After a crash in the middle of a call that may not be repeated, it is not repeated: a human hears of it.
func TestWhatMayNotBeRepeatedBecomesUncertain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.network.once = true
		h.start()
		h.network.answers(func(_ string, a chat.Action) error {
			if _, isDelete := a.(chat.Delete); isDelete {
				h.copyStore("crashed.db") // what a crash in this very call would leave
			}
			return nil
		})
		h.emit(says("1", "mallory", "spam"))
		h.network.did()
		h.stop()

		h.path = filepath.Join(filepath.Dir(h.path), "crashed.db")
		h.network.answers(nil)
		h.start()
		defer func() { h.stop() }()
		calls := h.network.did()
		if containsPrefix(calls, "delete 1") || !containsPrefix(calls, "log: **#1** delete: cut off half-way") {
			t.Errorf("calls:\n%s", strings.Join(calls, "\n"))
		}
	})
}

func (h *house) copyStore(name string) {
	if _, err := store.Backup(context.Background(), h.path, filepath.Join(filepath.Dir(h.path), name)); err != nil {
		h.t.Error(err)
	}
}

// clumsy is an activity that fails on a word.
type clumsy struct{}

func (clumsy) Name() string { return "clumsy" }

func (clumsy) Keys(ev chat.Event) []string {
	if body, ok := ev.Body.(chat.MessageSent); ok && body.Content.Text == "poison" {
		panic("clumsy fell")
	}
	return nil
}

func (clumsy) Act(chat.Event, activities.Memory) []chat.Action { return nil }

// An event that makes a decider fail is set aside, once; everything else goes on.
func TestAPanicQuarantinesItsEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.extra = []activities.Activity{clumsy{}}
		h.start()
		defer func() { h.stop() }()
		h.emit(says("1", "mallory", "poison"), says("2", "mallory", "spam"))
		h.expect("log: I could not decide", "delete 2", "warn:", "log: **#1**")
		h.emit(says("1", "mallory", "poison"))
		h.expect()
	})
}

// What an operator tries again is carried out; what they drop is not, and neither can be done twice.
func TestOperatorRetriesAndDrops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		defer func() { h.stop() }()
		h.network.answers(func(_ string, a chat.Action) error {
			if _, isDelete := a.(chat.Delete); isDelete {
				return chat.ErrInvalid
			}
			return nil
		})
		h.emit(says("1", "mallory", "spam"), says("2", "eve", "spam"))
		h.network.did()
		h.network.answers(nil)
		orders, err := h.bot.Orders(t.Context())
		if err != nil || len(orders) != 2 {
			t.Fatalf("orders %v, %v", orders, err)
		}
		if o, err := h.bot.Operate(t.Context(), "retry", orders[0].Key[:8]); err != nil || o.State != store.Pending {
			t.Errorf("retry: %v %v", o.State, err)
		}
		synctest.Wait()
		h.expect("delete 1")
		if o, err := h.bot.Operate(t.Context(), "drop", orders[1].Key); err != nil || o.State != store.Cancelled {
			t.Errorf("drop: %v %v", o.State, err)
		}
		if _, err := h.bot.Operate(t.Context(), "retry", orders[0].Key); err == nil {
			t.Error("retried what was done")
		}
		synctest.Wait()
		h.expect()
		if left, err := h.bot.Orders(t.Context()); err != nil || len(left) != 0 {
			t.Errorf("left: %v %v", left, err)
		}
	})
}

// News from a gap is cleaned up without punishing anybody for it.
func TestLateNewsIsOnlyCleanedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		defer func() { h.stop() }()
		old := says("1", "mallory", "spam")
		old.At = old.At.Add(-time.Hour)
		h.emit(old)
		h.expect("delete 1", "log: **#1** mallory in #general: delete (no-spam); learnt too late")
	})
}

// /readyz tells the truth: before the start, while all is well, and when an adapter cannot go on.
func TestReadyTellsTheTruth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		if problems := h.bot.Ready(); len(problems) != 0 {
			t.Errorf("not ready: %v", problems)
		}
		h.stop()
		if problems := h.bot.Ready(); len(problems) != 1 || problems[0] != "not running" {
			t.Errorf("stopped: %v", problems)
		}
	})
}

// Whichever row cannot be written, nothing is done on what is not recorded, /readyz says so, and when the store
// works again everything is done once.
func TestAFailingStoreStopsEffectsUntilItWorks(t *testing.T) {
	for _, table := range []string{"journal", "verdicts", "cases", "strikes", "sanctions", "wakes", "orders", "cursors"} {
		t.Run(table, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t)
				h.start()
				defer func() { h.stop() }()
				h.emit(says("1", "mallory", "spam"))
				h.network.did()
				time.Sleep(2 * time.Minute)

				h.exec("CREATE TRIGGER full BEFORE INSERT ON " + table + " BEGIN SELECT RAISE(ABORT, 'disk full'); END")
				h.network.emit <- adapters.Batch{Events: []chat.Event{says("2", "mallory", "more spam")}, Cursors: adapters.Cursors{"since": "2"}}
				time.Sleep(3 * time.Second)
				synctest.Wait()
				h.expect()
				if problems := h.bot.Ready(); len(problems) != 1 || !strings.Contains(problems[0], "disk full") {
					t.Errorf("problems: %v", problems)
				}

				h.exec("DROP TRIGGER full")
				time.Sleep(time.Minute)
				synctest.Wait()
				h.expect("delete 2", "warn:", "timeout", "log: **#2**")
				if problems := h.bot.Ready(); len(problems) != 0 {
					t.Errorf("problems: %v", problems)
				}
			})
		})
	}
}

// exec changes the database behind the bot's back.
func (h *house) exec(text string) {
	h.t.Helper()
	db, err := sql.Open("sqlite3", h.path+"?_busy_timeout=5000")
	if err != nil {
		h.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), text); err != nil {
		h.t.Fatal(err)
	}
}

// More sanctions at once than the limits allow: the rest is held, told, and released by the operator.
func TestTooManySanctionsAreHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.limits = bot.Limits{PerMinute: 1, Late: 10 * time.Minute}
		h.start()
		defer func() { h.stop() }()
		h.emit(says("1", "a", "spam"), says("2", "b", "spam"))
		time.Sleep(2 * time.Minute) // the next spam is another incident
		h.emit(says("3", "a", "spam"), says("4", "b", "spam"))
		calls := h.network.did()
		if n := count(calls, "timeout"); n != 1 {
			t.Errorf("%d timeouts, want 1:\n%s", n, strings.Join(calls, "\n"))
		}
		if !containsPrefix(calls, "log: Too many sanctions at once: timeout 1 hour for b is held") {
			t.Errorf("nothing said:\n%s", strings.Join(calls, "\n"))
		}
		if !containsPrefix(calls, "log: **#4** b in #general: delete, warn, strike 1 and timeout 1 hour (held: too many sanctions at once) (no-spam)") {
			t.Errorf("the case's line tells it as done:\n%s", strings.Join(calls, "\n"))
		}
		held, err := h.bot.Orders(t.Context())
		if err != nil || len(held) != 1 || held[0].State != store.Held || held[0].Reason == "" {
			t.Fatalf("held: %v %v", held, err)
		}
		if _, err := h.bot.Operate(t.Context(), "retry", held[0].Key); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		h.expect("timeout")
	})
}

// Restarts give nobody a new allowance: the ceilings count what was ordered before, also after a crash, and let go as
// they do without a restart.
func TestCeilingsOutliveARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.rules = "rules:\n  - { name: gone, when: { words: [spam] }, do: [ timeout: 10m ] }\n"
		h.limits = bot.Limits{PerMinute: 10, PerHour: 25, Late: 10 * time.Minute}
		raiders := func(hour, first int) (timeouts int) {
			h.start()
			defer func() { h.stop() }()
			for n := range 14 {
				id := strconv.Itoa(100*hour + first + n)
				h.emit(says(id, "member"+id, "spam"))
			}
			return count(h.network.did(), "timeout")
		}
		for start, want := range []int{10, 0, 0} {
			if got := raiders(0, 20*start); got != want {
				t.Errorf("start %d: %d timeouts, want %d", start, got, want)
			}
			time.Sleep(5 * time.Second)
		}
		for minute, want := range []int{10, 5, 0} { // 25 in the hour
			time.Sleep(time.Minute)
			if got := raiders(1+minute, 0); got != want {
				t.Errorf("minute %d: %d timeouts, want %d", minute+1, got, want)
			}
		}
		time.Sleep(time.Hour)
		if got := raiders(9, 0); got != 10 {
			t.Errorf("an hour later: %d timeouts", got)
		}
	})
}

func count(all []string, prefix string) (n int) {
	for _, s := range all {
		if strings.HasPrefix(s, prefix) {
			n++
		}
	}
	return n
}

// An adapter that stops is started again where its committed events end; one whose account is stopped is not, and /readyz says so.
func TestAnAdapterThatStopsIsStartedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		defer func() { h.stop() }()
		h.network.emit <- adapters.Batch{Events: []chat.Event{says("1", "mallory", "spam")}, Cursors: adapters.Cursors{"since": "s1"}}
		synctest.Wait()
		h.network.fail <- errors.New("the connection broke")
		synctest.Wait()
		if problems := h.bot.Ready(); len(problems) != 1 || problems[0] != "console: the connection broke" {
			t.Errorf("problems: %v", problems)
		}
		time.Sleep(2 * time.Second)
		if began := h.network.starts(); len(began) != 2 || began[1]["since"] != "s1" {
			t.Errorf("began at %v", began)
		}
		h.network.fail <- fmt.Errorf("token revoked: %w", chat.ErrStopped)
		time.Sleep(24 * time.Hour)
		if began := h.network.starts(); len(began) != 2 {
			t.Errorf("began again after the account was stopped: %v", began)
		}
		if problems := h.bot.Ready(); len(problems) != 1 || problems[0] != "console: token revoked: account stopped" {
			t.Errorf("problems: %v", problems)
		}
	})
}

// A command that comes from a gap is not carried out an hour later.
func TestALateCommandIsNotCarriedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		defer func() { h.stop() }()
		call := says("1", "mod", "!help")
		call.At = call.At.Add(-time.Hour)
		call.Actor.Standing = chat.StandingModerator
		call.Body = chat.CommandInvoked{Name: "help"}
		h.emit(call)
		h.expect("answer: @mod: The command “help” reached me too late")
	})
}

// A silence whose every answer was lost may be in force all the same: when it is given up, it is lifted.
func TestASilenceThatFailedIsLifted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		defer func() { h.stop() }()
		h.emit(says("1", "mallory", "spam"))
		time.Sleep(2 * time.Minute)
		h.network.answers(func(_ string, a chat.Action) error {
			if _, isTimeout := a.(chat.Timeout); isTimeout {
				return errors.New("the answer was lost")
			}
			return nil
		})
		h.emit(says("2", "mallory", "spam again"))
		h.network.did()
		time.Sleep(70 * time.Minute)
		synctest.Wait()
		calls := h.network.did()
		if count(calls, "lift timeout") != 1 {
			t.Errorf("calls:\n%s", strings.Join(calls, "\n"))
		}
	})
}

// A sanction that the platform refuses does not stand: it has no end, and nothing is lifted that was never imposed.
func TestWhatWasRefusedDoesNotStand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		defer func() { h.stop() }()
		h.emit(says("1", "mallory", "spam"))
		time.Sleep(2 * time.Minute)
		h.network.answers(func(_ string, a chat.Action) error {
			if a.ActionKind() == chat.ActTimeout {
				return chat.ErrForbidden
			}
			return nil
		})
		h.emit(says("2", "mallory", "spam again"))
		time.Sleep(70 * time.Minute)
		synctest.Wait()
		calls := h.network.did()
		if count(calls, "timeout") != 1 || count(calls, "lift timeout") != 0 || containsPrefix(calls, "log: **#2** mallory: the time is over") {
			t.Errorf("calls:\n%s", strings.Join(calls, "\n"))
		}
	})
}

// The strikes of a case that was undone lead nowhere any more, after a restart neither.
func TestUndoneStrikesDoNotCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		for number := 1; number <= 2; number++ {
			id := strconv.Itoa(number)
			h.emit(says(id, "mallory", "spam"))
			h.emit(undoes("undo"+id, number))
			time.Sleep(2 * time.Minute)
		}
		h.stop()
		h.start()
		defer func() { h.stop() }()
		h.emit(says("3", "mallory", "spam"))
		if calls := h.network.did(); count(calls, "delete") != 3 || count(calls, "timeout") != 0 {
			t.Errorf("calls:\n%s", strings.Join(calls, "\n"))
		}
	})
}

// Undoing a case drops its sanctions that wait, and nothing else of it: who waits for a word hears it all the same.
func TestAnUndoLeavesTheRestOfItsCase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		defer func() { h.stop() }()
		h.emit(says("1", "mallory", "spam"))
		time.Sleep(2 * time.Minute)
		h.network.did()
		h.network.answers(func(string, chat.Action) error { return &chat.RetryError{After: time.Minute, Limited: true} })
		h.emit(says("2", "mallory", "spam again"))
		h.emit(undoes("3", 2))
		h.network.did()
		h.network.answers(nil)
		time.Sleep(2 * time.Minute)
		h.expect("delete 2", "warn:", "lift timeout", "react", "log: **#2** mallory", "log: **#2** undone")
	})
}

// What one rule deleted before a restart, another does not delete again after it, though the platform never said that it is gone.
func TestADeletionIsRememberedAcrossARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.rules = `
rules:
  - name: no-spam
    when: { words: [spam] }
    do: [ delete ]
  - name: flood
    when: { rate: "> 2 messages in 10s" }
    do: [ delete: burst ]
`
		h.start()
		h.emit(says("1", "mallory", "spam"))
		h.expect("delete 1", "log: **#1**")
		h.stop()
		h.start()
		h.emit(says("2", "mallory", "hello"), says("3", "mallory", "hello"))
		h.expect("delete 2", "delete 3", "log: **#2**")
		h.stop()
	})
}

// A flood that began before a stop goes on in what was said during it, however long Palabre was away.
func TestABurstGoesOnThroughALongStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.rules = `
rules:
  - name: flood
    when: { rate: "> 3 messages in 10s" }
    do: [ delete: burst ]
    mode: enforce
`
		h.start()
		h.emit(says("1", "mallory", "me"), says("2", "mallory", "me"))
		h.stop()
		time.Sleep(2 * time.Second)
		third, fourth := says("3", "mallory", "me"), says("4", "mallory", "me")
		time.Sleep(5 * time.Minute)
		h.start()
		h.emit(third, fourth)
		h.expect("delete 1", "delete 2", "delete 3", "delete 4", "log: **#1**")
		h.stop()
	})
}

// What a moderator does in their own client becomes a case, once, which can be undone here; our own deeds that the platform
// tells of become none.
func TestADeedElsewhereBecomesACaseOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		defer func() { h.stop() }()
		mod := chat.Actor{MemberRef: chat.MemberRef{Platform: chat.Console, ID: "mod"}, Name: "mod"}
		until := time.Now().Add(time.Hour)
		silenced := func(id string, by chat.Actor) chat.Event {
			ev := says(id, "mallory", "")
			ev.Room, ev.Body = chat.RoomRef{}, chat.MemberSilenced{By: by, Until: until, Reason: "enough"}
			return ev
		}
		h.emit(silenced("1", chat.Actor{Kind: chat.Self}))
		h.expect()
		h.emit(silenced("2", mod), silenced("3", mod))
		h.expect("log: **#1** mallory: timeout 1 hour, by mod\nenough")
		lifted := says("4", "mallory", "")
		lifted.Body = chat.MemberUnsilenced{By: mod}
		h.emit(lifted)
		time.Sleep(2 * time.Hour)
		h.expect()
		banned := says("5", "mallory", "")
		banned.Body = chat.MemberBanned{By: mod}
		h.emit(banned)
		h.expect("log: **#2** mallory: ban, by mod")
	})
}

// A call that was under way when the process died may land after what undid it. The platform tells of it, and it is put
// right; an echo that the ledger agrees with, and a deed that it never knew, change nothing.
func TestWhatLandsLateIsPutRight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		defer func() { h.stop() }()
		echo := func(id string, body chat.Body) chat.Event {
			ev := says(id, "mallory", "")
			ev.Room, ev.Body = chat.RoomRef{}, body
			return ev
		}
		us := chat.Actor{Kind: chat.Self}
		h.emit(echo("1", chat.MemberSilenced{By: us}), echo("2", chat.MemberBanned{By: us}))
		h.expect()
		h.emit(says("3", "mallory", "spam"))
		time.Sleep(2 * time.Minute)
		h.emit(says("4", "mallory", "spam again"))
		h.network.did()
		h.emit(echo("5", chat.MemberSilenced{By: us}))
		h.expect()
		h.emit(echo("6", chat.MemberUnsilenced{By: us}))
		h.expect("timeout")
		h.emit(undoes("7", 2))
		h.expect("lift timeout", "react", "log: **#2** undone")
		h.emit(echo("8", chat.MemberUnsilenced{By: us}))
		h.expect()
		old := echo("9", chat.MemberSilenced{By: us})
		old.At = old.At.Add(-time.Minute) // told again, from before the end
		h.emit(old)
		h.expect()
		h.emit(echo("10", chat.MemberSilenced{By: us}))
		h.expect("lift timeout")
	})
}

// A lift waits until the end of its silence is written down: a crash between the two would silence anew, after the lift.
func TestALiftWaitsUntilItsSilenceIsWrittenDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		defer func() { h.stop() }()
		h.emit(says("1", "mallory", "spam"))
		time.Sleep(2 * time.Minute)
		h.network.did()
		goOn := make(chan struct{})
		h.network.answers(func(_ string, a chat.Action) error {
			if a.ActionKind() == chat.ActTimeout {
				<-goOn
			}
			return nil
		})
		h.emit(says("2", "mallory", "spam again"))
		h.emit(undoes("3", 2))
		h.network.did()
		h.exec("CREATE TRIGGER full BEFORE UPDATE ON orders BEGIN SELECT RAISE(ABORT, 'disk full'); END")
		close(goOn)
		time.Sleep(3 * time.Second)
		synctest.Wait()
		h.expect()
		h.exec("DROP TRIGGER full")
		time.Sleep(time.Minute)
		synctest.Wait()
		h.expect("lift timeout", "react")
	})
}

// undoes is a moderator's call of undo.
func undoes(id string, number int) chat.Event {
	ev := says(id, "mod", "")
	ev.Actor.Standing = chat.StandingModerator
	ev.Body = chat.CommandInvoked{Name: "undo", Args: strconv.Itoa(number), Message: chat.MessageRef{Room: general, ID: id}}
	return ev
}

// hourly says something at each of its ticks and asks to be woken again at the same moment, which is past by then.
type hourly struct{ due time.Time }

func (hourly) Name() string { return "hourly" }

func (hourly) Keys(ev chat.Event) []string {
	switch body := ev.Body.(type) {
	case chat.MessageSent:
		return []string{}
	case chat.Tick:
		if body.Key == "hourly/x" {
			return []string{}
		}
	}
	return nil
}

func (h hourly) Act(ev chat.Event, _ activities.Memory) []chat.Action {
	if _, isTick := ev.Body.(chat.Tick); isTick {
		return []chat.Action{chat.Send{Logical: "desk", As: "note", Say: chat.Phrase{Words: chat.Words{"en": "ding"}}}}
	}
	return []chat.Action{chat.Wake{Key: "hourly/x", At: h.due}}
}

// Two timers of one key that are due at the same moment are two: neither's order is taken for the other's.
func TestTwoTimersOfOneMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.extra = []activities.Activity{hourly{due: time.Now()}}
		h.start()
		defer func() { h.stop() }()
		h.emit(says("1", "alice", "hello"))
		h.emit(says("2", "alice", "hello again"))
		h.expect("note: ding", "note: ding")
	})
}
