package bot

import (
	"context"
	"encoding/json"
	"math/bits"
	"slices"
	"time"

	"palabre/chat"
	"palabre/rules"
	"palabre/store"
)

// askPrefix begins the keys of cards and of wakes that are about a question; its incident follows.
const askPrefix = "ask/"

// cardRef begins the references of edits of cards: one that fails is no news, as the answer was told besides.
const cardRef = "card/"

// askSource tells what moderators agreed to apart from what others decided.
const askSource = "ask"

// excerptLength is how many characters of a message a question shows.
const excerptLength = 300

// mostAsked is how many acts one question gathers: the messages of a burst join it.
const mostAsked = 100

// question is what the store keeps of a question: what was shown, and what follows when a moderator agrees.
type question struct {
	Event   string            `json:"event"`
	At      time.Time         `json:"at"`
	Room    chat.RoomRef      `json:"room,omitzero"`
	Logical string            `json:"logical,omitempty"`
	Message string            `json:"message,omitempty"` // its id; empty when the event was none
	Target  chat.Actor        `json:"target"`
	Why     string            `json:"why"`
	Reasons []chat.Reason     `json:"reasons"`
	Acts    []proposal        `json:"acts"`
	Joined  int               `json:"joined,omitempty"` // messages of the burst that came after the first
	Text    chat.Text         `json:"text"`
	Cards   []chat.MessageRef `json:"cards,omitempty"` // where the question can be read
}

// ask posts a question about what the rules in mode ask want done, or adds to the one that is open already. It
// returns the case of what is done without asking again, 0 for none.
func (l *lane) ask(s *scope, q *rules.Asked) (number int) {
	acts := l.permitted(s.ev, q.Actions)
	if len(acts) == 0 {
		return 0
	}
	known, exists := l.question(q.Incident)
	switch {
	case !exists && !q.Joined:
		l.post(s, q, acts)
	case known.State == store.Unanswered:
		l.join(s, known, acts)
	case known.State == store.Approved:
		return l.goOn(s, q.Incident, acts)
	}
	return 0
}

// permitted are the acts that the guard would let pass, without the case that they would open.
func (l *lane) permitted(ev chat.Event, acts []chat.Action) []chat.Action {
	return slices.DeleteFunc(slices.Clone(acts), func(a chat.Action) bool {
		_, opens := a.(chat.OpenCase)
		return opens || barred(ev, a, &ev.Actor)
	})
}

// question finds a question, as this turn left it.
func (l *lane) question(id string) (q store.Question, exists bool) {
	if q, exists = l.turn.questions[id]; exists {
		return q, true
	}
	err := l.insist(func() (err error) {
		q, err = l.store.Question(context.Background(), id)
		if isNotFound(err) {
			return nil
		}
		exists = err == nil
		return err
	})
	return q, exists && err == nil
}

// keepQuestion writes a question as it stands now.
func (l *lane) keepQuestion(q store.Question, body question) {
	data, err := json.Marshal(body)
	if err != nil {
		l.log.Error("a question cannot be written", "question", q.ID, "error", err)
		return
	}
	q.Body = data
	l.turn.questions[q.ID] = q
	l.turn.group.Questions = append(l.turn.group.Questions, q)
}

// bodyOf reads what a question asks.
func (l *lane) bodyOf(q store.Question) question {
	var body question
	if err := json.Unmarshal(q.Body, &body); err != nil {
		l.log.Error("a question cannot be read", "question", q.ID, "error", err)
	}
	return body
}

// post asks the moderators, in every place of their room.
func (l *lane) post(s *scope, q *rules.Asked, acts []chat.Action) {
	opens, _ := q.Actions[0].(chat.OpenCase)
	body := question{
		Event: s.ev.ID, At: q.At, Room: s.ev.Room, Logical: s.ev.Logical, Message: messageIn(s.ev).ID, Target: s.ev.Actor,
		Why: l.plain(opens.Why, 0), Reasons: slices.Clone(opens.Reasons), Acts: l.propose(acts),
	}
	for i := range body.Reasons {
		body.Reasons[i].Text = l.plain(body.Reasons[i].Say, 0)
	}
	body.Text = l.render(l.asks(s, q, opens, acts), 0)
	l.keepQuestion(store.Question{ID: q.Incident, Rule: q.Rule, State: store.Unanswered, OpenedAt: s.ev.At}, body)
	if patience := l.plan.Limits.Unanswered; patience > 0 {
		l.wake(store.Wake{Key: askPrefix + q.Incident, At: s.ev.At.Add(patience)})
	}
	l.send(&scope{ev: s.ev, decided: decided{source: askSource}}, chat.Send{
		Logical: deskRoom, As: logLabel, Priority: chat.Interaction, Ref: askPrefix + q.Incident, Text: body.Text, Card: cardOf(q.Incident),
	})
}

// cardOf are the answers to a question.
func cardOf(id string) *chat.Card {
	return &chat.Card{Key: askPrefix + id, Choices: answers(approveChoice, dismissChoice, editChoice)}
}

// asks is the question in words.
func (l *lane) asks(s *scope, q *rules.Asked, opens chat.OpenCase, acts []chat.Action) chat.Phrase {
	would := &scope{ev: s.ev}
	for _, a := range acts {
		would.note(a, false)
	}
	args := chat.Args{
		"rule": q.Rule, "acts": would.done(), "name": mention(s.ev.Actor), "why": opens.Why, "reasons": reasonLines(opens.Reasons),
		"room": where(s.ev),
	}
	if text := textOf(s.ev); text != "" {
		args["text"] = chat.Excerpt(shorten(text, excerptLength))
		return chat.Say("desk.ask.quote", args)
	}
	return chat.Say("desk.ask", args)
}

// decision says how a question was decided.
func decision(q store.Question) chat.Phrase {
	args := chat.Args{"by": q.DecidedBy, "at": q.DecidedAt, "case": q.Case}
	if q.Case == 0 && (q.State == store.Approved || q.State == store.Changed) {
		return chat.Say("desk.ask.nothing_left", args)
	}
	return chat.Say("desk.ask."+string(q.State), args)
}

// join adds a message of a burst to the question that is open about it. The cards tell how many have joined, each time
// that their number has doubled.
func (l *lane) join(s *scope, q store.Question, acts []chat.Action) {
	body := l.bodyOf(q)
	more := l.fresh(body, acts)
	if len(more) == 0 || len(body.Acts)+len(more) > mostAsked {
		return
	}
	body.Acts = append(body.Acts, l.propose(more)...)
	body.Joined++
	l.keepQuestion(q, body)
	if bits.OnesCount(uint(body.Joined)) == 1 {
		l.showCards(s, q, body, body.Cards...)
	}
}

// showCards lets cards say how the question stands: it can be answered only while nobody has.
func (l *lane) showCards(s *scope, q store.Question, body question, cards ...chat.MessageRef) {
	edit := chat.Edit{Text: slices.Clone(body.Text), Priority: chat.Interaction, Ref: cardRef + q.ID}
	line := func(p chat.Phrase) { edit.Text = append(append(edit.Text, chat.Span{Text: "\n"}), l.render(p, 0)...) }
	if body.Joined > 0 {
		line(chat.Say("desk.ask.joined", chat.Args{"count": body.Joined}))
	}
	if q.State == store.Unanswered {
		edit.Card = l.card(cardOf(q.ID), 0)
	} else {
		line(decision(q))
	}
	for _, edit.Message = range cards {
		l.order(s, edit, edit.Message.Room.Platform, store.Pending)
	}
}

// fresh leaves out what the question asks for already: a message may be judged twice.
func (l *lane) fresh(q question, acts []chat.Action) []chat.Action {
	known := map[string]bool{}
	for _, a := range l.acts(q.Acts) {
		known[messageOf(a).ID] = true
	}
	return slices.DeleteFunc(slices.Clone(acts), func(a chat.Action) bool { return known[messageOf(a).ID] && messageOf(a).ID != "" })
}

// goOn treats what follows in a burst that a moderator decided about as the rule would have treated it.
func (l *lane) goOn(s *scope, incident string, acts []chat.Action) (number int) {
	in, open := l.incidents[incident]
	if !open {
		return 0
	}
	scope := &scope{ev: s.ev, decided: decided{source: askSource, target: &s.ev.Actor}, number: in.number}
	for _, a := range acts {
		l.perform(scope, a)
	}
	l.history.Note(rules.Decision{Actions: acts}, &s.ev)
	return in.number
}

// messageIn is the message that an event is about; zero for none.
func messageIn(ev chat.Event) chat.MessageRef {
	switch body := ev.Body.(type) {
	case chat.MessageSent:
		return body.Message
	case chat.MessageEdited:
		return body.Message
	default:
		return chat.MessageRef{}
	}
}

// textOf is what a message says.
func textOf(ev chat.Event) string {
	switch body := ev.Body.(type) {
	case chat.MessageSent:
		return body.Content.Text
	case chat.MessageEdited:
		return body.Content.Text
	default:
		return ""
	}
}
