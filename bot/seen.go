package bot

import "time"

// dedupeWindow is how long an event's id is remembered at least. Platforms repeat themselves within
// minutes; what is older is looked up in the journal.
const dedupeWindow = 24 * time.Hour

// seen remembers the ids of events, in two generations so that it stays bounded.
type seen struct {
	current, previous map[string]struct{}
	turned            time.Time // when the current generation began
	floor             time.Time // ids of events since then are all remembered
}

func newSeen(ids []string, floor, now time.Time) *seen {
	s := &seen{current: make(map[string]struct{}, len(ids)), turned: now, floor: floor}
	for _, id := range ids {
		s.current[id] = struct{}{}
	}
	return s
}

// add remembers an id and tells whether it was there already.
func (s *seen) add(id string, now time.Time) (repeated bool) {
	if now.Sub(s.turned) > dedupeWindow {
		s.floor, s.turned = s.turned, now
		s.previous, s.current = s.current, make(map[string]struct{}, len(s.current))
	}
	if _, ok := s.current[id]; ok {
		return true
	}
	if _, ok := s.previous[id]; ok {
		return true
	}
	s.current[id] = struct{}{}
	return false
}
