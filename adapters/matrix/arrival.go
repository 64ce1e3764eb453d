package matrix

import (
	"strconv"
	"strings"
	"time"

	"palabre/chat"
)

const (
	underWay = 5 * time.Second  // what an answer may be under way, and clocks may differ
	ordinary = 10 * time.Second // the lag that a network may have
	together = time.Minute      // in which lags of several members are one
	// How many members show that it is not one who sets a clock: of one server, or of any.
	someOfOne = 2
	someOfAny = 3
)

// came is when an event came to us, which is what it is judged by. Zero for what is read from elsewhere.
type came struct {
	at     time.Time
	lag    time.Duration // by which its server says that it is older
	cutOff string        // the server that was cut off, if one was
}

// when is the moment that an event is judged by.
func (ev wireEvent) when() time.Time {
	if ev.Came.at.IsZero() {
		return ev.At
	}
	return ev.Came.at
}

// span is the time in which events came to our homeserver. Without a beginning nobody knows since when, and the senders'
// servers are believed; a server's word counts within the span only.
type span struct{ from, to time.Time }

func (s span) date(claimed time.Time) came {
	at := claimed
	if at.Before(s.from) {
		at = s.from
	}
	if at.After(s.to) {
		at = s.to
	}
	return came{at: at, lag: max(0, at.Sub(claimed))}
}

// arrived is the span of what a sync brings: since the homeserver's answer before. When it held the call for a while, what
// it brings has only just come, else it had answered at once.
func (r *receiver) arrived(asked, answered time.Time) span {
	s := span{to: answered}
	if !r.heard.IsZero() {
		s.from = r.heard.Add(-underWay)
	}
	if just := answered.Add(-underWay); asked.Before(just) && s.from.Before(just) {
		s.from = just
	}
	return s
}

// heardCursor is when the homeserver last answered, in milliseconds.
const heardCursor = "heard"

func written(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

func heardAt(cursor string) time.Time {
	ms, err := strconv.ParseInt(cursor, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// date says when the events of some rooms came, and which of them come from a server that was cut off. Our own homeserver is
// never cut off from itself: what its members say with a lag tells how far its clock and ours are apart, and by that much
// everybody seems to lag.
func (r *receiver) date(s span, rooms ...[]wireEvent) {
	r.lags.forget(s.to)
	home := serverOf(r.self)
	for _, events := range rooms {
		for i := range events {
			events[i].Came = s.date(events[i].At)
			if serverOf(events[i].Sender) == home {
				r.apart = events[i].Came.lag
			}
		}
	}
	for _, events := range rooms {
		for _, ev := range events {
			if serverOf(ev.Sender) != home && ev.Came.lag-r.apart > ordinary && r.kind(ev.Sender) == chat.Human {
				r.lags.note(ev.Sender, s.to)
			}
		}
	}
	for _, events := range rooms {
		for i := range events {
			events[i].Came.cutOff = r.lags.cutOff(events[i].Sender, r.self)
		}
	}
}

// lags are the members whose events came with a lag lately, by their server.
type lags struct {
	of  map[string]map[string]time.Time
	all int
}

func serverOf(user string) string {
	_, server, _ := strings.Cut(user, ":")
	return server
}

func (l *lags) note(user string, now time.Time) {
	server := serverOf(user)
	if l.of == nil {
		l.of = map[string]map[string]time.Time{}
	}
	if l.of[server] == nil {
		l.of[server] = map[string]time.Time{}
	}
	if _, known := l.of[server][user]; !known {
		l.all++
	}
	l.of[server][user] = now
}

func (l *lags) forget(now time.Time) {
	for server, users := range l.of {
		for user, at := range users {
			if now.Sub(at) > together {
				delete(users, user)
				l.all--
			}
		}
		if len(users) == 0 {
			delete(l.of, server)
		}
	}
}

// cutOff names the server that was cut off from somebody's events: theirs, or ours from all others; empty for none. One
// member alone proves nothing: their server may say what it likes.
func (l *lags) cutOff(user, self string) string {
	server := serverOf(user)
	switch n := len(l.of[server]); {
	case n >= someOfOne:
		return server
	case n > 0 && l.all >= someOfAny:
		return serverOf(self)
	}
	return ""
}
