package matrix_test

import (
	"errors"
	"testing"
	"time"

	"palabre/adapters"
	"palabre/adapters/matrix/matrixtest"
	"palabre/chat"
)

// TestRoomNotGivenForAMoment: a homeserver that fails while a room is read does not make us miss what happened there.
func TestRoomNotGivenForAMoment(t *testing.T) {
	for _, kind := range []string{"directory", "state", "members", "joined_rooms"} {
		t.Run(kind, func(t *testing.T) {
			w := newTown(t)
			first := listen(t, w.open(t), adapters.Cursors{})
			first.begun(t)
			first.stop(t)
			said := w.Say(w.help, w.ana, "is anybody there?")
			w.Fail(matrixtest.Fault{Kind: kind, Times: 1, Status: 502})
			second := listen(t, w.open(t), first.cursors)
			second.until(t, "what was said", saidIn(said))
		})
	}
}

// TestOneRoomRefusesAndOneFails: what may pass is tried again, whatever else is refused.
func TestOneRoomRefusesAndOneFails(t *testing.T) {
	w := newTown(t)
	w.Fail(matrixtest.Fault{Kind: "putstate", Room: w.general, Times: 1, Status: 403, Code: "M_FORBIDDEN"})
	w.Fail(matrixtest.Fault{Kind: "putstate", Room: w.help, Times: 1, Status: 502})
	act := chat.Timeout{Member: w.member(w.ana), Until: time.Now().Add(time.Hour)}
	_, err := w.open(t).Do(t.Context(), "mute1", act)
	var retry *chat.RetryError
	if !errors.As(err, &retry) {
		t.Errorf("got %v, want to be asked again", err)
	}
}

// TestACardNotGivenForAMoment: a press on a card from before a restart is heard though the homeserver does not give the card at once,
// be it read by a sync or where a timeline was cut short.
func TestACardNotGivenForAMoment(t *testing.T) {
	for name, talk := range map[string]int{"sync": 0, "hole": 150} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t)
			a := w.open(t)
			first := listen(t, a, adapters.Cursors{})
			first.begun(t)
			card := &chat.Card{Key: "ask/1", Choices: []chat.Choice{{ID: "yes", Emoji: "✅", Label: "Yes"}}}
			receipt, err := a.Do(t.Context(), "k1", chat.Send{Room: w.ref(w.general), Text: chat.Text{{Text: "May I?"}}, Card: card})
			must(t, err)
			first.until(t, "what is said after the card", saidIn(w.Say(w.general, w.ana, "well")))
			first.stop(t)
			for range talk {
				w.Say(w.general, w.ana, "well")
			}
			w.Post(w.general, matrixtest.Event{Type: "m.reaction", Sender: w.ana, Content: map[string]any{
				"m.relates_to": map[string]any{"rel_type": "m.annotation", "event_id": receipt.Message.ID, "key": "✅"},
			}})
			w.Fail(matrixtest.Fault{Kind: "event", Times: 1, Status: 502})
			second := listen(t, w.open(t), first.cursors)
			second.until(t, "the press", func(ev chat.Event) bool {
				press, is := ev.Body.(chat.ButtonPressed)
				return is && press.Card == card.Key && press.Choice == "yes"
			})
		})
	}
}

// TestAPressAmongManyLookups: after a restart, what many others point at does not use up what a moderator's press needs.
func TestAPressAmongManyLookups(t *testing.T) {
	w := newTown(t)
	a := w.open(t)
	first := listen(t, a, adapters.Cursors{})
	first.begun(t)
	card := &chat.Card{Key: "ask/1", Choices: []chat.Choice{{ID: "yes", Emoji: "✅", Label: "Yes"}}}
	receipt, err := a.Do(t.Context(), "k1", chat.Send{Room: w.ref(w.general), Text: chat.Text{{Text: "May I?"}}, Card: card})
	must(t, err)
	var said []string
	for range 60 {
		said = append(said, w.Say(w.general, w.ana, "well"))
	}
	first.until(t, "what is said after the card", saidIn(said[59]))
	first.stop(t)
	react := func(who, to string) {
		w.Post(w.general, matrixtest.Event{Type: "m.reaction", Sender: who, Content: map[string]any{
			"m.relates_to": map[string]any{"rel_type": "m.annotation", "event_id": to, "key": "✅"},
		}})
	}
	for _, id := range said {
		react(w.ana, id)
	}
	react(w.mod, receipt.Message.ID)
	second := listen(t, w.open(t), first.cursors)
	second.until(t, "the press", func(ev chat.Event) bool {
		press, is := ev.Body.(chat.ButtonPressed)
		return is && press.Card == card.Key && press.Choice == "yes"
	})
}

// TestRoomNotGivenForLong: what happens in a room that the homeserver does not give us is told once it does, in order.
func TestRoomNotGivenForLong(t *testing.T) {
	w := newTown(t)
	first := listen(t, w.open(t), adapters.Cursors{})
	first.begun(t)
	first.stop(t)
	before := w.Say(w.help, w.ana, "is anybody there?")
	w.Fail(matrixtest.Fault{Kind: "state", Room: w.help, Times: 1000, Status: 403, Code: "M_FORBIDDEN"})
	second := listen(t, w.open(t), first.cursors)
	second.until(t, "the other room is heard", saidIn(w.Say(w.general, w.ana, "here we are")))
	meanwhile := w.Say(w.help, w.ana, "hello?")
	second.until(t, "the other room is heard", saidIn(w.Say(w.general, w.ana, "still here")))
	second.stop(t)
	w.Heal()
	third := listen(t, w.open(t), second.cursors)
	after := w.Say(w.help, w.ana, "at last")
	for _, message := range []string{before, meanwhile, after} {
		third.until(t, "what was said", saidIn(message))
	}
}
