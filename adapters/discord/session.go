package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// session is what a connection can be resumed with. It is a cursor: committed with the events up to Seq.
type session struct {
	ID  string `json:"id"`
	Seq int64  `json:"seq"`
	URL string `json:"url"` // where to resume
}

// readSession reads the cursor; one that cannot be read is none.
func readSession(cursor string) session {
	var s session
	if json.Unmarshal([]byte(cursor), &s) != nil || s.Seq < 0 {
		return session{}
	}
	return s
}

func (s session) cursor() string {
	if s.ID == "" {
		return ""
	}
	return encode(s)
}

// encode writes a cursor: structs of strings, numbers and times always can be.
func encode(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(data)
}

// Discord takes the token away from an account that identifies 1,000 times in 24 hours. We stay far below, and
// slow down on the way, also across restarts: the count is a cursor.
const (
	identifyWindow = 24 * time.Hour
	identifyLimit  = 150             // within the window
	identifyGap    = 5 * time.Second // Discord's own, of one account
	hurriedAfter   = 40              // identifies, after which the gap grows
	hurriedGap     = 2 * time.Minute
	worriedAfter   = 100
	worriedGap     = 10 * time.Minute
)

// budget counts IDENTIFYs.
type budget struct {
	Since time.Time `json:"since"` // when the window began
	Count int       `json:"count"`
	Last  time.Time `json:"last"`
}

func readBudget(cursor string) budget {
	var b budget
	if json.Unmarshal([]byte(cursor), &b) != nil || b.Count < 0 {
		return budget{}
	}
	return b
}

// wait is how long the next IDENTIFY has to wait.
func (b *budget) wait(now time.Time) time.Duration {
	if now.Sub(b.Since) >= identifyWindow || b.Since.After(now) {
		b.Since, b.Count = now, 0
	}
	gap := identifyGap
	switch {
	case b.Count >= identifyLimit:
		return b.Since.Add(identifyWindow).Sub(now)
	case b.Count >= worriedAfter:
		gap = worriedGap
	case b.Count >= hurriedAfter:
		gap = hurriedGap
	}
	if b.Last.After(now) { // the clock was turned back
		b.Last = now
	}
	return max(0, b.Last.Add(gap).Sub(now))
}

// permit waits until an IDENTIFY may be sent, and counts it.
func (g *gateway) permit(ctx context.Context, granted start) error {
	if granted.Limit.Remaining <= 0 && granted.Limit.Total > 0 {
		wait := time.Duration(max(0, granted.Limit.ResetAfter)) * time.Millisecond
		g.trouble(fmt.Sprintf("Discord grants no new session for %s", wait.Round(time.Second)))
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
	for {
		wait := g.budget.wait(g.clock())
		if wait <= 0 {
			break
		}
		if wait > identifyGap {
			g.trouble(fmt.Sprintf("%d sessions were begun since %s: the next one may begin in %s",
				g.budget.Count, g.budget.Since.UTC().Format(time.RFC3339), wait.Round(time.Second)))
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
	g.budget.Count++
	g.budget.Last = g.clock()
	return g.spent(encode(g.budget))
}

// start is what GET /gateway/bot answers.
type start struct {
	URL    string `json:"url"`
	Shards int    `json:"shards"`
	Limit  struct {
		Total      int `json:"total"`
		Remaining  int `json:"remaining"`
		ResetAfter int `json:"reset_after"` // milliseconds
	} `json:"session_start_limit"`
}

// shardOf is the only shard that hears of our guild, of the number that Discord wants. Other shards of the account,
// of other communities, are other processes' business.
func shardOf(guild string, shards int) [2]int {
	n, err := strconv.ParseUint(guild, 10, 64)
	if shards < 2 || err != nil {
		return [2]int{0, 1}
	}
	return [2]int{int((n >> 22) % uint64(shards)), shards} //nolint:gosec // below shards
}
