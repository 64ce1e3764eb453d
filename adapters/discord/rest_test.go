package discord_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters/discord/discordtest"
	"palabre/chat"
)

func hello(r *running) chat.Send {
	return chat.Send{Room: r.ref(), Text: chat.Text{{Text: "hello"}}}
}

// do carries an action out, and again when it asks for that, as the outbox does.
func (r *running) do(key string, act chat.Action) (chat.Receipt, error) {
	begun := time.Now()
	receipt, err := r.adapter.Do(r.t.Context(), key, act)
	for doubtful := false; ; {
		var retry *chat.RetryError
		if !errors.As(err, &retry) || time.Since(begun) > time.Hour {
			return receipt, err
		}
		time.Sleep(max(retry.After, time.Second))
		if doubtful = doubtful || !retry.Limited; doubtful {
			receipt, err = r.adapter.Redo(r.t.Context(), key, act, begun)
		} else {
			receipt, err = r.adapter.Do(r.t.Context(), key, act)
		}
	}
}

func TestAnswersOfTheAPI(t *testing.T) {
	type want struct {
		err     error         // nil: it works in the end, with one effect
		retry   bool          // the first answer asks for another try
		after   time.Duration // that it asks for
		limited bool
		calls   int // 0: any number
	}
	for _, c := range []struct {
		name  string
		fault discordtest.Fault
		want  want
	}{
		{"all is well", discordtest.Fault{Kind: "none"}, want{calls: 1}},
		{"500", discordtest.Fault{Status: 500}, want{retry: true}},
		{"502 page of a proxy", discordtest.Fault{Status: 502, HTML: true}, want{retry: true}},
		{"sent, then 502", discordtest.Fault{Status: 502, Commit: true}, want{retry: true}},
		{"sent, then the connection breaks", discordtest.Fault{Commit: true}, want{retry: true}},
		{"the connection breaks", discordtest.Fault{}, want{retry: true}},
		{"429", discordtest.Fault{Status: 429, After: 1500 * time.Millisecond, Scope: "user"}, want{retry: true, limited: true, after: 1500 * time.Millisecond}},
		{"429 shared", discordtest.Fault{Status: 429, After: 5 * time.Second, Scope: "shared"}, want{retry: true, limited: true, after: 5 * time.Second}},
		{"429 global", discordtest.Fault{Status: 429, After: 7 * time.Second, Scope: "global"}, want{retry: true, limited: true, after: 7 * time.Second}},
		{"429 page of the front door", discordtest.Fault{Status: 429, After: 9 * time.Second, HTML: true}, want{retry: true, limited: true, after: 9 * time.Second}},
		{"429 that says nothing", discordtest.Fault{Status: 429, NoHead: true, NoBody: true, HTML: true}, want{retry: true, limited: true, after: time.Minute}},
		{"429 of almost a day", discordtest.Fault{Status: 429, After: 82721 * time.Second, Scope: "user"}, want{retry: true, limited: true, after: 82721 * time.Second}},
		{"401", discordtest.Fault{Status: 401}, want{err: chat.ErrStopped, calls: 1}},
		{"403", discordtest.Fault{Status: 403, Code: 50013}, want{err: chat.ErrForbidden, calls: 1}},
		{"403 page of a proxy", discordtest.Fault{Status: 403, HTML: true, Body: "<html>no</html>"}, want{retry: true}},
		{"404 channel", discordtest.Fault{Status: 404, Code: 10003}, want{err: chat.ErrGone, calls: 1}},
		{"404 page of a proxy", discordtest.Fault{Status: 404, Body: "<html>nothing here</html>"}, want{retry: true}},
		{"400", discordtest.Fault{Status: 400, Code: 50035}, want{err: chat.ErrInvalid, calls: 1}},
		{"blocked by AutoMod", discordtest.Fault{Status: 400, Code: 200000}, want{err: chat.ErrForbidden, calls: 1}},
		{"overloaded", discordtest.Fault{Status: 400, Code: 130000}, want{retry: true}},
		{"limit reached", discordtest.Fault{Status: 400, Code: 30035}, want{err: chat.ErrForbidden, calls: 1}},
		{"wrong JSON", discordtest.Fault{Status: 200, Body: `{"id":`}, want{retry: true}},
		{"an endless answer", discordtest.Fault{Status: 200, Body: strings.Repeat("x", 9<<20)}, want{retry: true}},
		{"an answer that hangs", discordtest.Fault{Status: 200, Then: func() { time.Sleep(time.Minute) }}, want{retry: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := virtual(t, discordtest.Options{})
				r.start()
				defer r.stop()
				pass(time.Second)
				if c.fault.Kind == "" {
					c.fault.Kind = "send"
				}
				r.server.Fail(c.fault)
				r.refused = c.fault.Status == 401
				began := time.Now()
				_, err := r.adapter.Do(t.Context(), "k1", hello(r))
				if took := time.Since(began); took > 16*time.Second {
					t.Errorf("the call took %s", took)
				}
				var retry *chat.RetryError
				if errors.As(err, &retry) != c.want.retry {
					t.Fatalf("Do: %v", err)
				}
				if c.want.retry && (retry.Limited != c.want.limited || retry.After != c.want.after) {
					t.Errorf("limited %t, after %s", retry.Limited, retry.After)
				}
				if c.want.retry {
					_, err = r.do("k1", hello(r))
				}
				if !errors.Is(err, c.want.err) {
					t.Errorf("in the end: %v, want %v", err, c.want.err)
				}
				pass(time.Minute)
				if n := r.server.ByNonce()["k1"]; c.want.err == nil && n != 1 {
					t.Errorf("sent %d times", n)
				}
				if n := r.server.Calls("send"); c.want.calls > 0 && n != c.want.calls {
					t.Errorf("%d calls, want %d", n, c.want.calls)
				}
			})
		})
	}
}

func TestAfter401NoCallIsMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		r.start()
		defer r.stop()
		pass(time.Second)
		r.server.Revoke()
		r.refused = true
		if _, err := r.adapter.Do(t.Context(), "k1", hello(r)); !errors.Is(err, chat.ErrStopped) {
			t.Fatalf("Do: %v", err)
		}
		calls := r.server.Calls("")
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() { _, _ = r.adapter.Do(t.Context(), fmt.Sprint("x", i), hello(r)) })
		}
		wg.Wait()
		pass(time.Hour)
		if n := r.server.Calls(""); n != calls {
			t.Errorf("%d more calls", n-calls)
		}
		if <-r.ended; !errors.Is(r.err, chat.ErrStopped) {
			t.Errorf("Run: %v", r.err)
		}
	})
}

// TestAStorm: for an hour nothing but refusals comes back, to callers who never tire.
func TestAStorm(t *testing.T) {
	for name, fault := range map[string]discordtest.Fault{
		"403":        {Status: 403, Code: 50013, Times: -1},
		"429":        {Status: 429, After: time.Millisecond, Scope: "user", Times: -1},
		"429 page":   {Status: 429, HTML: true, After: time.Second, Times: -1},
		"429 global": {Status: 429, Scope: "global", After: 10 * time.Millisecond, Times: -1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := virtual(t, discordtest.Options{})
				rooms := []string{r.room}
				for i := range 20 {
					rooms = append(rooms, r.guild.Text(fmt.Sprint("room", i)))
				}
				r.start()
				defer r.stop()
				pass(time.Second)
				fault.Kind = "send"
				r.server.Fail(fault)
				r.server.ClearRequests()
				end := time.Now().Add(time.Hour)
				var wg sync.WaitGroup
				for w := range 8 {
					wg.Go(func() {
						random := rand.New(rand.NewPCG(1, uint64(w)))
						for i := 0; time.Now().Before(end); i++ {
							act := hello(r)
							act.Room.ID = rooms[random.IntN(len(rooms))]
							_, _ = r.adapter.Do(t.Context(), fmt.Sprintf("k%dn%d", w, i), act)
							time.Sleep(time.Second)
						}
					})
				}
				wg.Wait()
				var refused []time.Time
				for _, call := range r.server.Requests() {
					if call.Status == 401 || call.Status == 403 || call.Status == 429 {
						refused = append(refused, call.At)
					}
				}
				first := 0
				for i, at := range refused {
					for at.Sub(refused[first]) >= 10*time.Minute {
						first++
					}
					if i-first+1 >= 1000 {
						t.Fatalf("%d refused calls in ten minutes", i-first+1)
					}
				}
				if len(refused) == 0 {
					t.Error("nothing was refused: the test tests nothing")
				}
			})
		})
	}
}

func TestBucketsAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{Limits: map[string]discordtest.Limit{"send": {Count: 5, Per: 5 * time.Second}}, PerSecond: 50})
		other := r.guild.Text("other")
		r.start()
		defer r.stop()
		pass(time.Second)
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() { _, _ = r.do(fmt.Sprint("a", i), hello(r)) })
		}
		synctest.Wait()
		began := time.Now()
		act := hello(r)
		act.Room.ID = other
		if _, err := r.do("other1", act); err != nil || time.Since(began) > time.Second {
			t.Errorf("another room waited %s (%v)", time.Since(began), err)
		}
		wg.Wait()
		if n := len(r.server.Messages(r.room)); n != 20 {
			t.Errorf("%d messages", n)
		}
		limited := 0
		for _, call := range r.server.Requests() {
			if call.Status == 429 {
				limited++
			}
		}
		if limited > 2 {
			t.Errorf("%d calls were too many", limited)
		}
	})
}

// However much is to be read back at once, no second has more calls than Discord grants.
func TestNoSecondHasTooManyCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		var rooms []string
		for i := range 150 {
			rooms = append(rooms, r.guild.Text(fmt.Sprint("room", i)))
		}
		r.start()
		pass(time.Minute)
		r.stop()
		r.server.ForgetSessions()
		for _, room := range rooms {
			if _, err := r.ana.Say(room, "hello"); err != nil {
				t.Fatal(err)
			}
		}
		r.server.ClearRequests()
		r.start()
		defer r.stop()
		pass(time.Minute)
		if n := len(r.told(r.ana.ID)); n != len(rooms) {
			t.Errorf("%d of %d messages were told", n, len(rooms))
		}
		var last []time.Time
		most := 0
		for _, call := range r.server.Requests() {
			if call.Status == 429 {
				t.Errorf("too many: %s %s", call.Method, call.Path)
			}
			for len(last) > 0 && call.At.Sub(last[0]) >= time.Second {
				last = last[1:]
			}
			last = append(last, call.At)
			most = max(most, len(last))
		}
		if most > 50 || most < 30 {
			t.Errorf("%d calls in one second", most)
		}
	})
}
