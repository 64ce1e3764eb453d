package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"palabre/chat"
)

// Incident is one offence of one person against one rule, however many messages it took.
type Incident struct {
	ID     string // the same wherever it is computed: of the rule, the person and the first event
	Rule   string
	Person chat.Person
	Last   time.Time // of its latest event
}

type incidentKey struct {
	rule   string
	person chat.Person
}

// shortestIncident is how long after its last message an incident stays open at least.
const shortestIncident = time.Minute

// RestoreIncident puts a kept incident back.
func (h *History) RestoreIncident(in Incident) {
	key := incidentKey{in.Rule, in.Person}
	if in.Last.After(h.incidents[key].Last) {
		h.incidents[key] = in
	}
	h.gathers(gathering{rule: in.Rule}, in.Last)
}

// gathering is what many people's doings against one rule have in common: the room, or the community (no room).
type gathering struct{ rule, room string }

// gathering is the one that an event belongs to.
func (r *rule) gathering(f *Fact) gathering {
	if r.scope == perRoom {
		return gathering{r.name, roomKey(f)}
	}
	return gathering{rule: r.name}
}

// roomKey names a room, and the rooms that a bridge joins with it.
func roomKey(f *Fact) string {
	if f.Logical != "" {
		return f.Logical
	}
	return string(f.Room.Platform) + ":" + f.Room.ID
}

// gathers notes that many people's doings went on.
func (h *History) gathers(g gathering, at time.Time) {
	if at.After(h.gatherings[g]) {
		h.gatherings[g] = at
	}
}

// going tells whether they still go on.
func (h *History) going(g gathering, at time.Time, window time.Duration) bool {
	last, ok := h.gatherings[g]
	return ok && !at.After(last.Add(max(window, shortestIncident)))
}

// incident is the open one that an event belongs to, or else a new one.
func (r *rule) incident(read *Reading, past *History) (id string, joined bool) {
	in, ok := past.incidents[incidentKey{r.name, read.Fact.Person}]
	if ok && !read.Event.At.After(in.Last.Add(max(r.window, shortestIncident))) {
		return in.ID, true
	}
	sum := sha256.Sum256([]byte(r.name + "\x00" + string(read.Fact.Person) + "\x00" + read.Event.ID))
	return hex.EncodeToString(sum[:10]), false
}

// Note registers a decision that is being carried out: its incidents, its strikes, and the messages that will
// be gone. The event's fact was folded before.
func (h *History) Note(d Decision, ev *chat.Event) {
	id := personOf(ev)
	for _, v := range d.Verdicts {
		h.RestoreIncident(Incident{ID: v.Incident, Rule: v.Rule, Person: id, Last: ev.At})
		h.gathers(gathering{v.Rule, roomKey(&Fact{Room: ev.Room, Logical: ev.Logical})}, ev.At)
	}
	for _, a := range d.Actions {
		switch a := a.(type) {
		case chat.Delete:
			h.deleted(chat.PersonOf(a.Author), a.Message)
		case chat.RaidMode:
			h.SetRaid(a.Until)
		case chat.Strike:
			h.AddStrike(id, a.Points, ev.At, 0)
		}
	}
}
