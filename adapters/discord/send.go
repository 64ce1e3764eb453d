package discord

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"palabre/chat"
)

const (
	catchUpWait    = 10 * time.Second // what a message waits for the past to be told: it may have been sent already
	nonceKept      = 2 * time.Minute  // what Discord calls a few: so long it gives the first message instead of a second one
	suppressEmbeds = 1 << 2
	loading        = 1 << 7
	maxButtons     = 25
	buttonsInRow   = 5
)

// send says something: in a room, or in answer to an interaction.
func (a *Adapter) send(ctx context.Context, e errand, act chat.Send) (chat.Receipt, error) {
	parts, err := a.compose(act)
	if err != nil {
		return chat.Receipt{}, err
	}
	if act.Reply != "" {
		return a.reply(ctx, e, act, parts)
	}
	id, err := a.postAll(ctx, channelOf(act.Room), e, parts)
	return chat.Receipt{Message: chat.MessageRef{Room: act.Room, ID: id}}, err
}

// postAll sends the messages that a text becomes, and gives the last one's id.
func (a *Adapter) postAll(ctx context.Context, channel string, e errand, parts []map[string]any) (id string, err error) {
	for i, body := range parts {
		if id, err = a.post(ctx, channel, e.part(i), body); err != nil {
			return "", err
		}
	}
	return id, nil
}

// compose makes the bodies of the messages that a text becomes. The answered message goes with the first, the card
// with the last.
func (a *Adapter) compose(act chat.Send) ([]map[string]any, error) {
	contents, pings := render(act.Text, a.opts.Prefix)
	if len(contents) == 0 {
		contents = []string{"\u200b"}
	}
	var out []map[string]any
	for i, content := range contents {
		body := map[string]any{"content": content, "allowed_mentions": allowed(pings)}
		if quotes(act.Text) {
			body["flags"] = suppressEmbeds
		}
		if i == 0 && act.ReplyTo != "" && act.Reply == "" {
			body["message_reference"] = map[string]any{"message_id": act.ReplyTo, "fail_if_not_exists": false}
		}
		if i == len(contents)-1 && act.Card != nil {
			rows, err := buttons(*act.Card)
			if err != nil {
				return nil, err
			}
			body["components"] = rows
		}
		out = append(out, body)
	}
	return out, nil
}

// allowed is whom a message may ping: nobody but those named.
func allowed(users []string) map[string]any {
	out := map[string]any{"parse": []string{}, "replied_user": false}
	if len(users) > 0 {
		users = slices.Clone(users)
		slices.Sort(users)
		out["users"] = slices.Compact(users)
	}
	return out
}

// quotes tells whether a text holds somebody else's words, of whose links no preview is shown.
func quotes(text chat.Text) bool {
	return slices.ContainsFunc(text, func(s chat.Span) bool {
		return s.Kind == chat.Data || s.Kind == chat.Quote || s.Kind == chat.NameOnly
	})
}

// buttons shows a card's choices.
func buttons(c chat.Card) ([]map[string]any, error) {
	if len(c.Choices) > maxButtons {
		return nil, fmt.Errorf("%w: a card of %d choices", chat.ErrInvalid, len(c.Choices))
	}
	var rows []map[string]any
	for row := range slices.Chunk(c.Choices, buttonsInRow) {
		var line []map[string]any
		for _, ch := range row {
			id := cardID(c.Key, ch.ID)
			if len(id) > maxCustomID {
				return nil, fmt.Errorf("%w: the card %q has too long a name", chat.ErrInvalid, c.Key)
			}
			button := map[string]any{"type": 2, "style": 2, "custom_id": id}
			if ch.Emoji != "" {
				button["emoji"] = map[string]any{"name": ch.Emoji}
			}
			if label := short(ch.Label, 80); label != "" || ch.Emoji == "" {
				button["label"] = first(label, ch.ID)
			}
			line = append(line, button)
		}
		rows = append(rows, map[string]any{"type": 1, "components": line})
	}
	return rows, nil
}

// nonceOf is the nonce of a part of an order's text: at most 25 characters, of its own for each part.
func nonceOf(key string, part int) string {
	if part == 0 && len(key) <= 25 && key != "" {
		return key
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", key, part))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:15]))
}

// part is the errand of one of the messages that a text becomes: its key is the message's nonce.
func (e errand) part(i int) errand { return errand{key: nonceOf(e.key, i), since: e.since} }

// post sends a message once for each nonce: Discord knows the nonces of the last minutes, and we those that came back.
// What may have been sent before that is looked for in the channel.
func (a *Adapter) post(ctx context.Context, channel string, e errand, body map[string]any) (string, error) {
	nonce := e.key
	if id, ok := a.alreadySent(ctx, nonce); ok {
		return id, nil
	}
	if e.doubtful() && a.opts.Clock().Sub(e.since) >= nonceKept {
		id, err := a.lookBack(ctx, channel, e.since, body)
		if err != nil || id != "" {
			return a.wasSent(nonce, id), err
		}
	}
	body["nonce"], body["enforce_nonce"] = nonce, true
	var answer struct {
		ID string `json:"id"`
	}
	err := a.rest.do(ctx, call{method: http.MethodPost, path: "/channels/" + channel + "/messages", body: body, out: &answer, holds: "id"})
	if hasCode(err, codeUnknownMessage) { // it was sent, and somebody has deleted it
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return a.wasSent(nonce, answer.ID), nil
}

// wasSent notes which message has a nonce, and gives its id.
func (a *Adapter) wasSent(nonce, id string) string {
	if id != "" {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.book.sent.Put(nonce, id)
	}
	return id
}

// alreadySent looks for a message of that nonce in what came back, once the past was told.
func (a *Adapter) alreadySent(ctx context.Context, nonce string) (string, bool) {
	timer := time.NewTimer(catchUpWait)
	defer timer.Stop()
	select {
	case <-a.catching.passable():
	case <-timer.C:
	case <-ctx.Done():
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.book.sent.Get(nonce)
}
