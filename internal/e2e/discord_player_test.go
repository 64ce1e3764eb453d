package e2e

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"palabre/adapters/discord/discordtest"
	"palabre/internal/human"
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
	p.guild = newGuild(t, discordtest.Options{Clock: p.clock.Now})
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

const name = `^([\p{L}\p{N}_.-]+)`

var (
	acts    = regexp.MustCompile(name + ` (joins|leaves|is|edits|deletes|reacts|bans|unbans|removes)(?: (.+))?$`)
	speech  = regexp.MustCompile(name + `(?: #(\S+?))?(?: > (\d+))?: (.*)$`)
	account = regexp.MustCompile(`^\(?account ([^)]+)\)?$`)
	network = regexp.MustCompile(`^the network (fails|loses|forbids|allows) (\S+)`)
)

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

// act does what a line says that somebody does.
func (p *player) act(line string) error {
	if m := network.FindStringSubmatch(line); m != nil {
		return p.disturb(m[1], m[2])
	}
	if m := acts.FindStringSubmatch(line); m != nil {
		return p.does(m[1], m[2], m[3])
	}
	if m := speech.FindStringSubmatch(line); m != nil {
		return p.says(m[1], m[2], m[3], m[4])
	}
	return fmt.Errorf("nobody knows how to play %q on Discord", line)
}

// effectKinds are the calls by which the bot does what the stories tell, as far as they fail.
var effectKinds = []string{"delete", "send"}

func (p *player) disturb(how, what string) error {
	switch how {
	case "forbids", "allows":
		if what != "delete" {
			return fmt.Errorf("no permission is known for %s", what)
		}
		may := discordtest.Moderation
		if how == "forbids" {
			may &^= discordtest.ManageMessages
		}
		p.BotMay(may)
		return nil
	}
	times, err := strconv.Atoi(what)
	p.disturbed += times
	for i := range times {
		p.Fail(discordtest.Fault{Kind: effectKinds[i%len(effectKinds)], Commit: how == "loses"})
	}
	return err
}

func (p *player) person(name string) discordtest.Person { return p.people[strings.ToLower(name)] }

func (p *player) says(who, room, answered, text string) error {
	if room == "" {
		room = "general"
	}
	draft := discordtest.Draft{Text: text, ReplyTo: p.said[answered].id}
	id, err := p.person(who).Post(p.channels[room], draft)
	if p.cannot(err, who+" cannot speak") {
		return nil
	}
	if err != nil || len(p.numbers) == 0 {
		return fmt.Errorf("%s says more than in the story: %w", who, err)
	}
	number := p.numbers[0]
	p.numbers = p.numbers[1:]
	p.said[number] = spoken{p.channels[room], id}
	p.note(room, fmt.Sprintf("[%s] %s%s: %s", number, who, after(" > ", answered), text))
	return nil
}

func after(mark, text string) string {
	if text == "" {
		return ""
	}
	return mark + text
}

// note writes down what somebody did.
func (p *player) note(room, text string) {
	p.shown = append(p.shown, entry{at: p.time, place: room, text: text})
}

// cannot notes that Discord refused something.
func (p *player) cannot(err error, what string) bool {
	if !errors.Is(err, discordtest.ErrRefused) {
		return false
	}
	p.refused = append(p.refused, what)
	return true
}

// does is everything but speaking.
func (p *player) does(who, verb, what string) error {
	switch verb {
	case "joins":
		return p.joins(who, what)
	case "leaves":
		p.note("", who+" leaves")
		p.pass = p.second // the bot waits for the audit log, which may say who made them leave
		return p.person(who).Leave(p.ID)
	case "is":
		return p.is(who, what)
	case "bans", "unbans", "removes":
		return p.moderates(who, verb, what)
	default:
		return p.changes(who, verb, what)
	}
}

func (p *player) joins(who, what string) error {
	if _, known := p.people[who]; !known {
		newcomer, err := p.newcomer(who, what)
		if err != nil {
			return err
		}
		p.people[who] = newcomer
	}
	err := p.person(who).Join(p.ID)
	if p.cannot(err, who+" cannot come in") {
		return nil
	}
	p.note("", who+" joins")
	return err
}

// newcomer is somebody with an account of some age: old, unless something else is said.
func (p *player) newcomer(who, what string) (discordtest.Person, error) {
	m := account.FindStringSubmatch(what)
	if m == nil {
		return p.Person(who), nil
	}
	age, err := human.Parse(m[1])
	return p.PersonAged(who, age), err
}

func (p *player) is(who, what string) error {
	if what != "moderator" {
		return fmt.Errorf("nobody knows how somebody becomes %s on Discord", what)
	}
	p.Moderator(who)
	return nil
}

// moderates is what a moderator does in their own client.
func (p *player) moderates(who, verb, what string) error {
	target := p.person(what).ID
	var err error
	switch verb {
	case "bans":
		p.note("", who+" bans "+what)
		err = p.person(who).Ban(p.ID, target, 0, "")
	case "unbans":
		p.note("", who+" lets "+what+" come back")
		err = p.person(who).Unban(p.ID, target, "")
	default:
		p.note("", who+" removes "+what)
		err = p.person(who).Kick(p.ID, target, "")
	}
	return err
}

// changes is what one does with a message.
func (p *player) changes(who, verb, what string) (err error) {
	number, rest, _ := strings.Cut(what, " ")
	number, edits := strings.CutSuffix(number, ":")
	m, known := p.said[number]
	if !known {
		return fmt.Errorf("nobody said %s", number)
	}
	did := fmt.Sprintf("%s %s %s", who, verb, number)
	switch {
	case edits:
		err, did = p.person(who).Edit(m.channel, m.id, rest), did+": "+rest
	case verb == "deletes":
		err = p.person(who).Delete(m.channel, m.id)
	default:
		err, did = p.person(who).React(m.channel, m.id, rest), fmt.Sprintf("%s %s under %s", who, rest, number)
	}
	if p.cannot(err, "there is no message "+number) {
		return nil
	}
	p.note(p.room(m.channel), did)
	return err
}

// clockLine reads "+2h", "next monday", "next monday 18:00", "at 2026-11-23 09:00".
func (p *player) clockLine(line string) (to time.Time, isClock bool, err error) {
	if by, ok := strings.CutPrefix(line, "+"); ok {
		d, err := human.Parse(by)
		return p.time.Add(d), true, err
	}
	kind, rest, _ := strings.Cut(line, " ")
	day, hour, _ := strings.Cut(rest, " ")
	switch kind {
	case "at":
		to, err = time.ParseInLocation(time.DateOnly, day, p.zone)
	case "next":
		to = p.next(day)
	default:
		return to, false, nil
	}
	if hour == "" || err != nil {
		return to, true, err
	}
	if strings.Count(hour, ":") == 1 {
		hour += ":00"
	}
	at, err := time.Parse(time.TimeOnly, hour)
	return time.Date(to.Year(), to.Month(), to.Day(), at.Hour(), at.Minute(), at.Second(), 0, p.zone), true, err
}

// next is the beginning of the next day of that name, never today.
func (p *player) next(day string) time.Time {
	to := p.time.In(p.zone)
	for first := true; first || !strings.EqualFold(to.Weekday().String(), day); first = false {
		to = time.Date(to.Year(), to.Month(), to.Day()+1, 0, 0, 0, 0, p.zone)
	}
	return to
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
