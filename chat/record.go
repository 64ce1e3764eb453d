package chat

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// eventRecord is an event as archives and exports keep it: one JSON object, in a line of its own.
type eventRecord struct {
	ID       string         `json:"id"`
	At       time.Time      `json:"at"`
	Lag      time.Duration  `json:"lag_ns,omitempty"`
	CutOff   string         `json:"cut_off,omitempty"`
	Kind     EventKind      `json:"kind"`
	Room     RoomRef        `json:"room,omitzero"`
	Logical  string         `json:"logical,omitempty"`
	Author   actorRecord    `json:"author"`
	Message  string         `json:"message,omitempty"`
	Revision string         `json:"revision,omitempty"`
	Of       MemberRef      `json:"of,omitzero"` // whose message was deleted
	Content  *contentRecord `json:"content,omitempty"`
}

type actorRecord struct {
	MemberRef
	Name     string    `json:"name,omitempty"`
	Kind     string    `json:"kind,omitempty"` // empty: a person
	Standing string    `json:"standing,omitempty"`
	Roles    []string  `json:"roles,omitempty"`
	Joined   time.Time `json:"joined,omitzero"`
	Created  time.Time `json:"created,omitzero"`
}

type contentRecord struct {
	Text        string             `json:"text,omitempty"`
	Formatted   string             `json:"formatted,omitempty"`
	Links       []linkRecord       `json:"links,omitempty"`
	Mentions    []MemberRef        `json:"mentions,omitempty"`
	MentionsAll bool               `json:"mentions_all,omitempty"`
	Attachments []attachmentRecord `json:"attachments,omitempty"`
	ReplyTo     string             `json:"reply_to,omitempty"`
	Poll        bool               `json:"poll,omitempty"`
	Forwarded   bool               `json:"forwarded,omitempty"`
	Notice      bool               `json:"notice,omitempty"`
}

type linkRecord struct {
	Label string `json:"label,omitempty"`
	URL   string `json:"url"`
}

type attachmentRecord struct {
	Name    string `json:"name,omitempty"`
	MIME    string `json:"mime,omitempty"`
	Alt     string `json:"alt,omitempty"`
	Size    int64  `json:"size,omitempty"`
	Sticker bool   `json:"sticker,omitempty"`
	Voice   bool   `json:"voice,omitempty"`
}

// actorKinds are the words for who is no person.
var actorKinds = map[ActorKind]string{Bot: "bot", Puppet: "puppet", Self: "self", System: "system", Nobody: "nobody"}

// ErrNoRecord: this kind of event is not kept in records.
var ErrNoRecord = errors.New("kept in no record")

// EncodeEvent turns a message, an edit, a deletion or a joining into one line of JSON; ErrNoRecord for other kinds. A
// message without content says that its text is no longer kept.
func EncodeEvent(ev *Event) ([]byte, error) {
	r := eventRecord{
		ID: ev.ID, At: ev.At, Lag: ev.Lag, CutOff: ev.CutOff, Kind: ev.Body.EventKind(), Room: ev.Room, Logical: ev.Logical,
		Author: recordOf(&ev.Actor),
	}
	switch b := ev.Body.(type) {
	case MessageSent:
		r.Message, r.Content = b.Message.ID, b.Content.record()
	case MessageEdited:
		r.Message, r.Revision, r.Content = b.Message.ID, b.Revision, b.Content.record()
	case MessageDeleted:
		r.Message, r.Of = b.Message.ID, b.Author
	case MemberJoined:
	default:
		return nil, fmt.Errorf("encode %s: %w", ev.Body.EventKind(), ErrNoRecord)
	}
	var line bytes.Buffer
	out := json.NewEncoder(&line)
	out.SetEscapeHTML(false) // a person may read it
	if err := out.Encode(r); err != nil {
		return nil, fmt.Errorf("encode %s: %w", r.Kind, err)
	}
	return bytes.TrimSuffix(line.Bytes(), []byte("\n")), nil
}

// DecodeEvent reads what EncodeEvent wrote. Only the id, the time, the kind, and for all but joinings the message's id
// must be there.
func DecodeEvent(data []byte) (Event, error) {
	var r eventRecord
	if err := json.Unmarshal(data, &r); err != nil {
		return Event{}, fmt.Errorf("decode event: %w", err)
	}
	ev := Event{ID: r.ID, At: r.At, Lag: r.Lag, CutOff: r.CutOff, Room: r.Room, Logical: r.Logical, Actor: r.Author.actor()}
	message := MessageRef{Room: r.Room, ID: r.Message}
	switch r.Kind {
	case KindMessage:
		ev.Body = MessageSent{Message: message, Content: r.Content.content()}
	case KindEdit:
		ev.Body = MessageEdited{Message: message, Revision: r.Revision, Content: r.Content.content()}
	case KindDeleted:
		ev.Body = MessageDeleted{Message: message, Author: r.Of}
	case KindJoin:
		ev.Body = MemberJoined{}
	default:
		return ev, fmt.Errorf("decode event: kind %q: %w", r.Kind, ErrNoRecord)
	}
	switch {
	case ev.ID == "":
		return ev, errors.New("decode event: no id")
	case ev.At.IsZero():
		return ev, errors.New("decode event: no time (at)")
	case r.Message == "" && r.Kind != KindJoin:
		return ev, errors.New("decode event: no id of the message")
	}
	return ev, nil
}

func recordOf(a *Actor) actorRecord {
	r := actorRecord{MemberRef: a.MemberRef, Name: a.Name, Kind: actorKinds[a.Kind], Roles: a.Roles, Joined: a.Joined, Created: a.Created}
	if a.Standing != StandingMember {
		r.Standing = a.Standing.String()
	}
	return r
}

func (r actorRecord) actor() Actor {
	a := Actor{MemberRef: r.MemberRef, Name: r.Name, Roles: r.Roles, Joined: r.Joined, Created: r.Created}
	a.Standing, _ = ParseStanding(r.Standing)
	for kind, word := range actorKinds {
		if word == r.Kind {
			a.Kind = kind
		}
	}
	if !a.IsZero() {
		a.Person = PersonOf(a.MemberRef)
	}
	return a
}

// IsZero tells whether nothing is said at all: the text is not, or no longer, known.
func (c Content) IsZero() bool {
	return c.Text == "" && c.Formatted == "" && len(c.Links) == 0 && len(c.Mentions) == 0 && !c.MentionsAll &&
		len(c.Attachments) == 0 && c.ReplyTo == "" && !c.Poll && !c.Forwarded && !c.Notice
}

func (c Content) record() *contentRecord {
	if c.IsZero() {
		return nil
	}
	r := &contentRecord{
		Text: c.Text, Formatted: c.Formatted, Mentions: c.Mentions, MentionsAll: c.MentionsAll, ReplyTo: c.ReplyTo,
		Poll: c.Poll, Forwarded: c.Forwarded, Notice: c.Notice,
	}
	for _, l := range c.Links {
		r.Links = append(r.Links, linkRecord(l))
	}
	for _, a := range c.Attachments {
		r.Attachments = append(r.Attachments, attachmentRecord(a))
	}
	return r
}

func (r *contentRecord) content() Content {
	if r == nil {
		return Content{}
	}
	c := Content{
		Text: r.Text, Formatted: r.Formatted, Mentions: r.Mentions, MentionsAll: r.MentionsAll, ReplyTo: r.ReplyTo,
		Poll: r.Poll, Forwarded: r.Forwarded, Notice: r.Notice,
	}
	for _, l := range r.Links {
		c.Links = append(c.Links, Link(l))
	}
	for _, a := range r.Attachments {
		c.Attachments = append(c.Attachments, Attachment(a))
	}
	return c
}
