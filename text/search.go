package text

import (
	"math/bits"
	"slices"

	"palabre/internal/match"
)

// Search is all that a community's rules look for, joined, so that a message is searched once for everything however
// many rules there are: words and phrases by the hash of their first word, whatever may stand inside
// a word in one pass over the letters. Fill it, Compile it, and then change it no more: it may be shared between goroutines.
type Search struct {
	targets  int
	entries  []entry
	patterns []pattern
	words    *match.Table    // entries by the hash of their first word
	begin    []int32         // the numbers in words, to entries
	pieces   *match.Literals // the first part of all other entries, and what patterns wait for
	inside   []int32         // the numbers in pieces, to entries; those of patterns are negative, as ^pattern
	gates
}

// target is one thing that a search can find.
type target struct {
	search *Search
	number int32
}

// Target numbers what a search looks for, from 0 on, in the order in which it was added.
func (t *target) Target() int { return int(t.number) }

// NewSearch begins an empty search.
func NewSearch() *Search { return &Search{} }

// Targets is how many things the search looks for.
func (s *Search) Targets() int { return s.targets }

// Words adds a list of words and phrases. They are compared in their normal form (see Fold) and as whole words; `*` at
// either end lets the word go on there. Signs inside a word count as written. The error is Mistakes: words
// that are empty or would match everything.
func (s *Search) Words(words []string) (*WordList, error) {
	l := &WordList{s.target()}
	var wrong Mistakes
	for i, w := range words {
		if err := s.word(l, w); err != nil {
			wrong = append(wrong, Mistake{i + 1, err})
		}
	}
	return l, wrong.err()
}

func (s *Search) word(l *WordList, word string) error {
	e, err := parseEntry(word)
	if err != nil {
		return err
	}
	e.list = l.number
	s.entries = append(s.entries, e)
	return nil
}

func (s *Search) target() target {
	s.targets++
	return target{s, int32(s.targets - 1)}
}

// Compile makes the search ready for the first message.
func (s *Search) Compile() {
	var hashes []uint64
	pieces, by := s.compileGates()
	for _, pattern := range by {
		s.inside = append(s.inside, ^pattern)
	}
	for i := range s.entries {
		e := &s.entries[i]
		if e.begins() {
			hashes, s.begin = append(hashes, hashWord([]byte(e.parts[0]))), append(s.begin, int32(i))
		} else {
			pieces, s.inside = append(pieces, e.parts[0]), append(s.inside, int32(i))
		}
	}
	s.entries, s.patterns = slices.Clip(s.entries), slices.Clip(s.patterns)
	s.words, s.pieces = match.NewTable(hashes), match.NewLiterals(pieces)
}

// results is what a search found in a message.
type results struct {
	search   *Search
	left     traces  // by all fields together
	found    bitset  // targets
	open     bitset  // targets with a pattern to try
	try      bitset  // patterns that are worth it
	hits     []hit   // the first of each target that was found
	steps    int     // that patterns took
	leftOut  []int32 // patterns that would have taken too many
	squeezed []byte
	threads  threads
}

// hit is where a target was found first.
type hit struct {
	target int32
	which  int32 // the entry, or the pattern
	span   Span
}

func (r *results) add(h hit) {
	r.found.set(h.target)
	r.hits = append(r.hits, h)
}

// of gives the hit of a target, nil when it was not found.
func (r *results) of(target int32) *hit {
	if !r.found.has(target) {
		return nil
	}
	return &r.hits[slices.IndexFunc(r.hits, func(h hit) bool { return h.target == target })]
}

// reset begins another message, or another search in it.
func (r *results) reset(s *Search) {
	r.search, r.left, r.hits, r.steps, r.leftOut = s, traces{}, r.hits[:0], 0, r.leftOut[:0]
	if s != nil {
		r.found.reset(s.targets)
		r.open.reset(s.targets)
		r.try.reset(len(s.patterns))
	}
}

// results searches the message when it was not asked for the same search before.
func (v *View) results(s *Search) *results {
	r := &v.searched
	if r.search == s {
		return r
	}
	r.reset(s)
	for i := range v.fields {
		v.fields[i].read()
		r.left = r.left.then(v.fields[i].left)
	}
	for i := range v.fields {
		s.in(&v.fields[i], i, r)
		s.gate(&v.fields[i], r)
		if shown := v.fields[i].shown(); shown != nil {
			s.in(shown, i, r)
		}
	}
	for _, p := range s.everywhere {
		r.worthTrying(p)
	}
	return r
}

// EachFound visits every target of the search that was found in the message, and those of patterns that may yet be.
func (v *View) EachFound(s *Search, visit func(target int)) {
	r := v.results(s)
	for i := range r.found {
		for word := r.found[i] | r.open[i]; word != 0; word &= word - 1 {
			visit(64*i + bits.TrailingZeros64(word))
		}
	}
}

// FindWord looks for the listed words in the message and in the names and descriptions of its attachments. It gives
// where the first one stands and the word as the list writes it.
func (v *View) FindWord(l *WordList) (Span, string, bool) {
	h := v.results(l.search).of(l.number)
	if h == nil {
		return Span{}, "", false
	}
	return h.span, l.search.entries[h.which].written, true
}

// in searches one field.
func (s *Search) in(f *field, number int, r *results) {
	w := finding{s, f, number, r, nil}
	written, joined := f.streams()
	w.byHash(written)
	w.byHash(joined)
	w.byLetters(written)
	w.byLetters(joined)
}

// finding is a search at work in a field.
type finding struct {
	*Search
	field   *field
	number  int // of the field
	results *results
	behind  *undisguised // only what was disguised there counts; nil: everything does
}

// byHash finds the entries that begin with a whole word.
func (w finding) byHash(in stream) {
	for i := range in.tokens {
		hash := in.tokens[i].hash
		for _, it := range w.words.At(hash) {
			if it.Hash == hash {
				w.try(w.begin[it.Number], in, i)
			}
		}
	}
}

// byLetters finds the entries that may begin inside a word, and those with signs.
func (w finding) byLetters(in stream) {
	w.pieces.Find(in.b, func(piece, at int) {
		number := w.inside[piece]
		if number < 0 {
			w.results.worthTrying(^number)
			return
		}
		e := &w.entries[number]
		if !e.literal {
			if i := in.at(at); i >= 0 {
				w.try(number, in, i)
			}
		} else if to := at + len(e.parts[0]); !in.joined && w.behind == nil && e.bounded(in.b, at, to) {
			w.found(number, at, to)
		}
	})
}

// try notes the entry if all of it stands from token i on.
func (w finding) try(number int32, in stream, i int) {
	e := &w.entries[number]
	if w.results.found.has(e.list) || !in.holds(e, i) {
		return
	}
	from, to := int(in.tokens[i].at), int(in.tokens[i+len(e.parts)-1].end)
	if w.behind == nil || w.behind.between(from, to) {
		w.found(number, from, to)
	}
}

// found notes an entry that stands in a piece of the normal form.
func (w finding) found(number int32, from, to int) {
	list := w.entries[number].list
	if w.results.found.has(list) {
		return
	}
	start, end := w.field.norm.origin(w.field.raw, from, to)
	w.results.add(hit{list, number, Span{start, end, w.number}})
}
