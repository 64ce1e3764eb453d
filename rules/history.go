package rules

import (
	"slices"
	"time"

	"palabre/chat"

	"github.com/dchest/siphash"
)

// History is what rules may know of the past: a fold over facts, bounded by the rules' horizon and by
// MostFacts for each person. It is used by one goroutine.
type History struct {
	k0, k1     uint64
	people     map[chat.Person]*person
	authors    map[string]chat.Person // by the id of a message, since the last Prune's horizon
	incidents  map[incidentKey]Incident
	gatherings map[gathering]time.Time // when they last went on
	crowd      *crowd                  // what everybody did
	staff      map[uint64]chat.Person  // by the likeness of their name
	raid       time.Time               // when raid mode ends
	met        met
}

// met is scratch of what counts: what it met already.
type met struct {
	messages map[string]struct{}
	people   map[chat.Person]struct{}
	rooms    map[chat.RoomRef]struct{}
}

// MostFacts is how many events of one person are kept; rules cannot count further.
const MostFacts = 256

type person struct {
	facts   []record // in the order of their times
	member  Member
	strikes []strike
}

// Member is what the history knows of somebody's membership, for the store to keep.
type Member struct {
	Person chat.Person
	Joined time.Time // when Palabre saw them join; zero when they were there before
	First  string    // id of their first message after that; empty before it
}

// Change tells what a fact changed in a member's record, for the store to keep Member.
type Change struct {
	NewMember    bool // they joined
	FirstMessage bool // they said their first words since
	Member       Member
}

// NewHistory begins an empty past. The key makes its hashes unreadable without it; keep it as long as the journal.
func NewHistory(key [16]byte) *History {
	h := &History{people: map[chat.Person]*person{}, authors: map[string]chat.Person{}, incidents: map[incidentKey]Incident{}, staff: map[uint64]chat.Person{}, gatherings: map[gathering]time.Time{}, crowd: newCrowd()}
	h.met = met{map[string]struct{}{}, map[chat.Person]struct{}{}, map[chat.RoomRef]struct{}{}}
	for i := range 8 {
		h.k0 |= uint64(key[i]) << (8 * i)
		h.k1 |= uint64(key[8+i]) << (8 * i)
	}
	return h
}

// hash is never zero for a text, and zero for none.
func (h *History) hash(s string) uint64 {
	if s == "" {
		return 0
	}
	return max(siphash.Hash(h.k0, h.k1, []byte(s)), 1)
}

// Fold adds a fact. A fact that is already there changes nothing, and neither does one of nobody.
func (h *History) Fold(f Fact) Change {
	switch {
	case f.Kind == chat.KindDeleted:
		h.deleted(f.Person, f.Message)
		return Change{}
	case f.Person == "":
		return Change{}
	}
	if f.Staff != 0 {
		h.staff[f.Staff] = f.Person
	}
	if remembered(f.Kind) && !f.Again {
		if h.person(f.Person).add(f) {
			h.crowd.gather(&f)
		}
	}
	switch f.Kind {
	case chat.KindJoin:
		return h.person(f.Person).joined(f)
	case chat.KindMessage:
		h.authors[f.Message.ID] = f.Person
		return h.person(f.Person).spoke(f)
	}
	return Change{}
}

// remembered tells whether rules ask the past for such events.
func remembered(k chat.EventKind) bool {
	switch k {
	case chat.KindMessage, chat.KindEdit, chat.KindReaction, chat.KindThread, chat.KindJoin, chat.KindLeave, chat.KindRenamed, chat.KindReport:
		return true
	}
	return false
}

func (h *History) person(id chat.Person) *person {
	p := h.people[id]
	if p == nil {
		p = &person{member: Member{Person: id}}
		h.people[id] = p
	}
	return p
}

func (p *person) joined(f Fact) Change {
	if !f.At.After(p.member.Joined) {
		return Change{}
	}
	p.member.Joined = f.At
	return Change{NewMember: true, Member: p.member}
}

func (p *person) spoke(f Fact) Change {
	if p.member.Joined.IsZero() || p.member.First != "" {
		return Change{}
	}
	p.member.First = f.Message.ID
	return Change{FirstMessage: true, Member: p.member}
}

// add puts a fact at its place in time, unless it is there; most come in order and go to the end.
func (p *person) add(f Fact) bool {
	at := len(p.facts)
	for at > 0 && p.facts[at-1].At.After(f.At) {
		at--
	}
	for i := at - 1; i >= 0 && p.facts[i].At.Equal(f.At); i-- {
		if p.facts[i].ID == f.ID {
			return false
		}
	}
	rec := record{Fact: f}
	if f.Kind == chat.KindEdit {
		if i := p.sent(f.Message.ID); i >= 0 {
			p.facts[i].raise(&f)
			rec.raised, rec.gone = true, p.facts[i].gone
		}
	}
	if drop := len(p.facts) - MostFacts; drop >= MostFacts {
		p.facts = slices.Delete(p.facts, 0, drop)
		at = max(0, at-drop)
	}
	p.facts = slices.Insert(p.facts, at, rec)
	return true
}

// sent finds a person's message by its id; -1 when the history no longer holds it.
func (p *person) sent(message string) int {
	for i := range slices.Backward(p.facts) {
		if p.facts[i].Kind == chat.KindMessage && p.facts[i].Message.ID == message {
			return i
		}
	}
	return -1
}

// since are a person's records in the window that ends at a moment, which belongs to it.
func (h *History) since(id chat.Person, at time.Time, window time.Duration) []record {
	p := h.people[id]
	if p == nil {
		return nil
	}
	end := len(p.facts)
	for end > 0 && p.facts[end-1].At.After(at) {
		end--
	}
	from := at.Add(-window)
	start := end
	for start > 0 && end-start < MostFacts && p.facts[start-1].At.After(from) {
		start--
	}
	return p.facts[start:end]
}

// deleted marks a message as gone, whoever took it away. Not every platform tells whose it was.
func (h *History) deleted(author chat.Person, m chat.MessageRef) {
	if author == "" {
		author = h.authors[m.ID]
	}
	if p := h.people[author]; p != nil {
		p.deleted(m)
	}
}

func (p *person) deleted(m chat.MessageRef) {
	for i := range p.facts {
		if p.facts[i].Message.ID == m.ID && p.facts[i].Kind != chat.KindReaction && p.facts[i].Kind != chat.KindReport {
			p.facts[i].gone = true
		}
	}
}

// Gone tells whether a person's message was already deleted, as far as the history reaches.
func (h *History) Gone(id chat.Person, message string) bool {
	p := h.people[id]
	if p == nil {
		return false
	}
	i := p.sent(message)
	return i >= 0 && p.facts[i].gone
}

// RestoreMember puts a kept member record back, before any fact is folded.
func (h *History) RestoreMember(m Member) { h.person(m.Person).member = m }

// Member is what is known of somebody's membership; zero for strangers.
func (h *History) Member(id chat.Person) Member {
	if p := h.people[id]; p != nil {
		return p.member
	}
	return Member{}
}

// Prune forgets facts and incidents before a moment, and people of whom nothing is left. Memberships and
// strikes stay.
func (h *History) Prune(before time.Time) {
	clear(h.authors)
	h.crowd = h.crowd.since(h.crowd.facts, before)
	for id, p := range h.people {
		n := 0
		for n < len(p.facts) && p.facts[n].At.Before(before) {
			n++
		}
		if n > 0 {
			p.facts = slices.Clone(p.facts[n:])
		}
		for _, f := range p.facts {
			if f.Kind == chat.KindMessage {
				h.authors[f.Message.ID] = id
			}
		}
		if len(p.facts)+len(p.strikes) == 0 && p.member.Joined.IsZero() {
			delete(h.people, id)
		}
	}
	for key, in := range h.incidents {
		if in.Last.Before(before) {
			delete(h.incidents, key)
		}
	}
	for g, at := range h.gatherings {
		if at.Before(before) {
			delete(h.gatherings, g)
		}
	}
}
