package bot_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"palabre/activities"
	"palabre/adapters"
	"palabre/bot"
	"palabre/catalogue"
	"palabre/chat"
	"palabre/rules"
)

func (n *network) Publish(specs []chat.CommandSpec, complete adapters.Complete) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.published = append(n.published, specs)
	n.complete = complete
}

func (n *network) Find(_ chat.RoomRef, text string) (chat.Actor, bool) {
	ref := chat.MemberRef{Platform: chat.Console, ID: text}
	n.mu.Lock()
	defer n.mu.Unlock()
	return chat.Actor{MemberRef: ref, Name: text, Standing: n.mallory}, text == "mallory"
}

// offers is what was published so far, and how to ask for values.
func (n *network) offers() ([][]chat.CommandSpec, adapters.Complete) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.published, n.complete
}

// chosen is a moderator's call from a menu in a room where everybody reads.
func chosen(id string, body chat.Body) chat.Event {
	ev := says(id, "mod", "")
	ev.Actor.Standing = chat.StandingModerator
	ev.Body = body
	return ev
}

// sends collects what is sent from now on.
func (h *house) sends() *[]chat.Send {
	var mu sync.Mutex // several are sent at once
	var sent []chat.Send
	h.network.answers(func(_ string, a chat.Action) error {
		if send, ok := a.(chat.Send); ok {
			mu.Lock()
			defer mu.Unlock()
			sent = append(sent, send)
		}
		return nil
	})
	return &sent
}

// Whatever is chosen from a menu or submitted with a form is answered to its caller alone, where it was asked; nothing
// but the case's own line goes to the moderators' room.
func TestInteractionsAreAnsweredPrivately(t *testing.T) {
	for name, tc := range map[string]struct {
		body chat.Body
		want []string
	}{
		"nothing to tell": {chat.CommandInvoked{Name: "why", Options: map[string]string{}, Reply: "app/token"}, []string{"private: There is no case yet."}},
		"help":            {chat.CommandInvoked{Name: "help", Options: map[string]string{"command": "ban"}, Reply: "app/token"}, []string{"private: What you may ask of me:"}},
		"a mistake":       {chat.CommandInvoked{Name: "warn", Options: map[string]string{"member": "nobody"}, Reply: "app/token"}, []string{"private: I do not know a member"}},
		"a warning": {
			chat.CommandInvoked{Name: "warn", Options: map[string]string{"member": "mallory", "reason": "Not here."}, Reply: "app/token"},
			[]string{"general: @mallory, a moderator asks you to stop: Not here.", "private: Done.", "moderators: **#1** mallory: warn, by mod"},
		},
		"a form": {
			chat.FormSubmitted{Form: "timeout", Fields: map[string]string{"member": "mallory", "duration": "1h", "reason": "Enough."}, Reply: "app/token"},
			[]string{"private: Done.", "moderators: **#1** mallory: timeout 1 hour, by mod"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t)
				h.start()
				defer func() { h.stop() }()
				sent := h.sends()
				h.emit(chosen("1", tc.body))
				var got []string
				for _, s := range *sent {
					where := s.Room.ID
					if s.Private {
						where = "private"
						if s.Reply != "app/token" || s.Room != general {
							t.Errorf("the answer went to %q in %v", s.Reply, s.Room)
						}
					}
					got = append(got, where+": "+s.Text.Plain())
				}
				if len(got) != len(tc.want) {
					t.Errorf("got %d, want %d:\n%s", len(got), len(tc.want), strings.Join(got, "\n"))
				}
				for _, want := range tc.want {
					if !containsPrefix(got, want) {
						t.Errorf("no %q in:\n%s", want, strings.Join(got, "\n"))
					}
				}
			})
		})
	}
}

// A form is judged by who submits it: somebody who was a moderator when it opened may not be one any more.
func TestAFormIsCheckedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		defer func() { h.stop() }()
		form := chosen("1", chat.FormSubmitted{Form: "timeout", Fields: map[string]string{"member": "mallory", "duration": "1h"}, Reply: "app/token"})
		form.Actor.Standing = chat.StandingMember
		h.emit(form)
		h.expect("answer: “timeout” is for moderators.")
	})
}

// Commands are published before anything is received, and again with each plan.
func TestCommandsArePublished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		defer func() { h.stop() }()
		published, _ := h.network.offers()
		if len(published) != 1 || published[0][1].Name != "warn" || published[0][1].Form.Title != "Warn" {
			t.Fatalf("published: %v", published)
		}
		empty, err := rules.ParseFile("rules.yaml", []byte("rules: []"), rules.Env{Languages: []string{"fr"}})
		if err != nil {
			t.Fatal(err)
		}
		h.bot.Reload(&bot.Plan{Rules: empty, Desk: "moderators", Voice: catalogue.Voice{Language: "fr"}})
		synctest.Wait()
		published, _ = h.network.offers()
		if len(published) != 2 || published[1][1].Form.Title != "Avertir" || published[1][1].Description["en"] != published[0][1].Description["en"] {
			t.Errorf("published after a reload: %v", published)
		}
	})
}

// stuck keeps the loop waiting when somebody says "wait".
type stuck chan struct{}

func (stuck) Name() string { return "stuck" }

func (stuck) Keys(ev chat.Event) []string {
	if body, ok := ev.Body.(chat.MessageSent); ok && body.Content.Text == "wait" {
		return []string{}
	}
	return nil
}

func (s stuck) Act(chat.Event, activities.Memory) []chat.Action {
	<-s
	return nil
}

// Values are proposed from what is committed, without the loop, and only to those who may call the command.
func TestValuesAreProposed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		block := make(stuck)
		h.extra = append(h.extra, block)
		h.start()
		defer func() { h.stop() }()
		h.emit(says("1", "mallory", "spam"))
		h.emit(says("2", "bob", "wait"))
		defer close(block)
		_, complete := h.network.offers()
		mod := chat.Actor{Standing: chat.StandingModerator}
		got := complete(t.Context(), general, mod, "why", "case", "mal")
		if len(got) != 1 || got[0].ID != "1" || !strings.HasPrefix(got[0].Label, "#1 mallory, no-spam, ") {
			t.Errorf("proposed: %+v", got)
		}
		if got := complete(t.Context(), general, chat.Actor{}, "why", "case", "mal"); got != nil {
			t.Errorf("proposed to a member: %+v", got)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if got := complete(gone, general, mod, "why", "case", ""); len(got) != 0 {
			t.Errorf("proposed after the deadline: %+v", got)
		}
		if got := complete(t.Context(), general, mod, "timeout", "duration", "2h"); len(got) != 1 || got[0].Label != "2 hours" {
			t.Errorf("proposed: %+v", got)
		}
	})
}
