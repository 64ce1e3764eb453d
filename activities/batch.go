package activities

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"palabre/chat"
)

// listed is how many of those who wait are known by name. Who comes after them is counted and has a record of their own,
// so that a raid of thousands costs each arrival no more than the first.
const listed = 50

// batch is what is remembered of one network's newcomers until they are greeted.
type batch struct {
	key string

	People  []newcomer `json:"people,omitempty"` // who waits, in the order in which they came
	More    int        `json:"more,omitempty"`   // who waits besides
	Last    time.Time  `json:"last,omitzero"`    // when the last of those came
	Since   time.Time  `json:"since,omitzero"`   // when the waiting began; zero: it begins at the next wake
	Round   int        `json:"round,omitempty"`  // of those who come now
	Greeted int        `json:"greeted,omitempty"`
	Recent  []greeting `json:"recent,omitempty"` // of the time in which a wave is seen
	Sent    *sent      `json:"sent,omitempty"`   // the greeting that is under way
	Refused bool       `json:"refused,omitempty"`
	Retry   time.Time  `json:"retry,omitzero"`   // not before: the last greeting was refused, or we have just begun
	PutOff  time.Time  `json:"put_off,omitzero"` // the wake that stands for one that came late
	Away    time.Time  `json:"away,omitzero"`    // since when welcome is out of the configuration
}

type newcomer struct {
	Person chat.Person    `json:"person"`
	Member chat.MemberRef `json:"member"`
	Name   string         `json:"name"`
	Joined time.Time      `json:"joined"`
	Gone   bool           `json:"gone,omitempty"` // left while their greeting was under way
}

// greeting is one that was said, to so many.
type greeting struct {
	At    time.Time `json:"at"`
	Count int       `json:"count"`
}

// sent is who is greeted by a message of which we have not heard yet how it ended.
type sent struct {
	greeting
	Until  time.Time  `json:"until"` // an end that we have not heard of by then is never heard of
	Round  int        `json:"round"`
	People []newcomer `json:"people,omitempty"`
	More   int        `json:"more,omitempty"`
	Last   time.Time  `json:"last,omitzero"`
}

func (s *sent) ref(key string) string { return fmt.Sprintf("%s/round:%d", key, s.Round) }

// greeted is the record of a person: greeted, or counted in a round. Rounds before batch.Greeted are over.
type greeted struct {
	At      time.Time `json:"at"`
	Counted bool      `json:"counted,omitempty"`
	Round   int       `json:"round,omitempty"`
}

func readBatch(key string, mem Memory) (b batch, known bool) {
	known = mem.Get(key, &b)
	b.key = key
	return b, known
}

func (b *batch) remember() chat.Action { return chat.Remember{Key: b.key, Value: *b} }

func (b *batch) platform() chat.Platform {
	return chat.Platform(strings.TrimPrefix(b.key, welcomeBatch))
}

func (b *batch) waiting() int { return len(b.People) + b.More }

func (b *batch) empty() { b.People, b.More = nil, 0 }

// adopt takes over the people of one network from a batch of all networks.
func (b *batch) adopt(all batch, p chat.Platform) (took bool, out []chat.Action) {
	for _, n := range all.People {
		if n.Member.Platform == p && !b.has(n.Person) {
			took = true
			out = append(out, b.add(n, b.Round)...)
		}
	}
	if took && b.Since.IsZero() {
		b.Since = b.People[0].Joined
	}
	return took, out
}

// add lets somebody wait, by name while there is room for names.
func (b *batch) add(n newcomer, round int) []chat.Action {
	if len(b.People) < listed {
		b.People = append(b.People, n)
		return nil
	}
	b.More++
	b.Last = later(b.Last, n.Joined)
	return []chat.Action{chat.Remember{Key: welcomePerson + string(n.Person), Value: greeted{At: n.Joined, Counted: true, Round: round}}}
}

// remove lets somebody wait no more. Whose greeting is under way is not put back should it be refused.
func (b *batch) remove(who chat.Person, record greeted) (out []chat.Action, was bool) {
	if i := index(b.People, who); i >= 0 {
		b.People = slices.Delete(b.People, i, i+1)
		return nil, true
	}
	if b.Sent != nil {
		if i := index(b.Sent.People, who); i >= 0 {
			b.Sent.People[i].Gone = true
			return nil, true
		}
	}
	switch {
	case !record.Counted || record.Round < b.Greeted:
		return nil, false
	case b.Sent != nil && record.Round <= b.Sent.Round:
		b.Sent.More = max(0, b.Sent.More-1)
		return nil, true
	}
	b.More = max(0, b.More-1)
	return []chat.Action{chat.Remember{Key: welcomePerson + string(who)}}, true
}

// returned takes note of somebody who left while their greeting was under way, and is back before it has ended.
func (b *batch) returned(who chat.Person, at time.Time) bool {
	if b.Sent == nil {
		return false
	}
	i := index(b.Sent.People, who)
	if i < 0 || !b.Sent.People[i].Gone {
		return false
	}
	b.Sent.People[i].Gone, b.Sent.People[i].Joined = false, at
	return true
}

// rename notes a new name; false when nobody of that name waits.
func (b *batch) rename(who chat.Person, name string) bool {
	i := index(b.People, who)
	if i >= 0 {
		b.People[i].Name = name
	}
	return i >= 0
}

// has tells whether somebody waits by name, or is being greeted.
func (b *batch) has(who chat.Person) bool {
	return index(b.People, who) >= 0 || b.Sent != nil && index(b.Sent.People, who) >= 0
}

func index(people []newcomer, who chat.Person) int {
	return slices.IndexFunc(people, func(n newcomer) bool { return n.Person == who })
}

// dropOld lets nobody wait who came before a moment; they are not greeted later either.
func (b *batch) dropOld(before time.Time) (out []chat.Action) {
	for _, n := range b.People {
		if n.Joined.Before(before) {
			out = append(out, chat.Remember{Key: welcomePerson + string(n.Person), Value: greeted{At: n.Joined}})
		}
	}
	b.People = slices.DeleteFunc(b.People, func(n newcomer) bool { return n.Joined.Before(before) })
	if b.Last.Before(before) {
		b.More = 0
	}
	return out
}

func (b *batch) names() []chat.Arg {
	names := make([]chat.Arg, len(b.People))
	for i, n := range b.People {
		names[i] = chat.Mention{Member: n.Member, Name: n.Name, Ping: true}
	}
	return names
}

// send notes that all who wait are being greeted.
func (b *batch) send(now time.Time, wave time.Duration) {
	b.Sent = &sent{greeting: greeting{now, b.waiting()}, Until: now.Add(underWay), Round: b.Round, People: b.People, More: b.More, Last: b.Last}
	b.Recent = slices.DeleteFunc(b.Recent, func(g greeting) bool { return now.Sub(g.At) >= wave })
	b.Recent = append(b.Recent, b.Sent.greeting)
	b.Round++
	b.empty()
}

// done notes that the greeting under way was read, or may have been: nobody is greeted twice.
func (b *batch) done(now time.Time) (out []chat.Action) {
	for _, n := range b.Sent.People {
		out = append(out, chat.Remember{Key: welcomePerson + string(n.Person), Value: greeted{At: now}})
	}
	b.Greeted = b.Sent.Round + 1
	b.Sent, b.Refused, b.Retry = nil, false, time.Time{}
	return out
}

// takeBack lets those wait again whose greeting was refused, before those who came since.
func (b *batch) takeBack(now time.Time) (out []chat.Action) {
	failed, since := b.Sent, b.People
	b.Sent, b.People = nil, nil
	b.Recent = slices.DeleteFunc(b.Recent, func(g greeting) bool { return g.At.Equal(failed.At) })
	b.More += failed.More
	b.Last = later(b.Last, failed.Last)
	for _, n := range failed.People {
		if !n.Gone {
			out = append(out, b.add(n, failed.Round)...)
		}
	}
	for _, n := range since {
		out = append(out, b.add(n, b.Round)...)
	}
	if b.Since.IsZero() {
		b.Since = now
	}
	return out
}
