package matrix

import (
	"errors"

	"palabre/chat"
)

// explain gives a refusal a sentence that says what to change. An error that has one, or is no refusal, stays as it is.
func (a *Adapter) explain(err error) error {
	var explained *chat.Explained
	switch {
	case errors.As(err, &explained), !errors.Is(err, chat.ErrForbidden):
		return err
	case errors.Is(err, errOutranked):
		return chat.Explain(err, "failure.matrix.rank", chat.Args{"user": a.self})
	}
	return chat.Explain(err, "failure.matrix.power", chat.Args{"user": a.self})
}
