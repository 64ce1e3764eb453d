package matrix

import (
	"context"
	"errors"
	"net/http"

	"palabre/chat"
)

// maxRevisions is how many edits of one message go with it.
const maxRevisions = 50

// revise notes an edit with its message, so that it can be taken away with it. mu is held.
func (a *Adapter) revise(original string, edit wireEvent) {
	f, ok := a.facts.Get(original)
	if ok && f.kind == factMessage && f.sender == edit.Sender && len(f.edits) < maxRevisions {
		f.edits = append(f.edits[:len(f.edits):len(f.edits)], edit.ID)
		a.facts.Put(original, f)
	}
}

// redactRevisions takes the edits of a message away, which a redaction of the message leaves readable: programs and clients
// that know no edits show them. Without a memory of the message, after a restart, the homeserver is asked for them.
func (a *Adapter) redactRevisions(ctx context.Context, room string, act chat.Delete) error {
	a.mu.Lock()
	f, ok := a.facts.Get(act.Message.ID)
	a.mu.Unlock()
	edits := f.edits
	if !ok || !f.whole {
		var err error
		if edits, err = a.revisions(ctx, room, act); err != nil {
			return err
		}
	}
	for _, edit := range edits {
		if err := a.redactOne(ctx, room, edit, sweepKey(edit), act.Reason); err != nil && !errors.Is(err, chat.ErrGone) {
			return err
		}
	}
	return nil
}

// revisions asks for the edits of a message by its author. A homeserver that does not tell has none.
func (a *Adapter) revisions(ctx context.Context, room string, act chat.Delete) (edits []string, err error) {
	var page messagesResponse
	err = a.get(ctx, &page, map[string]string{"limit": "50"}, "v1", "rooms", room, "relations", act.Message.ID, "m.replace")
	switch {
	case errors.Is(err, chat.ErrGone), errors.Is(err, chat.ErrUnsupported), errors.Is(err, chat.ErrForbidden), errors.Is(err, chat.ErrInvalid):
		return nil, nil
	case err != nil:
		return nil, err
	}
	events, _ := readEvents(page.Chunk)
	for _, ev := range events {
		theirs := act.Author.IsZero() || ev.Sender == act.Author.ID
		if theirs && len(ev.Content) > 0 && len(edits) < maxRevisions {
			edits = append(edits, ev.ID)
		}
	}
	return edits, nil
}

// redactOne takes one event away.
func (a *Adapter) redactOne(ctx context.Context, room, event, key, reason string) error {
	body := map[string]any{}
	if reason != "" {
		body["reason"] = cutReason(reason)
	}
	return a.api.do(ctx, call{
		lane: writes, method: http.MethodPut, path: []any{"v3", "rooms", room, "redact", event, key}, body: body,
	})
}
