package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"palabre/chat"
)

const (
	lookBackSlack = time.Minute // by which our clock may be ahead of Discord's
	lookBackPages = 50          // of one try; the next one goes on
)

// gist is what tells one message of ours from another: what it says, what it answers and which buttons it has.
type gist struct {
	Content   string `json:"content"`
	Reference struct {
		Message string `json:"message_id"`
	} `json:"message_reference"`
	Poll struct {
		Question struct {
			Text string `json:"text"`
		} `json:"question"`
	} `json:"poll"`
	Components []struct {
		Components []struct {
			ID string `json:"custom_id"`
		} `json:"components"`
	} `json:"components"`
}

// same tells whether two gists are of one message. A message that it answered may be gone since.
func (g gist) same(o gist) bool {
	g.Content, o.Content = strings.TrimSpace(g.Content), strings.TrimSpace(o.Content)
	if g.Reference.Message == "" || o.Reference.Message == "" {
		g.Reference.Message, o.Reference.Message = "", ""
	}
	if len(g.Components)+len(o.Components) == 0 {
		g.Components, o.Components = nil, nil
	}
	return encode(g) == encode(o)
}

// past is what we said in a channel, as far as it was read. It is read once for all orders that look back, and again
// only for an older one, or when nonces of what was said since may be forgotten.
type past struct {
	mu    sync.Mutex // one order reads, the others wait for it
	from  time.Time
	upto  time.Time              // zero while it was not read to its end
	after string                 // the last message that was read
	ours  map[string][]utterance // by content
}

// utterance is a message of ours.
type utterance struct {
	gist
	id string
}

// lookBack finds the message that an earlier try has sent: one of ours since then with this gist that belongs to no other
// order. Discord gives a message's nonce to nobody who asks later, so two orders that say the very same in one channel
// can be told apart only while their messages are remembered. It is empty when there is none.
func (a *Adapter) lookBack(ctx context.Context, channel string, since time.Time, body map[string]any) (id string, err error) {
	if err := a.know(ctx); err != nil {
		return "", err
	}
	var wanted gist
	if err := json.Unmarshal([]byte(encode(body)), &wanted); err != nil {
		return "", err
	}
	p := a.pastOf(channel)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := a.recall(ctx, channel, p, since.Add(-lookBackSlack).Truncate(lookBackSlack)); err != nil {
		return "", err
	}
	for _, m := range p.ours[strings.TrimSpace(wanted.Content)] {
		if m.same(wanted) && a.free(m.id) {
			return m.id, nil
		}
	}
	return "", nil
}

func (a *Adapter) pastOf(channel string) *past {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, ok := a.pasts.Get(channel)
	if !ok {
		p = &past{}
		a.pasts.Put(channel, p)
	}
	return p
}

// recall reads what we said since a moment, as far as it is not known. What fails goes on where it stopped.
func (a *Adapter) recall(ctx context.Context, channel string, p *past, since time.Time) error {
	now := a.opts.Clock()
	switch {
	case p.after == "" || since.Before(p.from):
		p.from, p.upto, p.after, p.ours = since, time.Time{}, snowflakeAt(since), map[string][]utterance{}
	case !p.upto.IsZero() && now.Sub(p.upto) < nonceKept:
		return nil
	}
	for range lookBackPages {
		read, err := a.recallPage(ctx, channel, p)
		switch {
		case err != nil:
			return err
		case read < pageSize:
			p.upto = now
			return nil
		}
	}
	return &chat.RetryError{Err: errors.New("much was said since: it is read on")}
}

func (a *Adapter) recallPage(ctx context.Context, channel string, p *past) (read int, err error) {
	var page []struct {
		gist
		ID     string `json:"id"`
		Author struct {
			ID string `json:"id"`
		} `json:"author"`
	}
	query := url.Values{"after": {p.after}, "limit": {fmt.Sprint(pageSize)}}
	if err := a.rest.do(ctx, call{method: http.MethodGet, path: "/channels/" + channel + "/messages", query: query, out: &page}); err != nil {
		return 0, err
	}
	a.mu.Lock()
	self := a.book.self
	a.mu.Unlock()
	for _, m := range page {
		if m.Author.ID == self {
			content := strings.TrimSpace(m.Content)
			p.ours[content] = append(p.ours[content], utterance{m.gist, m.ID})
		}
		if newer(m.ID, p.after) {
			p.after = m.ID
		}
	}
	return len(page), nil
}

// free tells whether a message is of no order that we know of.
func (a *Adapter) free(message string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !a.book.sent.Any(func(id string) bool { return id == message })
}
