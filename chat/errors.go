package chat

import (
	"errors"
	"fmt"
	"time"
)

// What an adapter answers when an order cannot be carried out. Adapters wrap these, so that the
// outbox can tell them apart with errors.Is while operators still read the platform's sentence.
var (
	// ErrUnsupported: the platform has nothing like this action. The order is dead at once.
	ErrUnsupported = errors.New("not supported by this platform")
	// ErrForbidden: the platform refuses; a retry would be refused again. The order is blocked and moderators hear it once.
	ErrForbidden = errors.New("forbidden by the platform")
	// ErrGone: what the order was about is no longer there (deleted message, member who left). The order is done.
	ErrGone = errors.New("already gone")
	// ErrInvalid: the platform calls the request malformed. Our own defect: the order is dead at once.
	ErrInvalid = errors.New("refused as malformed")
	// ErrUncertain: an earlier try may have worked, nobody can tell, and a repeat would be a second one. The order is left to a human.
	ErrUncertain = errors.New("may have been done already")
	// ErrForeign: what a reversal takes back is no longer there; somebody else's stands in its place. The order is done.
	ErrForeign = errors.New("somebody else's by now")
	// ErrStopped: the account may not go on (token revoked). The adapter makes no further call.
	ErrStopped = errors.New("account stopped")
)

// Explained is an error with a sentence for moderators: what is wrong, and what to click or to write to mend it. The
// error itself is for operators.
type Explained struct {
	Say Phrase
	Err error
}

// Explain gives an error a sentence of the catalogue.
func Explain(err error, key string, args Args) error {
	return &Explained{Say: Say(key, args), Err: err}
}

// Error is the error's own sentence.
func (e *Explained) Error() string { return e.Err.Error() }

// Unwrap gives the error.
func (e *Explained) Unwrap() error { return e.Err }

// RetryError asks for another try, not before After has passed (zero: the outbox chooses).
// Limited tells that the platform asked us to slow down (a 429), which does not count as a failed try.
type RetryError struct {
	After   time.Duration
	Limited bool
	Err     error
}

// Error is the platform's sentence.
func (e *RetryError) Error() string {
	if e.Limited {
		return fmt.Sprintf("slowed down by the platform for %s: %v", e.After, e.Err)
	}
	return fmt.Sprintf("try again: %v", e.Err)
}

// Unwrap gives the cause.
func (e *RetryError) Unwrap() error { return e.Err }
