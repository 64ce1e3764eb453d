package bot

import (
	"cmp"
	"slices"
	"time"

	"palabre/store"
)

// wakes are the durable timers, the next one first. They are few (jobs, running sanctions), so a sorted
// list will do.
type wakes struct{ list []store.Wake }

func newWakes(stored []store.Wake) *wakes {
	w := &wakes{}
	for _, k := range stored {
		w.set(k)
	}
	return w
}

// set puts a timer; one with the same key is replaced, a zero moment removes it.
func (w *wakes) set(k store.Wake) {
	w.list = slices.DeleteFunc(w.list, func(o store.Wake) bool { return o.Key == k.Key })
	if k.At.IsZero() {
		return
	}
	i, _ := slices.BinarySearchFunc(w.list, k, func(a, b store.Wake) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Key, b.Key))
	})
	w.list = slices.Insert(w.list, i, k)
}

// has tells whether a timer is set.
func (w *wakes) has(key string) bool {
	return slices.ContainsFunc(w.list, func(k store.Wake) bool { return k.Key == key })
}

// at is when a timer is due; zero when it is not set.
func (w *wakes) at(key string) time.Time {
	if i := slices.IndexFunc(w.list, func(k store.Wake) bool { return k.Key == key }); i >= 0 {
		return w.list[i].At
	}
	return time.Time{}
}

// next is when the first timer is due; zero when there is none.
func (w *wakes) next() time.Time {
	if len(w.list) == 0 {
		return time.Time{}
	}
	return w.list[0].At
}

// due takes the first timer off whose moment has come; the first that is pressing, if only those count.
func (w *wakes) due(now time.Time, pressingOnly bool) (store.Wake, bool) {
	for i, k := range w.list {
		if k.At.After(now) {
			break
		}
		if !pressingOnly || pressing(k.Key) {
			w.list = slices.Delete(w.list, i, i+1)
			return k, true
		}
	}
	return store.Wake{}, false
}
