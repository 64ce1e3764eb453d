package bot_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"palabre/activities"
	"palabre/chat"
)

// obedient does at each message, and at each of its ticks, what a test tells it.
type obedient struct {
	act func(ev chat.Event) []chat.Action
}

func (obedient) Name() string { return "obedient" }

func (obedient) Keys(ev chat.Event) []string {
	switch body := ev.Body.(type) {
	case chat.MessageSent, chat.ButtonPressed:
		return []string{}
	case chat.Tick:
		if body.Key == "obedient" {
			return []string{}
		}
	}
	return nil
}

func (o obedient) Act(ev chat.Event, _ activities.Memory) []chat.Action { return o.act(ev) }

// obeying is a house whose only decider is the test.
func obeying(t *testing.T, act func(ev chat.Event) []chat.Action) *house {
	h := newHouse(t)
	h.extra = []activities.Activity{obedient{act}}
	h.network.able = chat.Carried()
	h.start()
	return h
}

func memberRef(name string) chat.MemberRef {
	return chat.MemberRef{Platform: chat.Console, ID: name}
}

func text(ev chat.Event) string {
	if body, ok := ev.Body.(chat.MessageSent); ok {
		return body.Content.Text
	}
	return ""
}

// What has an end is taken back then, once, by whatever process runs; a later word on the same thing replaces the end.
func TestMeasuresEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		helper := func(hours int, name string) chat.Action {
			return chat.GiveRole{Member: memberRef("ana"), Name: name, Role: "helper", Until: begun.Add(time.Duration(hours) * time.Hour), Reason: name}
		}
		acts := map[string][]chat.Action{
			"calm": {
				chat.Slowmode{Room: general, Every: time.Minute, Until: begun.Add(time.Hour)},
				chat.Lock{Room: general, Until: begun.Add(2 * time.Hour)},
			},
			"open":   {chat.Unlock{Room: general}},
			"role":   {helper(3, "Ana")},
			"longer": {helper(5, "Anaïs")},
		}
		h := obeying(t, func(ev chat.Event) []chat.Action { return acts[text(ev)] })
		defer func() { h.stop() }()
		h.emit(says("1", "mod", "calm"))
		h.expect("slowmode", "lock")
		h.stop()
		h.start()
		time.Sleep(61 * time.Minute)
		h.expect("slowmode", "log: #general: the time is over, slowmode ended")
		h.emit(says("2", "mod", "open"))
		h.expect("unlock")
		time.Sleep(2 * time.Hour)
		h.expect()
		h.emit(says("3", "mod", "role"), says("4", "mod", "longer"))
		h.expect("give role", "give role")
		time.Sleep(time.Hour)
		h.expect()
		time.Sleep(2 * time.Hour)
		h.expect("take role", "log: ana: the time is over, role taken away (helper)")
	})
}

// A poll that the platform does not end by itself is ended by a timer.
func TestAPollIsClosedWhenItsTimeIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := obeying(t, func(ev chat.Event) []chat.Action {
			if text(ev) != "ask" {
				return nil
			}
			return []chat.Action{chat.OpenPoll{Room: general, Ask: chat.Phrase{Words: chat.Words{"en": "Why?"}}, Lasts: time.Hour}}
		})
		defer func() { h.stop() }()
		h.network.receipt = chat.Receipt{Message: chat.MessageRef{Room: general, ID: "poll"}}
		h.emit(says("1", "mod", "ask"))
		h.expect("open poll")
		time.Sleep(2 * time.Hour)
		h.expect("close poll")
	})
}

// Nobody is written to in private who did not ask just now, or allow it themselves before.
func TestNobodyIsWrittenToUnasked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		write := func(name string) chat.Action {
			return chat.Direct{Member: memberRef(name), Say: chat.Phrase{Words: chat.Words{"en": "psst"}}}
		}
		acts := map[string][]chat.Action{
			"write to ana":         {write("ana")},
			"I allow it":           {chat.AllowDirect{Member: memberRef("ana"), Allow: true}},
			"ana allows it":        {chat.AllowDirect{Member: memberRef("ana"), Allow: true}},
			"I do not any more":    {chat.AllowDirect{Member: memberRef("ana")}},
			"I ask with no button": {write("ana")},
		}
		h := obeying(t, func(ev chat.Event) []chat.Action {
			if _, pressed := ev.Body.(chat.ButtonPressed); pressed {
				return []chat.Action{write("ana"), write("bob")}
			}
			return acts[text(ev)]
		})
		defer func() { h.stop() }()
		n := 0
		said := func(who, what string, want ...string) {
			t.Helper()
			n++
			h.emit(says(fmt.Sprint(n), who, what))
			h.expect(want...)
		}
		said("bob", "write to ana")
		said("ana", "I ask with no button")
		said("bob", "ana allows it")
		said("bob", "write to ana")
		press := says("press", "ana", "")
		press.Body = chat.ButtonPressed{Card: "x"}
		h.emit(press)
		h.expect("direct")
		said("ana", "I allow it")
		said("bob", "write to ana", "direct")
		h.stop()
		h.start()
		said("bob", "write to ana", "direct")
		said("ana", "I do not any more")
		said("bob", "write to ana")
	})
}

// Whatever a platform answers, the moderators read words; its own sentence is for the log.
func TestFailuresAreToldInWords(t *testing.T) {
	raw := func(err error) error { return fmt.Errorf("discord: pin: %w: 403 Missing Permissions (50013)", err) }
	for _, c := range []struct {
		err  error
		want string
	}{
		{raw(chat.ErrForbidden), "log: pin failed: the console does not allow it; “palabre doctor” tells what is missing"},
		{raw(chat.ErrUnsupported), "log: pin failed: the console has nothing like it"},
		{raw(chat.ErrInvalid), "log: pin failed: the console did not understand what I asked; its words are in the log"},
		{raw(chat.ErrUncertain), "log: pin: cut off half-way, and I may not repeat it. Please look."},
		{chat.Explain(raw(chat.ErrForbidden), "failure.discord.closed", nil), "log: pin failed: they take no private messages"},
		{&chat.RetryError{Err: errors.New("502"), After: 2 * time.Hour}, "log: pin failed: it could not be done in time: the console did not answer"},
	} {
		synctest.Test(t, func(t *testing.T) {
			h := obeying(t, func(ev chat.Event) []chat.Action {
				if text(ev) != "pin" {
					return nil
				}
				return []chat.Action{chat.Pin{Message: chat.MessageRef{Room: general, ID: "1"}}}
			})
			defer func() { h.stop() }()
			h.network.answers(func(_ string, a chat.Action) error {
				if _, ok := a.(chat.Pin); ok {
					return c.err
				}
				return nil
			})
			h.emit(says("1", "mod", "pin"))
			time.Sleep(3 * time.Hour)
			h.expect("pin", c.want)
		})
	}
}

// Undoing a case takes its measures back too.
func TestUndoTakesMeasuresBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := obeying(t, func(ev chat.Event) []chat.Action {
			if text(ev) != "act" {
				return nil
			}
			return []chat.Action{
				chat.OpenCase{Member: memberRef("ana"), Name: "ana", Rule: "calm", Why: chat.Phrase{Words: chat.Words{"en": "too loud"}}},
				chat.GiveRole{Member: memberRef("ana"), Role: "quiet"}, chat.Lock{Room: general},
			}
		})
		defer func() { h.stop() }()
		h.emit(says("1", "ana", "act"))
		h.expect("give role", "lock", "log: **#1** ana")
		undo := says("2", "mod", "!undo 1")
		undo.Actor.Standing = chat.StandingModerator
		undo.Body = chat.CommandInvoked{Name: "undo", Args: "1", Message: chat.MessageRef{Room: general, ID: "2"}}
		h.emit(undo)
		h.expect("take role", "unlock", "react", "log: **#1** undone by mod: role taken away (quiet) and room unlocked")
	})
}
