package match

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func found(pieces []string, in string) []string {
	var out []string
	NewLiterals(pieces).Find([]byte(in), func(n, at int) { out = append(out, fmt.Sprint(n, "@", at)) })
	slices.Sort(out)
	return out
}

func TestLiterals(t *testing.T) {
	for _, c := range []struct {
		pieces, in, want string
	}{
		{"free gift", "a free gift, free", "0@13 0@2 1@7"},
		{"a ab abc abcd abcde", "abcde", "0@0 1@0 2@0 3@0 4@0"},
		{"aa", "aaaa", "0@0 0@1 0@2"},
		{"same same", "the same", "0@4 1@4"},
		{"лох 他妈", "ты лох 他妈的", "0@5 1@12"},
		{"longer", "long", ""},
		{"x", "", ""},
	} {
		t.Run(c.pieces+" in "+c.in, func(t *testing.T) {
			if got := strings.Join(found(strings.Fields(c.pieces), c.in), " "); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

func TestNothingToFind(t *testing.T) {
	if got := found(nil, "anything"); got != nil {
		t.Errorf("found %q", got)
	}
}

// Every number is found at its hash, however many share one.
func TestTable(t *testing.T) {
	hashes := []uint64{0, 1 << 63, 0, 42, 1<<64 - 1, 42 << 40}
	table := NewTable(hashes)
	for number, h := range hashes {
		if !slices.Contains(table.At(h), Item{h, uint32(number)}) {
			t.Errorf("number %d is not at its hash %x", number, h)
		}
	}
	for _, it := range table.At(7 << 50) {
		if it.Hash == 7<<50 {
			t.Errorf("found %d at a hash that nobody has", it.Number)
		}
	}
}

// FuzzLiterals compares with looking for each piece by itself. A zero byte parts the pieces.
func FuzzLiterals(f *testing.F) {
	f.Add([]byte("a\x00ab\x00abc\x00cab"), []byte("abcabcab"))
	f.Add([]byte("gift\x00free gift"), []byte("free gifts"))
	f.Fuzz(func(t *testing.T, joined, in []byte) {
		var pieces []string
		for p := range bytes.SplitSeq(joined, []byte{0}) {
			if len(p) > 0 {
				pieces = append(pieces, string(p))
			}
		}
		var want []string
		for n, p := range pieces {
			for at := range in {
				if bytes.HasPrefix(in[at:], []byte(p)) {
					want = append(want, fmt.Sprint(n, "@", at))
				}
			}
		}
		slices.Sort(want)
		if got := found(pieces, string(in)); !slices.Equal(got, want) {
			t.Errorf("%q in %q: found %v, want %v", pieces, in, got, want)
		}
	})
}

func BenchmarkLiterals(b *testing.B) {
	message := []byte("i think the second debate was better: nobody interrupted, and we learnt some")
	for _, n := range []int{10, 1000, 100_000} {
		var pieces []string
		for i := range n {
			pieces = append(pieces, fmt.Sprintf("%c%x%c", 'a'+i%26, i*7919, 'a'+i*7%26))
		}
		l := NewLiterals(pieces)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				l.Find(message, func(int, int) {})
			}
		})
	}
}
