package matrix_test

import (
	"context"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"palabre/adapters"
	"palabre/chat"
)

// listener runs an adapter and keeps what it emits, repeats included.
type listener struct {
	mu      sync.Mutex
	events  []chat.Event
	cursors adapters.Cursors
	sawGap  bool
	changed chan struct{}
	end     func() error
	ended   func() error // waits until Run has ended by itself
}

// patience is how long a condition may take to come true on a busy machine.
const patience = time.Minute

func listen(t *testing.T, a adapters.Adapter, from adapters.Cursors) *listener {
	t.Helper()
	l := &listener{cursors: from.Clone(), changed: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, from, l.emit) }()
	l.ended = sync.OnceValue(func() error { return <-ended })
	l.end = func() error {
		cancel()
		return l.ended()
	}
	t.Cleanup(func() { _ = l.end() }) // tests that care call stop
	return l
}

func (l *listener) emit(b adapters.Batch) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, b.Events...)
	maps.Copy(l.cursors, b.Cursors)
	maps.DeleteFunc(l.cursors, func(_, value string) bool { return value == "" })
	l.sawGap = l.sawGap || len(l.gapsLocked()) > 0
	close(l.changed)
	l.changed = make(chan struct{})
	return nil
}

// listenUntil runs an adapter whose process dies after some batches.
func listenUntil(t *testing.T, a adapters.Adapter, from adapters.Cursors, batches int) *listener {
	t.Helper()
	l := &listener{cursors: from.Clone(), changed: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	err := a.Run(ctx, from, func(b adapters.Batch) error {
		if batches == 0 {
			cancel()
			return ctx.Err()
		}
		batches--
		return l.emit(b)
	})
	if err != nil {
		t.Errorf("Run: %v", err)
	}
	return l
}

func (l *listener) cursor(name string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cursors[name]
}

func (l *listener) gaps() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.gapsLocked()
}

func (l *listener) gapsLocked() (out []string) {
	for name := range l.cursors {
		if strings.HasPrefix(name, "gap:") {
			out = append(out, name)
		}
	}
	return out
}

func (l *listener) all() []chat.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]chat.Event(nil), l.events...)
}

// until waits for an event that matches.
func (l *listener) until(t *testing.T, what string, match func(chat.Event) bool) chat.Event {
	t.Helper()
	deadline := time.After(patience)
	for {
		l.mu.Lock()
		changed := l.changed
		l.mu.Unlock()
		for _, ev := range l.all() {
			if match(ev) {
				return ev
			}
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("not within %s: %s; got %d events", patience, what, len(l.all()))
		}
	}
}

// begun waits until the adapter has taken its place in time.
func (l *listener) begun(t *testing.T) {
	t.Helper()
	l.until(t, "somebody is there", func(ev chat.Event) bool { return ev.Body.EventKind() == chat.KindPresent })
}

// said gives the messages in the order in which they were told, once for each event id.
func (l *listener) said() (ids []string) {
	seen := map[string]bool{}
	for _, ev := range l.all() {
		if body, ok := ev.Body.(chat.MessageSent); ok && !seen[ev.ID] {
			seen[ev.ID] = true
			ids = append(ids, body.Message.ID)
		}
	}
	return ids
}

func (l *listener) stop(t *testing.T) {
	t.Helper()
	if err := l.end(); err != nil {
		t.Errorf("Run: %v", err)
	}
}

func saidIn(id string) func(chat.Event) bool {
	return func(ev chat.Event) bool {
		body, ok := ev.Body.(chat.MessageSent)
		return ok && body.Message.ID == id
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
