package rules_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"palabre/chat"
	"palabre/rules"
)

// saying is what the n-th of many says who say the same, nearly the same, or something else each.
var sayings = []struct {
	how string
	say func(n int) string
}{
	{"the same", func(int) string {
		return "come and join the best server of the whole town tonight, everybody is there already"
	}},
	{"nearly the same", func(n int) string {
		return "come and join the best server of the whole town tonight, everybody is there already " + word(n)
	}},
	{"half the same", func(n int) string {
		return "come and join the best server of " + word(n) + word(n+1) + " " + word(n*3) + " " + word(n*7) + " " + word(n*11) + "x " + word(n*13)
	}},
	{"different", func(n int) string {
		return word(n) + "a " + word(n*3+1) + "b " + word(n*7+2) + "c " + word(n*11+3) + "d " + word(n*13+4) + "e"
	}},
}

// word is another one for each number.
func word(n int) string {
	var b strings.Builder
	for n = n*7919 + 20_000; n > 0; n /= 21 {
		b.WriteByte("bcdfghjklmnpqrstvwxyz"[n%21])
	}
	return b.String()
}

// looking are rules that look at many in every way there is.
const looking = `
rules:
  - { name: chorus, when: { repeat: { members: 4, within: 2m, similar: "90%", min_length: 10 } }, do: [ delete, strike: 2 ], mode: shadow }
  - { name: same, when: { repeat: { members: 4, within: 5m } }, do: [ delete: burst ] }
  - { name: never, when: { repeat: { members: 256, count: 256, rooms: 2, within: 1h } }, do: [ delete ] }
  - { name: lively, when: { rate: "> 4090 messages in 10m per room" }, do: [ alert ] }
  - { name: busy, when: { rate: "> 4090 messages in 1h per community" }, do: [ alert ] }
`

// raided is a past in which n members said something within two minutes.
func raided(rs *rules.Ruleset, n int, say func(int) string) *rules.History {
	past := rules.NewHistory([16]byte{})
	for i := range n {
		decide(rs, past, raider(i, say(i), noon.Add(time.Duration(i)*time.Minute/time.Duration(n))))
	}
	return past
}

func raider(n int, say string, at time.Time) *chat.Event {
	ev := message(fmt.Sprint("r", n), say, at)
	ev.Actor.ID = fmt.Sprint("raider", n)
	ev.Actor.Person = ""
	return ev
}

// BenchmarkOneOfMany is one message after n others said the same, nearly the same, or something else: it may not cost more
// after 4,000 than after 100. make bench prints the ratios.
func BenchmarkOneOfMany(b *testing.B) {
	rs := parse(b, looking)
	for _, s := range sayings {
		for _, n := range []int{100, 1000, 4000} {
			b.Run(fmt.Sprintf("%s/%d", s.how, n), func(b *testing.B) {
				past := raided(rs, n, s.say)
				at := n
				for b.Loop() {
					at++
					r := rs.Read(raider(at, s.say(at), noon.Add(time.Minute)), past)
					rs.Decide(r, past)
					r.Release()
				}
			})
		}
	}
}

// BenchmarkOutOfOrder folds events that are older than thousands that are known, as a read-back of room after room brings them.
func BenchmarkOutOfOrder(b *testing.B) {
	rs := parse(b, looking)
	for _, late := range []time.Duration{0, 9 * time.Minute} {
		b.Run(late.String(), func(b *testing.B) {
			past := raided(rs, 6000, sayings[3].say)
			i := 6000
			for b.Loop() {
				i++
				r := rs.Read(raider(i, sayings[3].say(i), noon.Add(2*time.Minute+time.Duration(i)*time.Millisecond-late)), past)
				past.Fold(r.Fact)
				r.Release()
			}
		})
	}
}

// Of many who say the same the latest are looked at, several times as many as the rule asks for: else each would cost more than
// the one before. Who said it long before them is out of sight.
func TestOfManyTheLatestAreLookedAt(t *testing.T) {
	rs := parse(t, `rules: [ { name: a, when: { repeat: { members: 3, within: 5m } }, do: [ delete ] } ]`)
	for others, want := range map[int]int{10: 1, 1000: 0} {
		past := rules.NewHistory([16]byte{})
		decide(rs, past, raider(0, sayings[0].say(0), noon))
		for i := range others {
			again := raider(1, sayings[0].say(0), noon.Add(time.Minute))
			again.ID = fmt.Sprint("again", i)
			body, _ := again.Body.(chat.MessageSent)
			body.Message.ID = again.ID
			again.Body = body
			decide(rs, past, again)
		}
		got := decide(rs, past, raider(2, sayings[0].say(0), noon.Add(2*time.Minute)))
		if len(got.Verdicts) != want {
			t.Errorf("after %d of one member: %d verdicts, want %d", others, len(got.Verdicts), want)
		}
	}
}

// The searches that keep a message cheap find what looking at everybody would find.
func TestRepetitionsAreThoseOfALookAtEverybody(t *testing.T) {
	const window = 90 * time.Second
	for _, c := range []struct{ percent, least, kinds int }{{50, 1, 14}, {75, 1, 14}, {90, 10, 12}, {99, 11, 12}} {
		percent := c.percent
		rs := parse(t, fmt.Sprintf(`rules: [ { name: a, when: { repeat: { members: 3, within: 90s, similar: "%d%%", min_length: 1 } }, do: [ delete ], mode: shadow } ]`, percent))
		past := rules.NewHistory([16]byte{})
		random := rand.New(rand.NewPCG(1, uint64(percent)))
		type said struct {
			who   string
			at    time.Time
			words map[string]bool
		}
		var all []said
		matches := 0
		for i := range 600 {
			words := map[string]bool{}
			for wanted := c.least + random.IntN(c.kinds-c.least+1); len(words) < wanted; {
				words[word(random.IntN(c.kinds))] = true
			}
			s := said{fmt.Sprint("m", random.IntN(9)), noon.Add(time.Duration(i)*2*time.Second - time.Duration(random.IntN(9))*time.Second), words}
			all = append(all, s)
			ev := raider(i, strings.Join(slices.Sorted(maps.Keys(words)), " "), s.at)
			ev.Actor.ID = s.who
			people := map[string]bool{}
			for _, o := range all {
				shared := 0
				for w := range o.words {
					if words[w] {
						shared++
					}
				}
				if !o.at.After(s.at) && o.at.After(s.at.Add(-window)) && 200*shared >= percent*(len(words)+len(o.words)) {
					people[o.who] = true
				}
			}
			d := decide(rs, past, ev)
			if got := len(d.Verdicts) == 1; got != (len(people) >= 3) {
				t.Fatalf("%d%%, message %d: matches %v, but %d members said the like", percent, i, got, len(people))
			} else if got {
				matches++
			}
		}
		if matches == 0 || matches == 600 {
			t.Errorf("%d%%: %d of 600 match: nothing is shown", percent, matches)
		}
	}
}

// A rate of a room or the community counts what a look at everybody counts, in whatever order the events come.
func TestRatesAreThoseOfALookAtEverybody(t *testing.T) {
	rs := parse(t, `rules:
  - { name: room, when: { rate: "> 6 messages in 30s per room" }, do: [ delete ], mode: shadow }
  - { name: all, when: { rate: "> 11 messages in 30s per community" }, do: [ delete ], mode: shadow }
`)
	past := rules.NewHistory([16]byte{})
	random := rand.New(rand.NewPCG(1, 2))
	var all []*chat.Event
	seen := map[string]int{}
	for i := range 500 {
		ev := raider(i, "hello", noon.Add(time.Duration(i*3+random.IntN(20))*time.Second))
		ev.Logical = []string{"talk", "help"}[random.IntN(2)]
		all = append(all, ev)
		var want []string
		room, everywhere := 0, 0
		for _, o := range all {
			if !o.At.After(ev.At) && o.At.After(ev.At.Add(-30*time.Second)) {
				everywhere++
				if o.Logical == ev.Logical {
					room++
				}
			}
		}
		if room > 6 {
			want = append(want, "room")
		}
		if everywhere > 11 {
			want = append(want, "all")
		}
		var got []string
		for _, v := range decide(rs, past, ev).Verdicts {
			got = append(got, v.Rule)
			seen[v.Rule]++
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Fatalf("message %d: %v, want %v (%d in the room, %d in all)", i, got, want, room, everywhere)
		}
	}
	if seen["room"] == 0 || seen["all"] == 0 {
		t.Errorf("nothing is shown: %v", seen)
	}
}
