package matrix

import (
	"context"
	"errors"
	"fmt"
	"html"
	"maps"
	"net/http"
	"slices"
	"strings"

	"palabre/adapters"
	"palabre/chat"
)

// keyField is where a message of ours keeps its order's key: a homeserver that forgot the transaction can
// still tell us that the message was sent.
const keyField = "fr.palabre.key"

// maxContent bounds a message's two texts together, in bytes. An event may have 65,536, and JSON may need two
// for each of ours.
const maxContent = 30_000

// send says something and, with a card, puts the reactions to press under it.
func (a *Adapter) send(ctx context.Context, key string, act chat.Send) (chat.Receipt, error) {
	room, err := a.resolve(ctx, act.Room.ID)
	if err != nil {
		return chat.Receipt{}, err
	}
	content := a.message(key, act.Text, act.Card, act.As == "alert")
	if relates := relation(act.Room.Thread, act.ReplyTo); relates != nil {
		content["m.relates_to"] = relates
	}
	event, err := a.put(ctx, room, "m.room.message", key, content)
	if err != nil {
		return chat.Receipt{}, err
	}
	ref := chat.MessageRef{Room: chat.RoomRef{Platform: chat.Matrix, ID: room, Thread: act.Room.Thread}, ID: event}
	if act.Card != nil {
		if err := a.offer(ctx, key, ref, newCard(*act.Card)); err != nil {
			return chat.Receipt{}, err
		}
	}
	return chat.Receipt{Message: ref}, nil
}

// edit replaces what a message of ours says, and offers the choices of its new card.
func (a *Adapter) edit(ctx context.Context, key string, act chat.Edit) error {
	room, err := a.resolve(ctx, act.Message.Room.ID)
	if err != nil {
		return err
	}
	replacement := a.message(key, act.Text, act.Card, false)
	content := maps.Clone(replacement)
	content["body"] = "* " + replacement["body"].(string)
	if formatted, ok := replacement["formatted_body"].(string); ok {
		content["formatted_body"] = "* " + formatted
	}
	content["m.new_content"] = replacement
	content["m.relates_to"] = map[string]any{"rel_type": "m.replace", "event_id": act.Message.ID}
	if _, err := a.put(ctx, room, "m.room.message", key, content); err != nil || act.Card == nil {
		return err
	}
	return a.offer(ctx, key, act.Message, newCard(*act.Card))
}

// offer presses each choice once, so that people only have to click. Where reactions are forbidden the
// numbers remain.
func (a *Adapter) offer(ctx context.Context, key string, message chat.MessageRef, c card) error {
	for i, ch := range c.Choices {
		err := a.annotate(ctx, fmt.Sprintf("%s-%d", key, i+1), message, ch.Emoji)
		if errors.Is(err, chat.ErrForbidden) || errors.Is(err, chat.ErrInvalid) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// message makes a message's content. It pings whom the text pings and nobody else. It is a notice, which other programs do
// not answer and which rings for nobody, whoever it mentions; so what somebody must hear of is a text: what pings, what asks
// for a choice, and what rings.
func (a *Adapter) message(key string, text chat.Text, offered *chat.Card, rings bool) map[string]any {
	r := render(text)
	content := map[string]any{"msgtype": "m.notice", "m.mentions": mentions(r.pings), keyField: key}
	if rings || offered != nil || len(r.pings) > 0 {
		content["msgtype"] = "m.text"
	}
	if offered != nil {
		c := newCard(*offered)
		content[cardField] = c
		lines, formatted := numbered(*offered, c)
		r.body, r.html = r.body+"\n"+lines, r.html+"<br>"+formatted
	}
	if _, _, command := adapters.ParseCommand(r.body, a.opts.Prefix); command {
		r.body = "\u200b" + r.body // what we say is never a command to another program
	}
	content["body"] = cut(r.body, maxContent/2)
	if len(r.html) <= maxContent/2 && r.html != html.EscapeString(r.body) {
		content["format"], content["formatted_body"] = "org.matrix.custom.html", r.html
	}
	return content
}

func mentions(users []string) map[string]any {
	if len(users) == 0 {
		return map[string]any{}
	}
	return map[string]any{"user_ids": users}
}

// numbered shows a card's choices as lines: their number, which may be answered, and the reaction to press.
func numbered(offered chat.Card, c card) (body, formatted string) {
	var lines, tags []string
	for i, ch := range offered.Choices {
		line := fmt.Sprintf("%d. %s %s", i+1, c.Choices[i].Emoji, harmless(ch.Label))
		lines = append(lines, line)
		tags = append(tags, html.EscapeString(line))
	}
	return strings.Join(lines, "\n"), strings.Join(tags, "<br>")
}

func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}

// relation is the message that is answered, the thread, or both.
func relation(thread, replyTo string) map[string]any {
	switch {
	case thread != "" && replyTo != "":
		return map[string]any{
			"rel_type": "m.thread", "event_id": thread, "is_falling_back": false,
			"m.in_reply_to": map[string]any{"event_id": replyTo},
		}
	case thread != "":
		return map[string]any{
			"rel_type": "m.thread", "event_id": thread, "is_falling_back": true,
			"m.in_reply_to": map[string]any{"event_id": thread},
		}
	case replyTo != "":
		return map[string]any{"m.in_reply_to": map[string]any{"event_id": replyTo}}
	}
	return nil
}

// put sends a message once for each key: the homeserver knows the transaction, and where it has forgotten,
// we may have seen the message come back.
func (a *Adapter) put(ctx context.Context, room, kind, key string, content map[string]any) (event string, err error) {
	a.mu.Lock()
	sent, ok := a.sent.Get(key)
	a.mu.Unlock()
	if ok {
		return sent, nil
	}
	var answer struct {
		Event string `json:"event_id"`
	}
	err = a.api.do(ctx, call{
		lane: writes, method: http.MethodPut, path: []any{"v3", "rooms", room, "send", kind, key},
		body: content, out: &answer,
	})
	if err != nil {
		return "", err
	}
	a.mu.Lock()
	a.sent.Put(key, answer.Event)
	a.mu.Unlock()
	return answer.Event, nil
}

// startThread opens a thread: its root is the title in bold with the text below.
func (a *Adapter) startThread(ctx context.Context, key string, act chat.StartThread) (chat.Receipt, error) {
	room, err := a.resolve(ctx, act.Room.ID)
	if err != nil {
		return chat.Receipt{}, err
	}
	text := append(chat.Text{{Text: "**"}, {Kind: chat.Data, Text: act.Title}, {Text: "**\n\n"}}, act.Text...)
	content := a.message(key, text, nil, true)
	content["body"] = strings.TrimSpace(harmless(act.Title) + "\n\n" + render(act.Text).body)
	event, err := a.put(ctx, room, "m.room.message", key, content)
	if err != nil {
		return chat.Receipt{}, err
	}
	ref := chat.RoomRef{Platform: chat.Matrix, ID: room}
	return chat.Receipt{
		Message: chat.MessageRef{Room: ref, ID: event}, Thread: chat.RoomRef{Platform: chat.Matrix, ID: room, Thread: event},
	}, nil
}

func (a *Adapter) annotate(ctx context.Context, txn string, message chat.MessageRef, emoji string) error {
	room, err := a.resolve(ctx, message.Room.ID)
	if err != nil {
		return err
	}
	relates := map[string]any{"rel_type": "m.annotation", "event_id": message.ID, "key": emoji}
	err = a.api.do(ctx, call{
		lane: writes, method: http.MethodPut, path: []any{"v3", "rooms", room, "send", "m.reaction", txn},
		body: map[string]any{"m.relates_to": relates},
	})
	if errors.Is(err, errDuplicate) {
		return nil
	}
	return err
}

// pin adds a message to those that the room shows, or takes it from them.
func (a *Adapter) pin(ctx context.Context, message chat.MessageRef, shown bool) error {
	room, err := a.resolve(ctx, message.Room.ID)
	if err != nil {
		return err
	}
	defer a.writing.lock(room)()
	ev, err := a.stateEvent(ctx, room, "m.room.pinned_events", "")
	if err != nil && !errors.Is(err, chat.ErrGone) {
		return err
	}
	pinned := ev.Content.strings("pinned", maxPinned)
	if slices.Contains(pinned, message.ID) == shown {
		return nil
	}
	pinned = slices.DeleteFunc(pinned, func(id string) bool { return id == message.ID })
	if shown {
		pinned = append(pinned, message.ID)
	}
	return a.api.do(ctx, call{
		lane: writes, method: http.MethodPut, path: []any{"v3", "rooms", room, "state", "m.room.pinned_events", ""},
		body: map[string]any{"pinned": append([]string{}, pinned...)},
	})
}

// maxPinned bounds the list that we read and write back.
const maxPinned = 1000
