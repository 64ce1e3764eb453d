package discord

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"palabre/chat"
)

const (
	catchUpWait    = 10 * time.Second // what a message waits for the past to be told: it may have been sent already
	suppressEmbeds = 1 << 2
	loading        = 1 << 7
	maxThreadName  = 100
	archiveAfter   = 10080 // minutes of silence
	samePostWithin = 15 * time.Minute
	maxButtons     = 25
	buttonsInRow   = 5
)

// send says something: in a room, or in answer to an interaction.
func (a *Adapter) send(ctx context.Context, key string, act chat.Send) (chat.Receipt, error) {
	parts, err := a.compose(act)
	if err != nil {
		return chat.Receipt{}, err
	}
	if act.Reply != "" {
		return a.reply(ctx, key, act, parts)
	}
	receipt := chat.Receipt{}
	for i, body := range parts {
		id, err := a.post(ctx, channelOf(act.Room), nonceOf(key, i), body)
		if err != nil {
			return chat.Receipt{}, err
		}
		receipt.Message = chat.MessageRef{Room: act.Room, ID: id}
	}
	return receipt, nil
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

// post sends a message once for each nonce: Discord knows the nonces of the last minutes, and we those that came back.
func (a *Adapter) post(ctx context.Context, channel, nonce string, body map[string]any) (string, error) {
	if id, ok := a.alreadySent(ctx, nonce); ok {
		return id, nil
	}
	body["nonce"], body["enforce_nonce"] = nonce, true
	var answer struct {
		ID string `json:"id"`
	}
	err := a.rest.do(ctx, call{method: http.MethodPost, path: "/channels/" + channel + "/messages", body: body, out: &answer})
	if hasCode(err, codeUnknownMessage) { // it was sent, and somebody has deleted it
		return "", nil
	}
	if err != nil {
		return "", err
	}
	a.mu.Lock()
	a.book.sent.put(nonce, answer.ID)
	a.mu.Unlock()
	return answer.ID, nil
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
	return a.book.sent.get(nonce)
}

// answer is what became of an interaction.
type answer struct {
	ack    *ack
	taken  bool              // the waiting sign has been replaced
	posted map[string]string // key -> message
}

// reply answers an interaction: the first answer takes the place of the waiting sign, what follows is a message of
// its own. A public answer is an ordinary message in the room, and the waiting sign, which only the caller sees, goes.
func (a *Adapter) reply(ctx context.Context, key string, act chat.Send, parts []map[string]any) (chat.Receipt, error) {
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
		return a.publicly(ctx, key, act, parts, hook, known)
	}
	receipt := chat.Receipt{}
	for i, body := range parts {
		id, err := a.privately(ctx, nonceOf(key, i), hook, known, body)
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
	known, ok := a.answers.get(token)
	if !ok {
		known = &answer{}
		a.answers.put(token, known)
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

func (a *Adapter) publicly(ctx context.Context, key string, act chat.Send, parts []map[string]any, hook string, known *answer) (chat.Receipt, error) {
	receipt := chat.Receipt{}
	for i, body := range parts {
		id, err := a.post(ctx, channelOf(act.Room), nonceOf(key, i), body)
		if err != nil {
			return chat.Receipt{}, err
		}
		receipt.Message = chat.MessageRef{Room: act.Room, ID: id}
	}
	if !a.take(known, "", "") {
		err := a.rest.do(ctx, call{method: http.MethodDelete, path: hook + "/messages/@original"})
		if err != nil && !errors.Is(err, chat.ErrGone) {
			a.log.Warn("discord: waiting sign", "err", err)
		}
	}
	return receipt, nil
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

// privately gives one answer that only the caller sees.
func (a *Adapter) privately(ctx context.Context, key, hook string, known *answer, body map[string]any) (string, error) {
	a.mu.Lock()
	id, again := known.posted[key]
	taken, forgotten := known.taken, known.ack == nil
	a.mu.Unlock()
	if again {
		return id, nil
	}
	if forgotten && !taken { // we were started since: look whether the sign is still there
		var original struct {
			ID    string `json:"id"`
			Flags int    `json:"flags"`
			Text  string `json:"content"`
		}
		if err := a.rest.do(ctx, call{method: http.MethodGet, path: hook + "/messages/@original", out: &original}); err != nil {
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
	c := call{method: http.MethodPatch, path: hook + "/messages/@original", body: body, out: &answer}
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

// startThread opens a thread under its first message, or a post where the room is a forum.
func (a *Adapter) startThread(ctx context.Context, key string, act chat.StartThread) (chat.Receipt, error) {
	if err := a.know(ctx); err != nil {
		return chat.Receipt{}, err
	}
	title := short(strings.Join(strings.Fields(act.Title), " "), maxThreadName)
	a.mu.Lock()
	place := a.book.guild.channels[act.Room.ID]
	a.mu.Unlock()
	if place != nil && place.forum() {
		return a.startPost(ctx, act, place, title)
	}
	parts, err := a.compose(chat.Send{Text: act.Text})
	if err != nil {
		return chat.Receipt{}, err
	}
	id, err := a.post(ctx, act.Room.ID, nonceOf(key, 0), parts[0])
	if err != nil {
		return chat.Receipt{}, err
	}
	body := map[string]any{"name": title, "auto_archive_duration": archiveAfter}
	var thread discordgo.Channel
	err = a.rest.do(ctx, call{method: http.MethodPost, path: "/channels/" + act.Room.ID + "/messages/" + id + "/threads", body: body, out: &thread})
	if hasCode(err, codeThreadExists) {
		thread = discordgo.Channel{ID: id, ParentID: act.Room.ID, Type: discordgo.ChannelTypeGuildPublicThread, Name: title}
	} else if err != nil {
		return chat.Receipt{}, err
	}
	ref := a.threadOpened(&thread, act.Room.ID)
	for i, part := range parts[1:] {
		if _, err := a.post(ctx, thread.ID, nonceOf(key, i+1), part); err != nil {
			return chat.Receipt{}, err
		}
	}
	return chat.Receipt{Message: chat.MessageRef{Room: act.Room, ID: id}, Thread: ref}, nil
}

func (a *Adapter) threadOpened(c *discordgo.Channel, parent string) chat.RoomRef {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c.ParentID == "" {
		c.ParentID = parent
	}
	if a.book.guild.channels[c.ID] == nil && c.IsThread() {
		a.book.guild.putChannel(c)
	}
	return chat.RoomRef{Platform: chat.Discord, ID: parent, Thread: c.ID}
}

// startPost opens a post in a forum. Discord has no nonce for that, so we look first for a post of ours of this title
// that is a few minutes old: the answer to an earlier try was lost.
func (a *Adapter) startPost(ctx context.Context, act chat.StartThread, forum *channel, title string) (chat.Receipt, error) {
	var active struct {
		Threads []*discordgo.Channel `json:"threads"`
	}
	if err := a.rest.do(ctx, call{method: http.MethodGet, path: "/guilds/" + a.opts.Guild + "/threads/active", out: &active}); err != nil {
		return chat.Receipt{}, err
	}
	a.mu.Lock()
	self := a.book.self
	a.mu.Unlock()
	for _, t := range active.Threads {
		if t.ParentID == forum.id && t.OwnerID == self && t.Name == title && a.opts.Clock().Sub(snowflakeTime(t.ID)) < samePostWithin {
			return a.posted(t, forum.id), nil
		}
	}
	parts, err := a.compose(chat.Send{Text: act.Text})
	if err != nil {
		return chat.Receipt{}, err
	}
	body := map[string]any{"name": title, "auto_archive_duration": archiveAfter, "message": parts[0]}
	if forum.needsTag && len(forum.tags) > 0 {
		body["applied_tags"] = forum.tags[:1]
	}
	var thread discordgo.Channel
	if err := a.rest.do(ctx, call{method: http.MethodPost, path: "/channels/" + forum.id + "/threads", body: body, out: &thread}); err != nil {
		return chat.Receipt{}, err
	}
	return a.posted(&thread, forum.id), nil
}

func (a *Adapter) posted(t *discordgo.Channel, forum string) chat.Receipt {
	ref := a.threadOpened(t, forum)
	return chat.Receipt{Message: chat.MessageRef{Room: ref, ID: t.ID}, Thread: ref}
}
