package text

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"palabre/chat"
)

// Calls counts how often a member is called by the words, and tells whether the platform says that they are pinged.
func (v *View) Calls(m chat.MemberRef) (written int, pinged bool) {
	for i := range v.written {
		raw, n := v.fields[i].raw, 0
		for _, form := range [...]string{"<@" + m.ID + ">", "<@!" + m.ID + ">"} {
			n += strings.Count(raw, form)
		}
		if strings.HasPrefix(m.ID, "@") {
			n += strings.Count(raw, m.ID)
		}
		written = max(written, n)
	}
	return written, slices.Contains(v.content.Mentions, m)
}

// Without is the count less the calls of one member.
func (m Mentions) Without(written int, pinged bool) Mentions {
	if written == 0 && pinged {
		written = 1
	}
	if written > 0 {
		m.Total, m.Members = max(0, m.Total-written), max(0, m.Members-1)
	}
	return m
}

// EmptyLines is how many empty lines follow one another at most.
func (v *View) EmptyLines() int {
	most, row := 0, 0
	for line := range strings.SplitSeq(v.seen(), "\n") {
		if strings.TrimSpace(line) != "" {
			row = 0
			continue
		}
		row++
		most = max(most, row)
	}
	return most
}

// Quoted counts the lines that quote somebody.
func (v *View) Quoted() int {
	n := 0
	for line := range strings.SplitSeq(v.fields[0].raw, "\n") {
		if strings.HasPrefix(strings.TrimLeft(line, " "), ">") {
			n++
		}
	}
	return n
}

// Code tells whether a piece of the text is written as code.
func (v *View) Code() bool {
	return strings.IndexByte(v.fields[0].raw, '`') >= 0 && len(codeSpans(v.fields[0].raw)) > 0
}

// Question tells whether something is asked: a question mark ends a word or stands alone. Those inside addresses do not count.
func (v *View) Question() bool {
	s := v.seen()
	for i, r := range s {
		switch r {
		case '？', '؟', '⁇', '⁈', '⁉', '\u037e':
			return true
		case '?':
			next, _ := utf8.DecodeRuneInString(s[i+1:])
			if i+1 == len(s) || !wordRune(next) && next != '=' && next != '/' && (unicode.IsSpace(next) || unicode.IsPunct(next) || !unicode.IsPrint(next)) {
				return true
			}
		}
	}
	return false
}

// Shows tells whether people see any words: a message may be a picture alone.
func (v *View) Shows() bool {
	return strings.TrimFunc(v.seen(), func(r rune) bool { return unicode.IsSpace(r) || invisible(r) }) != ""
}

// EachWord gives the words that people see in their normal form: of each its first letters, with 0 for every digit.
// Where a script puts no space between words, two signs at a time. The bytes are valid until the next word.
func (v *View) EachWord(letters int, yield func(word []byte)) {
	f := &v.fields[v.shown]
	f.read()
	var buf [64]byte
	for _, t := range f.tokens {
		word := f.norm.b[t.from:t.to]
		if r, _ := utf8.DecodeRune(word); unspaced(r) {
			eachPair(word, yield)
			continue
		}
		out := buf[:0]
		for n := 0; len(word) > 0 && n < letters; n++ {
			_, size := utf8.DecodeRune(word)
			if out = append(out, word[:size]...); digitByte(word[0]) {
				out[len(out)-1] = '0'
			}
			word = word[size:]
		}
		yield(out)
	}
}

func eachPair(word []byte, yield func([]byte)) {
	for len(word) > 0 {
		_, first := utf8.DecodeRune(word)
		_, second := utf8.DecodeRune(word[first:])
		yield(word[:first+second])
		word = word[first:]
	}
}
