package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"palabre/chat"
	"palabre/store"
)

// gatherKey is where the gathered lines are kept, and the timer of their telling.
const gatherKey = "house/gathered"

// A flood must not flood the moderators' room. So many lines of one topic, and so many of all together, are told in full in a
// minute; the others are counted, and told together after a minute, then after longer and longer while it goes on.
const (
	toldMinute   = time.Minute
	toldOfTopic  = 3
	toldOfAll    = 5
	gatherFirst  = time.Minute
	gatherLast   = 15 * time.Minute
	longestTopic = 160 // characters of a line that stands for those like it
	mostTopics   = 12  // in one message
)

// topic is what lines have in common that may be told as one: a kind of line, and the rule, act or place that it is about.
type topic struct {
	Kind  string `json:"kind"`
	About string `json:"about,omitempty"`
}

// gathered are the lines of one topic that were not told in full.
type gathered struct {
	topic
	Count int    `json:"count"`
	First int    `json:"first,omitempty"` // case of the first of them, 0 for none
	Last  int    `json:"last,omitempty"`
	Line  string `json:"line,omitempty"` // how the first of them reads
}

// gathering is what the moderators are spared right now. What it counted is committed with what it is about.
type gathering struct {
	Every time.Duration `json:"every"` // how long until it is told
	Lines []*gathered   `json:"lines"`

	byTopic map[topic]*gathered
	recent  []recentLine // told in full within a minute
	changed bool         // since it was written last
}

type recentLine struct {
	topic topic
	at    time.Time
}

func (l *lane) loadGathered(ctx context.Context, s *store.Store) error {
	l.gathering = gathering{byTopic: map[topic]*gathered{}}
	found, err := s.Memory(ctx, gatherKey)
	if err != nil || found[gatherKey] == nil {
		return err
	}
	if err := json.Unmarshal(found[gatherKey], &l.gathering); err != nil {
		return fmt.Errorf("gathered lines: %w", err)
	}
	for _, g := range l.gathering.Lines {
		l.gathering.byTopic[g.topic] = g
	}
	return nil
}

// news tells the moderators something that may happen very often: in full, or gathered with the others of its topic.
func (l *lane) news(s *scope, t topic, line func() chat.Phrase) {
	if l.spare(s, t, line) {
		return
	}
	l.tell(s, line())
}

// spare counts a line instead of telling it in full, when enough was told of late. It returns whether it did.
func (l *lane) spare(s *scope, t topic, line func() chat.Phrase) bool {
	now := l.clock.Now()
	w := &l.gathering
	g := w.byTopic[t]
	if g == nil && w.room(t, now) {
		return false
	}
	if g == nil {
		g = &gathered{topic: t}
		w.Lines, w.byTopic[t] = append(w.Lines, g), g
	}
	if g.Count == 0 {
		g.First = s.number
		g.Line = shorten(l.plain(line(), s.number), longestTopic)
	}
	g.Count++
	g.Last = s.number
	w.changed = true
	if w.Every == 0 {
		w.Every = gatherFirst
		l.wake(store.Wake{Key: gatherKey, At: now.Add(w.Every)})
	}
	return true
}

// room counts a line that is told in full, unless enough was told within a minute.
func (w *gathering) room(t topic, now time.Time) bool {
	w.recent = slices.DeleteFunc(w.recent, func(r recentLine) bool { return now.Sub(r.at) >= toldMinute })
	same := 0
	for _, r := range w.recent {
		if r.topic == t {
			same++
		}
	}
	if same >= toldOfTopic || len(w.recent) >= toldOfAll {
		return false
	}
	w.recent = append(w.recent, recentLine{t, now})
	return true
}

// keepGathered writes what was counted, with the turn that it was counted in.
func (l *lane) keepGathered() {
	if !l.gathering.changed {
		return
	}
	l.gathering.changed = false
	if l.gathering.Every == 0 {
		l.keep(chat.Remember{Key: gatherKey})
		return
	}
	l.keep(chat.Remember{Key: gatherKey, Value: &l.gathering})
}

// tellGathered tells what was counted, in one message. A topic of which nothing came meanwhile is told in full again.
func (l *lane) tellGathered(s *scope) {
	w := &l.gathering
	var lines chat.Lines
	rest := 0
	kept := w.Lines[:0]
	for _, g := range w.Lines {
		switch {
		case g.Count == 0:
			delete(w.byTopic, g.topic)
			continue
		case len(lines) < mostTopics:
			lines = append(lines, g.phrase())
		default:
			rest += g.Count
		}
		g.Count = 0
		kept = append(kept, g)
	}
	w.Lines, w.changed = kept, true
	if rest > 0 {
		lines = append(lines, chat.Say("desk.gathered.rest", chat.Args{"count": rest}))
	}
	if len(lines) == 0 {
		w.Every = 0
		return
	}
	l.tell(s, chat.Say("desk.gathered", chat.Args{"lines": lines}))
	w.Every = min(2*w.Every, gatherLast)
	l.wake(store.Wake{Key: gatherKey, At: s.ev.At.Add(w.Every)})
}

// phrase says how many lines of the topic there were, and how to ask about them.
func (g *gathered) phrase() chat.Phrase {
	args := chat.Args{"count": g.Count}
	switch g.Kind {
	case topicCase:
		args["rule"], args["first"] = g.About, g.First
		args["cases"] = chat.Say("desk.gathered.cases", chat.Args{"first": g.First, "last": g.Last})
		if g.First == g.Last {
			args["cases"] = chat.Say("desk.gathered.single", chat.Args{"case": g.First})
		}
	case topicShadow:
		args["rule"] = g.About
	case topicHeld:
	default:
		args["line"] = chat.Excerpt(g.Line)
		return chat.Say("desk.gathered.other", args)
	}
	return chat.Say("desk.gathered."+g.Kind, args)
}

// The topics whose gathered lines have sentences of their own.
const (
	topicCase   = "case"
	topicShadow = "shadow"
	topicHeld   = "held"
)
