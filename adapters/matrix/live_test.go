package matrix_test

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters"
	"palabre/adapters/matrix/matrixtest"
)

// drips gives its answers a byte each two seconds, until it is mended.
type drips struct {
	inner http.RoundTripper
	bad   *atomic.Bool
}

func (d drips) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := d.inner.RoundTrip(req)
	if err == nil && d.bad.Load() {
		resp.Body = dripping{resp.Body, req}
	}
	return resp, err
}

type dripping struct {
	io.ReadCloser
	req *http.Request
}

func (d dripping) Read(p []byte) (int, error) {
	select {
	case <-time.After(2 * time.Second):
		return d.ReadCloser.Read(p[:1])
	case <-d.req.Context().Done():
		return 0, d.req.Context().Err()
	}
}

// TestAnOutageIsSaid: half a minute after the homeserver stops to answer, whichever way, we say that we hear nothing; and
// all is well again at most ten seconds after it is.
func TestAnOutageIsSaid(t *testing.T) {
	forever := func(f matrixtest.Fault) func(*town) {
		f.Kind, f.Times = "sync", -1
		return func(w *town) { w.Fail(f) }
	}
	var bad atomic.Bool
	for name, fail := range map[string]func(*town){
		"it is down":          forever(matrixtest.Fault{}),
		"a proxy says 502":    forever(matrixtest.Fault{Status: 502, Body: "<html>bad gateway</html>"}),
		"a portal says 200":   forever(matrixtest.Fault{Status: 200, Body: "<html>welcome</html>"}),
		"it hangs":            forever(matrixtest.Fault{Then: func() { time.Sleep(10 * time.Minute) }}),
		"it drips":            func(*town) { bad.Store(true) },
		"wait a day":          forever(matrixtest.Fault{Status: 429, Code: "M_LIMIT_EXCEEDED", RetryHeader: "82721"}),
		"wait a day, in body": forever(matrixtest.Fault{Status: 429, Code: "M_LIMIT_EXCEEDED", RetryBody: 82721_000}),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := virtualTown()
				bad.Store(false)
				w.options.Client = &http.Client{Transport: drips{w.Client().Transport, &bad}}
				a := w.open(t)
				l := listen(t, a, adapters.Cursors{})
				time.Sleep(50 * time.Second)
				if live := a.Live(); live != "" {
					t.Fatalf("all is well, and it says: %s", live)
				}
				fail(w)
				time.Sleep(35 * time.Second)
				if live := a.Live(); live == "" || strings.Contains(live, "82721") {
					t.Errorf("half a minute later: %q", live)
				}
				for range 10 { // it stays so, also while another try is under way
					if time.Sleep(7 * time.Second); a.Live() == "" {
						t.Error("all is well in between")
					}
				}
				w.Heal()
				bad.Store(false)
				said := w.Say(w.general, w.ana, "is anybody there?")
				if time.Sleep(61 * time.Second); a.Live() != "" {
					t.Errorf("a minute after it is over: %s", a.Live())
				}
				l.until(t, "what was said", saidIn(said))
				l.stop(t)
				time.Sleep(10 * time.Minute) // what hung ends
			})
		})
	}
}

// TestSoonAfterAnOutage: however long the homeserver was away, the next try comes within ten seconds.
func TestSoonAfterAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := virtualTown()
		l := listen(t, w.open(t), adapters.Cursors{})
		l.begun(t)
		w.Fail(matrixtest.Fault{Kind: "sync", Times: -1, Status: 502})
		time.Sleep(time.Hour)
		if calls := w.Calls("sync"); calls > 1500 {
			t.Errorf("%d calls in an hour", calls)
		}
		w.Heal()
		said := w.Say(w.general, w.ana, "is anybody there?")
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if len(told(l, []string{said})) != 1 {
			t.Error("not heard ten seconds after the outage")
		}
		l.stop(t)
	})
}

// TestAnswersAtOnce: a proxy that drops the timeout makes the homeserver answer at once, for ever: we ask less often, say
// so, and still hear within two seconds. When it is mended, all is well.
func TestAnswersAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := virtualTown()
		var hurried atomic.Bool
		hurried.Store(true)
		w.options.Client = &http.Client{Transport: untimed{w.Client().Transport, &hurried}}
		a := w.open(t)
		l := listen(t, a, adapters.Cursors{})
		l.begun(t)
		time.Sleep(time.Minute)
		if calls := w.Calls("sync"); calls > 50 {
			t.Errorf("%d calls in a minute", calls)
		}
		if live := a.Live(); !strings.Contains(live, "at once") {
			t.Errorf("it says %q", live)
		}
		said := w.Say(w.general, w.ana, "is anybody there?")
		time.Sleep(2100 * time.Millisecond)
		synctest.Wait()
		if len(told(l, []string{said})) != 1 {
			t.Error("not heard within two seconds")
		}
		hurried.Store(false)
		if time.Sleep(time.Minute); a.Live() != "" {
			t.Errorf("mended, and it says %q", a.Live())
		}
		l.stop(t)
	})
}

// TestTheSameTokenForEver: a homeserver that repeats one answer at once is not asked without an end.
func TestTheSameTokenForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := virtualTown()
		a := w.open(t)
		l := listen(t, a, adapters.Cursors{})
		l.begun(t)
		w.Fail(matrixtest.Fault{Kind: "sync", Times: -1, Status: 200, Body: `{"next_batch":"` + l.cursor("since") + `","rooms":{"join":{"` + w.general + `":{}}}}`})
		before := w.Calls("sync")
		time.Sleep(5 * time.Minute)
		if calls := w.Calls("sync") - before; calls > 200 {
			t.Errorf("%d calls in five minutes", calls)
		}
		if a.Live() == "" {
			t.Error("all is well")
		}
		l.stop(t)
	})
}

// untimed drops the timeout of every call.
type untimed struct {
	inner http.RoundTripper
	bad   *atomic.Bool
}

func (u untimed) RoundTrip(req *http.Request) (*http.Response, error) {
	if u.bad.Load() {
		req = req.Clone(req.Context())
		query := req.URL.Query()
		query.Del("timeout")
		req.URL.RawQuery = query.Encode()
	}
	return u.inner.RoundTrip(req)
}
