package console

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"palabre/chat"
)

// poll is what a message asks.
type poll struct {
	answers  []chat.PollAnswer
	multiple bool
	until    time.Time // zero: until it is closed
	closed   bool
	votes    map[string][]string // member -> places of answers
}

func (w *World) openPoll(act chat.OpenPoll) (chat.Receipt, error) {
	if _, err := w.room(act.Room.ID); err != nil {
		return chat.Receipt{}, fmt.Errorf("%w: %w", chat.ErrGone, err)
	}
	asked := &poll{answers: act.Answers, multiple: act.Multiple, votes: map[string][]string{}}
	if act.Lasts > 0 {
		asked.until = w.now().Add(act.Lasts)
	}
	text := "poll “" + act.Question + "”" + asked.lines()
	id := w.newMessage(message{room: act.Room, author: self, text: text, poll: asked})
	w.say(act.Room, id, "", self, text)
	ref := chat.MessageRef{Room: act.Room, ID: id}
	w.happen(chat.Event{Room: act.Room, Actor: selfActor(), Body: chat.MessageSent{Message: ref, Content: chat.Content{Text: act.Question}}})
	return chat.Receipt{Message: ref}, nil
}

func (p *poll) lines() string {
	var b strings.Builder
	for i, a := range p.answers {
		fmt.Fprintf(&b, "\n%d. %s", i+1, strings.TrimSpace(a.Emoji+" "+a.Label))
	}
	return b.String()
}

func (w *World) closePoll(act chat.ClosePoll) error {
	msg := w.messages[act.Message.ID]
	if msg == nil || msg.poll == nil || msg.poll.closed {
		return fmt.Errorf("poll %s: %w", act.Message.ID, chat.ErrGone)
	}
	msg.poll.closed = true
	w.print(msg.room, self, "closes the poll %s", act.Message.ID)
	return nil
}

// voting is "alice votes 3 1" and "alice unvotes 3 1": the first answer of message 3.
func (w *World) voting(m *member, args []string) error {
	verb, id, place := args[0], args[1], args[2]
	msg, err := w.own(m, id, true)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(place)
	switch p := msg.poll; {
	case err != nil, p == nil, n < 1, n > len(p.answers):
		return fmt.Errorf("message %s has no answer %s", id, place)
	case p.closed, !p.until.IsZero() && !w.now().Before(p.until):
		return fmt.Errorf("the poll %s is over", id)
	}
	w.print(msg.room, m.name, "%s %s: %s", verb, id, msg.poll.answers[n-1].Label)
	ref := chat.MessageRef{Room: msg.room, ID: id}
	var body chat.Body = chat.PollUnvoted{Message: ref, Answers: []string{place}}
	if verb == "votes" {
		body = chat.PollVoted{Message: ref, Answers: []string{place}, Instead: !msg.poll.multiple}
	}
	msg.poll.count(m.name, place, verb == "votes")
	w.happen(chat.Event{Room: msg.room, Actor: m.actor(), Body: body})
	return nil
}

// count keeps who chose what.
func (p *poll) count(name, place string, chosen bool) {
	rest := slices.DeleteFunc(p.votes[name], func(v string) bool { return v == place || (chosen && !p.multiple) })
	if chosen {
		rest = append(rest, place)
	}
	p.votes[name] = rest
}
