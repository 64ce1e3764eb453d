package activities

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"slices"
	"strings"

	"palabre/chat"
)

// question is one entry of a pool.
type question struct {
	id    string // as the file calls it; usually empty: its words and its place tell which one it is
	words chat.Words
}

// known is what is remembered of a question, so that it stays the same one when its words are corrected or translated and when
// the pool is put into another order.
type known struct {
	Key   string     `json:"key"` // the hash of its words when it was new
	ID    string     `json:"id,omitempty"`
	Words chat.Words `json:"words"`
	Out   bool       `json:"out,omitempty"` // it is not in the pool any more, and may come back
}

func hash(words chat.Words) string {
	h := fnv.New64a()
	writeWords(h, words)
	return fmt.Sprintf("%016x", h.Sum64())
}

func writeWords(w io.Writer, words chat.Words) {
	for _, language := range slices.Sorted(maps.Keys(words)) {
		fmt.Fprintf(w, "%s=%q\n", language, words[language])
	}
}

// recognise finds the questions of a pool among those that were known: by their id, by the same words, by nearly the same words in
// any language, and at last by their place. The pool's questions come first, in its order; questions that left it and were
// asked in this round come after them.
func recognise(pool []question, were []known, asked []string) []known {
	out := make([]known, len(pool))
	taken := make([]bool, len(were))
	match := func(share func(i, j int) int) {
		for _, p := range pairs(pool, were, share) {
			if out[p.i].Key == "" && !taken[p.j] {
				taken[p.j] = true
				out[p.i] = known{Key: were[p.j].Key, ID: pool[p.i].id, Words: pool[p.i].words}
			}
		}
	}
	match(func(i, j int) int { return all(pool[i].id != "" && pool[i].id == were[j].ID) })
	match(func(i, j int) int { return all(maps.Equal(pool[i].words, were[j].Words)) })
	nearly := sketches(pool, were)
	match(func(i, j int) int {
		if out[i].Key != "" || taken[j] {
			return 0
		}
		return nearly.share(i, j)
	})
	match(func(i, j int) int { return all(i == j && !were[j].Out) })
	for i := range out {
		if out[i].Key == "" {
			out[i] = known{Key: unused(hash(pool[i].words), out, were), ID: pool[i].id, Words: pool[i].words}
		}
	}
	for j, k := range were {
		if !taken[j] && slices.Contains(asked, k.Key) {
			k.Out = true
			out = append(out, k)
		}
	}
	return out
}

// pair is a question of the pool and one that was known, which may be the same.
type pair struct{ i, j, share int }

// pairs are those that may be the same, the likeliest first; two ids contradict each other.
func pairs(pool []question, were []known, share func(i, j int) int) (out []pair) {
	for i, q := range pool {
		for j, k := range were {
			contradicts := q.id != "" && k.ID != "" && q.id != k.ID
			if n := share(i, j); n > 0 && !contradicts {
				out = append(out, pair{i, j, n})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b pair) int { return cmp.Compare(b.share, a.share) })
	return out
}

// all is a whole share, or none.
func all(same bool) int {
	if same {
		return 100
	}
	return 0
}

// unused makes a key that no other question has: words may have been another question's before that was corrected.
func unused(key string, lists ...[]known) string {
	for slices.ContainsFunc(slices.Concat(lists...), func(k known) bool { return k.Key == key }) {
		key += "'"
	}
	return key
}

// choose picks the place of a question that was not asked yet, and notes it as asked. When all were, the pool begins anew
// without the one asked last. The same seed and memory choose the same question.
func choose(seed string, pool []known, asked *[]string) (place int) {
	was := *asked
	left := unasked(pool, was)
	if len(left) == 0 {
		last := was[len(was)-1:]
		if left, was = unasked(pool, last), nil; len(left) == 0 {
			left = pool
		}
	}
	chosen := slices.MinFunc(left, func(a, b known) int {
		return cmp.Or(cmp.Compare(order(seed, a.Key), order(seed, b.Key)), strings.Compare(a.Key, b.Key))
	})
	*asked = append(slices.Clone(was), chosen.Key)
	return slices.IndexFunc(pool, func(k known) bool { return k.Key == chosen.Key })
}

func unasked(pool []known, asked []string) []known {
	return slices.DeleteFunc(slices.Clone(pool), func(k known) bool { return slices.Contains(asked, k.Key) })
}

// order puts questions into another order for every seed.
func order(seed, key string) uint64 {
	h := fnv.New64a()
	io.WriteString(h, key)
	io.WriteString(h, seed)
	sum := h.Sum64()
	sum ^= sum >> 33 // FNV alone keeps the order of inputs that differ at their end
	sum *= 0xff51afd7ed558ccd
	return sum ^ sum>>33
}

// fingerprint tells two configurations of a prompt apart.
func (p prompt) fingerprint() string {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s\n%s\n%s\n%s\n", p.name, p.room, p.when, p.catchUp)
	writeWords(h, p.title)
	for _, q := range p.pool {
		io.WriteString(h, hash(q.words)+q.id)
	}
	return fmt.Sprintf("%016x", h.Sum64())
}
