package rules

import (
	"slices"
	"sort"
	"time"

	"palabre/text"

	"github.com/dchest/siphash"
)

// MostCrowd is how many events of everybody together are kept; rules about rooms and the community cannot count further.
const MostCrowd = 4096

// longestCrowd is how far back a rule about a room or the community may look.
const longestCrowd = time.Hour

// fewestCounted is how many messages that say the same are looked at, at least; mostCompared how many different texts that may be
// alike, and mostPassed how many more that nobody says any longer: the latest ones. So a message of a raid is as cheap as
// any other.
const (
	fewestCounted = 128
	mostCompared  = 128
	mostPassed    = 1024
)

// crowd is what everybody did, in the ways in which rules ask for it, so that a message costs the same however many said
// the same before. What moderators do is among it: see Fact.Staff.
type crowd struct {
	facts   []*Fact // in the order of their arrival
	tallies map[tallied]*tally
	texts   map[uint64]*voice // by their hash
	links   map[uint64]*voice // by their hash
	words   map[uint32][]*voice
	asked   uint64 // counts the searches for texts that are alike
}

func newCrowd() *crowd {
	return &crowd{tallies: map[tallied]*tally{}, texts: map[uint64]*voice{}, links: map[uint64]*voice{}, words: map[uint32][]*voice{}}
}

// gather adds a fact that was not there before. From time to time the oldest are forgotten.
func (c *crowd) gather(f *Fact) {
	if len(c.facts) >= 2*MostCrowd {
		*c = *c.since(c.facts[len(c.facts)-MostCrowd:], time.Time{})
	}
	c.facts = append(c.facts, f)
	c.count(f)
	c.hear(f)
}

// since is the crowd of those facts that are not before a moment.
func (c *crowd) since(facts []*Fact, at time.Time) *crowd {
	kept := newCrowd()
	kept.asked = c.asked
	for _, f := range facts {
		if !f.At.Before(at) {
			kept.gather(f)
		}
	}
	return kept
}

// voice is what several may have said: one text, or one link.
type voice struct {
	sketch []uint32
	said   []*Fact // in the order of their times
	asked  uint64  // the search that met it last
}

// hear notes what a fact says.
func (c *crowd) hear(f *Fact) {
	if !f.said() {
		return
	}
	if f.TextHash != 0 {
		v := add(c.texts, f.TextHash, f)
		if v.sketch == nil && len(f.Sketch) > 0 {
			v.sketch = f.Sketch
			for _, word := range f.Sketch {
				c.words[word] = append(c.words[word], v)
			}
		}
	}
	for i, hash := range f.LinkHashes {
		if !slices.Contains(f.LinkHashes[:i], hash) {
			add(c.links, hash, f)
		}
	}
}

func add(voices map[uint64]*voice, hash uint64, f *Fact) *voice {
	v := voices[hash]
	if v == nil {
		v = &voice{}
		voices[hash] = v
	}
	v.said = slices.Insert(v.said, after(v.said, f.At), f)
	return v
}

// after is the place of the first fact that is later than a moment.
func after(facts []*Fact, at time.Time) int {
	if n := len(facts); n == 0 || !facts[n-1].At.After(at) {
		return n // most come in order
	}
	return sort.Search(len(facts), func(i int) bool { return facts[i].At.After(at) })
}

// latest visits those who said it in the window that ends at a moment, the latest first, until visit has enough.
func (v *voice) latest(at time.Time, window time.Duration, visit func(*Fact) bool) bool {
	from := at.Add(-window)
	for i := after(v.said, at) - 1; i >= 0 && v.said[i].At.After(from); i-- {
		if !visit(v.said[i]) {
			return false
		}
	}
	return true
}

// rarity is a word and in how many texts it stands.
type rarity struct {
	word  uint32
	texts int
}

// alike visits the texts said after a moment that share so many of their words with a sketch, in percent, until visit has enough. Texts that
// do have at least need words in common, so that one of any len-need+1 words of a sketch stands in each of them (prefix
// filtering: Chaudhuri, Ganti and Kaushik, 2006). The rarest ones lead to the fewest others.
func (c *crowd) alike(sketch []uint32, percent int, since time.Time, visit func(*voice) bool) {
	need := (len(sketch)*percent + 199 - percent) / (200 - percent)
	var room [mostSketch]rarity
	rare := room[:0]
	for _, word := range sketch {
		rare = append(rare, rarity{word, len(c.words[word])})
	}
	slices.SortStableFunc(rare, func(a, b rarity) int { return a.texts - b.texts })
	c.asked++
	compared, passed := 0, 0
	for _, word := range rare[:len(rare)-need+1] {
		for _, v := range slices.Backward(c.words[word.word]) {
			if v.asked == c.asked {
				continue
			}
			v.asked = c.asked
			if !v.said[len(v.said)-1].At.After(since) {
				passed++
			} else if compared++; alike(v.sketch, sketch) >= percent && !visit(v) {
				return
			}
			if compared == mostCompared || passed == mostPassed {
				return
			}
		}
	}
}

// likeness is the same for names that people take for one another.
func (h *History) likeness(name string) uint64 { return h.hash(text.Likeness(name)) }

// A sketch keeps the keyed hashes of a text's words, the smallest ones of a long text: how many words two texts share
// can be told from them, exactly where both are short. Of a word its first letters count, and a digit is a digit, so
// that another amount or another ending makes less of a difference.
const (
	mostSketch = 32
	stem       = 5 // letters
)

// sketch is the sketch of a text, sorted.
func (h *History) sketch(v *text.View) []uint32 {
	var out []uint32
	v.EachWord(stem, func(word []byte) {
		sum := uint32(siphash.Hash(h.k0, h.k1, word))
		at, known := slices.BinarySearch(out, sum)
		if known || at == mostSketch {
			return
		}
		if len(out) == mostSketch {
			out = out[:mostSketch-1]
		}
		out = slices.Insert(out, at, sum)
	})
	return out
}

// alike is the share of their words that two texts have in common, in percent.
func alike(a, b []uint32) int {
	shared, all, i, j := 0, 0, 0, 0
	for (i < len(a) || j < len(b)) && all < mostSketch {
		switch all++; {
		case j == len(b) || i < len(a) && a[i] < b[j]:
			i++
		case i == len(a) || b[j] < a[i]:
			j++
		default:
			shared, i, j = shared+1, i+1, j+1
		}
	}
	return 200 * shared / max(all+shared, 1)
}
