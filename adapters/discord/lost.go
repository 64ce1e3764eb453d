package discord

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"palabre/chat"
)

const (
	lookBackSlack = time.Minute // by which our clock may be ahead of Discord's
	lookBackPages = 5           // of a hundred messages
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
	after := snowflakeAt(since.Add(-lookBackSlack))
	for range lookBackPages {
		var page []struct {
			gist
			ID     string `json:"id"`
			Author struct {
				ID string `json:"id"`
			} `json:"author"`
		}
		err := a.rest.do(ctx, call{
			method: http.MethodGet, path: "/channels/" + channel + "/messages", query: url.Values{"after": {after}, "limit": {"100"}}, out: &page,
		})
		if err != nil {
			return "", err
		}
		for _, m := range page {
			if a.mine(m.ID, m.Author.ID) && m.same(wanted) {
				return m.ID, nil
			}
			if newer(m.ID, after) {
				after = m.ID
			}
		}
		if len(page) < 100 {
			return "", nil
		}
	}
	return "", chat.ErrUncertain
}

// mine tells whether a message is ours, and of no order that we know of.
func (a *Adapter) mine(message, author string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return author == a.book.self && !a.book.sent.any(func(id string) bool { return id == message })
}
