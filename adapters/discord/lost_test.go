package discord_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters"
	"palabre/adapters/discord/discordtest"
	"palabre/chat"
)

// reborn kills the process whose answer was lost, loses its session and its memory, and lets the nonces be forgotten.
func (r *running) reborn() {
	r.stop()
	r.server.ForgetSessions()
	r.cursors = adapters.Cursors{}
	time.Sleep(time.Hour)
	r.start()
	pass(time.Second)
}

// What was sent by a process that died before it knew is found again, long after Discord has forgotten its nonce.
func TestAMessageWhoseAnswerWasLostIsFound(t *testing.T) {
	card := &chat.Card{Key: "case/7", Choices: []chat.Choice{{ID: "undo", Label: "Undo"}}}
	for name, act := range map[string]func(*running) chat.Action{
		"a message":        func(r *running) chat.Action { return hello(r) },
		"a message in two": func(r *running) chat.Action { return chat.Send{Room: r.ref(), Text: long()} },
		"a card": func(r *running) chat.Action {
			return chat.Send{Room: r.ref(), Text: chat.Text{{Text: "x"}}, Card: card}
		},
		"a private message": func(r *running) chat.Action { return chat.Direct{Member: r.member(), Text: chat.Text{{Text: "psst"}}} },
		"a poll": func(r *running) chat.Action {
			return chat.OpenPoll{Room: r.ref(), Question: "Why?", Answers: []chat.PollAnswer{{Label: "so"}, {Label: "because"}}}
		},
		"a thread": func(r *running) chat.Action {
			return chat.StartThread{Room: r.ref(), Title: "T", Text: chat.Text{{Text: "begins"}}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := virtual(t, discordtest.Options{})
				r.start()
				pass(time.Second)
				begun := time.Now()
				r.server.Fail(discordtest.Fault{Kind: "send", Times: -1, Commit: true})
				if _, err := r.adapter.Do(t.Context(), "k1", act(r)); err == nil {
					t.Fatal("the answer was not lost")
				}
				r.server.Heal()
				r.reborn()
				if _, err := r.adapter.Redo(t.Context(), "k1", act(r), begun); err != nil {
					t.Fatal(err)
				}
				sent := r.server.Calls("send")
				if _, err := r.adapter.Redo(t.Context(), "k1", act(r), begun); err != nil || r.server.Calls("send") != sent {
					t.Errorf("once more: %v after %d sends", err, r.server.Calls("send")-sent)
				}
				var texts []string
				for _, channel := range []string{r.room, r.server.Direct(r.ana.ID)} {
					for _, m := range r.server.Messages(channel) {
						texts = append(texts, m.Text)
					}
				}
				if sorted := slices.Compact(slices.Sorted(slices.Values(texts))); len(sorted) != len(texts) {
					t.Errorf("said twice: %q", texts)
				}
			})
		})
	}
}

func long() (text chat.Text) {
	for i := range 300 {
		text = append(text, chat.Span{Text: string(rune('a'+i%26)) + " word and another\n"})
	}
	return text
}

// Two orders that say the same are two messages: the first one's is not taken for the second's.
func TestTheSameWordsTwiceAreTwoMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		r.start()
		defer r.stop()
		pass(time.Second)
		begun := time.Now()
		if _, err := r.do("k1", hello(r)); err != nil {
			t.Fatal(err)
		}
		if _, err := r.adapter.Redo(t.Context(), "k2", hello(r), begun); err != nil {
			t.Fatal(err)
		}
		if got := r.server.Texts(r.room); !slices.Equal(got, []string{"hello", "hello"}) {
			t.Errorf("said: %q", got)
		}
	})
}

// A private answer that follows another has no nonce and can be found nowhere: whether it arrived is for a human to see.
func TestAPrivateFollowUpThatMayHaveArrivedIsNotRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, mona := calling(t)
		defer r.stop()
		_ = r.interaction(must[discordtest.Interaction](t)(mona.Invoke(r.room, "why", nil)))
		reply := r.kind(chat.KindCommand)[0].Body.(chat.CommandInvoked).Reply
		if _, err := r.do("a1", answer(r, reply, "first", true)); err != nil {
			t.Fatal(err)
		}
		r.server.Fail(discordtest.Fault{Kind: "follow-up", Commit: true})
		if _, err := r.do("a2", answer(r, reply, "second", true)); !errors.Is(err, chat.ErrUncertain) {
			t.Errorf("got %v, want ErrUncertain", err)
		}
		if n := r.server.Calls("follow-up"); n != 1 {
			t.Errorf("%d follow-ups were sent", n)
		}
	})
}

// However many orders look back, and however much was said since, a channel is read once.
func TestTheChannelIsReadOnceForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		r.start()
		pass(time.Second)
		begun := time.Now()
		for range 1_500 {
			if _, err := r.ana.Say(r.room, "something else"); err != nil {
				t.Fatal(err)
			}
		}
		r.reborn()
		defer r.stop()
		before := r.server.Calls("messages")
		for i := range 20 {
			if _, err := r.adapter.Redo(t.Context(), fmt.Sprint("k", i), hello(r), begun); err != nil {
				t.Fatal(err)
			}
			pass(time.Second)
		}
		if n := len(r.server.Texts(r.room)); n != 1_520 {
			t.Errorf("%d messages, want 1520", n)
		}
		if n := r.server.Calls("messages") - before; n != 16 {
			t.Errorf("%d pages were read, want 16", n)
		}
	})
}
