package matrixtest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palabre/adapters/matrix/matrixtest"
)

// house is a homeserver with one room, of ana, bot (100) and bob.
type house struct {
	*matrixtest.Server
	t            *testing.T
	url          string
	room         string
	ana, bob     matrixtest.Person
	botID, token string
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{Server: matrixtest.New(), t: t}
	web := httptest.NewServer(h.Server)
	t.Cleanup(web.Close)
	h.url, h.ana, h.bob = web.URL, h.Person("ana"), h.Person("bob")
	h.botID, h.token = h.Account("bot")
	h.room = h.Room(matrixtest.Plan{Alias: "general", Owner: h.botID, Members: []string{h.ana.ID, h.bob.ID}})
	return h
}

// call makes one call as the bot and gives the status, 0 when the connection broke.
func (h *house) call(ctx context.Context, method, path, body string, into any) int {
	h.t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, h.url+"/_matrix/client/v3/"+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+h.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil && resp.StatusCode == http.StatusOK {
		h.t.Fatal(err)
	}
	return resp.StatusCode
}

func (h *house) send(txn string) int {
	return h.call(h.t.Context(), http.MethodPut, "rooms/"+h.room+"/send/m.room.message/"+txn, `{"msgtype":"m.notice","body":"hello"}`, new(struct{}))
}

// batch is what the tests read of sync and messages.
type batch struct {
	Next  string `json:"next_batch"`
	End   string `json:"end"`
	Chunk []matrixtest.Event
	Rooms struct {
		Join map[string]struct {
			Timeline struct {
				Events  []matrixtest.Event
				Limited bool
			}
		}
	}
}

func (h *house) sync(since string, wait time.Duration) batch {
	h.t.Helper()
	query := url.Values{"filter": {`{"room":{"timeline":{"limit":3}}}`}, "timeout": {fmt.Sprint(wait.Milliseconds())}}
	if since != "" {
		query.Set("since", since)
	}
	var out batch
	if status := h.call(h.t.Context(), http.MethodGet, "sync?"+query.Encode(), "", &out); status != http.StatusOK {
		h.t.Fatalf("sync: %d", status)
	}
	return out
}

func texts(events []matrixtest.Event) []string {
	var out []string
	for _, ev := range events {
		body, _ := ev.Content["body"].(string)
		out = append(out, body)
	}
	return out
}

func TestOneTransactionIsOneMessage(t *testing.T) {
	h := open(t)
	var lost atomic.Int64
	h.Fail(matrixtest.Fault{Kind: "send", Times: 1, Commit: true, Then: func() { lost.Store(int64(len(h.Shown(h.room)))) }})
	h.Fail(matrixtest.Fault{Kind: "send", Skip: 1, Times: 1, Status: 502})
	var got []int
	for range 4 {
		got = append(got, h.send("txn1"))
	}
	if diff := cmp.Diff([]int{0, 200, 502, 200}, got); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	if lost.Load() != 1 {
		t.Errorf("%d messages when the answer was lost", lost.Load())
	}
	if diff := cmp.Diff([]string{"hello"}, h.Shown(h.room)); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
	if h.send("txn2"); len(h.Shown(h.room)) != 2 {
		t.Error("another transaction is another message")
	}
}

func TestATimelineCutShortIsReadThroughMessages(t *testing.T) {
	h := open(t)
	start := h.sync("", 0)
	for i := range 7 {
		h.Say(h.room, h.ana.ID, fmt.Sprint(i))
	}
	delta := h.sync(start.Next, 0)
	timeline := delta.Rooms.Join[h.room].Timeline
	if diff := cmp.Diff([]string{"4", "5", "6"}, texts(timeline.Events)); diff != "" || !timeline.Limited {
		t.Errorf("limited: %t (-want +got):\n%s", timeline.Limited, diff)
	}
	var got []string
	for from := start.Next; from != ""; {
		var page batch
		query := url.Values{"dir": {"f"}, "from": {from}, "to": {delta.Next}, "limit": {"4"}}
		h.call(t.Context(), http.MethodGet, "rooms/"+h.room+"/messages?"+query.Encode(), "", &page)
		got, from = append(got, texts(page.Chunk)...), page.End
	}
	if diff := cmp.Diff([]string{"0", "1", "2", "3", "4", "5", "6"}, got); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
	if delta.Next != h.Token() {
		t.Errorf("the newest token is %s, sync gave %s", h.Token(), delta.Next)
	}
}

func TestALongPollEndsWithNews(t *testing.T) {
	h := open(t)
	start := h.sync("", 0)
	done := make(chan batch)
	go func() { done <- h.sync(start.Next, time.Minute) }()
	for h.Calls("sync") < 2 {
		select {
		case <-done:
			t.Fatal("it did not wait")
		default:
		}
	}
	h.Say(h.room, h.ana.ID, "news")
	if got := texts((<-done).Rooms.Join[h.room].Timeline.Events); len(got) != 1 || got[0] != "news" {
		t.Errorf("got %q", got)
	}
}

func TestPowerLevelsAreKept(t *testing.T) {
	h := open(t)
	words, err := h.ana.Say(h.room, "hello")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.bob.Redact(h.room, words); !errors.Is(err, matrixtest.ErrRefused) {
		t.Errorf("bob took ana's words away: %v", err)
	}
	levels := fmt.Sprintf(`{"users":{%q:100,%q:-1}}`, h.botID, h.ana.ID)
	if status := h.call(t.Context(), http.MethodPut, "rooms/"+h.room+"/state/m.room.power_levels", levels, new(struct{})); status != http.StatusOK {
		t.Fatalf("levels: %d", status)
	}
	if _, err := h.ana.Say(h.room, "again"); !errors.Is(err, matrixtest.ErrRefused) {
		t.Errorf("ana spoke while silenced: %v", err)
	}
	if status := h.call(t.Context(), http.MethodPost, "rooms/"+h.room+"/ban", fmt.Sprintf(`{"user_id":%q}`, h.bob.ID), new(struct{})); status != http.StatusOK {
		t.Fatalf("ban: %d", status)
	}
	if _, err := h.bob.Join(h.room); !errors.Is(err, matrixtest.ErrRefused) || h.Membership(h.room, h.bob.ID) != "ban" {
		t.Errorf("bob came back while banned: %v", err)
	}
}

func TestChaosRepeatsItself(t *testing.T) {
	h := open(t)
	run := func(round string) (answers []int) {
		h.Chaos(7, map[string]matrixtest.Chances{"send": {Limited: 0.3, Refused: 0.3, Lost: 0.2}})
		for i := range 40 {
			answers = append(answers, h.send(fmt.Sprint(round, i)))
		}
		return answers
	}
	first := run("a")
	if diff := cmp.Diff(first, run("b")); diff != "" {
		t.Errorf("the same seed failed differently (-first +second):\n%s", diff)
	}
	for _, status := range []int{0, 200, 429, 502} {
		if !strings.Contains(fmt.Sprint(first), fmt.Sprint(status)) {
			t.Errorf("no answer was %d: %v", status, first)
		}
	}
	h.Chaos(0, nil)
	if status := h.send("calm"); status != http.StatusOK {
		t.Errorf("chaos goes on: %d", status)
	}
}
