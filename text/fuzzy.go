package text

import "slices"

// Disguise is a way to hide a word that is looked for only where a list asks for it, since it also finds words that
// nobody hid.
type Disguise uint8

// The disguises.
const (
	Leet    Disguise = 1 << iota // signs and digits for letters: b4dw0rd
	Repeats                      // letters three times or more: baaadword
)

// FuzzyList is a list of words that is looked for behind disguises too. It may be shared between goroutines.
type FuzzyList struct {
	how    Disguise
	search *Search
	list   *WordList
}

// NewFuzzyList compiles a list that is looked for behind disguises only: what stands there undisguised is for a
// WordList. Entries with signs in them have no disguise. The error is Mistakes.
func NewFuzzyList(words []string, how Disguise) (*FuzzyList, error) {
	s := NewSearch()
	l, err := s.Words(words)
	for i := range s.entries {
		e := &s.entries[i]
		e.parts = slices.Clone(e.parts)
		for k, part := range e.parts {
			e.parts[k] = how.bare(part)
		}
	}
	s.Compile()
	return &FuzzyList{how: how, search: s, list: l}, err
}

// bare is a listed word as it stands behind the disguise.
func (d Disguise) bare(word string) string {
	f := field{}
	f.norm.b = append(f.norm.b, word...)
	if d&Repeats != 0 {
		f.squeeze(nil, 1)
	}
	return string(f.norm.b)
}

// FindFuzzy looks for the words behind their disguises, in the message and in the names and descriptions of its attachments.
func (v *View) FindFuzzy(l *FuzzyList) (Span, string, bool) {
	for i := range v.fields {
		v.fields[i].read()
		u := v.fields[i].undisguised(l.how)
		if u == nil {
			continue
		}
		var found results
		found.reset(l.search)
		w := finding{l.search, &u.field, i, &found, u}
		written, joined := u.streams()
		for _, in := range []stream{written, joined} {
			w.byHash(in)
			w.byLetters(in)
		}
		if h := found.of(l.list.number); h != nil {
			return h.span.withRepeats(v.fields[i].raw), l.search.entries[h.which].written, true
		}
	}
	return Span{}, "", false
}

// withRepeats is the span with the repetitions of its last letter.
func (s Span) withRepeats(raw string) Span {
	for s.End > s.Start && s.End < len(raw) && letterByte(raw[s.End]) && raw[s.End] == raw[s.End-1] {
		s.End++
	}
	return s
}

// undisguised is a field with the disguises taken off.
type undisguised struct {
	field
	changed []bool // for each byte of the normal form
}

// undisguised gives nil where nothing is disguised.
func (f *field) undisguised(how Disguise) *undisguised {
	leet := how&Leet != 0 && slices.ContainsFunc(f.norm.b, func(c byte) bool { return leetLetters[c] != 0 })
	if !leet && (how&Repeats == 0 || !repeated(f.norm.b)) {
		return nil
	}
	u := &undisguised{field: field{raw: f.raw, folded: true}}
	u.norm.b = slices.Clone(f.norm.b)
	u.norm.at = slices.Clone(f.norm.at)
	for i := len(u.norm.at); i < len(u.norm.b); i++ {
		u.norm.at = append(u.norm.at, int32(i))
	}
	u.changed = make([]bool, len(u.norm.b))
	if leet {
		u.letters()
	}
	if how&Repeats != 0 {
		u.squeeze(&u.changed, leastRepeats)
	}
	u.split()
	u.join()
	return u
}

// between tells whether anything was disguised in a piece of the normal form.
func (u *undisguised) between(from, to int) bool { return slices.Contains(u.changed[from:to], true) }

// leetLetters are the letters that digits and signs stand for.
var leetLetters = [256]byte{
	'0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '8': 'b', '9': 'g', '@': 'a', '$': 's', '!': 'i', '|': 'i', '+': 't',
}

// letters replaces digits and signs that stand in a word. A sign at the end of a word is punctuation.
func (u *undisguised) letters() {
	b := u.norm.b
	for i := len(b) - 1; i >= 0; i-- {
		c := leetLetters[b[i]]
		if c == 0 || !wordByte(b[i]) && (i+1 == len(b) || !wordByte(b[i+1])) {
			continue
		}
		b[i], u.changed[i] = c, true
	}
}

// leastRepeats is how often a letter stands in a row where nobody spells it so.
const leastRepeats = 3

func repeated(b []byte) bool {
	for i := leastRepeats - 1; i < len(b); i++ {
		if letterByte(b[i]) && b[i] == b[i-1] && b[i] == b[i-2] {
			return true
		}
	}
	return false
}

// squeeze makes one of each row of the same letter in the words that have a row of at least so many.
func (f *field) squeeze(changed *[]bool, least int) {
	b, out := f.norm.b, 0
	for i := 0; i < len(b); {
		end := i
		longest, row := 1, 0
		for end < len(b) && (wordByte(b[end]) || b[end] >= 0x80) {
			if row++; end > i && b[end] != b[end-1] || !letterByte(b[end]) {
				row = 1
			}
			longest = max(longest, row)
			end++
		}
		if end == i {
			end++
		}
		out = f.keep(i, end, out, longest >= least, changed)
		i = end
	}
	f.norm.b = b[:out]
	if changed != nil {
		f.norm.at, *changed = f.norm.at[:out], (*changed)[:out]
	}
}

// keep moves a word down to out, squeezed or not, and gives the place after it.
func (f *field) keep(from, to, out int, squeezed bool, changed *[]bool) int {
	b := f.norm.b
	for i := from; i < to; i++ {
		if squeezed && out > 0 && i > from && b[i] == b[i-1] && letterByte(b[i]) {
			continue
		}
		b[out] = b[i]
		if changed != nil {
			f.norm.at[out] = f.norm.at[i]
			(*changed)[out] = (*changed)[i] || squeezed
		}
		out++
	}
	return out
}
