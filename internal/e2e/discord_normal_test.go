package e2e

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"palabre/adapters/discord/discordtest"
)

// entry is one thing that happened, in the normal form that a console's story and a platform have in common. It has a
// time to the second, a place and a text. The normal form leaves out what the two show in different ways:
//
//   - what happens in one place in one second has no order, for the shipped binary does several things at once;
//   - what the bot says has no number, for the same reason (what people say keeps its number);
//   - a text stands without emphasis, quoting marks and line ends, a thread is its title and its first words;
//   - the platform's own words about what it forbids are cut;
//   - a silence ends by itself on Discord, and one that stands until then already is nothing new: neither is seen there;
//   - the bot is a member on Discord and none in the console: who sanctions it is refused for another reason;
//   - what people could not do is told apart, in order, without the reason and the time.
//
// Where calls fail, tries are seconds apart on one platform and not on the other: times are told to the minute there.
type entry struct {
	at     time.Time
	place  string // a room, empty for the whole community
	text   string
	number string // of what somebody said
}

// lined writes entries as lines.
func lined(entries []entry, precision time.Duration, zone *time.Location) []string {
	var lines []string
	for _, e := range entries {
		at := e.at.In(zone).Truncate(precision)
		lines = append(lines, strings.TrimRight(fmt.Sprintf("%s %s  #%s %s", at.Format(time.DateOnly), at.Format(time.TimeOnly), e.place, e.text), " "))
	}
	slices.Sort(lines)
	return lines
}

var (
	dayLine   = regexp.MustCompile(`^— \w+ (\d+ \w+ \d{4}) —$`)
	eventLine = regexp.MustCompile(`^(\d\d:\d\d:\d\d) (\S*)\s+(.*)$`)
	numbered  = regexp.MustCompile(`^\[(\d+)\] (.*)$`)
	notTheBot = regexp.MustCompile(`^(Palabre > \d+: )(I do not know a member Palabre\..*|palabre cannot be sanctioned by you: .*)$`)
	inReasons = regexp.MustCompile(`(failed|refused|Not done:\s+\w+): [^)]*`)
	silences  = regexp.MustCompile(`^Palabre silences (\S+) until (.+?)(?: — .*)?$`)
	frees     = regexp.MustCompile(`^Palabre lets (\S+) speak again$`)
	spaces    = regexp.MustCompile(`\s+`)
	marks     = strings.NewReplacer("“", "", "”", "", "`", "")
	oneOfOurs = regexp.MustCompile(`^Palabre( > \d+)?: `)
)

// told reads what a story wants: what happens, and what people cannot do.
func told(t *testing.T, want string, zone *time.Location) (entries []entry, refused []string) {
	t.Helper()
	day := ""
	for line := range strings.Lines(want) {
		line = strings.TrimRight(line, "\n")
		further := strings.TrimSpace(line)
		switch m := eventLine.FindStringSubmatch(line); {
		case dayLine.MatchString(line):
			day = dayLine.FindStringSubmatch(line)[1]
		case m != nil:
			at, err := time.ParseInLocation("2 January 2006 15:04:05", day+" "+m[1], zone)
			if err != nil {
				t.Fatal(err)
			}
			entries = append(entries, entry{at: at, place: strings.TrimPrefix(m[2], "#"), text: m[3]})
		case strings.HasPrefix(further, "! "):
			refused = append(refused, strings.Split(further[2:], ":")[0])
		default:
			entries[len(entries)-1].text += " " + further
		}
	}
	for i := range entries {
		entries[i].normalise()
	}
	return news(entries), refused
}

// news leaves out what changes nothing on Discord: a silence until when one lasts already, and the lift of one that is over.
func news(entries []entry) []entry {
	ends := map[string]time.Time{}
	return slices.DeleteFunc(entries, func(e entry) bool {
		if m := silences.FindStringSubmatch(e.text); m != nil {
			before := ends[m[1]]
			ends[m[1]] = e.end(m[2])
			return before.Equal(ends[m[1]])
		}
		m := frees.FindStringSubmatch(e.text)
		return m != nil && !e.at.Before(ends[m[1]])
	})
}

// end is the end of a silence as the console shows it: an hour of the same day, or a day and an hour.
func (e entry) end(shown string) time.Time {
	for _, form := range []string{time.DateOnly + " " + time.TimeOnly, "2006 " + otherDay} {
		date, _, _ := strings.Cut(form, " ")
		if at, err := time.ParseInLocation(form, e.at.Format(date)+" "+shown, e.at.Location()); err == nil {
			return at
		}
	}
	return time.Time{}
}

// otherDay is how the console shows the end of a silence on another day.
const otherDay = "Mon 2 Jan 15:04:05"

// normalise takes a number away that is the bot's, and what is left out of texts.
func (e *entry) normalise() {
	e.place, _, _ = strings.Cut(e.place, "/")
	if m := numbered.FindStringSubmatch(e.text); m != nil {
		if oneOfOurs.MatchString(m[2]) {
			e.text = m[2]
		} else {
			e.number = m[1]
		}
	}
	e.text = plain(e.text)
}

func plain(text string) string {
	text = inReasons.ReplaceAllString(text, "$1: the platform's reason")
	text = strings.TrimSpace(spaces.ReplaceAllString(marks.Replace(text), " "))
	return notTheBot.ReplaceAllString(text, "${1}the bot is not sanctioned")
}

// entry is something that the bot did on Discord, in the normal form. A thread is told by its first message.
func (p *player) entry(e discordtest.Effect) (entry, bool) {
	who, place, text := p.who(e.Target), p.room(e.Channel), ""
	switch e.Kind {
	case "send":
		text = p.message(e)
	case "delete":
		text = "Palabre deletes " + p.number(e.Message) + after(" — ", e.Reason)
	case "react":
		text = "Palabre " + e.Text + " under " + p.number(e.Message)
	case "timeout":
		text = "Palabre lets " + who + " speak again"
		if !e.Until.IsZero() {
			text = "Palabre silences " + who + " until " + p.hour(e) + after(" — ", e.Reason)
		}
	case "ban":
		text = "Palabre bans " + who + after(" — ", e.Reason)
	case "unban":
		text = "Palabre lets " + who + " come back"
	case "thread":
		return entry{}, false
	default:
		text = fmt.Sprintf("Palabre: %+v", e)
	}
	if e.Channel == "" || p.alone(e.Channel) != "" {
		place = ""
	}
	return entry{at: e.At, place: place, text: plain(text)}, true
}

// hour is the end of a silence as the console shows it.
func (p *player) hour(e discordtest.Effect) string {
	until, at := e.Until.In(p.zone), e.At.In(p.zone)
	if until.Format(time.DateOnly) == at.Format(time.DateOnly) {
		return until.Format(time.TimeOnly)
	}
	return until.Format(otherDay)
}

// message is what the bot said, as people read it.
func (p *player) message(e discordtest.Effect) string {
	shown, _ := p.Message(e.Channel, e.Message)
	head := "Palabre"
	if reader := p.alone(e.Channel); reader != "" {
		head += " writes to " + reader + " alone"
	}
	if shown.ReplyTo != "" {
		head += " > " + p.number(shown.ReplyTo)
	}
	if _, names := p.threadOf(e.Channel, shown.Thread); names != "" {
		return head + ": thread “" + names + "” " + p.read(shown.Text)
	}
	return head + ": " + p.read(shown.Text)
}

// alone is who reads a private channel, empty for the channels of the community.
func (p *player) alone(channel string) string {
	for name, person := range p.people {
		if p.Direct(person.ID) == channel {
			return name
		}
	}
	return ""
}

// threadOf finds a message's thread, and its title.
func (p *player) threadOf(channel, id string) (thread, title string) {
	ids, names := p.Threads(channel)
	if i := slices.Index(ids, id); i >= 0 {
		return id, names[i]
	}
	return "", ""
}

var (
	user      = regexp.MustCompile(`<@(\d+)>`)
	link      = regexp.MustCompile(`<#(\d+)>`)
	quoted    = regexp.MustCompile("`([^`]+)`")
	stamped   = regexp.MustCompile(`<t:(\d+):f>`)
	escaped   = regexp.MustCompile(`\\([\\*_~|\[\]()<>#+\-` + "`])")
	emphasis  = strings.NewReplacer("**", "", "`", "", "\u200b", "")
	protected = strings.NewReplacer(`\*`, "\x00", "\\`", "\x01")
	unhidden  = strings.NewReplacer("\x00", "*", "\x01", "`")
)

// read is a text as Discord's clients show it, without emphasis.
func (p *player) read(text string) string {
	text = user.ReplaceAllStringFunc(text, func(m string) string { return "@" + p.who(user.FindStringSubmatch(m)[1]) })
	text = stamped.ReplaceAllStringFunc(text, p.date)
	text = link.ReplaceAllStringFunc(text, func(m string) string { return "#" + p.room(link.FindStringSubmatch(m)[1]) })
	text = emphasis.Replace(quoted.ReplaceAllString(protected.Replace(text), "“$1”"))
	return unhidden.Replace(escaped.ReplaceAllString(text, "$1"))
}

// date is a moment as a client in the community's zone shows it.
func (p *player) date(mark string) string {
	seconds, _ := strconv.ParseInt(stamped.FindStringSubmatch(mark)[1], 10, 64) // digits
	return time.Unix(seconds, 0).In(p.zone).Format("Monday 2 January, 15:04")
}
