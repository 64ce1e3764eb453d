package e2e

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters/discord/discordtest"
)

const stopped = `
rules:
  - { name: filter, on: [blocked], why: { en: No insults. }, when: { automod: true }, do: [warn] }
  - { name: titles, on: [thread], why: { en: No insults. }, when: { words: [nitwit] }, do: [warn] }
`

// trips is an attempt to write what AutoMod stops.
func (w *town) trips(p discordtest.Person, channel, text string) {
	w.t.Helper()
	w.must(p.TripAutoMod(channel, discordtest.Execution{Rule: "100000000000000123", Name: "words", Action: 1, Keyword: "nitwit", Text: text}))
	pass(time.Hour) // the next is another incident
}

// written is what the bot has said in a channel.
func (w *town) written(channel string) (texts []string) {
	for _, m := range w.Messages(channel) {
		if m.Author == w.Server.Bot() {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

// A post that AutoMod stops is warned about in private where the member allowed that, else the moderators read what nobody
// could tell them: a forum takes no messages. What is stopped in an ordinary room is warned about there.
func TestAWarningAboutAStoppedPost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, discordtest.Options{}, stopped)
		ana, bob, forum := w.Member("ana"), w.Member("bob"), w.Forum("ideas")
		w.start()
		w.trips(ana, forum, "you nitwit")
		if !w.tells("could not be told this") || !w.tells("What you tried to write was stopped") || !w.tells("(the member was not told)") {
			t.Errorf("the moderators read:\n%q", w.told())
		}
		w.says(bob, w.general, "!private on")
		before := len(w.told())
		w.trips(bob, forum, "you nitwit")
		w.trips(bob, w.general, "you nitwit, you")
		private := w.written(w.Direct(bob.ID))
		if n := len(private); n != 3 || !strings.Contains(private[n-1], "What you tried to write was stopped") {
			t.Errorf("bob reads in private:\n%q", private)
		}
		if lines := w.told()[before:]; slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, "not") }) {
			t.Errorf("the moderators read:\n%q", lines)
		}
		w.trips(ana, w.general, "such a nitwit")
		if said := w.written(w.general); len(said) != 1 || !strings.Contains(said[0], "What you tried to write was stopped") {
			t.Errorf("in the room:\n%q", said)
		}
		if slices.ContainsFunc(w.Requests(), func(r discordtest.Request) bool {
			return r.Path == "/channels/"+forum+"/messages" && r.Method == "POST"
		}) {
			t.Error("a message was sent into a forum")
		}
	})
}

// A post whose title is against a rule is warned about in the post itself.
func TestAWarningAboutAPostStandsInIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, discordtest.Options{}, stopped)
		ana, forum := w.Member("ana"), w.Forum("ideas")
		w.start()
		post, err := ana.ForumPost(forum, "what a nitwit", "hello")
		w.must(err)
		pass(2 * time.Second)
		if said := w.written(post); len(said) != 1 || !strings.Contains(said[0], "this is a warning") {
			t.Errorf("in the post:\n%q; the moderators read:\n%q", said, w.told())
		}
	})
}

// A deletion that is refused was not promised to anybody.
func TestNoDeletionIsPromised(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, discordtest.Options{}, `rules: [ { name: ads, when: { words: [casino] }, do: [delete, warn] } ]`)
		ana := w.Member("ana")
		w.BotMay(discordtest.Moderation &^ discordtest.ManageMessages)
		w.start()
		w.says(ana, w.general, "casino")
		said := w.written(w.general)
		if len(said) != 1 || strings.Contains(said[0], "remove") || !strings.Contains(said[0], "in another way") {
			t.Errorf("in the room:\n%q", said)
		}
	})
}
