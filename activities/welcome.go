package activities

import (
	"slices"
	"time"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

// welcome greets newcomers together.
type welcome struct {
	room   string
	wait   time.Duration
	atMost int
}

const (
	welcomeBatch  = "welcome/batch"   // memory: who waits; wake: the waiting is over
	welcomePerson = "welcome/person:" // memory: this person was greeted
)

// tooLateToGreet is how long after their arrival people are newcomers.
const tooLateToGreet = 24 * time.Hour

// batch is the newcomers who wait for their greeting, in the order in which they came.
type batch struct {
	People []newcomer `json:"people"`
	Held   bool       `json:"held,omitempty"` // raid mode is on: nobody is greeted before it ends
}

type newcomer struct {
	Person chat.Person    `json:"person"`
	Member chat.MemberRef `json:"member"`
	Name   string         `json:"name"`
	Joined time.Time      `json:"joined"`
}

// greeted is the memory of a greeting.
type greeted struct {
	At time.Time `json:"at"`
}

func parseWelcome(v yamlsrc.Value, keys []string, env Env) Activity {
	m, ok := v.Map(keys...)
	if !ok {
		return nil
	}
	complete := m.Require("room")
	w := welcome{atMost: 8}
	var okRoom, okWait bool
	w.room, okRoom = room(m.Get("room"), env)
	w.wait, okWait = duration(m.Get("wait"), 5*time.Minute, time.Second, 24*time.Hour)
	if at := m.Get("at_most"); !at.IsZero() {
		w.atMost, ok = at.Int(1, 25)
	}
	if !complete || !ok || !okRoom || !okWait {
		return nil
	}
	return w
}

// Name is "welcome".
func (welcome) Name() string { return "welcome" }

// Keys asks for the batch, and for a newcomer's own record.
func (w welcome) Keys(ev chat.Event) []string {
	switch body := ev.Body.(type) {
	case chat.MemberJoined:
		if ev.Actor.Kind == chat.Human {
			return []string{welcomeBatch, welcomePerson + string(personOf(ev.Actor))}
		}
	case chat.MemberLeft, chat.MemberBanned, chat.MemberRenamed, chat.RaidChanged:
		return []string{welcomeBatch}
	case chat.Tick:
		if body.Key == welcomeBatch {
			return []string{welcomeBatch}
		}
	}
	return nil
}

// Act collects arrivals and greets them.
func (w welcome) Act(ev chat.Event, mem Memory) []chat.Action {
	var b batch
	mem.Get(welcomeBatch, &b)
	switch body := ev.Body.(type) {
	case chat.MemberJoined:
		return w.arrived(ev, b, mem)
	case chat.MemberLeft, chat.MemberBanned:
		return b.without(ev.Actor)
	case chat.MemberRenamed:
		return b.renamed(ev.Actor)
	case chat.RaidChanged:
		return w.raid(ev.At, body.On, b)
	case chat.Tick:
		return w.greet(ev.At, b)
	}
	return nil
}

// arrived puts a newcomer into the batch. What is learnt late never fills it: the wake, which knows what time it
// is, decides who is still new.
func (w welcome) arrived(ev chat.Event, b batch, mem Memory) []chat.Action {
	who := personOf(ev.Actor)
	var before greeted
	if mem.Get(welcomePerson+string(who), &before) || b.index(who) >= 0 {
		return nil
	}
	first := len(b.People) == 0
	b.People = append(b.People, newcomer{who, ev.Actor.MemberRef, ev.Actor.Name, ev.At})
	switch {
	case b.Held:
		return []chat.Action{b.remember()}
	case len(b.People) >= w.atMost && !ev.Late:
		return append(w.greet(ev.At, b), chat.Wake{Key: welcomeBatch})
	case first:
		return []chat.Action{b.remember(), chat.Wake{Key: welcomeBatch, At: ev.At.Add(w.wait)}}
	}
	return []chat.Action{b.remember()}
}

// raid holds the greetings back while raid mode is on, and lets them wait anew when it ends: who left or was banned
// meanwhile is no longer among them.
func (w welcome) raid(now time.Time, on bool, b batch) []chat.Action {
	b.Held = on
	switch {
	case on:
		return []chat.Action{b.remember(), chat.Wake{Key: welcomeBatch}}
	case len(b.People) == 0:
		return []chat.Action{chat.Remember{Key: welcomeBatch}}
	}
	return []chat.Action{b.remember(), chat.Wake{Key: welcomeBatch, At: now.Add(w.wait)}}
}

// greet says welcome to everybody who waits and is still new, and empties the batch.
func (w welcome) greet(now time.Time, b batch) []chat.Action {
	if len(b.People) == 0 || b.Held {
		return nil
	}
	out := []chat.Action{chat.Remember{Key: welcomeBatch}}
	fresh := slices.DeleteFunc(slices.Clone(b.People), func(n newcomer) bool { return now.Sub(n.Joined) > tooLateToGreet })
	for people := range slices.Chunk(fresh, w.atMost) {
		out = append(out, w.say(people))
	}
	for _, n := range b.People {
		out = append(out, chat.Remember{Key: welcomePerson + string(n.Person), Value: greeted{now}})
	}
	return out
}

func (w welcome) say(people []newcomer) chat.Action {
	names := make([]chat.Arg, len(people))
	for i, n := range people {
		names[i] = chat.Mention{Member: n.Member, Name: n.Name, Ping: true}
	}
	return chat.Send{
		Logical: w.room, As: "greet", Priority: chat.Animation,
		Say: chat.Say("activities.welcome", chat.Args{"members": names, "count": len(names)}),
	}
}

// without drops somebody who is gone.
func (b batch) without(who chat.Actor) []chat.Action {
	i := b.index(personOf(who))
	if i < 0 {
		return nil
	}
	b.People = slices.Delete(slices.Clone(b.People), i, i+1)
	if len(b.People) == 0 && !b.Held {
		return []chat.Action{chat.Remember{Key: welcomeBatch}, chat.Wake{Key: welcomeBatch}}
	}
	return []chat.Action{b.remember()}
}

func (b batch) renamed(who chat.Actor) []chat.Action {
	i := b.index(personOf(who))
	if i < 0 {
		return nil
	}
	b.People = slices.Clone(b.People)
	b.People[i].Name = who.Name
	return []chat.Action{b.remember()}
}

func (b batch) index(who chat.Person) int {
	return slices.IndexFunc(b.People, func(n newcomer) bool { return n.Person == who })
}

func (b batch) remember() chat.Action { return chat.Remember{Key: welcomeBatch, Value: b} }

// personOf is the actor's person, also when an adapter left it to us.
func personOf(a chat.Actor) chat.Person {
	if a.Person != "" {
		return a.Person
	}
	return chat.PersonOf(a.MemberRef)
}
