package bot

import (
	"context"
	"sync"
)

// idle counts what is under way inside the bot (batches in the queue, orders that are due, receipts on
// their way back), so that a clock moved by hand can wait until all is quiet.
type idle struct {
	mu    sync.Mutex
	busy  int
	quiet chan struct{} // closed while nothing is under way
}

func newIdle() *idle {
	i := &idle{quiet: make(chan struct{})}
	close(i.quiet)
	return i
}

// add notes n more things under way; negative when they ended.
func (i *idle) add(n int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.busy == 0 && n > 0 {
		i.quiet = make(chan struct{})
	}
	i.busy += n
	if i.busy == 0 && n < 0 {
		close(i.quiet)
	}
}

// wait returns when nothing is under way.
func (i *idle) wait(ctx context.Context) error {
	i.mu.Lock()
	quiet := i.quiet
	i.mu.Unlock()
	select {
	case <-quiet:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
