package text

import (
	"io"
	"slices"

	"palabre/internal/match"
)

// Search is all that a community's rules look for, joined, so that a message is searched once for everything however
// many rules there are: words and phrases by the hash of their first word, whatever may stand inside
// a word in one pass over the letters. Fill it, Compile it, and then change it no more: it may be shared between goroutines.
type Search struct {
	lists   int
	entries []entry
	words   *match.Table    // entries by the hash of their first word
	begin   []int32         // the numbers in words, to entries
	pieces  *match.Literals // the first part of all other entries
	inside  []int32         // the numbers in pieces, to entries
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
func (s *Search) Targets() int { return s.lists }

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

// ReadWords adds the words and phrases of a file: one in a line, with empty lines and comments (#) between. The
// error is Mistakes, or that of reading.
func (s *Search) ReadWords(file io.Reader) (*WordList, error) {
	l := &WordList{s.target()}
	err := readList(file, func(word string) error { return s.word(l, word) })
	return l, err
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
	s.lists++
	return target{s, int32(s.lists - 1)}
}

// Compile makes the search ready for the first message.
func (s *Search) Compile() {
	var hashes []uint64
	var pieces []string
	for i := range s.entries {
		e := &s.entries[i]
		if e.begins() {
			hashes, s.begin = append(hashes, hashWord([]byte(e.parts[0]))), append(s.begin, int32(i))
		} else {
			pieces, s.inside = append(pieces, e.parts[0]), append(s.inside, int32(i))
		}
	}
	s.entries = slices.Clip(s.entries)
	s.words, s.pieces = match.NewTable(hashes), match.NewLiterals(pieces)
}

// results is what a search found in a message.
type results struct {
	search *Search
	found  []uint64 // a bit for each target
	hits   []hit    // the first of each target that was found
}

// hit is where a target was found first.
type hit struct {
	target, entry int32
	span          Span
}

func (r *results) has(target int32) bool { return r.found[target/64]&(1<<(target%64)) != 0 }

func (r *results) add(h hit) {
	r.found[h.target/64] |= 1 << (h.target % 64)
	r.hits = append(r.hits, h)
}

func (r *results) of(target int32) *hit {
	if !r.has(target) {
		return nil
	}
	return &r.hits[slices.IndexFunc(r.hits, func(h hit) bool { return h.target == target })]
}

// reset begins another message, or another search in it.
func (r *results) reset(s *Search) {
	n := 0
	if s != nil {
		n = (s.lists + 63) / 64
	}
	r.search, r.hits = s, r.hits[:0]
	r.found = slices.Grow(r.found[:0], n)[:n]
	clear(r.found)
}

// results searches the message when it was not asked for the same search before.
func (v *View) results(s *Search) *results {
	if v.searched.search == s {
		return &v.searched
	}
	v.searched.reset(s)
	for i := range v.fields {
		f := &v.fields[i]
		f.read()
		s.in(f, i, &v.searched)
		if shown := f.shown(); shown != nil {
			s.in(shown, i, &v.searched)
		}
	}
	return &v.searched
}

// FindWord looks for the listed words in the message and in the names and descriptions of its attachments. It gives
// where the first one stands and the word as the list writes it.
func (v *View) FindWord(l *WordList) (Span, string, bool) {
	h := v.results(l.search).of(l.number)
	if h == nil {
		return Span{}, "", false
	}
	return h.span, l.search.entries[h.entry].written, true
}

// in searches one field.
func (s *Search) in(f *field, number int, r *results) {
	w := finding{s, f, number, r}
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
		e := &w.entries[number]
		if !e.literal {
			if i := in.at(at); i >= 0 {
				w.try(number, in, i)
			}
		} else if to := at + len(e.parts[0]); !in.joined && e.bounded(in.b, at, to) {
			w.found(number, at, to)
		}
	})
}

// try notes the entry if all of it stands from token i on.
func (w finding) try(number int32, in stream, i int) {
	e := &w.entries[number]
	if !w.results.has(e.list) && in.holds(e, i) {
		w.found(number, int(in.tokens[i].at), int(in.tokens[i+len(e.parts)-1].end))
	}
}

// found notes an entry that stands in a piece of the normal form.
func (w finding) found(number int32, from, to int) {
	list := w.entries[number].list
	if w.results.has(list) {
		return
	}
	start, end := w.field.norm.origin(w.field.raw, from, to)
	w.results.add(hit{list, number, Span{start, end, w.number}})
}
