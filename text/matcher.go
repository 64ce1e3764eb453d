package text

import (
	"regexp/syntax"
	"unicode/utf8"
)

// matcher finds an expression in a text and counts its steps, which Go's own engine does not: so what a message may cost is
// bounded by work that was really done, the same for the same text on every machine. It follows all ways through the
// expression's program side by side, one place of the text after the other (Thompson 1968; Pike's sam), and finds what
// regexp.Regexp finds.
type matcher struct {
	inst   []syntax.Inst
	start  uint32
	begins bool // it stands at the beginning of the text or nowhere
	looks  bool // it asks what stands around a place
	skips  bool // it begins with one of the bytes in first; else it may begin anywhere
	first  [256]bool
}

// newMatcher compiles an expression that was simplified.
func newMatcher(tree *syntax.Regexp) (*matcher, error) {
	prog, err := syntax.Compile(tree)
	if err != nil {
		return nil, err
	}
	m := &matcher{inst: prog.Inst, start: uint32(prog.Start), begins: prog.StartCond()&syntax.EmptyBeginText != 0}
	for i := range m.inst {
		m.looks = m.looks || m.inst[i].Op == syntax.InstEmptyWidth
	}
	m.skips = m.firsts(m.start, make([]bool, len(m.inst)))
	return m, nil
}

// firsts notes the bytes with which a match may begin from an instruction on; false when it may be empty.
func (m *matcher) firsts(pc uint32, seen []bool) bool {
	if seen[pc] {
		return true
	}
	seen[pc] = true
	switch in := &m.inst[pc]; in.Op {
	case syntax.InstMatch:
		return false
	case syntax.InstFail:
		return true
	case syntax.InstAlt, syntax.InstAltMatch:
		return m.firsts(in.Out, seen) && m.firsts(in.Arg, seen)
	case syntax.InstNop, syntax.InstCapture, syntax.InstEmptyWidth:
		return m.firsts(in.Out, seen)
	default:
		for b := range m.first { // beyond ASCII nobody looks closely
			m.first[b] = m.first[b] || b >= utf8.RuneSelf || in.MatchRune(rune(b))
		}
		return true
	}
}

// thread is one way through the program, with the place of the text where it began.
type thread struct {
	pc    uint32
	start int32
}

// threads is the room for following a program, used again for the next. Those that stand first are preferred.
type threads struct {
	waiting []thread // for the next place
	open    []thread // for the rune at this place
	met     []uint32 // by instruction: at which place it was met last
	place   uint32   // the number of the place, over all texts
	stack   []uint32
	steps   int // instructions that were followed
}

func (t *threads) begin(instructions int) {
	if len(t.met) < instructions || t.place > 1<<31 {
		t.met, t.place = make([]uint32, max(instructions, len(t.met))), 0
	}
	t.waiting, t.steps = t.waiting[:0], 0
}

// find gives the leftmost match; from is -1 when there is none. It is not done when that would take more than so many steps.
// What was taken stands in t.steps.
func find[T string | []byte](m *matcher, text T, t *threads, most int) (from, to int, done bool) {
	t.begin(len(m.inst))
	from, prev := -1, rune(-1)
	for at := 0; ; {
		if len(t.waiting) == 0 {
			if from >= 0 || m.begins && at > 0 {
				return from, to, true
			}
			if m.skips && at < len(text) && !m.first[text[at]] {
				at = skip(m, text, t, at)
				prev = runeBefore(text, at)
			}
		}
		if t.steps > most {
			return -1, 0, false
		}
		r, size := runeAt(text, at)
		t.open, t.place = t.open[:0], t.place+1
		t.enter(m, from < 0 && (at == 0 || !m.begins), at, prev, r)
		if start, matched := t.step(m, r); matched {
			from, to = start, at
		}
		if size == 0 {
			return from, to, true
		}
		at, prev = at+size, r
	}
}

// skip is the next place where a match may begin. Eight bytes that are passed are one step.
func skip[T string | []byte](m *matcher, text T, t *threads, at int) int {
	from := at
	for at < len(text) && !m.first[text[at]] {
		at++
	}
	t.steps += 1 + (at-from)/8
	return at
}

// enter opens what waits for this place, and then a new way from the start.
func (t *threads) enter(m *matcher, anew bool, at int, prev, r rune) {
	var around syntax.EmptyOp
	if m.looks {
		around = syntax.EmptyOpContext(prev, r)
	}
	for _, th := range t.waiting {
		t.follow(m, th, around)
	}
	if anew {
		t.follow(m, thread{m.start, int32(at)}, around)
	}
}

// follow goes on to the instructions that want a rune, the preferred ways first.
func (t *threads) follow(m *matcher, th thread, around syntax.EmptyOp) {
	t.stack = append(t.stack[:0], th.pc)
	for len(t.stack) > 0 {
		pc := t.stack[len(t.stack)-1]
		t.stack = t.stack[:len(t.stack)-1]
		for t.met[pc] != t.place {
			t.met[pc] = t.place
			t.steps++
			in := &m.inst[pc]
			switch in.Op {
			case syntax.InstAlt, syntax.InstAltMatch:
				t.stack = append(t.stack, in.Arg)
				pc = in.Out
			case syntax.InstNop, syntax.InstCapture:
				pc = in.Out
			case syntax.InstEmptyWidth:
				if syntax.EmptyOp(in.Arg)&^around == 0 {
					pc = in.Out
				}
			case syntax.InstFail:
			default:
				t.open = append(t.open, thread{pc, th.start})
			}
		}
	}
}

// step takes the rune with every way that wants it; -1 is the end of the text. A match ends the ways that are preferred less.
func (t *threads) step(m *matcher, r rune) (start int, matched bool) {
	t.waiting = t.waiting[:0]
	t.steps += len(t.open)
	for _, th := range t.open {
		in := &m.inst[th.pc]
		switch {
		case in.Op == syntax.InstMatch:
			return int(th.start), true
		case r >= 0 && takes(in, r):
			t.waiting = append(t.waiting, thread{in.Out, th.start})
		}
	}
	return 0, false
}

func takes(in *syntax.Inst, r rune) bool {
	switch in.Op {
	case syntax.InstRune1:
		return r == in.Rune[0]
	case syntax.InstRuneAny:
		return true
	case syntax.InstRuneAnyNotNL:
		return r != '\n'
	}
	return in.MatchRune(r)
}

// runeAt is the rune at a place of a text; -1 at its end.
func runeAt[T string | []byte](text T, at int) (r rune, size int) {
	if at >= len(text) {
		return -1, 0
	}
	if b := text[at]; b < utf8.RuneSelf {
		return rune(b), 1
	}
	return utf8.DecodeRuneInString(string(text[at:min(at+utf8.UTFMax, len(text))]))
}

// runeBefore is the rune before a place of a text; -1 at its beginning.
func runeBefore[T string | []byte](text T, at int) rune {
	if at == 0 {
		return -1
	}
	if b := text[at-1]; b < utf8.RuneSelf {
		return rune(b)
	}
	r, _ := utf8.DecodeLastRuneInString(string(text[max(0, at-utf8.UTFMax):at]))
	return r
}
