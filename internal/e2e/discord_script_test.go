package e2e

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"palabre/adapters/discord/discordtest"
	"palabre/internal/human"
)

// name begins a line in which somebody does something: the console's script language, as far as the stories use it.
const name = `^([\p{L}\p{N}_.-]+)`

var (
	acts    = regexp.MustCompile(name + ` (joins|leaves|is|edits|deletes|reacts|bans|unbans|removes)(?: (.+))?$`)
	speech  = regexp.MustCompile(name + `(?: #(\S+?))?(?: > (\d+))?: (.*)$`)
	account = regexp.MustCompile(`^\(?account ([^)]+)\)?$`)
	network = regexp.MustCompile(`^the network (fails|loses|forbids|allows) (\S+)`)
)

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

// permissions are what the bot needs for what the network forbids it in the stories.
var permissions = map[string]uint64{"delete": discordtest.ManageMessages, "ban": discordtest.BanMembers}

func (p *player) disturb(how, what string) error {
	switch how {
	case "forbids", "allows":
		needed, known := permissions[what]
		if !known {
			return fmt.Errorf("no permission is known for %s", what)
		}
		may := discordtest.Moderation
		if how == "forbids" {
			may &^= needed
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
	if err != nil {
		return err
	}
	if len(p.numbers) == 0 {
		return fmt.Errorf("%s says more than in the story", who)
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
