package adaptertest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"palabre/adapters"
	"palabre/chat"
)

// patience is how long a condition may take to come true on a busy machine.
const patience = 30 * time.Second

// shell keeps what an adapter emits as Palabre does: events once for each id, and the cursors with them.
type shell struct {
	mu      sync.Mutex
	events  []chat.Event
	byID    map[string]bool
	cursors adapters.Cursors
	changed chan struct{}
}

func newShell() *shell {
	return &shell{byID: map[string]bool{}, cursors: adapters.Cursors{}, changed: make(chan struct{})}
}

func (s *shell) commit(b adapters.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ev := range b.Events {
		if !s.byID[ev.ID] {
			s.byID[ev.ID] = true
			s.events = append(s.events, ev)
		}
	}
	for name, value := range b.Cursors {
		if value == "" {
			delete(s.cursors, name)
		} else {
			s.cursors[name] = value
		}
	}
	close(s.changed)
	s.changed = make(chan struct{})
	return nil
}

func (s *shell) saved() adapters.Cursors {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cursors.Clone()
}

// all gives the events that a test looks for.
func (s *shell) all(match func(chat.Event) bool) []chat.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []chat.Event
	for _, ev := range s.events {
		if match(ev) {
			out = append(out, ev)
		}
	}
	return out
}

// await waits for an event that matches.
func (s *shell) await(t *testing.T, what string, match func(chat.Event) bool) chat.Event {
	t.Helper()
	deadline := time.After(patience)
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if found := s.all(match); len(found) > 0 {
			return found[0]
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("no event within %s: %s\ngot:\n%s", patience, what, s.list())
		}
	}
}

func (s *shell) list() string {
	var b strings.Builder
	for _, ev := range s.all(func(chat.Event) bool { return true }) {
		fmt.Fprintf(&b, "%s %s %s %+v\n", ev.ID, ev.Actor.Name, ev.Body.EventKind(), ev.Body)
	}
	return b.String()
}

// session is a harness with Palabre running, or not.
type session struct {
	Harness
	*shell
	t       *testing.T
	adapter adapters.Adapter
	marks   int
}

// start runs an adapter from where the shell's cursors are, until the test ends or stop is called.
func (s *session) start(t *testing.T) (stop func()) { return s.startFrom(t, s.saved()) }

func (s *session) startFrom(t *testing.T, from adapters.Cursors) (stop func()) {
	t.Helper()
	s.adapter = s.Open(t)
	stop = s.run(t, from)
	s.settle(t)
	return stop
}

// run runs the adapter until the test ends or stop is called.
func (s *session) run(t *testing.T, from adapters.Cursors) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	adapter := s.adapter
	go func() { ended <- adapter.Run(ctx, from, s.commit) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// settle waits until everything that happened before has arrived: the moderator says a word that was never
// said before, again while nobody listens yet.
func (s *session) settle(t *testing.T) {
	t.Helper()
	s.marks++
	word := fmt.Sprintf("mark %d", s.marks)
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		message, err := s.Moderator.Say(s.Room, word)
		must(t, err)
		if s.heard(message) {
			return
		}
	}
	t.Fatalf("nothing arrives within %s; got:\n%s", patience, s.list())
}

// heard tells whether a message arrives within a moment.
func (s *session) heard(message chat.MessageRef) bool {
	moment := time.After(400 * time.Millisecond)
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if len(s.all(sent(message))) > 0 {
			return true
		}
		select {
		case <-changed:
		case <-moment:
			return false
		}
	}
}

// do carries an action out with patience for a platform that asks for some.
func (s *session) do(t *testing.T, key string, act chat.Action) (chat.Receipt, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	return s.adapter.Do(ctx, key, act)
}

func sent(message chat.MessageRef) func(chat.Event) bool {
	return func(ev chat.Event) bool {
		body, ok := ev.Body.(chat.MessageSent)
		return ok && body.Message.ID == message.ID
	}
}

func by(member chat.MemberRef, kind chat.EventKind) func(chat.Event) bool {
	return func(ev chat.Event) bool { return ev.Actor.MemberRef == member && ev.Body.EventKind() == kind }
}

func words(text string) chat.Text { return chat.Text{{Text: text}} }

// eventually waits for a condition on what the platform shows.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("not within %s: %s", patience, what)
		}
	}
}
