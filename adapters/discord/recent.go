package discord

// recent remembers the last things put into it: at least max, at most twice that.
type recent[V any] struct {
	max      int
	now, old map[string]V
}

func newRecent[V any](limit int) *recent[V] {
	return &recent[V]{max: limit, now: map[string]V{}}
}

func (r *recent[V]) put(key string, v V) {
	if len(r.now) >= r.max {
		r.now, r.old = map[string]V{}, r.now
	}
	r.now[key] = v
}

func (r *recent[V]) get(key string) (V, bool) {
	if v, ok := r.now[key]; ok {
		return v, true
	}
	v, ok := r.old[key]
	return v, ok
}

// any tells whether something that is remembered matches.
func (r *recent[V]) any(match func(V) bool) bool {
	for _, all := range []map[string]V{r.now, r.old} {
		for _, v := range all {
			if match(v) {
				return true
			}
		}
	}
	return false
}

func (r *recent[V]) drop(key string) {
	delete(r.now, key)
	delete(r.old, key)
}
