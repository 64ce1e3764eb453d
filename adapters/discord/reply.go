package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"palabre/chat"
)

// answer is what became of an interaction.
type answer struct {
	ack    *ack
	taken  bool              // the waiting sign has been replaced
	posted map[string]string // key -> message
}

// reply answers an interaction: the first answer takes the place of the waiting sign, what follows is a message of
// its own. A public answer is an ordinary message in the room, and the waiting sign, which only the caller sees, goes.
func (a *Adapter) reply(ctx context.Context, e errand, act chat.Send, parts []map[string]any) (chat.Receipt, error) {
	handle, press := strings.CutSuffix(act.Reply, pressSuffix)
	app, token, ok := strings.Cut(handle, "/")
	if !ok || app == "" || token == "" || strings.Contains(token, "/") {
		return chat.Receipt{}, fmt.Errorf("%w: the handle of an answer", chat.ErrInvalid)
	}
	known := a.answerTo(token, press)
	if err := known.wait(ctx); err != nil {
		return chat.Receipt{}, err
	}
	hook := "/webhooks/" + app + "/" + token
	if !act.Private {
		return a.publicly(ctx, e, act, parts, hook, known)
	}
	receipt := chat.Receipt{}
	for i, body := range parts {
		id, err := a.privately(ctx, e.part(i), hook, known, body, act.Replaces && i == 0)
		if err != nil {
			return chat.Receipt{}, err
		}
		receipt.Message = chat.MessageRef{Room: act.Room, ID: id}
	}
	return receipt, nil
}

func (a *Adapter) answerTo(token string, press bool) *answer {
	a.mu.Lock()
	defer a.mu.Unlock()
	known, ok := a.answers.Get(token)
	if !ok {
		known = &answer{}
		a.answers.Put(token, known)
	}
	known.taken = known.taken || press
	if known.posted == nil {
		known.posted = map[string]string{}
	}
	return known
}

// wait waits for the first answer, without which Discord takes no other.
func (k *answer) wait(ctx context.Context) error {
	if k.ack == nil {
		return nil
	}
	select {
	case <-k.ack.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	if k.ack.refused() {
		return fmt.Errorf("%w: the interaction is too old", chat.ErrGone)
	}
	return nil
}

func (a *Adapter) publicly(ctx context.Context, e errand, act chat.Send, parts []map[string]any, hook string, known *answer) (chat.Receipt, error) {
	id, err := a.postAll(ctx, channelOf(act.Room), e, parts)
	if err != nil {
		return chat.Receipt{}, err
	}
	if !a.take(known, "", "") {
		err := a.rest.do(ctx, call{method: http.MethodDelete, path: hook + "/messages/@original"})
		if err != nil && !errors.Is(err, chat.ErrGone) {
			a.log.Warn("discord: waiting sign", "err", err)
		}
	}
	return chat.Receipt{Message: chat.MessageRef{Room: act.Room, ID: id}}, nil
}

// take marks the waiting sign as replaced, and tells whether it was before; what was posted is kept by its key.
func (a *Adapter) take(k *answer, key, message string) (before bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	before, k.taken = k.taken, true
	if key != "" {
		k.posted[key] = message
	}
	return before
}

// privately gives one answer that only the caller sees. What takes the place of the waiting sign can be given again; a
// message that follows it has neither a nonce nor a place where it could be looked for. What replaces the first answer is
// given in its place.
func (a *Adapter) privately(ctx context.Context, e errand, hook string, known *answer, body map[string]any, replaces bool) (string, error) {
	key := e.key
	a.mu.Lock()
	id, again := known.posted[key]
	taken, forgotten := known.taken, known.ack == nil
	a.mu.Unlock()
	if again {
		return id, nil
	}
	if replaces {
		taken = false
	} else if forgotten && !taken { // we were started since: look whether the sign is still there
		var original struct {
			ID    string `json:"id"`
			Flags int    `json:"flags"`
			Text  string `json:"content"`
		}
		if err := a.rest.do(ctx, call{method: http.MethodGet, path: hook + "/messages/@original", out: &original, holds: "id"}); err != nil {
			return "", err
		}
		if original.Flags&loading == 0 && original.Text == body["content"] {
			a.take(known, key, original.ID)
			return original.ID, nil
		}
		taken = original.Flags&loading == 0
	}
	var answer struct {
		ID string `json:"id"`
	}
	c := call{method: http.MethodPatch, path: hook + "/messages/@original", body: body, out: &answer, holds: "id"}
	if taken && e.doubtful() {
		return "", chat.ErrUncertain
	}
	if taken {
		flags, _ := body["flags"].(int)
		body["flags"] = flags | ephemeral
		c.method, c.path = http.MethodPost, hook
	} else {
		delete(body, "flags")
	}
	if err := a.rest.do(ctx, c); err != nil {
		return "", err
	}
	a.take(known, key, answer.ID)
	return answer.ID, nil
}
