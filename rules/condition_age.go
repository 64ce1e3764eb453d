package rules

import (
	"time"

	"palabre/chat"
	"palabre/internal/human"
	"palabre/internal/yamlsrc"
)

// ageOf compares how long ago an account was made, or a membership began.
type ageOf struct {
	limit   compare // in nanoseconds
	account bool
}

func parseAccountAge(_ *parser, v yamlsrc.Value) (condition, bool) {
	limit, ok := age(v)
	return ageOf{limit, true}, ok
}

func parseMembershipAge(_ *parser, v yamlsrc.Value) (condition, bool) {
	limit, ok := age(v)
	return ageOf{limit, false}, ok
}

// forAges is the age of a member who was there before Palabre: longer than any rule can ask.
const forAges = human.Longest + 1

// measure is the age, and whether it is a membership's in place of an account's that the platform does not tell.
func (c ageOf) measure(r *Reading, past *History) (d time.Duration, instead bool) {
	a := &r.Event.Actor
	if c.account && !a.Created.IsZero() {
		return max(0, r.Event.At.Sub(a.Created)), false
	}
	joined := a.Joined
	if seen := past.Member(r.Fact.Person).Joined; seen.After(joined) { // a server may date its members' arrivals back
		joined = seen
	}
	if joined.IsZero() {
		return forAges, c.account
	}
	return max(0, r.Event.At.Sub(joined)), c.account
}

func (c ageOf) match(r *Reading, past *History) bool {
	d, _ := c.measure(r, past)
	return c.limit.holds(int64(d))
}

func (c ageOf) reason(r *Reading, past *History) chat.Reason {
	d, instead := c.measure(r, past)
	key := "reason.membership_age"
	switch {
	case d == forAges:
		return chat.Reason{Say: chat.Say("reason.membership_age.long", nil)}
	case instead:
		key = "reason.account_age.membership"
	case c.account:
		key = "reason.account_age"
	}
	return chat.Reason{Say: chat.Say(key, chat.Args{"age": d})}
}

func (c ageOf) value(r *Reading, past *History) string {
	d, instead := c.measure(r, past)
	switch {
	case d == forAges:
		return "a member before Palabre came"
	case instead:
		return human.Format(d) + " (since they joined: the platform does not tell the account's age)"
	}
	return human.Format(d)
}
