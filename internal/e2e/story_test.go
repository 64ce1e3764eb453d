package e2e

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The story that the console tells, on a real homeserver: a greeting, three strikes and a silence, an explanation,
// an undo, a configuration read again, an hour that passes, and questions on Mondays over the change to
// summer time.
func TestOneCommunity(t *testing.T) {
	c := newCommunity(t)
	p := newPalabre(c)
	p.start()
	p.ready()

	carla := greeting(c, p)
	strikes(c, carla)
	why(c)
	staffIsSafe(c)
	aMinuteLater(p)
	dave := c.newcomer("dave")
	cases := strikes(c, dave)
	flooded := time.Now()
	aMinuteLater(p)
	byHand(c)
	eventually(t, "the flood is over", func() bool { return time.Since(flooded) > 10*time.Second })
	undo(c, dave, cases)
	aMinuteLater(p)
	reload(c, p, dave)
	besides(c, p)
	silenceEnds(c, p, carla, dave)
	c.account()
	lines(c)
	mondays(c, p)

	p.delivered()
	p.stop()
	p.calm("the configuration has mistakes")
	c.account()
}

// A newcomer is greeted once, by name, after the time that the example waits; coming back is no arrival.
func greeting(c *community, p *palabre) *person {
	carla := c.newcomer("carla")
	before := len(c.said("welcome"))
	p.shift(5*time.Minute + time.Second)
	c.hear("welcome", "a greeting", saying("Welcome", "carla"))
	carla.leave(c.publicRooms()...)
	carla.join(c.publicRooms()...)
	c.settled(p)
	said := c.said("welcome")
	if len(said) != before+1 || !slices.Equal(said[before].pings(), []string{carla.id}) {
		c.t.Errorf("carla came twice and was greeted %d times, the first with pings of %v", len(said)-before, said[before].pings())
	}
	return carla
}

// aMinuteLater lets the moderators' room breathe: of more than five cases in a minute some are told together.
func aMinuteLater(p *palabre) { p.shift(p.ahead + time.Minute) }

// settled waits until the bot has taken up everything that was said before, and has answered.
func (c *community) settled(p *palabre) {
	c.t.Helper()
	for range 2 { // the first may be heard before a timer that is due
		asked := c.mod.say(c.rooms["moderators"], "!help")
		eventually(c.t, "an answer to !help", func() bool {
			return slices.ContainsFunc(c.said("moderators"), func(e event) bool { return e.answers() == asked })
		})
	}
	p.delivered()
}

// Three rules, three strikes: the third silences for an hour. It gives the numbers of the three cases.
func strikes(c *community, who *person) (cases []string) {
	name := strings.TrimPrefix(strings.TrimSuffix(who.id, ":localhost"), "@")
	c.misbehave(who, "general", "join discord.gg/abc123")
	cases = append(cases, c.caseOf(name, "new-account-invites", "abc123"))
	c.warned(who, "New accounts may not advertise or flood.")

	c.misbehave(who, "general", "what an imbécile")
	cases = append(cases, c.caseOf(name, "insults", "imbecile"))
	c.warned(who, "No insults.")

	c.flood(who, "help")
	cases = append(cases, c.caseOf(name, "flood", "9 messages in 10 seconds", "3 strikes on the record", "timeout 1 hour"))
	c.hear("help", "a warning", func(e event) bool {
		return strings.Contains(e.text(), "Nobody floods") && slices.Contains(e.pings(), who.id)
	})
	c.silenced(who)
	return cases
}

var caseNumber = regexp.MustCompile(`#(\d+)`)

// caseOf waits for the line about a member's case and gives its number.
func (c *community) caseOf(name string, words ...string) string {
	c.t.Helper()
	line := c.line(append([]string{"** " + name + " in "}, words...)...)
	return caseNumber.FindStringSubmatch(line.text())[1]
}

// warned waits until a member is told in the room what is wrong, so that they notice.
func (c *community) warned(who *person, why string) {
	c.t.Helper()
	c.hear("general", "a warning", func(e event) bool {
		return strings.Contains(e.text(), "this is a warning. "+why) && slices.Equal(e.pings(), []string{who.id})
	})
}

// A moderator asks why, and hears the rule and the words.
func why(c *community) {
	for number, words := range map[string][]string{
		"1": {"new-account-invites", "abc123"}, "2": {"insults", "imbecile"}, "3": {"flood", "9 messages", "timeout"},
	} {
		answer := c.command(c.mod, "moderators", "!why "+number)
		if !saying(append(words, "Case #"+number, "carla")...)(answer) {
			c.t.Errorf("!why %s does not tell %q", number, words)
		}
	}
}

// What staff say stands, whatever it is.
func staffIsSafe(c *community) {
	for _, who := range []*person{c.owner, c.mod} {
		who.say(c.rooms["general"], "that imbecile wants you to join discord.gg/abc123")
		c.t.Logf("#general %s insults and invites", who.id)
	}
}

// Two of the three cases are taken back: the silence ends at once, and one strike is left.
func undo(c *community, dave *person, cases []string) {
	c.mod.say(c.rooms["moderators"], "!undo "+cases[2]+" that was a misunderstanding")
	c.line("**#"+cases[2]+"** undone by mod", "timeout lifted", "strikes removed")
	c.released(dave)
	c.mod.say(c.rooms["moderators"], "!undo "+cases[0])
	c.line("**#"+cases[0]+"** undone by mod", "strikes removed")
}

// A moderator silences by hand; a member may not command.
func byHand(c *community) {
	erin := c.newcomer("erin")
	c.mod.say(c.rooms["moderators"], "!timeout @erin:localhost 1h calm down")
	number := caseNumber.FindStringSubmatch(c.line("erin: timeout 1 hour", "by mod", "calm down").text())[1]
	c.silenced(erin)
	c.mod.say(c.rooms["moderators"], "!undo "+number)
	c.released(erin)
	refused := c.command(erin, "general", "!ban @dave:localhost")
	if !saying("is for moderators")(refused) {
		c.t.Error("a member's !ban is not refused")
	}
}

const moreRules = `rules:
  - name: pirates
    when: { words: [ rapscallion ] }
    do: [ delete, strike: 1 ]
    mode: enforce
  - name: parrots
    when: { words: [ cracker ] }
    do: [ delete, strike: 1 ]
    mode: enforce
`

// A broken file changes nothing and is told; a good one works from the next message on. The undone strikes do
// not count: the next one is the second, and the one after it the third.
func reload(c *community, p *palabre, dave *person) {
	p.configure(replaced(c.t, p.text, "    mode: shadow", "    mode: shadowy", 1))
	p.signal(syscall.SIGHUP)
	c.line("The new configuration has mistakes; the running one stays.", "palabre.yaml:", "shadowy")
	c.misbehave(c.newcomer("fred"), "general", "imbecile")

	p.configure(replaced(c.t, p.text, "\nrules:\n", "\n"+moreRules, 1))
	p.signal(syscall.SIGHUP)
	p.wrote("configuration read again", 1)
	c.misbehave(dave, "general", "you rapscallion")
	if line := c.line("dave in", "pirates", "strike 1"); strings.Contains(line.text(), "timeout") {
		c.t.Errorf("undone strikes count: %s", line.text())
	}
	c.misbehave(dave, "general", "have a cracker")
	c.caseOf("dave", "parrots", "3 strikes on the record", "timeout 1 hour")
	c.silenced(dave)
}

// While the bot works, a second one is refused, orders can be looked at, and the memory can be copied.
func besides(c *community, p *palabre) {
	if said, code := p.run("run", "-config", p.config); code != 1 || !strings.Contains(said, "another process works with this database") {
		c.t.Errorf("a second palabre on the same memory: exit code %d", code)
	}
	c.settled(p)
	if said, code := p.run("outbox", "-config", p.config, "list"); code != 0 || !strings.Contains(said, "nothing waits") {
		c.t.Errorf("palabre outbox list: exit code %d", code)
	}
	copied := filepath.Join(p.dir, "copy.db")
	if said, code := p.run("backup", "-config", p.config, copied); code != 0 || !strings.Contains(said, "a whole copy") {
		c.t.Errorf("palabre backup: exit code %d", code)
	}
	other := filepath.Join(p.dir, "other.yaml")
	if err := os.WriteFile(other, []byte(replaced(c.t, p.text, "palabre.db", "copy.db", 1)), 0o600); err != nil {
		c.t.Fatal(err)
	}
	if _, code := p.run("outbox", "-config", other, "list"); code != 0 {
		c.t.Errorf("the copy cannot be read: exit code %d", code)
	}
}

// An hour later everybody may speak again.
func silenceEnds(c *community, p *palabre, silent ...*person) {
	p.shift(p.ahead + time.Hour)
	c.t.Log("— an hour passes")
	for _, who := range silent {
		c.line("the time is over", strings.TrimPrefix(strings.TrimSuffix(who.id, ":localhost"), "@"))
		c.released(who)
	}
}

// lines looks at everything that moderators were told: each case has one line.
func lines(c *community) {
	opened := map[string]int{}
	for _, e := range c.said("moderators") {
		number := caseNumber.FindStringSubmatch(e.text())
		if number != nil && !saying("undone by")(e) && !saying("the time is over")(e) && e.answers() == "" {
			opened[number[1]]++
		}
	}
	for n := range 10 { // three each of carla and dave, one each of erin and fred, two more of dave
		if times := opened[fmt.Sprint(n+1)]; times != 1 {
			c.t.Errorf("moderators were told %d times of case %d", times, n+1)
		}
	}
	if len(opened) != 10 {
		c.t.Errorf("there are cases that nobody expected: %v", slices.Sorted(maps.Keys(opened)))
	}
}
