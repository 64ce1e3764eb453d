package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The homeserver is restarted while people talk: nothing bad stays, nothing good goes, nobody is warned twice.
func TestHomeserverRestarts(t *testing.T) {
	c := newCommunity(t)
	p := newPalabre(c)
	p.start()
	p.ready()
	talk := conversation(c.people("talker", 12))

	half := make(chan struct{})
	done := make(chan []string)
	go func() { done <- c.hold(talk, half) }()
	<-half
	t.Log("— the homeserver restarts")
	c.server.Restart()
	good := <-done

	eventually(t, "no insult stands", func() bool { return len(c.visible("imbecile")) == 0 })
	for _, u := range talk {
		if u.bad {
			c.hear("general", "a warning for "+u.who.id, func(e event) bool { return slices.Contains(e.pings(), u.who.id) })
		}
	}
	p.ready()
	c.settled(p)
	c.unharmed(good)
	c.onceEach()
	p.stop()
	p.calm()
}

// utterance is one thing that somebody says.
type utterance struct {
	who  *person
	text string
	bad  bool
}

// conversation lets everybody say four things in turn, too few for a flood; the third is an insult.
func conversation(people []*person) (out []utterance) {
	for round := range 4 {
		for _, who := range people {
			u := utterance{who: who, text: fmt.Sprintf("thought %d", round), bad: round == 2}
			if u.bad {
				u.text = "you imbecile"
			}
			out = append(out, u)
		}
	}
	return out
}

// people are newcomers with numbers.
func (c *community) people(name string, count int) (out []*person) {
	c.t.Helper()
	for n := range count {
		p := c.person(fmt.Sprint(name, n))
		p.join(c.rooms["general"])
		out = append(out, p)
	}
	c.t.Logf("%d people join", count)
	return out
}

// hold holds a conversation over a homeserver that may be gone for a while: what got no answer is said again, as
// clients do. It closes half in the middle, and gives the harmless messages.
func (c *community) hold(talk []utterance, half chan<- struct{}) (good []string) {
	for i, u := range talk {
		if i == len(talk)/2 {
			close(half)
		}
		var id string
		within(2*patience, func() bool {
			var status int
			var err error
			id, status, err = u.who.tryAs(c.rooms["general"], u.text, fmt.Sprint("talk", i))
			return err == nil && status == http.StatusOK || c.t.Context().Err() != nil
		})
		if !u.bad {
			good = append(good, id)
		}
	}
	return good
}

// visible are the messages of people in #general that still show a word.
func (c *community) visible(word string) (out []event) {
	c.t.Helper()
	for _, e := range c.owner.read(c.rooms["general"]) {
		if e.Sender != c.bot.id && strings.Contains(e.text(), word) {
			out = append(out, e)
		}
	}
	return out
}

// unharmed checks that messages stand.
func (c *community) unharmed(good []string) {
	c.t.Helper()
	times := redactions(c.owner.read(c.rooms["general"]))
	for _, id := range good {
		if id == "" || times[id] > 0 {
			c.t.Errorf("a harmless message (%s) was not accepted, or taken away", id)
		}
	}
}

// onceEach checks that no message was taken away twice, nobody warned twice, and no case told twice.
func (c *community) onceEach() {
	c.t.Helper()
	times := redactions(c.owner.read(c.rooms["general"]))
	for _, e := range c.said("general") {
		for _, who := range e.pings() {
			times["to "+who+": "+e.text()]++
		}
	}
	for _, e := range c.said("moderators") {
		if n := caseNumber.FindStringSubmatch(e.text()); n != nil && e.answers() == "" {
			times["the line of case "+n[1]]++
		}
	}
	for _, what := range slices.Sorted(maps.Keys(times)) {
		if times[what] != 1 {
			c.t.Errorf("%d times: %s", times[what], what)
		}
	}
}

// Palabre is stopped while five hundred messages are posted, more than one answer of the homeserver holds.
// Started again, it takes away the 25 that it must, once, and goes on with what comes after.
func TestStoppedWhilePeopleTalk(t *testing.T) {
	c := newCommunity(t)
	p := newPalabre(c)
	p.start()
	p.ready()
	p.delivered()
	p.stop()

	good := c.crowd(c.people("talker", 95), c.newcomer("mallory"))
	t.Logf("— %d messages stand in #general, and %d invitations", len(good), len(c.gone))
	p.start()
	p.ready()
	c.awaitGone("general", slices.Collect(maps.Keys(c.gone)))
	carla := c.newcomer("carla")
	c.misbehave(carla, "general", "and now: join discord.gg/other")
	good = append(good, carla.say(c.rooms["general"], "a good evening to everybody"))
	c.settled(p)

	c.unharmed(good)
	c.account()
	c.onceEach()
	p.ready()
	p.stop()
	p.calm()
}

// crowd lets 95 people say five things each, five of them at the same moment; after every nineteenth of these
// somebody invites elsewhere.
func (c *community) crowd(people []*person, inviter *person) (good []string) {
	var mu sync.Mutex
	var group sync.WaitGroup
	post := func(who *person, text string, note func(id string)) {
		id, status, err := who.tryAs(c.rooms["general"], text, url.PathEscape(text))
		if err != nil || status != http.StatusOK {
			c.t.Errorf("%s may not say %q: status %d, %v", who.id, text, status, err)
		}
		mu.Lock()
		defer mu.Unlock()
		note(id)
	}
	for part := range slices.Chunk(people, 19) {
		group.Go(func() {
			for round := range 5 {
				for _, who := range part {
					post(who, fmt.Sprintf("thought %d of %s", round, who.id), func(id string) { good = append(good, id) })
				}
				post(inviter, fmt.Sprintf("join discord.gg/abc%d with %s", round, part[0].id), func(id string) { c.gone[id] = true })
			}
		})
	}
	group.Wait()
	return good
}

// Palabre says that it is not well before the homeserver has answered, and while it is silent; it goes on when the
// homeserver is back.
func TestSilentHomeserver(t *testing.T) {
	c := newCommunity(t)
	p := newPalabre(c)
	c.server.Stop()
	p.start()
	p.unready("not connected to the homeserver yet")
	c.server.Again()
	p.ready()
	c.misbehave(c.newcomer("fred"), "general", "imbecile")
	c.server.Stop()
	p.unready("nothing is received from the homeserver")
	if body, status := p.get("healthz"); status != http.StatusOK {
		t.Errorf("/healthz: %d %s", status, body)
	}
	c.server.Again()
	p.ready()
	c.misbehave(c.newcomer("erin"), "general", "join discord.gg/abc123")
	p.stop()
	p.calm()
}
