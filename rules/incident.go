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
	}
	for _, a := range d.Actions {
		switch a := a.(type) {
		case chat.Delete:
			h.deleted(chat.PersonOf(a.Author), a.Message)
		case chat.Strike:
			h.AddStrike(id, a.Points, ev.At, 0)
		}
	}
}
