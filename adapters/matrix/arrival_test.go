package matrix_test

import (
	"fmt"
	"testing"
	"time"

	"palabre/adapters"
	"palabre/adapters/matrix/matrixtest"
	"palabre/chat"
)

// post says something as a member of another server does, who gives it a time of their choice.
func (w *town) post(user, text string, at time.Time) (id string) {
	return w.Post(w.general, matrixtest.Event{
		Type: "m.room.message", Sender: user, Time: at.UnixMilli(), Content: map[string]any{"msgtype": "m.text", "body": text},
	})
}

// told gives what was told of some messages, in the order in which they were told.
func told(l *listener, said []string) (out []chat.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, ev := range l.events {
		for _, id := range said {
			if sent, ok := ev.Body.(chat.MessageSent); ok && sent.Message.ID == id {
				out = append(out, ev)
			}
		}
	}
	return out
}

// TestArrivalIsTheTime: whatever time a member's server writes, what comes live is as old as its arrival: no hour ago, and
// not spread over minutes. Neither does a burst so long that it has to be read on.
func TestArrivalIsTheTime(t *testing.T) {
	for name, at := range map[string]func(i int, now time.Time) time.Time{
		"an hour ago":   func(_ int, now time.Time) time.Time { return now.Add(-62 * time.Minute) },
		"years ago":     func(_ int, now time.Time) time.Time { return now.AddDate(-3, 0, 0) },
		"the epoch":     func(int, time.Time) time.Time { return time.UnixMilli(1) },
		"11 s apart":    func(i int, now time.Time) time.Time { return now.Add(time.Duration(i-20) * 11 * time.Second) },
		"tomorrow":      func(_ int, now time.Time) time.Time { return now.AddDate(0, 0, 1) },
		"the past last": func(i int, now time.Time) time.Time { return now.Add(-time.Duration(i) * time.Hour) },
	} {
		for _, many := range []int{12, 150} {
			t.Run(fmt.Sprint(name, " ", many), func(t *testing.T) {
				w := newTown(t)
				l := listen(t, w.open(t), adapters.Cursors{})
				l.begun(t)
				began := time.Now()
				var said []string
				for i := range many {
					said = append(said, w.post(w.ana, fmt.Sprint(i), at(i, began)))
				}
				l.until(t, "the last one", saidIn(said[many-1]))
				for i, ev := range told(l, said) {
					if early := began.Sub(ev.At); early > 6*time.Second || ev.At.After(time.Now()) {
						t.Fatalf("the %d. is dated %s before anything was said", i+1, early)
					}
					if ev.CutOff != "" {
						t.Fatalf("one member's clock cut off %s", ev.CutOff)
					}
				}
			})
		}
	}
}

// TestTimesOfAGapAreBelieved: what was said while we were away is ordered by when it was said, but not further back than
// when we last heard.
func TestTimesOfAGapAreBelieved(t *testing.T) {
	for _, many := range []int{6, 150} {
		t.Run(fmt.Sprint(many), func(t *testing.T) {
			w := newTown(t)
			now := time.Now()
			w.options.Clock = func() time.Time { return now.Add(-time.Hour) }
			first := listen(t, w.open(t), adapters.Cursors{})
			first.begun(t)
			first.stop(t)
			var said []string
			var want []time.Time
			for i := range many {
				want = append(want, now.Add(time.Duration(i-many)*10*time.Second).Truncate(time.Millisecond))
				said = append(said, w.post(w.ana, fmt.Sprint(i), want[i]))
			}
			forged := w.post(w.mod, "an hour and two minutes ago", now.Add(-3*time.Hour))
			w.options.Clock = time.Now
			second := listen(t, w.open(t), first.cursors)
			second.until(t, "the last one", saidIn(forged))
			for i, ev := range told(second, said) {
				if !ev.At.Equal(want[i]) {
					t.Fatalf("the %d. is dated %s, said at %s", i+1, ev.At, want[i])
				}
			}
			if at := told(second, []string{forged})[0].At; at.Before(now.Add(-time.Hour - time.Minute)) {
				t.Errorf("dated %s before we last heard", now.Add(-time.Hour).Sub(at))
			}
		})
	}
}

// When our clock is ahead of the homeserver's, everybody seems to lag by the same time: nobody was cut off.
func TestAClockThatIsAheadIsNoOutage(t *testing.T) {
	w := newTown(t)
	l := listen(t, w.open(t), adapters.Cursors{})
	l.begun(t)
	ago := func() time.Time { return time.Now().Add(-5 * time.Minute) }
	last := w.post(w.ana, "what time is it?", ago())
	l.until(t, "ana", saidIn(last))
	said := []string{last}
	for i := range 6 {
		said = append(said, w.post(fmt.Sprintf("@m%d:%s", i, []string{"far.example", "localhost"}[i%2]), "hello", ago()))
	}
	l.until(t, "the last one", saidIn(said[len(said)-1]))
	for _, ev := range told(l, said) {
		if ev.CutOff != "" {
			t.Errorf("%s: %q was cut off", ev.ID, ev.CutOff)
		}
	}
}

// TestAServerThatWasCutOff: what its members said meanwhile comes at once, and is told as that; others' words are not.
func TestAServerThatWasCutOff(t *testing.T) {
	w := newTown(t)
	l := listen(t, w.open(t), adapters.Cursors{})
	l.begun(t)
	now := time.Now()
	var said []string
	for i := range 30 {
		user := fmt.Sprintf("@m%d:far.example", i%10)
		said = append(said, w.post(user, fmt.Sprint(i), now.Add(time.Duration(i-30)*10*time.Second)))
	}
	near := w.post(w.ana, "where are they all?", now)
	l.until(t, "the last one", saidIn(near))
	marked := 0
	for _, ev := range told(l, said) {
		if ev.CutOff == "far.example" {
			marked++
		}
	}
	if marked < len(said)-1 { // before the second member, it may have been one clock
		t.Errorf("%d of %d messages come from a server that was cut off", marked, len(said))
	}
	if ev := told(l, []string{near})[0]; ev.CutOff != "" || ev.Lag > 0 {
		t.Errorf("ana was not cut off: %q, %s", ev.CutOff, ev.Lag)
	}
}
