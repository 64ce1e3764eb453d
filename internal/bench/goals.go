package main

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"

	"palabre/chat"
	"palabre/rules"
	"palabre/text"
)

var (
	usual = size{words: 1000, patterns: 100, conditions: 100, domains: 1000}
	large = size{words: 10_000, patterns: 1000, conditions: 1000, domains: 1_000_000}
)

// decoding: the engine beside the decoding of the same messages.
func (t *table) decoding() {
	discord := &candidate{batch: 50, run: discordDecode(discordEvents(t.texts[:4000]))}
	matrix := &candidate{batch: 50, run: matrixDecode(matrixEvents(t.texts[:4000]))}
	big, small := newEngine(large, t.texts[:4000]), newEngine(usual, t.texts[:4000])
	l := &candidate{batch: 400, run: big.read}
	u := &candidate{batch: 400, run: small.read}
	kept := &candidate{batch: 400, run: newEngine(usual, t.texts[:4000]).run}
	measure(t.rounds*2, discord, l, matrix, u, kept)
	const first = "10,000 words, 1,000 patterns, 1,000 conditions, a million domains"
	t.ratio("G1", first+", beside discordgo's decoding", l, discord, 0.10)
	t.ratio("G1", first+", beside mautrix' decoding", l, matrix, 0.25)
	t.ratio("G2", "1,000 words, 100 patterns, beside discordgo's decoding", u, discord, 0.05)
	t.beside("the same, and kept in the past for later rules", kept, discord)
	t.atMost("G5", "allocations for a message without disguises", allocations(4000, newEngine(usual, messages(4000, 0)).read), 0.1, number)
}

// loops: the engine beside the loop over rules.
func (t *table) loops() {
	for _, c := range []struct {
		size
		what  string
		batch int
		least float64
	}{
		{size{100, 100, 100, 700}, "100 words, 100 patterns, 700 domains", 5, 100},
		{size{10_000, 1000, 1000, 10_000}, "10,000 words, 1,000 patterns, 10,000 domains", 1, 700},
	} {
		loop := &candidate{batch: c.batch,
			run: perRule(t.texts, listedWords(c.words), compiled(patternsOf(c.patterns)), domainNames(c.domains))}
		own := &candidate{batch: 400, run: newEngine(c.size, t.texts[:4000]).read}
		measure(t.rounds, loop, own)
		t.atLeast("G3", "the loop over rules costs more: "+c.what, loop, own, c.least)
	}
}

// growth: ten times as much to look for.
func (t *table) growth() {
	find := func(words, patterns int) *candidate {
		return &candidate{batch: 500, run: searched(listedWords(words), patternsOf(patterns), t.texts)}
	}
	w10, w100, w1k, w10k, w100k := find(10, 0), find(100, 0), find(1000, 0), find(10_000, 0), find(100_000, 0)
	p10, p100, p1k := find(1000, 10), find(1000, 100), find(1000, 1000)
	d1k, d1m := domainsOf(1000), domainsOf(1_000_000)
	measure(t.rounds, w10, w100, w1k, w10k, w100k, p10, p100, p1k, d1k, d1m)
	t.ratio("G4", "100 words instead of 10", w100, w10, 1.3)
	t.ratio("G4", "1,000 words instead of 100", w1k, w100, 1.3)
	t.ratio("G4", "10,000 words instead of 1,000", w10k, w1k, 1.3)
	t.ratio("G4", "100,000 words instead of 10,000", w100k, w10k, 1.5)
	t.ratio("G4", "100 patterns instead of 10", p100, p10, 1.8)
	t.ratio("G4", "1,000 patterns instead of 100", p1k, p100, 1.8)
	t.ratio("G4", "a million domains instead of 1,000, one host", d1m, d1k, 1.9)
}

// domainsOf looks for hosts of which one in ten is listed.
func domainsOf(n int) *candidate {
	listed := domainNames(n)
	set, err := text.NewDomainSet(listed)
	if err != nil {
		panic(err)
	}
	var asked []string
	for i := range 10_000 {
		host := "www." + listed[i*7919%n]
		if i%10 > 0 {
			host = "not" + host[4:]
		}
		asked = append(asked, host)
	}
	return &candidate{batch: 5000, run: func(from, n int) {
		for i := from; i < from+n; i++ {
			if set.Has(asked[i%len(asked)]) {
				judged++
			}
		}
	}}
}

// sayings is what the n-th of many says.
var sayings = []struct {
	how string
	say func(n int) string
}{
	{"said the same", func(int) string { return raidText }},
	{"said nearly the same", func(n int) string { return raidText + " " + nonsense(n) }},
	{"shared half of its words", func(n int) string {
		return raidText[:40] + nonsense(n) + " " + nonsense(n+1) + " " + nonsense(n+2) + " " + nonsense(n+3)
	}},
	{"said something else", func(n int) string {
		return nonsense(5*n) + " " + nonsense(5*n+1) + " " + nonsense(5*n+2) + " " + nonsense(5*n+3) + " " + nonsense(5*n+4)
	}},
}

const raidText = "come and join the best server of the whole town tonight, everybody is there already"

// nonsense is another word for each number.
func nonsense(n int) string {
	var b strings.Builder
	for n = n*7919 + 200_000; n > 0; n /= 21 {
		b.WriteByte("bcdfghjklmnpqrstvwxyz"[n%21])
	}
	return b.String()
}

// looking are rules that look at many, in every way there is.
const looking = `rules:
  - { name: chorus, when: { repeat: { members: 4, within: 2m, similar: "90%", min_length: 10 } }, do: [ delete, strike: 2 ], mode: shadow }
  - { name: burst, when: { repeat: { members: 4, within: 5m } }, do: [ delete: burst ], mode: shadow }
  - { name: wave, when: { repeat: { members: 25, count: 30, rooms: 2, within: 1h } }, do: [ delete ] }
  - { name: lively, when: { rate: "> 4090 messages in 10m per room" }, do: [ alert ] }
  - { name: busy, when: { rate: "> 4090 messages in 1h per community" }, do: [ alert ] }
`

// crowds: one message after many others that rules count together with it.
func (t *table) crowds() {
	rs := parsed([]byte(looking))
	for _, s := range sayings {
		few, more, many := after(rs, 100, s.say), after(rs, 1000, s.say), after(rs, 4000, s.say)
		measure(t.rounds, few, more, many)
		t.ratio("G10", "one message after 1,000 who "+s.how+", instead of 100", more, few, 2)
		t.ratio("G10", "one message after 4,000 who "+s.how+", instead of 100", many, few, 2)
	}
}

// after reads and decides about one more message when so many members have written within a minute.
func after(rs *rules.Ruleset, n int, say func(int) string) *candidate {
	e := &engine{rules: rs, past: rules.NewHistory([16]byte{1}), at: time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC)}
	for i := range n {
		ev := oneOf(i, say(i), e.at.Add(time.Duration(i)*time.Minute/time.Duration(n)))
		r := rs.Read(ev, e.past)
		e.past.Fold(r.Fact)
		e.past.Note(rs.Decide(r, e.past), ev)
		r.Release()
	}
	return &candidate{batch: 20, run: func(from, count int) {
		for i := n + from; i < n+from+count; i++ {
			r := rs.Read(oneOf(i, say(i), e.at.Add(time.Minute)), e.past)
			judged += len(rs.Decide(r, e.past).Verdicts)
			r.Release()
		}
	}}
}

// oneOf is what another member says each time.
func oneOf(i int, say string, at time.Time) *chat.Event {
	ev := message(i, say)
	ev.At = at
	ev.Actor.ID = fmt.Sprint("raider", i)
	ev.Actor.Person = chat.PersonOf(ev.Actor.MemberRef)
	return ev
}

// longest is how long a message is that members of a paying community may write, in characters.
const longest = 4000

// longTexts: messages of 4 kB, ordinary ones and those made to cost the most.
func (t *table) longTexts() {
	var ordinary []string
	for i := 0; len(ordinary) < 40; {
		var b strings.Builder
		for b.Len() < longest {
			b.WriteString(t.texts[i%len(t.texts)] + " ")
			i++
		}
		ordinary = append(ordinary, b.String())
	}
	discord := &candidate{batch: 10, run: discordDecode(discordEvents(ordinary))}
	own := &candidate{batch: 10, run: newEngine(large, ordinary).read}
	words, patterns := listedWords(large.words), patternsOf(large.patterns)
	hostile := map[string]string{
		"made of listed words":                    filled(words),
		"made of the words of patterns":           filled(patterns),
		"made of digits":                          filled(fields("1234 5678 90123 45")),
		"one letter":                              filled(fields("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")),
		"letters one by one, with invisible ones": filled(fields("a\u200b \u0430 s\u0301 \u212a")),
	}
	measure(t.rounds, discord, own)
	t.ratio("G6", "an ordinary text of 4 kB, beside discordgo's decoding", own, discord, 2)
	for _, what := range slices.Sorted(maps.Keys(hostile)) {
		c := &candidate{batch: 5, run: newEngine(large, []string{hostile[what]}).read}
		measure(t.rounds, c)
		t.atMost("G6", "4 kB "+what, c.median(), 5e6, nanoseconds)
	}
}

// filled makes a text of 4 kB of the pieces.
func filled(pieces []string) string {
	var b strings.Builder
	for i := 0; b.Len() < longest; i++ {
		b.WriteString(pieces[i%len(pieces)] + " ")
	}
	return b.String()[:longest]
}

// reload: how long the rules take to be read anew, and what they keep.
func (t *table) reload() {
	words, patterns := listedWords(large.words), patternsOf(large.patterns)
	src := []byte(ruleFile(words, patterns, large.conditions))
	bytes, took := heapOf(func() any { return parsed(src) })
	t.atMost("G7", "10,000 words, 1,000 patterns and 1,000 conditions read", float64(took), 5e8, nanoseconds)
	t.atMost("G7", "what they keep in memory", float64(bytes), 32e6, megabytes)
	million := strings.Join(domainNames(1_000_000), "\n")
	bytes, took = heapOf(func() any {
		set, err := text.ReadDomains(strings.NewReader(million))
		if err != nil {
			panic(err)
		}
		return set
	})
	runtime.KeepAlive(million)
	t.atMost("G7", "a million domains read", float64(took), 5e8, nanoseconds)
	t.atMost("G7", "what they keep in memory", float64(bytes), 20e6, megabytes)
}
