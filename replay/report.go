package replay

import (
	"cmp"
	"encoding/json"
	"hash/fnv"
	"slices"
	"strings"
	"time"
	"unicode"

	"palabre/chat"
)

// Report is what the rules would have done in the past. Marshalled as JSON it is meant for machines.
type Report struct {
	From        time.Time     `json:"from"` // of the first event
	To          time.Time     `json:"to"`
	Events      int           `json:"events"`
	Messages    int           `json:"messages"`
	Members     int           `json:"members"` // people who said something
	Survey      *Survey       `json:"survey"`
	Sides       []*Side       `json:"configurations"`
	Differences []*Difference `json:"differences,omitempty"` // of two configurations, for each rule of either
}

// Side is what one configuration would have done.
type Side struct {
	Config    string         `json:"config"`
	Cases     int            `json:"cases"`
	Acts      map[string]int `json:"acts"`   // by kind
	Ladder    map[string]int `json:"ladder"` // those sanctions among them that the ladder asked for
	Held      int            `json:"held"`   // over the ceilings, kept for the operator
	Prevented int            `json:"prevented"`
	Failed    int            `json:"failed"` // events that made a rule fail
	Rules     []*Rule        `json:"rules"`
}

// Rule is what one rule would have done. What several rules do together is counted once, under the first of them.
type Rule struct {
	Name      string         `json:"name"`
	Mode      string         `json:"mode"`
	Hits      int            `json:"hits"`
	Members   int            `json:"members"`
	Incidents int            `json:"incidents"`
	Acts      map[string]int `json:"acts"`
	Ladder    map[string]int `json:"ladder,omitempty"`
	Then      Done           `json:"then"`
	Hours     map[int64]int  `json:"hours"` // hits by the hour, counted from 1970
	Samples   Samples        `json:"samples"`
}

// Done is what a rule of that name really did, as far as that is recorded.
type Done struct {
	Cases  int `json:"cases"`
	Undone int `json:"undone"` // cases that a moderator took back
	Hits   int `json:"hits"`   // hits of now about which something was done then, by whatever rule
}

// Sample is one hit.
type Sample struct {
	Event   string    `json:"event"`
	At      time.Time `json:"at"`
	Room    string    `json:"room"`
	Member  string    `json:"member"` // the name
	Text    string    `json:"text"`   // cut, and harmless to terminals
	Reasons []string  `json:"reasons"`
	Acts    []string  `json:"acts"`
	Then    []Then    `json:"then,omitempty"`
}

// shownText is how many characters of a message are shown.
const shownText = 100

func (r *run) sample(ev *chat.Event, reasons []chat.Reason, acts []string, then []Then) Sample {
	s := Sample{Event: ev.ID, At: ev.At, Room: cmp.Or(ev.Logical, ev.Room.ID), Member: Harmless(ev.Actor.Name), Acts: acts, Then: then}
	switch b := ev.Body.(type) {
	case chat.MessageSent:
		s.Text = shown(b.Content)
	case chat.MessageEdited:
		s.Text = shown(b.Content)
	}
	for _, reason := range reasons {
		s.Reasons = append(s.Reasons, Harmless(r.Say(reason.Say)))
	}
	return s
}

func shown(c chat.Content) string {
	text := cmp.Or(c.Text, c.Formatted)
	for _, a := range c.Attachments {
		if text == "" {
			text = a.Name
		}
	}
	text = strings.Join(strings.Fields(Harmless(text)), " ")
	if runes := []rune(text); len(runes) > shownText {
		text = string(runes[:shownText-1]) + "…"
	}
	return text
}

// Harmless makes visible what a terminal would act on.
func Harmless(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// harmlessLines is Harmless for a text of several lines.
func harmlessLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = Harmless(lines[i])
	}
	return strings.Join(lines, "\n")
}

// Samples are a few of many, spread over the whole past and the same each time: those whose ids have the lowest hashes.
type Samples struct {
	list   []Sample
	hashes []uint64
}

// add keeps a sample if it is one of the few. most below zero keeps all.
func (s *Samples) add(most int, id string, make func() Sample) {
	if most < 0 {
		s.list = append(s.list, make())
		return
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // never fails
	at, _ := slices.BinarySearch(s.hashes, h.Sum64())
	if at >= most {
		return
	}
	s.hashes = slices.Insert(s.hashes, at, h.Sum64())
	s.list = slices.Insert(s.list, at, make())
	if len(s.list) > most {
		s.hashes, s.list = s.hashes[:most], s.list[:most]
	}
}

func (s *Samples) sort() {
	slices.SortStableFunc(s.list, func(a, b Sample) int { return a.At.Compare(b.At) })
}

// List is the samples in the order of time.
func (s Samples) List() []Sample { return s.list }

// MarshalJSON writes the list.
func (s Samples) MarshalJSON() ([]byte, error) {
	if s.list == nil {
		return []byte("[]"), nil
	}
	return json.Marshal(s.list)
}
