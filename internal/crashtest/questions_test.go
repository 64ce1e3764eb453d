package crashtest

import (
	"fmt"
	"time"
)

// card is a question of the program's at the desk.
type card struct {
	message string // its id
	about   string // a user
}

// question is a message that a rule asks about, and what the moderators answered: the first answer that the program heard counts.
type question struct {
	message string
	presses []press
	last    time.Time
}

// press is one answer.
type press struct{ event, choice string }

// What moderators answer.
const (
	approve = "approve"
	dismiss = "dismiss"
)

// tryAgain is how long a moderator waits before pressing once more where a press may have reached nobody.
const tryAgain = 4 * time.Second

// doubt says something that the program asks the moderators about.
func (b *backroom) doubt() {
	user, message := b.utter("a dubious bargain, number " + fmt.Sprint(b.random.IntN(1000)))
	b.questions[user] = &question{message: message}
}

// heard is the answer that counts; zero while none was heard.
func (b *backroom) heard(q *question) press {
	for _, p := range q.presses {
		if b.read(p.event) {
			return p
		}
	}
	return press{}
}

// answer lets moderators answer some of the questions that they see, now and then two of them at once.
func (b *backroom) answer() {
	for _, c := range b.cards() {
		q := b.questions[c.about]
		switch {
		case q == nil, len(q.presses) == 0 && b.random.IntN(4) == 0, len(q.presses) > 0 && b.surely():
		case len(q.presses) > 0 && (time.Since(q.last) < tryAgain || b.heard(q).event != ""):
		default:
			b.give(q, c)
		}
	}
}

func (b *backroom) give(q *question, c card) {
	q.last = time.Now()
	choices := []string{approve, dismiss}
	first := b.random.IntN(2)
	for i := range 1 + b.random.IntN(3)/2 {
		choice := choices[(first+i)%2]
		if event := b.press(i, c, choice); event != "" {
			q.presses = append(q.presses, press{event, choice})
		}
	}
}

// decide notes what the answers mean for the audit, once nobody answers any more.
func (b *backroom) decide() {
	for user, q := range b.questions {
		if b.heard(q).choice == approve {
			b.bad[q.message] = "review"
			b.offences[offence{user, "review"}]++
		}
	}
}

// open tells whether a question waits for an answer, or an answer waits to be heard.
func (b *backroom) open(q *question) bool {
	if !b.surely() {
		return b.heard(q).event == ""
	}
	for _, p := range q.presses {
		if !b.read(p.event) {
			return true
		}
	}
	return len(q.presses) == 0
}

// questionsWereAsked: each once, and what the first answer said is what was decided.
func (b *backroom) questionsWereAsked(l *ledger) {
	posted := map[string]int{}
	for _, c := range b.cards() {
		posted[c.about]++
	}
	for user, q := range b.questions {
		l.count(posted[user], 1, "question about %s", user)
		choice := b.heard(q).choice
		want := map[string]string{approve: "approved", dismiss: "dismissed"}[choice]
		if got := l.decided[q.message]; got != want {
			l.is(&l.figures.wrong, "the question about %s (%s) was answered %q first, and is %q", user, q.message, choice, got)
		}
	}
	for user := range posted {
		if b.questions[user] == nil {
			l.is(&l.figures.wrong, "asked about %s, and nothing was dubious", user)
		}
	}
}
