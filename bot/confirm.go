package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"palabre/chat"
	"palabre/store"
)

const (
	// confirmKey is where the callers are kept who have not heard yet how their command ended.
	confirmKey = "house/confirm"
	// confirmPrefix begins the timers after which a caller hears that it is under way.
	confirmPrefix = confirmKey + "/"
	underWayAfter = 2 * time.Second
	// answerable is how long a platform takes an answer to an interaction, with some room.
	answerable = 14 * time.Minute
	// mostWaiting bounds how many callers are kept in mind while nothing is carried out: the newest.
	mostWaiting = 200
)

// confirmation is a caller who hears how a command ended once its orders have: "done" is never said before the deed.
type confirmation struct {
	ID       string          `json:"id"` // of the event that called
	At       time.Time       `json:"at"`
	Room     chat.RoomRef    `json:"room"`
	Logical  string          `json:"logical,omitempty"`
	Caller   chat.Actor      `json:"caller"`
	Message  chat.MessageRef `json:"message,omitzero"` // that called; zero when none did
	Reply    string          `json:"reply,omitempty"`
	Case     int             `json:"case,omitempty"`
	Waits    []string        `json:"waits"` // orders that have not ended
	Failures []failure       `json:"failures,omitempty"`
	UnderWay bool            `json:"under_way,omitempty"`
}

// failure is why an order was not done: a sentence whose arguments were put into words when it ended.
type failure struct {
	Key  string            `json:"key"`
	Args map[string]string `json:"args"`
}

func (l *lane) inWords(p chat.Phrase, number int) failure {
	f := failure{Key: p.Key, Args: map[string]string{}}
	for name, arg := range p.Args {
		if phrase, ok := arg.(chat.Phrase); ok {
			f.Args[name] = l.plain(phrase, number)
			continue
		}
		f.Args[name] = fmt.Sprint(arg)
	}
	return f
}

// lines are failures one below the other.
func lines(failures []failure) chat.Lines {
	out := chat.Lines{}
	for _, f := range failures {
		args := chat.Args{}
		for name, text := range f.Args {
			args[name] = text
		}
		out = append(out, chat.Say(f.Key, args))
	}
	return out
}

// inDesk tells whether what is answered is read by all moderators: what they type elsewhere is answered there too.
func (c *confirmation) inDesk(desk string) bool {
	return c.Reply == "" && (c.Logical == desk || c.Caller.Standing >= chat.StandingModerator)
}

// asked is the event that a later answer goes back to, under another name: the answer is another order.
func (c *confirmation) asked(now time.Time) chat.Event {
	return chat.Event{
		ID: c.ID, At: now, Room: c.Room, Logical: c.Logical, Actor: c.Caller,
		Body: chat.CommandInvoked{Message: c.Message, Reply: c.Reply},
	}
}

// confirm lets the caller of a command hear how it ended: at once when nothing is left to be done, else when all is.
func (l *lane) confirm(s *scope) {
	message, reply := origin(s.ev)
	c := confirmation{
		ID: s.ev.ID, At: s.ev.At, Room: s.ev.Room, Logical: s.ev.Logical, Caller: s.ev.Actor, Reply: reply, Case: s.number,
		Waits: s.placed, Failures: s.holdups,
	}
	if message != "" {
		c.Message = chat.MessageRef{Room: s.ev.Room, ID: message}
	}
	if len(c.Waits) == 0 {
		l.confirmed(&c, s.ev.At)
		return
	}
	l.confirms = append(l.confirms, c)
	l.confirms = l.confirms[max(0, len(l.confirms)-mostWaiting):]
	if reply != "" {
		l.wake(store.Wake{Key: confirmPrefix + c.ID, At: s.ev.At.Add(underWayAfter)})
	}
	l.keepConfirms()
}

// confirmed says how a command ended: a mark under a typed one that is done, else words.
func (l *lane) confirmed(c *confirmation, now time.Time) {
	s := &scope{ev: c.asked(now), decided: decided{source: "confirm"}, number: c.Case}
	switch {
	case c.Reply != "" && now.Sub(c.At) > answerable: // nobody could read it; the moderators' room tells failures
	case len(c.Failures) > 0:
		l.answer(s, chat.Answer{Say: chat.Say("commands.not_done", chat.Args{"failures": lines(c.Failures)}), Private: true, Replaces: c.UnderWay})
	case c.Message.ID != "" && c.Reply == "":
		l.order(s, chat.React{Message: c.Message, Emoji: "✅", As: answerLabel}, c.Room.Platform, store.Pending)
	default:
		l.answer(s, chat.Answer{Say: chat.Say("commands.done", nil), Private: true, Replaces: c.UnderWay})
	}
}

// underWay tells a caller who sees nothing yet that it takes longer.
func (l *lane) underWay(id string, now time.Time) {
	i := slices.IndexFunc(l.confirms, func(c confirmation) bool { return c.ID == id })
	if i < 0 || l.confirms[i].UnderWay {
		return
	}
	c := &l.confirms[i]
	c.UnderWay = true
	l.answer(&scope{ev: c.asked(now), decided: decided{source: "under way"}, number: c.Case}, chat.Answer{Say: chat.Say("commands.under_way", nil), Private: true})
	l.keepConfirms()
}

// orderEnded takes note of the end of an order, or of its first refusal where it goes on being tried. It tells whether the
// moderators read of a failure in the answer to the command, in their own room.
func (l *lane) orderEnded(key string, failure chat.Phrase, now time.Time) (told bool) {
	i := slices.IndexFunc(l.confirms, func(c confirmation) bool { return slices.Contains(c.Waits, key) })
	if i < 0 {
		return false
	}
	c := &l.confirms[i]
	c.Waits = slices.DeleteFunc(c.Waits, func(k string) bool { return k == key })
	if !failure.IsZero() {
		c.Failures = append(c.Failures, l.inWords(failure, c.Case))
		told = c.inDesk(l.plan.Desk)
	}
	if len(c.Waits) == 0 {
		l.confirmed(c, now)
		l.wake(store.Wake{Key: confirmPrefix + c.ID})
		l.confirms = slices.Delete(l.confirms, i, i+1)
	}
	l.keepConfirms()
	return told
}

func (l *lane) keepConfirms() {
	if len(l.confirms) == 0 {
		l.keep(chat.Remember{Key: confirmKey})
		return
	}
	l.keep(chat.Remember{Key: confirmKey, Value: l.confirms})
}

// loadConfirms goes on with the callers who wait.
func (l *lane) loadConfirms(ctx context.Context, s *store.Store) error {
	found, err := s.Memory(ctx, confirmKey)
	if err != nil || found[confirmKey] == nil {
		return err
	}
	if err := json.Unmarshal(found[confirmKey], &l.confirms); err != nil {
		return fmt.Errorf("who waits for an answer: %w", err)
	}
	return nil
}

// failureOf is what to tell the caller of a command about an order that has ended; zero when it was done.
func failureOf(body chat.Settled, now time.Time) chat.Phrase {
	args := chat.Args{"act": actPhrase(body.Act, now), "reason": body.Reason, "name": memberName(body.Act), "case": body.Case}
	switch {
	case body.Receipt.Foreign:
		return chat.Say("commands.not_done.foreign", args)
	case body.Outcome == chat.Done:
		return chat.Phrase{}
	case body.Outcome == chat.Cancelled:
		return chat.Say("commands.not_done.cancelled", args)
	case body.Outcome == chat.Uncertain:
		return chat.Say("commands.not_done.uncertain", args)
	default:
		return chat.Say("commands.not_done.failed", args)
	}
}
