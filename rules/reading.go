package rules

import (
	"strings"
	"sync"

	"palabre/chat"
	"palabre/text"
)

// Reading is an event whose text was read once. It is valid until Release.
type Reading struct {
	Event *chat.Event
	View  *text.View // nil when the event has no text
	Fact  Fact       // what the history keeps of it
	// Invites is what the shell knows of invitations; nil: it asks nobody about them. See Resolver.
	Invites Resolver
	// Stale: it came so late from a server that was cut off (chat.Event.CutOff) that nobody is punished without being asked.
	Stale bool

	platforms  map[chat.Platform]chat.Capabilities // that Palabre is on
	unresolved []chat.InviteRef
	unclear    bool        // an invitation was met of which its platform could not tell where it leads
	assumed    destination // where invitations lead of which nobody knows it
	signals    []finding   // by their numbers
	name       *text.View  // the member's name; nil until it is asked for
	may        ruleSet     // scratch of Ruleset.asked
	asked      []*rule
}

// finding is what was found out about a signal in this reading.
type finding uint8

const (
	notAsked finding = iota
	absent
	present
)

var readings = sync.Pool{New: func() any { return new(Reading) }}

// Read reads an event's text once, for Decide, Explain and the history. past lends its key: the fact's
// hashes can be compared with those of the same history only.
func (rs *Ruleset) Read(ev *chat.Event, past *History) *Reading {
	r := readings.Get().(*Reading)
	r.Event, r.platforms = ev, rs.env.Platforms
	r.Fact = Fact{
		ID: ev.ID, At: ev.At, Kind: ev.Body.EventKind(), Room: ev.Room, Logical: ev.Logical, Person: personOf(ev),
	}
	if ev.Actor.Standing >= chat.StandingModerator && r.Fact.Person != "" {
		r.Fact.Staff = past.likeness(ev.Actor.Name)
	}
	r.signals = append(r.signals, make([]finding, len(rs.signals))...)
	switch b := ev.Body.(type) {
	case chat.MessageSent:
		r.Fact.Message = b.Message
		r.content(rs, b.Content, past)
	case chat.MessageEdited:
		r.Fact.Message = b.Message
		r.content(rs, b.Content, past)
	case chat.ThreadOpened:
		r.Fact.Again = b.Renamed
		r.content(rs, chat.Content{Text: b.Title}, past)
	case chat.MessageBlocked:
		r.Fact.Message = b.Message
		r.content(rs, b.Content, past)
	case chat.Reported:
		r.Fact.Message = b.Message
	case chat.MessageDeleted:
		r.Fact.Message, r.Fact.Person = b.Message, ""
		if !b.Author.IsZero() {
			r.Fact.Person = chat.PersonOf(b.Author)
		}
	}
	return r
}

// Release gives the reading back. Neither it nor its View may be used afterwards; its Fact was a copy.
func (r *Reading) Release() {
	if r.View != nil {
		r.View.Release()
	}
	if r.name != nil {
		r.name.Release()
	}
	clear(r.asked)
	*r = Reading{signals: r.signals[:0], unresolved: r.unresolved[:0], may: r.may, asked: r.asked}
	readings.Put(r)
}

// personOf is the person whom an event is about; empty for programs, which rules never judge.
func personOf(ev *chat.Event) chat.Person {
	switch {
	case !ev.Actor.Kind.Judged() || ev.Actor.IsZero():
		return ""
	case ev.Actor.Person != "":
		return ev.Actor.Person
	}
	return chat.PersonOf(ev.Actor.MemberRef)
}

func (r *Reading) content(rs *Ruleset, c chat.Content, past *History) {
	r.View = text.Read(c)
	r.Fact.Attachments = len(c.Attachments)
	r.Fact.Chars = len(c.Text)
	if rs.needs.lines {
		r.Fact.Lines = r.View.Lines()
	}
	if rs.needs.mentions {
		r.Fact.Mentions = r.View.Mentions().Total
	}
	if rs.needs.links {
		r.links(past)
	}
	if rs.needs.text {
		r.Fact.Chars = r.View.Length()
		r.Fact.TextHash = past.hash(r.View.Skeleton())
	}
	if rs.needs.sketch {
		r.Fact.Sketch = past.sketch(r.View)
	}
}

func (r *Reading) links(past *History) {
	for _, l := range r.View.Links() {
		r.Fact.Links++
		r.Fact.LinkHashes = append(r.Fact.LinkHashes, past.hash(linkIdentity(l)))
	}
}

// linkIdentity is the same for two links that lead to the same place.
func linkIdentity(l text.Link) string {
	_, rest, ok := strings.Cut(l.URL, "://")
	if !ok {
		rest = l.URL
	}
	return strings.ToLower(strings.TrimRight(strings.TrimPrefix(rest, "www."), "/"))
}
