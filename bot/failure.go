package bot

import (
	"errors"
	"slices"

	"palabre/chat"
	"palabre/store"
)

// errTooLate: the order's deadline is past.
var errTooLate = errors.New("too late")

// errUnwanted: the order was taken back while it was under way.
var errUnwanted = errors.New("no longer wanted")

// reasons are the sentences for what an adapter answers without one of its own.
var reasons = []struct {
	err error
	key string
}{
	{chat.ErrUncertain, "failure.uncertain"},
	{chat.ErrUnsupported, "failure.unsupported"},
	{chat.ErrInvalid, "failure.invalid"},
	{chat.ErrForbidden, "failure.forbidden"},
	{chat.ErrStopped, "failure.stopped"},
}

// why says for people why a try failed; zero when it did not.
func why(o *store.Order, err error) chat.Phrase {
	var explained *chat.Explained
	var retry *chat.RetryError
	platform := chat.Args{"platform": chat.Say("platform."+string(o.Platform), nil)}
	switch {
	case err == nil, errors.Is(err, chat.ErrGone), errors.Is(err, chat.ErrForeign), errors.Is(err, errUnwanted):
		return chat.Phrase{}
	case errors.As(err, &explained):
		return explained.Say
	case errors.Is(err, errTooLate):
		return late(o)
	}
	for _, r := range reasons {
		if errors.Is(err, r.err) {
			return chat.Say(r.key, platform)
		}
	}
	if errors.As(err, &retry) && retry.Limited {
		return chat.Say("failure.limited", platform)
	}
	return chat.Say("failure.unreachable", platform)
}

// late says that an order's time is over, and what stood in its way before.
func late(o *store.Order) chat.Phrase {
	switch {
	case !o.Why.IsZero():
		return chat.Say("failure.late.because", chat.Args{"reason": o.Why})
	case o.Reason != "":
		return chat.Say("failure.late.because", chat.Args{"reason": o.Reason})
	}
	return chat.Say("failure.late", nil)
}

// certain are the answers that say what became of a try: it was refused, or never made.
var certain = []error{chat.ErrForbidden, chat.ErrInvalid, chat.ErrUnsupported, chat.ErrStopped, chat.ErrGone, chat.ErrForeign, errTooLate, errUnwanted}

// doubtful tells whether a try that ended so may have worked all the same: not when the platform refused it or told us to wait.
func doubtful(err error) bool {
	var retry *chat.RetryError
	if err == nil || errors.As(err, &retry) && retry.Limited {
		return false
	}
	return !slices.ContainsFunc(certain, func(known error) bool { return errors.Is(err, known) })
}
