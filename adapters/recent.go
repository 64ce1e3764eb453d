package adapters

import "iter"

// Recent remembers the last things put into it: at least max, at most twice that.
type Recent[V any] struct {
	max      int
	now, old map[string]V
}

// NewRecent remembers the last things: limit of them at least.
func NewRecent[V any](limit int) *Recent[V] {
	return &Recent[V]{max: limit, now: map[string]V{}}
}

// Put remembers a thing under a key.
func (r *Recent[V]) Put(key string, v V) {
	if len(r.now) >= r.max {
		r.now, r.old = map[string]V{}, r.now
	}
	r.now[key] = v
}

// Get gives what is remembered under a key.
func (r *Recent[V]) Get(key string) (V, bool) {
	if v, ok := r.now[key]; ok {
		return v, true
	}
	v, ok := r.old[key]
	return v, ok
}

// Any tells whether something that is remembered matches.
func (r *Recent[V]) Any(match func(V) bool) bool {
	for _, all := range []map[string]V{r.now, r.old} {
		for _, v := range all {
			if match(v) {
				return true
			}
		}
	}
	return false
}

// All gives everything that is remembered, in no order.
func (r *Recent[V]) All() iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for key, v := range r.now {
			if !yield(key, v) {
				return
			}
		}
		for key, v := range r.old {
			if _, newer := r.now[key]; !newer && !yield(key, v) {
				return
			}
		}
	}
}

// Drop forgets what is remembered under a key.
func (r *Recent[V]) Drop(key string) {
	delete(r.now, key)
	delete(r.old, key)
}
