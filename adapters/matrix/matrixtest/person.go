package matrixtest

import (
	"errors"
	"fmt"
)

// Person is somebody with an account, played without a client. What a room's power levels forbid is an error.
type Person struct {
	server *Server
	ID     string
}

// Person gives the user of that name ("ana" is @ana:localhost), with an account made at need.
func (s *Server) Person(name string) Person {
	user, _ := s.Account(name)
	return Person{s, user}
}

// Say sends a message and gives its id, as do the methods below.
func (p Person) Say(roomID, text string) (id string, err error) {
	return p.write(roomID, "m.room.message", message(text))
}

func message(text string) object { return object{"msgtype": "m.text", "body": text} }

// Edit gives a message another text.
func (p Person) Edit(roomID, eventID, text string) (id string, err error) {
	content := message("* " + text)
	content["m.new_content"] = message(text)
	content["m.relates_to"] = object{"rel_type": "m.replace", "event_id": eventID}
	return p.write(roomID, "m.room.message", content)
}

// React puts a reaction under a message.
func (p Person) React(roomID, eventID, emoji string) (id string, err error) {
	relates := object{"rel_type": "m.annotation", "event_id": eventID, "key": emoji}
	return p.write(roomID, "m.reaction", object{"m.relates_to": relates})
}

// Redact takes a message away.
func (p Person) Redact(roomID, eventID string) (id string, err error) {
	return p.in(roomID, func(s *Server, r *room) (*Event, *problem) {
		if refused := r.mayWrite(p.ID, "m.room.redaction", false); refused != nil {
			return nil, refused
		}
		return s.redact(r, Event{Sender: p.ID, Redacts: eventID}, "")
	})
}

// Join enters a room, and Leave leaves it.
func (p Person) Join(roomID string) (id string, err error) {
	return p.in(roomID, func(s *Server, r *room) (*Event, *problem) { return s.enter(r, p.ID) })
}

// Leave leaves a room.
func (p Person) Leave(roomID string) (id string, err error) {
	return p.in(roomID, func(s *Server, r *room) (*Event, *problem) { return s.member(r, p.ID, p.ID, "leave", ""), nil })
}

// Ban bans somebody from a room.
func (p Person) Ban(roomID, user string) (id string, err error) {
	return p.in(roomID, func(s *Server, r *room) (*Event, *problem) {
		if refused := r.mayRemove(p.ID, user, "ban"); refused != nil {
			return nil, refused
		}
		return s.member(r, p.ID, user, "ban", ""), nil
	})
}

func (p Person) write(roomID, kind string, content object) (id string, err error) {
	return p.in(roomID, func(s *Server, r *room) (*Event, *problem) {
		if refused := r.mayWrite(p.ID, kind, false); refused != nil {
			return nil, refused
		}
		return s.add(r, Event{Type: kind, Sender: p.ID, Content: content}), nil
	})
}

func (p Person) in(roomID string, do func(*Server, *room) (*Event, *problem)) (id string, err error) {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	r, refused := p.server.find(roomID)
	if refused != nil {
		return "", refused.err()
	}
	ev, refused := do(p.server, r)
	if refused != nil {
		return "", refused.err()
	}
	return ev.ID, nil
}

func (p *problem) err() error { return fmt.Errorf("%w: %s: %s", ErrRefused, p.Code, p.Error) }

// ErrRefused: the homeserver does not do what a person asked for.
var ErrRefused = errors.New("refused")
