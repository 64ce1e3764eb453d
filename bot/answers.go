package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"palabre/adapters"
	"palabre/chat"
	"palabre/rules"
	"palabre/store"
)

// What a moderator may answer to a question.
const (
	approveChoice = "approve"
	dismissChoice = "dismiss"
	editChoice    = "edit"
)

// emojis stand on the buttons of the answers, and are the reactions to press where there are no buttons.
var emojis = map[string]string{
	approveChoice: "✅", dismissChoice: "❌", editChoice: "✏️", "delete": "🗑️", "warn": "⚠️", "timeout": "🔇", "ban": "⛔",
}

// instead is what a moderator may choose in place of what a question proposes, in the order of severity.
var instead = []struct {
	choice string
	act    func(q *question, at time.Time) chat.Action // nil: impossible for this question
}{
	{"delete", func(q *question, _ time.Time) chat.Action {
		if q.Message == "" {
			return nil
		}
		return chat.Delete{Message: chat.MessageRef{Room: q.Room, ID: q.Message}, Author: q.Target.MemberRef}
	}},
	{"warn", func(q *question, _ time.Time) chat.Action {
		if q.Room.IsZero() {
			return nil
		}
		member := mention(q.Target)
		member.Ping = true
		return chat.Send{
			Room: q.Room, ReplyTo: q.Message, As: "warn", Priority: chat.Interaction,
			Say: chat.Say("commands.warning", chat.Args{"member": member, "why": q.Why}),
		}
	}},
	{"timeout", func(q *question, at time.Time) chat.Action {
		return chat.Timeout{Member: q.Target.MemberRef, Name: q.Target.Name, Until: at.Add(time.Hour)}
	}},
	{"ban", func(q *question, _ time.Time) chat.Action {
		return chat.Ban{Member: q.Target.MemberRef, Name: q.Target.Name}
	}},
}

// answers are choices of a card.
func answers(ids ...string) []chat.Choice {
	choices := make([]chat.Choice, len(ids))
	for i, id := range ids {
		choices[i] = chat.Choice{ID: id, Emoji: emojis[id], Say: chat.Say("desk.ask.choice."+id, nil)}
	}
	return choices
}

// pressed takes a moderator's answer to a question. Exactly one counts.
func (l *lane) pressed(s *scope, press chat.ButtonPressed) {
	id, asks := strings.CutPrefix(press.Card, askPrefix)
	if !asks || s.ev.Actor.Kind != chat.Human {
		return
	}
	q, exists := l.question(id)
	if no := refusal(s.ev, q, exists); !no.IsZero() {
		l.answer(s, chat.Answer{Say: no, Private: true})
		return
	}
	body := l.bodyOf(q)
	switch press.Choice {
	case approveChoice:
		proposed := rules.Asked{At: body.At, Actions: l.acts(body.Acts)}
		l.carryOut(s, q, body, store.Approved, proposed.Approved(s.ev.At))
	case dismissChoice:
		l.decideQuestion(s, q, body, store.Dismissed)
	case editChoice:
		l.offerOthers(s, q, &body)
	default:
		if act := body.instead(press.Choice, s.ev.At); act != nil {
			l.carryOut(s, q, body, store.Changed, []chat.Action{act})
		}
	}
}

// refusal is why an answer does not count; zero when it does.
func refusal(press chat.Event, q store.Question, exists bool) chat.Phrase {
	switch {
	case press.Actor.Standing < chat.StandingModerator:
		return chat.Say("desk.ask.forbidden", nil)
	case !exists:
		return chat.Say("desk.ask.unknown", nil)
	case q.State == store.Expired:
		return chat.Say("desk.ask.too_late", chat.Args{"at": q.DecidedAt})
	case q.State != store.Unanswered:
		return chat.Say("desk.ask.answered", chat.Args{"by": q.DecidedBy, "at": q.DecidedAt, "answer": chat.Say("desk.ask."+string(q.State)+".word", nil)})
	case press.Late:
		return chat.Say("desk.ask.late_press", nil)
	default:
		return chat.Phrase{}
	}
}

// instead is what the moderator chose in place of the proposal; nil when there is no such choice.
func (q *question) instead(choice string, at time.Time) chat.Action {
	for _, other := range instead {
		if other.choice == choice {
			return other.act(q, at)
		}
	}
	return nil
}

// offerOthers shows what else could be done.
func (l *lane) offerOthers(s *scope, q store.Question, body *question) {
	var possible []string
	for _, other := range instead {
		if other.act(body, s.ev.At) != nil {
			possible = append(possible, other.choice)
		}
	}
	l.answer(s, chat.Answer{
		Say: chat.Say("desk.ask.instead", chat.Args{"name": mention(body.Target)}), Private: true,
		Card: &chat.Card{Key: askPrefix + q.ID, Choices: answers(possible...)},
	})
}

// carryOut does what a moderator decided, as a case of theirs, as far as it can still be done.
func (l *lane) carryOut(s *scope, q store.Question, body question, state store.QuestionState, acts []chat.Action) {
	target := l.asTheyStand(body)
	if slices.ContainsFunc(acts, punishes) && !mayHit(s.ev, target) {
		l.answer(s, chat.Answer{Say: chat.Say("commands.not_strictly_below", chat.Args{"member": mention(target)}), Private: true})
		return
	}
	left := slices.DeleteFunc(slices.Clone(acts), func(a chat.Action) bool { return l.isGone(a) })
	if len(left) == 0 {
		l.decideQuestion(s, q, body, state)
		return
	}
	l.record(s.ev, decided{source: askSource, target: &target, actions: append([]chat.Action{body.opens(q, s.ev)}, left...)})
	q.Case = l.incidents[q.ID].number
	l.decideQuestion(s, q, body, state)
	for _, a := range left {
		if d, ok := a.(chat.Delete); ok { // the platform has not told yet that it is gone
			l.history.Fold(rules.Fact{Kind: chat.KindDeleted, Person: chat.PersonOf(d.Author), Message: d.Message})
		}
	}
	if len(left) < len(acts) {
		l.tell(s, chat.Say("desk.ask.gone", chat.Args{"case": q.Case, "count": len(acts) - len(left)}))
	}
}

// asTheyStand is whom a question is about, as the platform knows them now.
func (l *lane) asTheyStand(body question) chat.Actor {
	directory, ok := l.finders[body.Target.Platform].(adapters.Directory)
	if !ok {
		return body.Target
	}
	if now, found := directory.Find(body.Room, body.Target.ID); found && now.MemberRef == body.Target.MemberRef {
		return now
	}
	return body.Target
}

// isGone tells whether an act is about a message that is no longer there.
func (l *lane) isGone(a chat.Action) bool {
	d, ok := a.(chat.Delete)
	return ok && l.history.Gone(chat.PersonOf(d.Author), d.Message.ID)
}

// opens is the case of an answered question: the moderator's, by the rule's reasons.
func (q *question) opens(row store.Question, press chat.Event) chat.OpenCase {
	open := chat.OpenCase{
		Member: q.Target.MemberRef, Name: q.Target.Name, Rule: row.Rule, Incident: row.ID, By: press.Actor.MemberRef, ByName: press.Actor.Name,
		Why: said(q.Why), Event: q.Event, Where: q.Room, Logical: q.Logical,
	}
	for _, r := range q.Reasons {
		r.Say = said(r.Text)
		open.Reasons = append(open.Reasons, r)
	}
	return open
}

// said is a sentence that was rendered before.
func said(text string) chat.Phrase { return chat.Say("commands.reason", chat.Args{"reason": text}) }

// decideQuestion closes a question: no other answer counts.
func (l *lane) decideQuestion(s *scope, q store.Question, body question, state store.QuestionState) {
	q.State, q.DecidedAt, q.DecidedBy = state, s.ev.At, s.ev.Actor.Name
	l.keepQuestion(q, body)
	l.wake(store.Wake{Key: askPrefix + q.ID})
	l.showCards(s, q, body, body.Cards...)
}

// unanswered closes a question that nobody answered in time, and says so once.
func (l *lane) unanswered(s *scope, id string) {
	q, exists := l.question(id)
	if !exists || q.State != store.Unanswered {
		return
	}
	body := l.bodyOf(q)
	l.decideQuestion(s, q, body, store.Expired)
	l.news(s, topic{"unanswered", q.Rule}, func() chat.Phrase {
		return chat.Say("desk.ask.unanswered", chat.Args{"name": mention(body.Target), "rule": q.Rule, "after": s.ev.At.Sub(q.OpenedAt).Round(time.Minute)})
	})
}

// posted notes where a question can be read. What happened meanwhile is told there.
func (l *lane) posted(s *scope, settled chat.Settled) {
	id, asks := strings.CutPrefix(settled.Ref, askPrefix)
	if !asks || settled.Receipt.Message.IsZero() {
		return
	}
	if q, exists := l.question(id); exists {
		body := l.bodyOf(q)
		body.Cards = append(body.Cards, settled.Receipt.Message)
		l.keepQuestion(q, body)
		if body.Joined > 0 || q.State != store.Unanswered {
			l.showCards(s, q, body, settled.Receipt.Message)
		}
	}
}

// wasGone tells the moderators that a message which they wanted deleted was no longer there.
func (l *lane) wasGone(s *scope, settled chat.Settled) {
	_, deletes := settled.Act.(chat.Delete)
	if !deletes || !settled.Receipt.Gone || settled.Case == 0 {
		return
	}
	_, err := l.store.QuestionOf(context.Background(), settled.Case)
	if err == nil {
		l.news(s, topic{Kind: "gone"}, func() chat.Phrase { return chat.Say("desk.ask.gone", chat.Args{"case": settled.Case, "count": 1}) })
	}
}
