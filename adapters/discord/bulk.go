package discord

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"palabre/chat"
)

const (
	bulkAge    = 14*24*time.Hour - time.Hour // Discord deletes older messages one by one only
	bulkSize   = 100
	bulkGather = 30 * time.Millisecond // what the first deletion waits for others of its channel
)

// sweep is a set of deletions of one channel that go together, whatever their cases. Whoever came first makes the call.
type sweep struct {
	ids     map[string]bool
	reasons []string
	done    chan struct{}
	err     error // once done
}

// Together tells that messages are deleted by the hundred. See adapters.Sweeper.
func (a *Adapter) Together(act chat.Action) int {
	if act, deletes := act.(chat.Delete); deletes && a.young(act.Message.ID) {
		return bulkSize
	}
	return 1
}

// young tells whether Discord deletes a message together with others.
func (a *Adapter) young(message string) bool {
	return a.opts.Clock().Sub(snowflakeTime(message)) < bulkAge
}

// errAlone tells that a message has to be deleted by itself.
var errAlone = errors.New("to be deleted alone")

func (a *Adapter) delete(ctx context.Context, act chat.Delete) error {
	if !isSnowflake(act.Message.ID) {
		return fmt.Errorf("%w: %q is not a message", chat.ErrInvalid, act.Message.ID)
	}
	return a.doing("delete", act.Message.ID, func() error {
		if a.young(act.Message.ID) {
			if err := a.deleteTogether(ctx, act); !errors.Is(err, errAlone) {
				return err
			}
		}
		path := "/channels/" + channelOf(act.Message.Room) + "/messages/" + act.Message.ID
		return a.rest.do(ctx, call{method: http.MethodDelete, path: path, reason: act.Reason})
	})
}

// deleteTogether joins the deletions of the same channel that wait. Whoever comes first waits a moment for others, and until
// the call before is over: in a raid, what is decided meanwhile goes along.
func (a *Adapter) deleteTogether(ctx context.Context, act chat.Delete) error {
	channel := channelOf(act.Message.Room)
	s, leads := a.joinSweep(channel, act)
	if !leads {
		select {
		case <-s.done:
			return s.err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	defer close(s.done)
	_ = sleep(ctx, bulkGather) // others wait for us, also when our caller does not any more
	defer a.sweeping.lock(channel)()
	a.mu.Lock()
	if a.sweeps[channel] == s {
		delete(a.sweeps, channel)
	}
	ids, reason := slices.SortedFunc(maps.Keys(s.ids), byID), bulkReason(s.reasons)
	a.mu.Unlock()
	s.err = a.deleteAll(context.WithoutCancel(ctx), channel, ids, reason)
	return s.err
}

func (a *Adapter) joinSweep(channel string, act chat.Delete) (s *sweep, leads bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s = a.sweeps[channel]
	leads = s == nil || len(s.ids) >= bulkSize
	if leads {
		s = &sweep{ids: map[string]bool{}, done: make(chan struct{})}
		a.sweeps[channel] = s
	}
	s.ids[act.Message.ID] = true
	if act.Reason != "" && !slices.Contains(s.reasons, act.Reason) {
		s.reasons = append(s.reasons, act.Reason)
	}
	return s, leads
}

// deleteAll deletes several messages by one call. What Discord refuses as a whole is tried one by one.
func (a *Adapter) deleteAll(ctx context.Context, channel string, ids []string, reason string) error {
	if len(ids) < 2 {
		return errAlone
	}
	body := map[string]any{"messages": ids}
	err := a.rest.do(ctx, call{method: http.MethodPost, path: "/channels/" + channel + "/messages/bulk-delete", body: body, reason: reason})
	if errors.Is(err, chat.ErrInvalid) || errors.Is(err, chat.ErrForbidden) || errors.Is(err, chat.ErrGone) {
		return errAlone
	}
	return err
}

// turns are one turn for each key. A key is forgotten when nobody waits for it.
type turns struct {
	mu      sync.Mutex
	waiting map[string]*turn
}

type turn struct {
	free   chan struct{} // holds one token while nobody has the turn
	wanted int
}

// lock waits for the key's turn and gives the function that ends it.
func (t *turns) lock(key string) (unlock func()) {
	t.mu.Lock()
	if t.waiting == nil {
		t.waiting = map[string]*turn{}
	}
	mine := t.waiting[key]
	if mine == nil {
		mine = &turn{free: make(chan struct{}, 1)}
		mine.free <- struct{}{}
		t.waiting[key] = mine
	}
	mine.wanted++
	t.mu.Unlock()
	<-mine.free
	return func() {
		mine.free <- struct{}{}
		t.mu.Lock()
		defer t.mu.Unlock()
		if mine.wanted--; mine.wanted == 0 {
			delete(t.waiting, key)
		}
	}
}
