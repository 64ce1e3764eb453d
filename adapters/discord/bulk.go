package discord

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"palabre/chat"
)

const (
	bulkAge    = 14*24*time.Hour - time.Hour // Discord deletes older messages one by one only
	bulkSize   = 100
	bulkGather = 30 * time.Millisecond // what the first deletion waits for others of its channel
)

// sweep is a set of deletions that go together: of one channel, for one reason. Whoever came first makes the call.
type sweep struct {
	ids  map[string]bool
	done chan struct{}
	err  error // once done
}

// errAlone tells that a message has to be deleted by itself.
var errAlone = errors.New("to be deleted alone")

func (a *Adapter) delete(ctx context.Context, act chat.Delete) error {
	if !isSnowflake(act.Message.ID) {
		return fmt.Errorf("%w: %q is not a message", chat.ErrInvalid, act.Message.ID)
	}
	return a.doing("delete", act.Message.ID, func() error {
		if a.opts.Clock().Sub(snowflakeTime(act.Message.ID)) < bulkAge {
			if err := a.deleteTogether(ctx, act); !errors.Is(err, errAlone) {
				return err
			}
		}
		path := "/channels/" + channelOf(act.Message.Room) + "/messages/" + act.Message.ID
		return a.rest.do(ctx, call{method: http.MethodDelete, path: path, reason: act.Reason})
	})
}

// deleteTogether joins the deletions of the same channel that wait, or waits a moment for others to join.
func (a *Adapter) deleteTogether(ctx context.Context, act chat.Delete) error {
	channel := channelOf(act.Message.Room)
	key := channel + " " + act.Reason
	a.mu.Lock()
	s := a.sweeps[key]
	leads := s == nil || len(s.ids) >= bulkSize
	if leads {
		s = &sweep{ids: map[string]bool{}, done: make(chan struct{})}
		a.sweeps[key] = s
	}
	s.ids[act.Message.ID] = true
	a.mu.Unlock()
	if !leads {
		select {
		case <-s.done:
			return s.err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	_ = sleep(ctx, bulkGather) // others wait for us, also when our caller does not any more
	a.mu.Lock()
	if a.sweeps[key] == s {
		delete(a.sweeps, key)
	}
	ids := slices.SortedFunc(maps.Keys(s.ids), byID)
	a.mu.Unlock()
	s.err = a.deleteAll(context.WithoutCancel(ctx), channel, ids, act.Reason)
	close(s.done)
	return s.err
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
