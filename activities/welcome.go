package activities

import (
	"strings"
	"time"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

// welcome greets newcomers together, on each network those who came there. It is there without a block too: people leave
// while it is out of the configuration, and who waits when it is put back is greeted then.
type welcome struct {
	room   string // empty while it is out of the configuration
	wait   time.Duration
	atMost int           // names in one greeting
	wave   time.Duration // when more come, from one greeting to the next
}

const (
	welcomeBatch  = "welcome/batch:"  // memory, for each network: who waits; wake: the waiting is over
	welcomePerson = "welcome/person:" // memory: this person was greeted, or is counted among those who wait
	welcomeBefore = "welcome/batch"   // memory, as it was written when all networks waited together
)

const (
	// tooLateToGreet is how long after their arrival people are newcomers, besides the time that they had to wait for us.
	tooLateToGreet = 24 * time.Hour
	// keptAway is how long who waits is kept while welcome is out of the configuration.
	keptAway = 24 * time.Hour
	// breath lies between two greetings at least, so that a wave is seen before it was greeted one by one.
	breath = 15 * time.Second
	// hearing is how long a greeting that is overdue at a start waits: who left meanwhile is to be heard of before.
	hearing = 30 * time.Second
	// underWay is longer than any order of a greeting lives: one that was not heard of by then is never heard of.
	underWay = 2 * time.Hour
)

func parseWelcome(v yamlsrc.Value, keys []string, env Env) Activity {
	if v.IsZero() {
		return welcome{}
	}
	m, ok := v.Map(keys...)
	if !ok {
		return nil
	}
	complete := m.Require("room")
	w := welcome{atMost: 8}
	var okRoom, okWait, okWave bool
	w.room, okRoom = room(m.Get("room"), env)
	w.wait, okWait = duration(m.Get("wait"), 5*time.Minute, time.Second, 24*time.Hour)
	w.wave, okWave = duration(m.Get("wave"), 30*time.Minute, time.Second, 24*time.Hour)
	if at := m.Get("at_most"); !at.IsZero() {
		w.atMost, ok = at.Int(1, 25)
	}
	if !complete || !ok || !okRoom || !okWait || !okWave {
		return nil
	}
	return w
}

// Name is "welcome".
func (welcome) Name() string { return "welcome" }

// Keys asks for the batch of the network, and for the person's own record; for every batch where an event concerns all.
func (w welcome) Keys(ev chat.Event) []string {
	switch body := ev.Body.(type) {
	case chat.MemberJoined:
		if ev.Actor.Kind == chat.Human {
			return []string{batchKey(ev.Actor.Platform), welcomePerson + string(personOf(ev.Actor))}
		}
	case chat.MemberLeft, chat.MemberBanned:
		return []string{batchKey(ev.Actor.Platform), welcomePerson + string(personOf(ev.Actor))}
	case chat.MemberRenamed:
		return []string{batchKey(ev.Actor.Platform)}
	case chat.Started:
		return append(batchKeys(), welcomeBefore)
	case chat.RaidChanged:
		return batchKeys()
	case chat.Tick:
		if strings.HasPrefix(body.Key, welcomeBatch) {
			return []string{body.Key}
		}
	case chat.Settled:
		if key, _, ok := strings.Cut(body.Ref, "/round:"); ok && strings.HasPrefix(key, welcomeBatch) {
			return []string{key}
		}
	}
	return nil
}

func batchKey(p chat.Platform) string { return welcomeBatch + string(p) }

func batchKeys() []string {
	var out []string
	for _, p := range chat.Platforms {
		out = append(out, batchKey(p))
	}
	return out
}

// Act collects arrivals and greets them.
func (w welcome) Act(ev chat.Event, mem Memory) []chat.Action {
	switch body := ev.Body.(type) {
	case chat.MemberJoined:
		return w.arrived(ev, mem)
	case chat.MemberLeft, chat.MemberBanned:
		return w.left(ev, mem)
	case chat.MemberRenamed:
		return w.renamed(ev.Actor, mem)
	case chat.Started:
		return w.started(ev.At, body.Reload, mem)
	case chat.RaidChanged:
		return w.raid(ev.At, mem)
	case chat.Tick:
		b, _ := readBatch(body.Key, mem)
		return w.due(ev.At, body.Due, b, mem)
	case chat.Settled:
		key, _, _ := strings.Cut(body.Ref, "/round:")
		b, _ := readBatch(key, mem)
		return w.settled(ev.At, body, b, mem)
	}
	return nil
}

// arrived puts a newcomer into the batch. What is learnt late does not begin the waiting: the wake, which knows what
// time it is, does.
func (w welcome) arrived(ev chat.Event, mem Memory) []chat.Action {
	b, _ := readBatch(batchKey(ev.Actor.Platform), mem)
	who := personOf(ev.Actor)
	var before greeted
	if b.returned(who, ev.At) {
		return []chat.Action{b.remember()}
	}
	if w.collectsNot(b, ev.At) || b.has(who) || mem.Get(welcomePerson+string(who), &before) {
		return nil
	}
	if b.Since.IsZero() && !ev.Late {
		b.Since = ev.At
	}
	out := b.add(newcomer{Person: who, Member: ev.Actor.MemberRef, Name: ev.Actor.Name, Joined: ev.At}, b.Round)
	return append(out, w.keep(b, ev.At, mem)...)
}

// collectsNot tells whether arrivals are nothing to us: welcome is out of the configuration, and not for a moment only.
func (w welcome) collectsNot(b batch, at time.Time) bool {
	return w.room == "" && (b.Away.IsZero() || at.Sub(b.Away) > keptAway)
}

// left takes somebody who is gone out of the batch.
func (w welcome) left(ev chat.Event, mem Memory) []chat.Action {
	b, known := readBatch(batchKey(ev.Actor.Platform), mem)
	who := personOf(ev.Actor)
	var record greeted
	mem.Get(welcomePerson+string(who), &record)
	out, was := b.remove(who, record)
	if !known || !was {
		return nil
	}
	return append(out, w.keep(b, ev.At, mem)...)
}

func (w welcome) renamed(who chat.Actor, mem Memory) []chat.Action {
	b, _ := readBatch(batchKey(who.Platform), mem)
	if !b.rename(personOf(who), who.Name) {
		return nil
	}
	return []chat.Action{b.remember()}
}

// started arms what waits, with the lines that the configuration has now, and takes over what was written when all networks
// waited together.
func (w welcome) started(now time.Time, reload bool, mem Memory) []chat.Action {
	var out []chat.Action
	var before batch
	if mem.Get(welcomeBefore, &before) {
		out = append(out, chat.Remember{Key: welcomeBefore}, chat.Wake{Key: welcomeBefore})
	}
	for _, p := range chat.Platforms {
		b, known := readBatch(batchKey(p), mem)
		took, adopted := b.adopt(before, p)
		if !known && !took && w.room == "" {
			continue // it was never there
		}
		out = append(out, adopted...)
		b.Retry = time.Time{} // whoever restarts or reloads may have repaired what refused us
		if !reload {
			b.Retry = now.Add(min(w.wait, hearing))
		}
		switch {
		case w.room != "":
			b.Away = time.Time{}
		case b.Away.IsZero():
			b.Away = now
		}
		out = append(out, w.keep(b, now, mem)...)
	}
	return out
}

// raid lets who waits wait anew when raid mode ends: who leaves or is banned until then is no longer among them.
func (w welcome) raid(now time.Time, mem Memory) []chat.Action {
	var out []chat.Action
	for _, key := range batchKeys() {
		b, _ := readBatch(key, mem)
		if b.waiting() == 0 {
			continue
		}
		b.Since = now
		out = append(out, w.keep(b, now, mem)...)
	}
	return out
}

// due greets when the time has come. A wake that comes early, or finds raid mode on, changes nothing. One that comes late comes
// before anything else after a stop: who left meanwhile, and how a greeting ended, is heard of first.
func (w welcome) due(now, due time.Time, b batch, mem Memory) []chat.Action {
	var out []chat.Action
	late := now.Sub(due) > time.Second && !due.Equal(b.PutOff)
	switch {
	case late && b.Sent != nil:
		b.Sent.Until = now.Add(underWay)
	case late:
		b.Retry = now.Add(min(w.wait, hearing))
		b.PutOff = b.Retry
	case b.Sent != nil && !now.Before(b.Sent.Until):
		out = b.done(now)
	}
	if b.Since.IsZero() && b.waiting() > 0 {
		b.Since = now
	}
	switch at := w.next(b, mem); {
	case w.room == "" && now.Sub(b.Away) >= keptAway:
		b.empty()
	case w.room != "" && !at.IsZero() && !at.After(now) && b.Sent == nil:
		out = append(out, w.greet(now, &b)...)
	}
	return append(out, w.keep(b, now, mem)...)
}

// keep remembers a batch and asks for the wake that it needs.
func (w welcome) keep(b batch, now time.Time, mem Memory) []chat.Action {
	if b.waiting() == 0 {
		b.Since = time.Time{}
	}
	at := w.next(b, mem)
	if b.waiting() > 0 && b.Since.IsZero() {
		at = now
	}
	return []chat.Action{b.remember(), chat.Wake{Key: b.key, At: at}}
}

// next is when a batch has to be looked at again; zero for never: something else will happen before.
func (w welcome) next(b batch, mem Memory) time.Time {
	switch {
	case b.Sent != nil:
		return b.Sent.Until
	case b.waiting() == 0:
		return time.Time{}
	case w.room == "":
		return b.Away.Add(keptAway)
	case mem.Raid():
		return time.Time{}
	}
	return w.ready(b)
}

// ready is when those who wait may be greeted. More than a greeting names, within the time of a wave and with those who were
// greeted in it, are a wave.
func (w welcome) ready(b batch) time.Time {
	at := later(b.Since.Add(w.wait), b.Retry)
	if len(b.Recent) == 0 {
		return at
	}
	last := b.Recent[len(b.Recent)-1].At
	at = later(at, last.Add(min(breath, w.wave)))
	count := b.waiting()
	for _, g := range b.Recent {
		if g.At.Add(w.wave).After(at) {
			count += g.Count
		}
	}
	if count > w.atMost {
		at = later(at, last.Add(w.wave))
	}
	return at
}

// greet says welcome to everybody who waits and is still new, in one message.
func (w welcome) greet(now time.Time, b *batch) []chat.Action {
	out := b.dropOld(now.Add(-tooLateToGreet - w.wait - w.wave))
	count := b.waiting()
	if count == 0 {
		return out
	}
	say := chat.Say("activities.welcome.wave", chat.Args{"count": count})
	if count <= w.atMost && b.More == 0 {
		say = chat.Say("activities.welcome", chat.Args{"members": b.names(), "count": count})
	}
	b.send(now, w.wave)
	return append(out, chat.Send{
		Logical: w.room, On: b.platform(), As: "greet", Priority: chat.Animation, Say: say, Ref: b.Sent.ref(b.key),
	})
}

// settled notes who was greeted. What was refused waits again: the moderators hear of it once.
func (w welcome) settled(now time.Time, body chat.Settled, b batch, mem Memory) []chat.Action {
	if b.Sent == nil || b.Sent.ref(b.key) != body.Ref {
		return nil
	}
	if body.Outcome != chat.Blocked && body.Outcome != chat.Dead {
		out := b.done(now)
		return append(out, w.keep(b, now, mem)...)
	}
	tell := !b.Refused && w.room != ""
	out := b.takeBack(now)
	b.Refused, b.Retry = true, now.Add(w.wave)
	out = append(out, w.keep(b, now, mem)...)
	if tell {
		out = append(out, note(chat.Say("activities.welcome.failed", chat.Args{"room": w.room, "reason": body.Reason})))
	}
	return out
}

// personOf is the actor's person, also when an adapter left it to us.
func personOf(a chat.Actor) chat.Person {
	if a.Person != "" {
		return a.Person
	}
	return chat.PersonOf(a.MemberRef)
}
