package e2e

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"palabre/adapters/discord/discordtest"
	"palabre/scenario"
)

// player plays a console story's script on Discord. The clocks of Discord and of the bot stand at the story's time;
// on their way to another they stop at every moment at which the story shows something, and a second before.
//
// What the script asks of the network becomes what Discord does: `forbids delete` takes the permission away, and calls
// that fail or whose answers are lost are the next ones by which messages are taken away and written, in turn.
type player struct {
	*guild
	clock     *standing
	zone      *time.Location
	time      time.Time // of the story
	stops     []time.Time
	numbers   []string          // the story's numbers of what people say, in order
	said      map[string]spoken // by number
	shown     []entry           // what people did, in the normal form
	refused   []string          // what they could not do
	disturbed int               // calls that were made to fail
	trouble   bool              // calls fail, or their answers are lost
	before    []string          // people who were there before the story
	people    map[string]discordtest.Person
	begin     func()
}

// spoken is one message of a person.
type spoken struct{ channel, id string }

// newPlayer prepares a story; the community and the bot begin with the first line that is not the clock's.
func newPlayer(t *testing.T, story *scenario.Story) *player {
	t.Helper()
	p := &player{zone: paris(t), said: map[string]spoken{}, people: map[string]discordtest.Person{}, clock: &standing{}}
	p.trouble = strings.Contains(story.Script, "the network fails") || strings.Contains(story.Script, "the network loses")
	want, _ := told(t, story.Want, p.zone)
	for _, e := range want {
		p.stops = append(p.stops, e.at)
		if e.number != "" {
			p.numbers = append(p.numbers, e.number)
		}
	}
	p.before = present(story.Script)
	p.time = p.moment(t, scenario.Opening)
	p.begin = func() { p.open(t) }
	return p
}

func paris(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Paris") // as the example says
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func (p *player) moment(t *testing.T, text string) time.Time {
	t.Helper()
	moment, err := time.ParseInLocation("2006-01-02 15:04", text, p.zone)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

// open makes the community as it was a month ago, and lets the bot begin at the story's time.
func (p *player) open(t *testing.T) {
	t.Helper()
	p.clock.move(p.time.AddDate(0, -1, 0))
	p.guild = newGuild(t, discordtest.Options{Clock: p.clock.Now, PerSecond: -1}) // its seconds do not end by themselves
	admins := p.Role("Admins", discordtest.Administrator)
	p.people["mod"], p.people["admin"] = p.Moderator("mod"), p.Member("admin")
	p.Place(admins, 9)
	p.Give(p.people["admin"], admins)
	for _, name := range p.before {
		if _, known := p.people[name]; !known {
			p.people[name] = p.Member(name)
		}
	}
	p.stand(p.time)
	p.start()
}

// stand puts both clocks to a moment.
func (p *player) stand(to time.Time) {
	p.clock.move(to)
	p.bot.write(p.bot.clock(), p.clock.Now().Format(time.RFC3339Nano))
}

// present are the people of a script who do not come in it: they have always been there.
func present(script string) (names []string) {
	seen := map[string]bool{}
	for line := range strings.Lines(script) {
		for _, form := range []*regexp.Regexp{acts, speech} {
			if m := form.FindStringSubmatch(strings.TrimSpace(line)); m != nil && !seen[m[1]] {
				seen[m[1]] = true
				if form == speech || m[2] != "joins" {
					names = append(names, m[1])
				}
				break
			}
		}
	}
	return names
}

// play plays one line.
func (p *player) play(line string) error {
	line = strings.TrimSpace(line)
	if line == "" || strings.HasPrefix(line, "#") {
		return nil
	}
	if to, isClock, err := p.clockLine(line); isClock {
		if err == nil {
			p.moveTo(to)
		}
		return err
	}
	if p.guild == nil {
		p.begin()
	}
	p.t.Logf("%s  %s", p.time.Format("Mon 15:04:05"), line)
	if line == "restart" {
		p.bot.stop()
		p.start()
		p.settle()
		return nil
	}
	p.moveTo(p.time.Add(time.Second))
	if err := p.act(line); err != nil {
		return err
	}
	p.quiet()
	return nil
}

// moveTo goes to a moment by way of every stop before it.
func (p *player) moveTo(to time.Time) {
	p.time = to
	if p.guild == nil {
		return
	}
	for _, stop := range p.stops {
		for _, moment := range []time.Time{stop.Add(-time.Second), stop} {
			if moment.After(p.clock.Now()) && moment.Before(to) {
				p.stand(moment)
				p.quiet()
			}
		}
	}
	p.stand(to)
	p.quiet()
}

// quiet waits until the bot has done what there is to do. While calls fail, time goes on: they are tried again later.
func (p *player) quiet() {
	p.t.Helper()
	for end := time.Now().Add(patience); p.trouble && p.waiting(); p.second() {
		if time.Now().After(end) {
			p.t.Fatalf("orders wait for longer than %s", patience)
		}
	}
	p.settle()
	p.pass = nil
}

// second lets one pass which is none of the story's.
func (p *player) second() { p.stand(p.clock.Now().Add(time.Second)) }

// waiting asks the bot something, and tells whether orders are left after that.
func (p *player) waiting() bool {
	p.ask()
	return !within(time.Second, func() bool {
		body, _ := p.bot.get("metrics")
		return strings.Contains(body, "palabre_outbox_orders 0\n")
	})
}

// who is somebody's name in the stories.
func (p *player) who(id string) string {
	for name, person := range p.people {
		if person.ID == id {
			return name
		}
	}
	return id
}

// number is the story's number of what somebody said.
func (p *player) number(message string) string {
	for number, m := range p.said {
		if m.id == message {
			return number
		}
	}
	return "?"
}

// all is what people and the bot did.
func (p *player) all() []entry {
	out := slices.Clone(p.shown)
	for _, e := range p.deeds() {
		if told, ok := p.entry(e); ok {
			out = append(out, told)
		}
	}
	return out
}
