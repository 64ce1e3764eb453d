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
	words chat.Words
	hash  string // of the words: an edited question is a new one
}

func newQuestion(w chat.Words) question {
	h := fnv.New64a()
	writeWords(h, w)
	return question{w, fmt.Sprintf("%016x", h.Sum64())}
}

func writeWords(w io.Writer, words chat.Words) {
	for _, language := range slices.Sorted(maps.Keys(words)) {
		fmt.Fprintf(w, "%s=%q\n", language, words[language])
	}
}

// choose picks a question that was not asked yet, and notes it as asked. When all were, the pool begins anew
// without the one asked last. The same seed and memory choose the same question.
func choose(seed string, pool []question, asked *[]string) question {
	known := func(hash string) bool {
		return slices.ContainsFunc(pool, func(q question) bool { return q.hash == hash })
	}
	was := slices.DeleteFunc(slices.Clone(*asked), func(hash string) bool { return !known(hash) })
	left := unasked(pool, was)
	if len(left) == 0 {
		last := was[len(was)-1:]
		if left, was = unasked(pool, last), nil; len(left) == 0 {
			left = pool
		}
	}
	slices.SortFunc(left, func(a, b question) int {
		return cmp.Or(cmp.Compare(order(seed, a), order(seed, b)), strings.Compare(a.hash, b.hash))
	})
	*asked = append(was, left[0].hash)
	return left[0]
}

func unasked(pool []question, asked []string) []question {
	return slices.DeleteFunc(slices.Clone(pool), func(q question) bool { return slices.Contains(asked, q.hash) })
}

// order puts questions into another order for every seed.
func order(seed string, q question) uint64 {
	h := fnv.New64a()
	io.WriteString(h, q.hash)
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
		io.WriteString(h, q.hash)
	}
	return fmt.Sprintf("%016x", h.Sum64())
}
