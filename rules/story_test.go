package rules_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"palabre/chat"
	"palabre/internal/human"
	"palabre/rules"

	"github.com/google/go-cmp/cmp"
)

// story plays a scenario against a ruleset. Its lines are
//
//	@bob is account 1d, membership 2h, standing trusted, role guest, kind bot
//	09:00:00 @bob #general: words                 (\n breaks a line, \u… is an escape)
//	09:00:01 @bob #general edits 1: other words
//	09:00:02 @bob joins | leaves | reacts | joins as Mary | renames to Mary
//	09:00:02 @bob #general: words +file a.exe application/x-msdownload 10 +sticker +voice +poll +forward +notice +reply 3
//	09:00:02 @bob reports 3
//	09:00:03 @maud deletes 2                      (whose it was is not told)
//	day 32                                         the days from here on
//	invite abc123 leads home | away | nowhere | nobody knows where
//	restart                                        everything is forgotten but what a store keeps
//	undo @bob 1                                    the first case of the story is taken back
type story struct {
	t       *testing.T
	rs      *rules.Ruleset
	past    *rules.History
	day     int
	events  int
	people  map[string]chat.Actor
	ages    map[string][2]time.Duration // of account and membership
	cases   int
	authors map[string]chat.MemberRef // of messages
	invites map[string]chat.Invite    // by code; nil: nobody is asked about them
	kept    keptStory
	out     strings.Builder
}

// keptStory is what a store would have written down.
type keptStory struct {
	facts     [][]byte
	members   map[chat.Person]rules.Member
	incidents []rules.Incident
	strikes   []keptStrike
	raid      time.Time
}

type keptStrike struct {
	person chat.Person
	points int
	at     time.Time
	number int
}

func newStory(t *testing.T, rs *rules.Ruleset) *story {
	return &story{
		t: t, rs: rs, past: rules.NewHistory([16]byte{7}), people: map[string]chat.Actor{}, authors: map[string]chat.MemberRef{}, ages: map[string][2]time.Duration{},
		kept: keptStory{members: map[chat.Person]rules.Member{}}, day: 1,
	}
}

var (
	sayLine  = regexp.MustCompile(`^(\d\d:\d\d:\d\d) (@\S+) #(\S+?)(?: edits (\d+))?: (.*)$`)
	doesLine = regexp.MustCompile(`^(\d\d:\d\d:\d\d) (@\S+) (joins|leaves|reacts|renames)(?: (?:as|to) (.*))?$`)
	repLine  = regexp.MustCompile(`^(\d\d:\d\d:\d\d) (@\S+) reports (\d+)$`)
	withPart = regexp.MustCompile(`\+(file|sticker|voice|poll|forward|notice|reply)( [^+]*)?`)
	isLine   = regexp.MustCompile(`^(@\S+) is (.*)$`)
	delLine  = regexp.MustCompile(`^(\d\d:\d\d:\d\d) (@\S+) deletes (\d+)$`)
	undoLine = regexp.MustCompile(`^undo (@\S+) (\d+)$`)
)

func (s *story) play(script string) string {
	for line := range strings.SplitSeq(strings.TrimSpace(script), "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '/':
		case strings.HasPrefix(line, "invite "):
			s.invitation(strings.Fields(line)[1], line)
		case line == "restart":
			s.restart()
		case strings.HasPrefix(line, "day "):
			s.day, _ = strconv.Atoi(line[4:])
		case isLine.MatchString(line):
			s.describe(isLine.FindStringSubmatch(line))
		case undoLine.MatchString(line):
			m := undoLine.FindStringSubmatch(line)
			number, _ := strconv.Atoi(m[2])
			s.past.DropStrikes(chat.PersonOf(s.actor(m[1]).MemberRef), number)
			s.kept.strikes = slices.DeleteFunc(s.kept.strikes, func(k keptStrike) bool { return k.number == number })
		case delLine.MatchString(line):
			m := delLine.FindStringSubmatch(line)
			ev := s.event(m[1], m[2], "general")
			ev.Body = chat.MessageDeleted{Message: chat.MessageRef{Room: ev.Room, ID: m[3]}}
			s.decide(ev)
		case repLine.MatchString(line):
			m := repLine.FindStringSubmatch(line)
			ev := s.event(m[1], m[2], "general")
			ev.Body = chat.Reported{Message: chat.MessageRef{Room: ev.Room, ID: m[3]}, Author: s.authors[m[3]]}
			s.decide(ev)
		case sayLine.MatchString(line):
			s.says(sayLine.FindStringSubmatch(line))
		case doesLine.MatchString(line):
			s.does(doesLine.FindStringSubmatch(line))
		default:
			s.t.Fatalf("not a line of a story: %q", line)
		}
	}
	return s.out.String()
}

// invitation notes where a code leads, as its platform would tell.
func (s *story) invitation(code, line string) {
	known := map[string]chat.Invite{
		"home":    {State: chat.InviteLeads, Own: true},
		"away":    {State: chat.InviteLeads, Community: "another"},
		"nowhere": {State: chat.InviteGone},
		"where":   {State: chat.InviteUnclear},
	}
	if s.invites == nil {
		s.invites = map[string]chat.Invite{}
	}
	s.invites[code] = known[line[strings.LastIndexByte(line, ' ')+1:]]
}

func (s *story) actor(name string) chat.Actor {
	if a, ok := s.people[name]; ok {
		return a
	}
	return chat.Actor{MemberRef: chat.MemberRef{Platform: chat.Console, ID: name[1:]}, Name: name[1:]}
}

func (s *story) describe(m []string) {
	a, ages := s.actor(m[1]), s.ages[m[1]]
	for part := range strings.SplitSeq(m[2], ", ") {
		what, value, _ := strings.Cut(part, " ")
		switch what {
		case "account":
			ages[0], _ = human.Parse(value)
		case "membership":
			ages[1], _ = human.Parse(value)
		case "standing":
			a.Standing, _ = chat.ParseStanding(value)
		case "role":
			a.Roles = append(a.Roles, value)
		case "kind":
			a.Kind = map[string]chat.ActorKind{"bot": chat.Bot, "puppet": chat.Puppet, "self": chat.Self}[value]
		default:
			s.t.Fatalf("nobody can be %q", part)
		}
	}
	s.people[m[1]], s.ages[m[1]] = a, ages
}

func (s *story) event(clock, who, room string) *chat.Event {
	s.events++
	at, err := time.Parse("15:04:05", clock)
	if err != nil {
		s.t.Fatal(err)
	}
	at = at.AddDate(2026, 0, s.day-1)
	ev := &chat.Event{ID: fmt.Sprintf("console:e%d", s.events), At: at, Actor: s.actor(who)}
	if room != "" {
		ev.Room, ev.Logical = chat.RoomRef{Platform: chat.Console, ID: room}, room
	}
	if ages := s.ages[who]; ages[0] > 0 {
		ev.Actor.Created = at.Add(-ages[0])
	}
	if ages := s.ages[who]; ages[1] > 0 {
		ev.Actor.Joined = at.Add(-ages[1])
	}
	return ev
}

func (s *story) says(m []string) {
	ev := s.event(m[1], m[2], m[3])
	words, err := strconv.Unquote(`"` + strings.ReplaceAll(m[5], `"`, `\"`) + `"`)
	if err != nil {
		s.t.Fatalf("%q: %v", m[5], err)
	}
	content := s.content(words)
	ref := chat.MessageRef{Room: ev.Room, ID: strconv.Itoa(s.events)}
	ev.Body = chat.MessageSent{Message: ref, Content: content}
	if m[4] != "" {
		ref.ID = m[4]
		ev.Body = chat.MessageEdited{Message: ref, Revision: ev.ID, Content: content}
	}
	s.authors[ref.ID] = ev.Actor.MemberRef
	s.decide(ev)
}

// content is what a line says, with what stands behind plus signs.
func (s *story) content(words string) chat.Content {
	c := chat.Content{Text: strings.TrimSpace(withPart.ReplaceAllString(words, ""))}
	for _, m := range withPart.FindAllStringSubmatch(words, -1) {
		fields := strings.Fields(m[2])
		switch m[1] {
		case "file":
			a := chat.Attachment{Name: fields[0]}
			if len(fields) > 1 {
				a.MIME = fields[1]
			}
			if len(fields) > 2 {
				a.Size, _ = strconv.ParseInt(fields[2], 10, 64)
			}
			c.Attachments = append(c.Attachments, a)
		case "sticker":
			c.Attachments = append(c.Attachments, chat.Attachment{Name: "sticker", Alt: strings.TrimSpace(m[2]), Sticker: true})
		case "voice":
			c.Attachments = append(c.Attachments, chat.Attachment{Name: "voice.ogg", MIME: "audio/ogg", Voice: true})
		case "poll":
			c.Poll, c.Formatted = true, strings.TrimSpace(m[2])
		case "forward":
			c.Forwarded, c.Formatted = true, strings.TrimSpace(m[2])
		case "notice":
			c.Notice = true
		case "reply":
			c.ReplyTo = fields[0]
			c.Mentions = append(c.Mentions, s.authors[fields[0]])
		}
	}
	return c
}

func (s *story) does(m []string) {
	room := ""
	if m[3] == "reacts" {
		room = "general"
	}
	ev := s.event(m[1], m[2], room)
	if m[4] != "" {
		ev.Actor.Name = m[4]
	}
	switch m[3] {
	case "renames":
		ev.Body = chat.MemberRenamed{Old: m[2][1:]}
	case "joins":
		ev.Body = chat.MemberJoined{}
	case "leaves":
		ev.Body = chat.MemberLeft{}
	case "reacts":
		ev.Body = chat.ReactionAdded{Message: chat.MessageRef{Room: ev.Room, ID: "0"}, Emoji: "👍"}
	}
	s.decide(ev)
}

func (s *story) decide(ev *chat.Event) {
	r := s.rs.Read(ev, s.past)
	defer r.Release()
	if s.invites != nil {
		r.Invites = func(ref chat.InviteRef) (chat.Invite, bool) {
			known, ok := s.invites[ref.Code]
			return known, ok
		}
	}
	fact, err := json.Marshal(r.Fact)
	if err != nil {
		s.t.Fatal(err)
	}
	s.kept.facts = append(s.kept.facts, fact)
	if c := s.past.Fold(r.Fact); c.NewMember || c.FirstMessage {
		s.kept.members[c.Member.Person] = c.Member
	}
	d := s.rs.Decide(r, s.past)
	if diff := cmp.Diff(d, s.rs.Decide(r, s.past)); diff != "" {
		s.t.Errorf("%s: decided twice, -once +again\n%s", ev.ID, diff)
	}
	s.keep(d, ev)
	s.past.Note(d, ev)
	s.show(d, ev)
}

func (s *story) keep(d rules.Decision, ev *chat.Event) {
	person := chat.PersonOf(ev.Actor.MemberRef)
	for _, v := range d.Verdicts {
		s.kept.incidents = append(s.kept.incidents, rules.Incident{ID: v.Incident, Rule: v.Rule, Person: person, Last: ev.At})
	}
	for _, a := range d.Actions {
		switch a := a.(type) {
		case chat.OpenCase:
			s.cases++
		case chat.RaidMode:
			s.kept.raid = a.Until
		case chat.Strike:
			s.kept.strikes = append(s.kept.strikes, keptStrike{person, a.Points, ev.At, s.cases})
			s.past.AddStrike(person, a.Points, ev.At, s.cases)
		}
	}
}

func (s *story) restart() {
	s.past = rules.NewHistory([16]byte{7})
	for _, data := range s.kept.facts {
		var f rules.Fact
		if err := json.Unmarshal(data, &f); err != nil {
			s.t.Fatal(err)
		}
		s.past.Fold(f)
	}
	for _, m := range s.kept.members {
		s.past.RestoreMember(m)
	}
	for _, in := range s.kept.incidents {
		s.past.RestoreIncident(in)
	}
	s.past.SetRaid(s.kept.raid)
	for _, k := range s.kept.strikes {
		s.past.AddStrike(k.person, k.points, k.at, k.number)
	}
}
