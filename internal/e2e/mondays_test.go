package e2e

import (
	"slices"
	"testing"
	"time"
)

// almanac follows the bot's clock over the Mondays around the change to summer time.
type almanac struct {
	c      *community
	p      *palabre
	first  time.Time // 18:00 on the first Monday
	before int       // questions that were asked before
}

// Questions come on Mondays at 18:00 of the wall clock, also when that has just moved; one each, none between, none
// twice before all were asked, and none again after a stop. One that came due during a stop is asked afterwards.
func mondays(c *community, p *palabre) {
	a := &almanac{c: c, p: p, first: mondayBeforeSummerTime(c.t)}
	c.settled(p)
	a.before = len(c.questions())
	for week := range 3 {
		a.night(week)
		a.punctual(week)
	}
	a.night(3)
	a.caughtUp(3)
	c.pool()
	missed := slices.DeleteFunc(c.said("moderators"), func(e event) bool { return !saying("monday-question", "was not asked")(e) })
	if len(missed) != 1 {
		c.t.Errorf("moderators were told %d times of the questions that nobody was there for", len(missed))
	}
}

func (a *almanac) monday(week int) time.Time { return wall(a.first, 7*week) }

func (a *almanac) asked() int { return len(a.c.questions()) - a.before }

// must checks how many questions were asked, once the bot has taken up what its clock shows.
func (a *almanac) must(asked int, when string) {
	a.c.t.Helper()
	a.c.settled(a.p)
	if got := a.asked(); got != asked {
		a.c.t.Fatalf("%s: %d questions were asked, expected %d", when, got, asked)
	}
}

// night goes to the early morning of a Monday: the week was quiet, and so was Sunday's change of clocks.
func (a *almanac) night(week int) {
	a.c.t.Helper()
	a.p.goTo(wall(a.monday(week), -1).Add(8 * time.Hour))
	a.must(week, "in the night before Monday")
}

// punctual arrives shortly before a Monday's hour, and sees the question come. It comes once: neither another hour
// that somebody could take for 18:00 nor a stop brings it again.
func (a *almanac) punctual(week int) {
	a.c.t.Helper()
	monday := a.monday(week)
	a.p.goTo(monday.Add(-3 * time.Second))
	if early := a.asked(); a.p.now().Before(monday) && early != week {
		a.c.t.Fatalf("%d questions were asked before %s", early, monday)
	}
	eventually(a.c.t, "a question on "+monday.String(), func() bool { return a.asked() > week })
	a.p.goTo(monday.Add(61 * time.Minute))
	a.must(week+1, "an hour after Monday's")
	a.p.stop()
	a.p.start()
	a.p.ready()
	a.must(week+1, "after a stop on Monday")
}

// caughtUp lets a Monday's hour pass while the bot is stopped.
func (a *almanac) caughtUp(week int) {
	a.c.t.Helper()
	a.p.stop()
	a.p.goTo(a.monday(week).Add(time.Hour))
	a.p.start()
	eventually(a.c.t, "Monday's question an hour late", func() bool { return a.asked() > week })
	a.must(week+1, "after Monday's question")
}

// mondayBeforeSummerTime is 18:00 in Paris on the Monday of the next week that ends with the change of clocks.
func mondayBeforeSummerTime(t *testing.T) time.Time {
	t.Helper()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	monday := time.Now().In(paris)
	monday = time.Date(monday.Year(), monday.Month(), monday.Day()+21, 18, 0, 0, 0, paris)
	for monday.Weekday() != time.Monday || monday.IsDST() || !wall(monday, 7).IsDST() {
		monday = wall(monday, 1)
	}
	return monday
}

// wall is the same time of the wall clock some days later.
func wall(t time.Time, days int) time.Time { return t.AddDate(0, 0, days) }

// questions are the threads' first messages in #debates.
func (c *community) questions() []event {
	c.t.Helper()
	return slices.DeleteFunc(c.said("debates"), func(e event) bool { return !saying("Question of the week")(e) })
}

// pool looks at the last four questions: three different ones, then one of the first two again.
func (c *community) pool() {
	c.t.Helper()
	asked := c.questions()
	asked = asked[len(asked)-4:]
	texts := map[string]int{}
	for i, q := range asked {
		c.t.Logf("#debates palabre: %s", q.text())
		if texts[q.text()]++; i < 3 && texts[q.text()] > 1 {
			c.t.Errorf("a question came back before all were asked: %s", q.text())
		}
	}
	if asked[2].text() == asked[3].text() {
		c.t.Errorf("the same question twice in a row: %s", asked[3].text())
	}
}
