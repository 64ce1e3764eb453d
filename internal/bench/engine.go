package main

import (
	"fmt"
	"time"

	"palabre/chat"
	"palabre/rules"
	"palabre/text"
)

// size is how much a community looks for.
type size struct{ words, patterns, conditions, domains int }

// engine is Palabre's own work for a message: read, folded into the past, decided.
type engine struct {
	rules   *rules.Ruleset
	domains *text.DomainSet
	past    *rules.History
	events  []*chat.Event
	at      time.Time
	pruned  time.Time
}

func newEngine(s size, texts []string) *engine {
	e := &engine{past: rules.NewHistory([16]byte{1}), at: time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC)}
	e.rules = ruleset(s)
	var err error
	if e.domains, err = text.NewDomainSet(domainNames(s.domains)); err != nil {
		panic(err)
	}
	for i, say := range texts {
		e.events = append(e.events, message(i, say))
	}
	return e
}

func ruleset(s size) *rules.Ruleset {
	return parsed([]byte(ruleFile(listedWords(s.words), patternsOf(s.patterns), s.conditions)))
}

func parsed(src []byte) *rules.Ruleset {
	rs, err := rules.ParseFile("bench.yaml", src, rules.Env{})
	if err != nil {
		panic(err)
	}
	return rs
}

// members is how many people write.
const members = 500

func message(i int, say string) *chat.Event {
	room := chat.RoomRef{Platform: "discord", ID: "1"}
	who := chat.MemberRef{Platform: "discord", ID: fmt.Sprint("m", i%members)}
	return &chat.Event{
		ID: fmt.Sprint("e", i), Room: room, Logical: "general",
		Actor: chat.Actor{MemberRef: who, Person: chat.PersonOf(who), Kind: chat.Human, Name: "somebody"},
		Body:  chat.MessageSent{Message: chat.MessageRef{Room: room, ID: fmt.Sprint(i)}, Content: chat.Content{Text: say}},
	}
}

// run reads and decides, and keeps what happened in the past, from which it is forgotten after an hour.
func (e *engine) run(from, n int) {
	for i := from; i < from+n; i++ {
		ev := e.events[i%len(e.events)]
		e.at = e.at.Add(time.Second)
		ev.At = e.at
		r := e.rules.Read(ev, e.past)
		e.past.Fold(r.Fact)
		judged += len(e.decide(r).Verdicts)
		r.Release()
	}
	if hour := e.at.Add(-time.Hour); hour.After(e.pruned) {
		e.pruned = e.at
		e.past.Prune(hour)
	}
}

func (e *engine) decide(r *rules.Reading) rules.Decision {
	for _, l := range r.View.Links() {
		if e.domains.Has(l.Host) {
			judged++
		}
	}
	return e.rules.Decide(r, e.past)
}

// read reads and decides without a past.
func (e *engine) read(from, n int) {
	for i := from; i < from+n; i++ {
		r := e.rules.Read(e.events[i%len(e.events)], e.past)
		judged += len(e.decide(r).Verdicts)
		r.Release()
	}
}

// searched looks for words and patterns only, in lists of fifty and ten.
func searched(words, patterns []string, texts []string) func(from, n int) {
	s := text.NewSearch()
	for from := 0; from < len(words); from += 50 {
		if _, err := s.Words(words[from:min(from+50, len(words))]); err != nil {
			panic(err)
		}
	}
	var lists []*text.PatternList
	for from, all := 0, compiled(patterns); from < len(all); from += 10 {
		lists = append(lists, s.Patterns(all[from:min(from+10, len(all))]))
	}
	s.Compile()
	return func(from, n int) {
		for i := from; i < from+n; i++ {
			v := text.Read(chat.Content{Text: texts[i%len(texts)]})
			v.EachFound(s, func(int) { judged++ })
			for _, l := range lists {
				if _, _, found := v.FindPattern(l); found {
					judged++
				}
			}
			v.Release()
		}
	}
}
